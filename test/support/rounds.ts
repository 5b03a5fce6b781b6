// Worlds that are made, used and deleted over and over, and what they leave in memory.
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { createUnderstudy } from '../../src/index.js';
import { call } from './call.js';
import { attachStore, owner } from './requests.js';

/** Node's own collector, without a flag of the process. */
function collect(): number {
  setFlagsFromString('--expose-gc');
  const gc = runInNewContext('gc') as () => void;
  gc();
  gc();
  return process.memoryUsage().heapUsed;
}

/** Bytes that so many rounds leave behind, after as many to warm up as a tenth of them. */
export async function leftBehind(rounds: number): Promise<number> {
  const understudy = createUnderstudy();
  const round = async (i: number): Promise<void> => {
    const world = `round-${i}`;
    const headers = { 'x-understudy-world': world };
    const create = owner.post('/v1/spaces/', { organization_id: 'org_xyz789', name: world });
    for (const sent of [attachStore, create])
      await call(understudy, { ...sent, headers: { ...sent.headers, ...headers } });
    understudy.worlds.fork(world, `${world}-too`);
    understudy.worlds.reset(world);
    understudy.worlds.delete(`${world}-too`);
    understudy.worlds.delete(world);
  };
  for (let i = 0; i < rounds / 10; i++) await round(i);
  const before = collect();
  for (let i = 0; i < rounds; i++) await round(i);
  const left = collect() - before;
  if (understudy.worlds.list().length !== 1) throw new Error('A world is left.');
  return left;
}
