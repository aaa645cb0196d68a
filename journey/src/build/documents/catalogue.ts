// What operators offer: regions and their catalogues, stacks and storage; and who sees what of it.
import { ask, refuse, type Data } from './client.js';

type Stack = Data<'Stacks.create'>;

export async function regions(region: string): Promise<void> {
  const there = await ask('Regions.get', { region });
  await ask('Regions.change', { region }, { body: { displayName: 'Simulated' } });
  await refuse(400, 'VALIDATION_ERROR', 'Regions.connect', {},
    { body: { code: 'NO', kubeconfig: 'none' } });
  await refuse(404, 'NOT_FOUND', 'Regions.get', { region: 'nowhere' });
  const zone = there.zones[0];
  await ask('Zones.get', { region, zone });
  const types = { region, zone };
  const type = await ask('InstanceTypes.create', types, { body: {
    code: 'vm.tiny', displayName: 'Tiny', kind: 'vm', cpuCores: 1, ramGb: 1, diskGb: 10 } });
  await ask('InstanceTypes.get', { ...types, type: type.code });
  await ask('InstanceTypes.change', { ...types, type: type.code },
    { body: { ramGb: 2 }, version: type.version });
  await ask('InstanceTypes.delete', { ...types, type: type.code });
  const image = await ask('Images.create', { region }, { body: {
    code: 'own', displayName: 'Our own', os: 'linux', architecture: 'amd64', minDiskGb: 8,
    url: 'https://images.example/own.img' } });
  await ask('Images.get', { region, image: image.code });
  await ask('Images.change', { region, image: image.code }, { body: { minDiskGb: 9 } });
  await ask('Images.delete', { region, image: image.code });
  const gpu = await ask('GpuTypes.create', { region }, { body: {
    code: 'l4', displayName: 'L4', vendor: 'NVIDIA', memoryGb: 24, deviceName: 'nvidia.com/L4' } });
  await ask('GpuTypes.get', { region, type: gpu.code });
  await ask('GpuTypes.change', { region, type: gpu.code }, { body: { memoryGb: 25 } });
  await ask('GpuTypes.delete', { region, type: gpu.code });
  await ask('Inventory.get', {});
  await ask('Capacity.get', { region });
  const { watermark } = await ask('Inventory.changes', {});
  await ask('Inventory.changes', {}, { query: { watermark } });
  const seen = await ask('Capacity.changes', { region });
  await ask('Capacity.changes', { region }, { query: { watermark: seen.watermark } });
}

/** The storage that volumes come from. */
export async function storage(region: string): Promise<() => Promise<void>> {
  const made = await ask('Backends.create', {}, { body: {
    name: 'standard', region, type: 'block', storageClass: 'standard', capacityGb: 500 } });
  const backend = { backend: made.id };
  await ask('Backends.get', backend);
  await ask('Backends.change', backend, { body: { capacityGb: 1_000 }, version: made.version });
  return async () => {
    await ask('Backends.delete', backend);
  };
}

/** A stack of clusters, from its draft to its publication. */
export async function stack(region: string): Promise<Stack> {
  const draft = await ask('Stacks.create', {}, { body: {
    name: 'web', kind: 'cluster', clusterTemplate: 'sim-standalone-cp-1-0-0', regions: [region],
    pools: [{ name: 'cp', role: 'control-plane', countKey: 'controlPlaneNumber' },
      { name: 'workers', role: 'worker', countKey: 'workersNumber' }],
    parametersSchema: { type: 'object', properties: { zone: { type: 'string', maxLength: 4 } } },
    parameterKeys: { zone: 'config.worker.zone' }, defaults: { zone: 'a' } } });
  await refuse(404, 'NOT_FOUND', 'RegionalStacks.get', { region, stack: draft.id });
  // Without a version: what its regions say of it makes new ones, too.
  const changed = await ask('Stacks.change', { stack: draft.id },
    { body: { labels: { tier: 'gold' } } });
  await ask('Stacks.publish', { stack: draft.id });
  await ask('Stacks.get', { stack: draft.id });
  await ask('RegionalStacks.get', { region, stack: draft.id });
  const other = await ask('Stacks.create', {}, { body: {
    name: 'old', kind: 'cluster', clusterTemplate: 'sim-standalone-cp-1-0-0' } });
  await ask('Stacks.publish', { stack: other.id });
  await ask('Stacks.deprecate', { stack: other.id });
  await ask('Stacks.delete', { stack: other.id });
  return changed;
}
