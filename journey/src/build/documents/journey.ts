// A customer's journey by a client generated from the cloud family's document, every request of it
// through a proxy that holds requests and answers to that document:
// node journey.js SERVER PROXY SETUP-CODE
import createClient, { type Middleware } from 'openapi-fetch';
import type { paths } from './cloud.js';

declare const process: { argv: string[] };

const [server, proxy, setupCode] = process.argv.slice(2);
const mismatches: string[] = [];
let asked = 0;
let token = '';

// The proxy forwards what does not fit, too, and says so in a header.
const watched: Middleware = {
  onRequest({ request }) {
    if (token) {
      request.headers.set('Authorization', `Bearer ${token}`);
    }
    return request;
  },
  onResponse({ request, response }) {
    asked++;
    const said = response.headers.get('sl-violations');
    const all: { location: string[] }[] = said ? JSON.parse(said) : [];
    const counted = all.filter(one => !wrong || one.location[0] === 'response');
    found += all.length - counted.length;
    if (counted.length > 0) {
      mismatches.push(`${request.method} ${request.url} ${response.status}: ${said}`);
    }
  },
};
// While requests are wrong on purpose, only answers are held to the document.
let wrong = false;
let found = 0;

const cloud = createClient<paths>({ baseUrl: proxy });
cloud.use(watched);

function went(step: string) {
  console.log(`ok ${step}`);
}

function good<T>(what: string, answer: { data?: T; error?: unknown; response: Response }): T {
  if (!answer.response.ok || answer.data === undefined) {
    throw new Error(`${what}: ${answer.response.status} ${JSON.stringify(answer.error)}`);
  }
  return answer.data;
}

async function studio(path: string, body: object): Promise<{ token: string }> {
  const answer = await fetch(`${server}/v1/api/${path}`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify(body),
  });
  if (!answer.ok) {
    throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
  }
  return await answer.json() as { token: string };
}

const account = { email: 'reader@orrery.local', password: 'a plainer heron 91' };
await studio('auth/register', { ...account, name: 'Reader', setupCode });
token = (await studio('auth/login', account)).token;
went('signed in');

const me = good('me', await cloud.GET('/v1/regions/global/auth/me'));
const organizationId = me.data.organization!.id;
const regions = good('regions', await cloud.GET('/v1/regions'));
const region = regions.data.find(one => one.code === 'sim1')!.code;
went('found the region');

const made = good('project', await cloud.POST('/v1/regions/global/projects', {
  body: { name: 'papers', organizationId },
}));
const project = made.data.id;
good('project', await cloud.GET('/v1/regions/global/projects/{project}', {
  params: { path: { project } },
}));
for (const query of [{ pageSize: 1 }, { pageSize: 1, offset: 0 }, { pageToken: '' }]) {
  await cloud.GET('/v1/regions/global/projects', { params: { query } });
}
went('made a project');

const place = { region, project };
const network = good('network', await cloud.POST(
  '/v1/regions/{region}/projects/{project}/compute/networks',
  { params: { path: place }, body: { name: 'inner', cidr: '10.20.0.0/16' } })).data;
good('network', await cloud.PATCH(
  '/v1/regions/{region}/projects/{project}/compute/networks/{network}',
  { params: { path: { ...place, network: network.id } }, body: { displayName: 'Inner' } }));
went('made a network');

const asking = good('cluster', await cloud.POST(
  '/v1/regions/{region}/projects/{project}/compute/clusters', {
    params: { path: place },
    body: {
      name: 'first',
      labels: { tier: 'web' },
      nodePools: [{ role: 'control-plane', nodeCount: 1 },
        { role: 'worker', nodeCount: 1, network: network.id }],
    },
  }));
const cluster = asking.data.id;
await ended(asking.meta.workflowId!);
good('cluster', await cloud.GET(
  '/v1/regions/{region}/projects/{project}/compute/clusters/{cluster}',
  { params: { path: { ...place, cluster }, query: { expand: ['project'] } } }));
good('clusters', await cloud.GET('/v1/regions/{region}/projects/{project}/compute/clusters',
  { params: { path: place } }));
went('made a cluster');

const kubeconfig = good('kubeconfig', await cloud.POST(
  '/v1/regions/{region}/projects/{project}/compute/clusters/{cluster}/kubeconfigs',
  { params: { path: { ...place, cluster } }, body: { ttl: 600 } }));
await ended(kubeconfig.meta.workflowId);
const text = good('download', await cloud.GET(
  '/v1/regions/{region}/projects/{project}/compute/clusters/{cluster}/kubeconfigs/{kubeconfig}/download',
  { params: { path: { ...place, cluster, kubeconfig: kubeconfig.data.id } }, parseAs: 'text' }));
if (!String(text).includes('current-context')) {
  throw new Error('that is no kubeconfig');
}
went('downloaded a kubeconfig');

wrong = true;
for (const [what, answer, status] of [
  ['no CIDR', await cloud.POST('/v1/regions/{region}/projects/{project}/compute/networks',
    { params: { path: place }, body: { cidr: 'nowhere' } }), 400],
  ['nobody\'s project', await cloud.GET('/v1/regions/global/projects/{project}',
    { params: { path: { project: 'prj_00000000000000000000000000' } } }), 404],
  ['in use', await cloud.DELETE(
    '/v1/regions/{region}/projects/{project}/compute/networks/{network}',
    { params: { path: { ...place, network: network.id } } }), 409],
  ['no number', await cloud.GET('/v1/regions/global/projects',
    { params: { query: { pageSize: 'many' as unknown as number } } }), 400],
  ['no such order', await cloud.GET('/v1/regions/global/projects',
    { params: { query: { sort: ['colour' as 'name'] } } }), 400],
] as const) {
  if (answer.response.status !== status || !answer.error) {
    throw new Error(`${what}: ${answer.response.status}, not ${status}`);
  }
}
wrong = false;
if (found === 0) {
  throw new Error('the proxy saw nothing wrong with a page of "many" items');
}
went('was refused what is wrong');

const going = good('deletion', await cloud.DELETE(
  '/v1/regions/{region}/projects/{project}/compute/clusters/{cluster}',
  { params: { path: { ...place, cluster } } }));
await ended(going.meta.workflowId!);
await cloud.DELETE('/v1/regions/{region}/projects/{project}/compute/networks/{network}',
  { params: { path: { ...place, network: network.id } } });
await cloud.DELETE('/v1/regions/global/projects/{project}', { params: { path: { project } } });
good('runs', await cloud.GET('/v1/workflows/runs', { params: { query: { pageSize: 5 } } }));
went('took all of it away');

if (mismatches.length > 0) {
  throw new Error(`${mismatches.length} of ${asked} do not fit:\n${mismatches.join('\n')}`);
}
console.log(`0 of ${asked} requests and answers differ from the document`);

async function ended(run: string | undefined) {
  for (let tries = 0; run && tries < 600; tries++) {
    const now = good('run', await cloud.GET('/v1/workflows/runs/{run}',
      { params: { path: { run } } })).data;
    if (['completed', 'failed', 'cancelled'].includes(now.status)) {
      if (now.status !== 'completed') {
        throw new Error(`${now.type} ${now.status}: ${JSON.stringify(now.error)}`);
      }
      return;
    }
    await new Promise(done => setTimeout(done, 500));
  }
}
