// Servers, and who gets which of them.
import { ask, done, ended, refuse, together } from './client.js';
import type { Clear, Place, Short } from './compute.js';

const IMAGE = 'https://images.example/debian-12.qcow2';

function body(name: string, mac: number) {
  return {
    name,
    bmcAddress: `${name}.bmc.example/redfish/v1/Systems/1`,
    tags: { rack: name },
    gpu: { model: 'H100', count: 8 },
    bmc: { username: 'root', password: 'calvin',
      bootMacAddress: `52:54:00:77:00:${String(mac).padStart(2, '0')}` },
  };
}

/** A server's life, and those of a batch. */
export async function servers(short: Short, place: Place): Promise<[string, Clear]> {
  const name = short ? 'brass' : 'iron';
  const first = short ? 20 : 10;
  const made = await done(`Machines${short}.register`, place, { body: body(name, first) });
  const server = { ...place, server: made.id };
  await ask(`Machines${short}.get`, server);
  await ask(`Machines${short}.change`, server, { body: { persona: 'web' } });
  await ask(`Machines${short}.validate`, server);
  for (const verb of ['powerOn', 'reset', 'powerCycle', 'powerOff', 'maintenanceOn',
    'maintenanceOff', 'inspect'] as const) {
    await done(`MachineActions${short}.${verb}`, server);
  }
  await refuse(409, 'INVALID_STATE_TRANSITION', `MachineActions${short}.retry`, server);
  await done(`Machines${short}.provision`, server, { body: { osImage: IMAGE } });
  await done(`MachineActions${short}.deprovision`, server);
  await batch(short, place, first + 1);
  return [made.id, async () => {
    await done(`Machines${short}.decommission`, server);
  }];
}

async function batch(short: Short, place: Place, first: number) {
  const names = [`batch${first}-a`, `batch${first}-b`];
  const made = await ask(`MachineBatch${short}.batchCreate`, place, { body: {
    servers: [...names.map((name, i) => body(name, first + i)), { name: 'NO' }] } });
  if (made.succeeded.length !== 2 || made.failed[0].index !== 2) {
    throw new Error(JSON.stringify(made));
  }
  await together(...made.succeeded.map(async one => {
    await ended(one.currentRunId!, 'batch');
    await done(`Machines${short}.decommission`, { ...place, server: one.id });
  }));
}

/** A pool of one rack, and an allocation of its server. */
export async function pool(rack: string, place: Place): Promise<[string, Clear]> {
  const made = await ask('Pools.create', {}, { body: {
    name: 'rack', selector: { matchLabels: { rack }, gpuModel: 'H100', region: place.region } } });
  const its = { pool: made.id };
  await ask('Pools.get', its);
  await ask('Pools.change', its, { body: { displayName: 'Rack' }, version: made.version });
  await refuse(409, 'POOL_CAPACITY_EXCEEDED', 'Pools.allocate', its,
    { body: { count: 5, projectId: place.project } });
  const given = await ask('Pools.allocate', its, { body: { count: 1, projectId: place.project } });
  const allocation = { ...its, allocation: given.id };
  await ask('Pools.allocation', allocation);
  return [made.id, async () => {
    await done('Pools.release', allocation);
    await ask('Pools.delete', its);
    await refuse(404, 'NOT_FOUND', 'Pools.get', its);
  }];
}
