// What stacks, models and jobs are made into.
import { ask, done, refuse, until } from './client.js';
import type { Clear, Place, Short } from './compute.js';

export async function deploys(short: Short, place: Place, stackId: string): Promise<Clear> {
  const made = await done(`Deploys${short}.create`, place,
    { body: { name: 'shop', stackId, parameters: { zone: 'b' }, replicas: 1 } });
  const deploy = { ...place, deploy: made.id };
  await ask(`Deploys${short}.get`, deploy, { query: { expand: ['stack'] } });
  await ask(`Deploys${short}.change`, deploy, { body: { displayName: 'Shop' } });
  await refuse(409, 'CONFLICT_IN_USE', 'Stacks.delete', { stack: stackId });
  return async () => {
    await done(`Deploys${short}.delete`, deploy);
  };
}

export async function endpoints(short: Short, place: Place): Promise<Clear> {
  const made = await done(`Inference${short}.create`, place, { body: {
    name: 'llama', engine: 'vllm', gpu: { count: 1 }, env: { HF_TOKEN: 'hf_x' },
    model: { source: 'hf://meta-llama/Llama-3.1-8B' } } });
  const endpoint = { ...place, endpoint: made.id };
  await ask(`Inference${short}.get`, endpoint);
  await ask(`Inference${short}.change`, endpoint, { body: { displayName: 'Llama' } });
  await ask(`Inference${short}.logs`, endpoint, { query: { lines: '5' } });
  await ask(`Inference${short}.metrics`, endpoint);
  await done(`Inference${short}.stop`, endpoint);
  await refuse(409, 'INVALID_STATE_TRANSITION', `Inference${short}.stop`, endpoint);
  await done(`Inference${short}.start`, endpoint);
  return async () => {
    await done(`Inference${short}.delete`, endpoint);
  };
}

/** A job that is paused, goes on and is given up. */
export async function trainings(short: Short, place: Place): Promise<Clear> {
  const made = await done(`Training${short}.create`, place, { body: {
    name: 'fit', image: 'sim-exit', args: ['0', '600'], nodes: 1, gpusPerNode: 0,
    framework: 'pytorch', env: { SEED: '1' } } });
  const training = { ...place, training: made.id };
  await until('a running job', () => ask(`Training${short}.get`, training),
    it => it.state === 'running');
  await ask(`Training${short}.change`, training, { body: { displayName: 'Fit' } });
  await ask(`Training${short}.logs`, training);
  await refuse(409, 'INVALID_STATE_TRANSITION', `Training${short}.delete`, training);
  await done(`Training${short}.suspend`, training);
  await done(`Training${short}.resume`, training);
  await done(`Training${short}.cancel`, training);
  return async () => {
    await done(`Training${short}.delete`, training);
  };
}
