// What a cloud is used for, by a client generated from the cloud family's document, with every
// request and answer held to that document by a proxy, on the simulated region:
// node journey.js SERVER PROXY SETUP-CODE DOCUMENT
import { regions, stack, storage } from './catalogue.js';
import { ask, done, refuse, send, setupCode, signInWith, tell, together, went } from './client.js';
import { clusters, machines, networks, stopped, subnets, type Clear, type Place, type Short }
  from './compute.js';
import { pool, servers } from './iron.js';
import { lists } from './lists.js';
import { deploys, endpoints, trainings } from './models.js';
import { credentials, members, others, register, rights, self, signIn } from './people.js';

const region = 'sim1';
const account = 'reader@orrery.local';
await register(account, setupCode);
signInWith(await signIn(account));
const me = await ask('Me.me', {});
const organization = me.organization!.id;
went('signed in');

async function project(name: string): Promise<Place> {
  const made = await ask('Projects.create', {}, { body: { name, organizationId: organization } });
  await ask('Projects.get', { project: made.id }, { query: { expand: ['organization'] } });
  await ask('Projects.change', { project: made.id },
    { body: { displayName: name }, version: made.version });
  await ask('ProjectQuotas.change', { project: made.id }, { body: { clusterCount: 20 } });
  await ask('ProjectQuotas.get', { project: made.id });
  return { region, project: made.id };
}

const stackId = (await stack(region)).id;
const backends = await storage(region);
const places = { '': await project('papers'), Short: await project('notes') };
went('offered what there is');

async function refusals() {
  await refuse(400, 'VALIDATION_ERROR', 'Networks.create', places[''], { body: { cidr: 'no' } });
  await refuse(400, 'VALIDATION_ERROR', 'Projects.list', {},
    { query: { pageSize: 'many' as unknown as number } });
  await refuse(400, 'INVALID_SORT', 'Projects.list', {}, { query: { sort: ['colour' as 'name'] } });
  await refuse(400, 'INVALID_PAGE_TOKEN', 'Clusters.list', places[''],
    { query: { pageToken: 'none' } });
  await refuse(404, 'NOT_FOUND', 'Projects.get', { project: 'prj_none' });
  await refuse(409, 'ALREADY_EXISTS', 'Projects.create', {},
    { body: { name: 'papers', organizationId: organization } });
  const twice = { body: { name: 'twice', organizationId: organization }, key: 'twice' };
  const made = await ask('Projects.create', {}, twice);
  const again = await send('Projects.create', {}, twice);
  if (again.headers.get('Idempotent-Replayed') !== 'true') {
    throw new Error(`it was made twice: ${again.text}`);
  }
  await refuse(422, 'IDEMPOTENCY_KEY_REUSED', 'Projects.create', {},
    { ...twice, body: { name: 'other', organizationId: organization } });
  await ask('Projects.delete', { project: made.id });
  await refuse(409, 'CONFLICT_IN_USE', 'Projects.delete', { project: places[''].project });
}

/** All that one project has; what comes back takes it away again. */
async function everything(short: Short): Promise<[cluster: string, server: string, Clear[]]> {
  const place = places[short];
  const inner = await networks(short, place);
  const [[cluster, away], [server, off], ...clears] = await together(
    clusters(short, place), servers(short, place), stopped(short, place),
    machines(short ? 'Vms' : 'Instances', short, place), deploys(short, place, stackId),
    endpoints(short, place), trainings(short, place));
  return [cluster, server, [inner, away, off, ...clears.filter(it => it !== undefined)]];
}

const [[cluster, server, first], [, , second], parts] = await together(
  everything(''), everything('Short'), subnets(places['']), regions(region),
  members(region, me.user.id), self(organization), credentials(organization),
  rights(me.user.id), others(organization));
await refusals();
const [poolId, unpool] = await pool('iron', places['']);
await ask('RunMetrics.get', {});
await ask('RunMetricsShort.get', {});
went('made one of everything, with and without a project in its path');

const group = await ask('Groups.create', {}, { body: { displayName: 'Readers' } });
const robot = await ask('ServiceAccounts.create', {},
  { body: { displayName: 'Robot', scope: 'organization', scopeId: organization } });
await lists({ ...places[''], organization, cluster, server, pool: poolId, group: group.id,
  account: robot.id, zone: `${region}-a` });
went('listed all of it in every way');

await unpool();
await together(...[...first, ...second, parts].map(clear => clear()));
await ask('Stacks.delete', { stack: stackId });
await backends();
await together(...Object.values(places).map(({ project }) =>
  done('Projects.delete', { project }, { query: { cascade: 'true' } })));
went('took all of it away');
tell();
