// Fetches the OAuth clients of others that our tests run, and links the folder that holds them:
// node fetch.mjs LINK
//
// Without a network and a cache there are none: the build goes on, and the test says that it did
// not run.
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync,
  symlinkSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const link = process.argv[2];
const wanted = dirname(fileURLToPath(import.meta.url));
const key = createHash('sha256').update(readFileSync(join(wanted, 'package-lock.json')))
  .digest('hex').slice(0, 12);
const cache = join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'orrery');
const folder = join(cache, `openid-clients-${key}`);

rmSync(link, { force: true, recursive: true });
try {
  if (!existsSync(folder)) {
    mkdirSync(cache, { recursive: true });
    // Unpacked beside its place and then moved there: two builds may do it at once.
    const work = mkdtempSync(join(cache, 'openid-clients-new-'));
    for (const file of ['package.json', 'package-lock.json', '.npmrc']) {
      copyFileSync(join(wanted, file), join(work, file));
    }
    execFileSync('npm', ['ci', '--silent'], { cwd: work, timeout: 300_000 });
    if (existsSync(folder)) {
      rmSync(work, { recursive: true });
    } else {
      renameSync(work, folder);
    }
  }
  mkdirSync(dirname(link), { recursive: true });
  symlinkSync(folder, link);
} catch (problem) {
  console.error('The OAuth clients of others could not be fetched, so the test with them does not '
    + `run: ${problem.message.split('\n')[0]}`);
}
