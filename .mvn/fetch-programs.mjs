// Fetches programs of others that tests run, as FOLDER's package-lock.json names them, and links the
// folder that holds them: node fetch-programs.mjs FOLDER LINK
//
// Without a network and a cache there are none: the build goes on, and the tests say that they did
// not run.
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync,
  symlinkSync } from 'node:fs';
import { homedir } from 'node:os';
import { basename, dirname, join } from 'node:path';

const [wanted, link] = process.argv.slice(2);
const name = basename(link);
const key = createHash('sha256').update(readFileSync(join(wanted, 'package-lock.json')))
  .digest('hex').slice(0, 12);
const cache = join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'orrery');
const folder = join(cache, `${name}-${key}`);

rmSync(link, { force: true, recursive: true });
try {
  if (!existsSync(folder)) {
    mkdirSync(cache, { recursive: true });
    // Unpacked beside its place and then moved there: two builds may do it at once.
    const work = mkdtempSync(join(cache, `${name}-new-`));
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
  console.error(`${name} could not be fetched, so the tests with them do not run: `
    + problem.message.split('\n')[0]);
}
