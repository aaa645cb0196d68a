// What projects have in a region: networks, clusters, machines and volumes, by paths that name the
// project and by those that do not.
import { ask, done, ended, refuse, send, text, together, type Answer } from './client.js';

export interface Place {
  region: string;
  project: string;
}

/** The word that the operations of paths without a project have in their names. */
export type Short = '' | 'Short';

export type Clear = () => Promise<void>;

export async function networks(short: Short, place: Place): Promise<Clear> {
  const made = await ask(`Networks${short}.create`, place,
    { body: { name: 'inner', cidr: '10.20.0.0/16', role: 'default' } });
  const network = { ...place, network: made.id };
  await ask(`Networks${short}.get`, network);
  await ask(`Networks${short}.change`, network,
    { body: { displayName: 'Inner' }, version: made.version });
  const address = await ask(`Addresses${short}.allocate`, place,
    { body: { name: 'door', addressType: 'INTERNAL', network: 'inner', ipAddress: '10.20.0.50' } });
  await ask(`Addresses${short}.get`, { ...place, address: address.id });
  await refuse(409, 'CONFLICT', `Addresses${short}.allocate`, place,
    { body: { addressType: 'INTERNAL', network: 'inner', ipAddress: '10.20.0.50' } });
  await refuse(409, 'CONFLICT_IN_USE', `Networks${short}.delete`, network);
  return async () => {
    await ask(`Addresses${short}.release`, { ...place, address: address.id });
    await ask(`Networks${short}.delete`, network);
  };
}

export async function subnets(place: Place): Promise<Clear> {
  const parts = await ask('Networks.create', place,
    { body: { name: 'parts', cidr: '10.104.0.0/16' } });
  await ask('Subnets.delete', { ...place, subnet: parts.subnets[0] });
  const half = await ask('Subnets.create', place,
    { body: { name: 'half', network: 'parts', ipv4Cidr: '10.104.0.0/17' } });
  const subnet = { ...place, subnet: half.id };
  await ask('Subnets.get', subnet);
  await ask('Subnets.change', subnet, { body: { displayName: 'Half' }, version: half.version });
  await refuse(422, 'UNPROCESSABLE', 'Subnets.create', place,
    { body: { network: 'parts', ipv4Cidr: '10.105.0.0/24' } });
  return async () => {
    await ask('Subnets.delete', subnet);
    await ask('Networks.delete', { ...place, network: parts.id });
  };
}

export async function clusters(short: Short, place: Place): Promise<[string, Clear]> {
  const made = await done(`Clusters${short}.create`, place, { body: {
    name: 'first', labels: { tier: 'web' }, nodePools: [
      { role: 'control-plane', nodeCount: 1 }, { role: 'worker', nodeCount: 1 }] } });
  const cluster = { ...place, cluster: made.id };
  await ask(`Clusters${short}.get`, cluster, { query: { expand: ['project', 'currentRun'] } });
  await ask(`Clusters${short}.upgrades`, cluster);
  await ask(`Clusters${short}.change`, cluster, { body: { displayName: 'First' } });
  await refuse(412, 'PRECONDITION_FAILED', `Clusters${short}.delete`, cluster,
    { version: made.version });
  const pool = { ...cluster, nodepool: 'workers' };
  await ask(`NodePools${short}.get`, pool);
  await done(`NodePools${short}.scale`, pool, { body: { nodeCount: 2 } });
  await done(`NodePools${short}.remove`, pool);
  await done(`NodePools${short}.add`, cluster,
    { body: { role: 'worker', name: 'others', nodeCount: 1 } });
  await kubeconfigs(short, cluster);
  return [made.id, async () => {
    await done(`Clusters${short}.delete`, cluster);
  }];
}

async function kubeconfigs(short: Short, cluster: Place & { cluster: string }) {
  const issued = await done(`Kubeconfigs${short}.issue`, cluster, { body: { ttl: 600 } });
  const kubeconfig = { ...cluster, kubeconfig: issued.id };
  await ask(`Kubeconfigs${short}.get`, kubeconfig);
  for (const said of [await text(`Kubeconfigs${short}.download`, kubeconfig),
    await text(`ExecKubeconfig${short}.get`, cluster)]) {
    if (!said.includes('current-context')) {
      throw new Error(`that is no kubeconfig: ${said}`);
    }
  }
  await ask(`Kubeconfigs${short}.revoke`, kubeconfig);
  await refuse(409, 'CONFLICT', `Kubeconfigs${short}.download`, kubeconfig);
}

/** Makes a cluster and stops that; again, where it was made before it could be stopped. */
async function stop(short: Short, place: Place, name: string,
  cancel: (cluster: string, run: string) => Promise<Answer>) {
  for (let tries = 1; ; tries++) {
    const asked = await send(`Clusters${short}.create`, place, { body: { name } });
    const run = asked.meta!.workflowId!;
    const cluster = { ...place, cluster: (asked.data as { id: string }).id };
    const answer = await cancel(cluster.cluster, run);
    if (answer.status === 202) {
      await ended(run, 'stopped cluster', 'cancelled');
      return { cluster, run };
    }
    await done(`Clusters${short}.delete`, cluster);
    if (answer.status !== 409 || tries === 5) {
      throw new Error(`${name} cannot be stopped: ${answer.status} ${answer.text}`);
    }
  }
}

/** Clusters whose making is stopped, in every way that there is, and begun again. */
export async function stopped(short: Short, place: Place): Promise<void> {
  const runs = short ? 'RunsShort' : 'Runs';
  await together(...([['slash', 'cancel', 'retry'], ['verb', 'cancelVerb', 'retryVerb']] as const)
    .map(async ([name, cancel, retry]) => {
      const { cluster, run } = await stop(short, place, name,
        (_, asked) => send(`${runs}.${cancel}`, { run: asked }));
      await ask(`${runs}.get`, { run });
      await done(`${runs}.${retry}`, { run }, { body: {} });
      await done(`Clusters${short}.delete`, cluster);
    }));
  const { cluster } = await stop(short, place, 'third',
    asked => send(`Clusters${short}.cancel`, { ...place, cluster: asked }));
  await done(`Clusters${short}.delete`, cluster);
}

const BOOT = { boot: true, source: 'debian-12' };

export async function machines(
  kind: 'Instances' | 'Vms', short: Short, place: Place): Promise<Clear> {
  const [made, disk] = await together(
    done(`${kind}.create`, place, { body: {
      name: 'machine', type: 'vm.small', disks: [BOOT], nics: [], labels: { env: 'test' } } }),
    done(`Volumes${short}.create`, place, { body: { name: 'disk', sizeGb: 2, type: 'standard' } }));
  const instance = { ...place, instance: made.id };
  const volume = { ...place, volume: disk.id };
  await ask(`${kind}.get`, instance);
  await ask(`${kind}.change`, instance, { body: { displayName: 'Machine' } });
  await ask(`Volumes${short}.get`, volume);
  await refuse(409, 'INVALID_STATE_TRANSITION', `Attachments${short}.detach`, volume);
  await done(`Volumes${short}.change`, volume, { body: { sizeGb: 3 } });
  await done(`Attachments${short}.attach`, volume, { body: { instanceId: made.id } });
  await refuse(409, 'CONFLICT_IN_USE', `Volumes${short}.delete`, volume);
  await done(`Attachments${short}.detach`, volume);
  for (const verb of ['stop', 'start', 'suspend', 'resume', 'reset'] as const) {
    await done(`${kind}.${verb}`, instance);
  }
  return async () => {
    await done(`${kind}.delete`, instance);
    await done(`Volumes${short}.delete`, volume);
  };
}
