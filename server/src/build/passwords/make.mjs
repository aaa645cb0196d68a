// Makes the filter of passwords that attackers try first, out of two published lists:
// node make.mjs PASSWORDS.TXT… PASSWORDS.JSON… > common-passwords.bloom
//
// The lists are `dictionaries/passwords.txt` of the Maven artifact me.gosimple:nbvcxz:1.5.1 and
// `src/passwords.json` of the npm package @zxcvbn-ts/language-common 4.1.3, both under the MIT
// licence. What is too short to be a password here is left out.
//
// A Bloom filter: 32 bits in front say how many bits it has. The first 16 bytes of the SHA-256 of
// a word, in lower case, are two numbers a and b of 64 bits; its bits are (a + i * b) mod 2^64 mod
// size, for i from 0 to 19. Of a million other words one is taken for one of the lists.
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';

const SHORTEST = 8;
const HASHES = 20;
const BITS_PER_WORD = 28.8;
const WRAP = 1n << 64n;

const words = new Set();
for (const file of process.argv.slice(2)) {
  const text = readFileSync(file, 'utf8');
  const all = file.endsWith('.json') ? JSON.parse(text) : text.split(/\r?\n/);
  for (const word of all) {
    const plain = word.normalize('NFKC').toLowerCase();
    if ([...plain].length >= SHORTEST) {
      words.add(plain);
    }
  }
}
const size = Math.ceil(words.size * BITS_PER_WORD / 8) * 8;
const out = Buffer.alloc(4 + size / 8);
out.writeUInt32BE(size);
for (const word of words) {
  const hash = createHash('sha256').update(word, 'utf8').digest();
  const a = hash.readBigUInt64BE(0);
  const b = hash.readBigUInt64BE(8);
  for (let i = 0n; i < HASHES; i++) {
    const bit = Number((a + i * b) % WRAP % BigInt(size));
    out[4 + (bit >> 3)] |= 1 << (bit & 7);
  }
}
console.error(`${words.size} words, ${out.length} bytes`);
process.stdout.write(out);
