// A long life of a mock server: rounds in which things are made, used and deleted, and how much
// memory is in use meanwhile.
import { expect } from 'vitest';
import { createUnderstudy, type Understudy } from '../../src/index.js';
import { call } from './call.js';
import { megabytesInUse } from './raw-http.js';
import { owner } from './requests.js';

/**
 * A store and a space are made, joined, read, listed and deleted, and so is a thread in it; a
 * refusal is among it.
 */
async function round(understudy: Understudy): Promise<void> {
  const send = async (status: number, request: Parameters<typeof call>[1]) => {
    const answer = await call(understudy, request);
    expect(answer.status, `${request.method} ${request.target}`).toBe(status);
    return answer.body;
  };
  const named = { organization_id: 'org_xyz789', name: 'Soak' };
  const { id: space } = await send(201, owner.post('/v1/spaces/', named));
  const { data: store } = await send(
    201,
    owner.post('/v1/organizations/org_xyz789/vector-stores', named),
  );
  const { id: thread } = await send(
    201,
    owner.post('/v1/threads', { organization_id: 'org_xyz789', title: 'Soak' }),
  );
  await send(201, owner.post(`/v1/spaces/${space}/vector-stores/${store.id}`));
  await send(409, owner.post(`/v1/spaces/${space}/vector-stores/${store.id}`));
  await send(201, owner.post(`/v1/spaces/${space}/threads/${thread}`));
  await send(200, owner.get(`/v1/spaces/${space}/threads`));
  await send(200, owner.get('/v1/spaces/?organization_id=org_xyz789'));
  await send(204, owner.delete(`/v1/threads/${thread}`));
  await send(204, owner.delete(`/v1/spaces/${space}`));
  await send(204, owner.delete(`/v1/organizations/org_xyz789/vector-stores/${store.id}`));
}

/**
 * Megabytes by which the second half of so many rounds has grown what is in use. `also` is done in
 * each round.
 */
export async function growthOver(rounds: number, also: () => void = () => {}): Promise<number> {
  // Little is kept of what was deleted, so that all that is kept by intention is full long before
  // half of the rounds.
  const understudy = createUnderstudy({ keepDeleted: 10 });
  const rows = () =>
    understudy.world.spaces.size +
    understudy.world.vectorStores.size +
    understudy.world.threads.size;
  const half = async () => {
    for (let i = 0; i < rounds / 2; i++) {
      await round(understudy);
      also();
    }
    return megabytesInUse();
  };
  const before = await half();
  const rowsBefore = rows();
  const after = await half();
  expect(rows()).toBe(rowsBefore);
  return after - before;
}
