// What taking away costs: as much as what is taken away, however much there is. Counted, not timed.
import { describe, expect, it, vi } from 'vitest';
import { createUnderstudy, type Understudy } from '../../src/index.js';
import { call } from '../support/call.js';
import { owner, type Sent } from '../support/requests.js';

const org = 'org_xyz789';
const [space, thread] = ['space_abc123', 'thrd_empty'];

/** Elements that lists pass over while a request is answered. */
async function workOf(understudy: Understudy, request: Sent): Promise<number> {
  let passed = 0;
  const spies = (['splice', 'filter', 'slice', 'indexOf', 'map'] as const).map((method) => {
    const real = Array.prototype[method] as (...args: unknown[]) => unknown;
    return vi.spyOn(Array.prototype, method).mockImplementation(function (
      this: unknown[],
      ...args: unknown[]
    ) {
      passed += this.length;
      return real.apply(this, args) as never;
    });
  });
  const { status } = await call(understudy, request);
  for (const spy of spies) spy.mockRestore();
  expect(status).toBeLessThan(300);
  return passed;
}

/** A world in which there is much to take away, and the request that does. */
const removals: readonly (readonly [
  string,
  (understudy: Understudy, n: number) => Promise<Sent> | Sent,
])[] = [
  [
    'a thread with many messages out of a space',
    async (understudy, n) => {
      for (let i = 0; i < n; i++) understudy.addMessage({ thread_id: thread, content: `${i}` });
      await call(understudy, owner.post(`/v1/spaces/${space}/threads/${thread}`));
      expect(understudy.embeddings({ space_id: space }).length).toBeGreaterThanOrEqual(n);
      return owner.delete(`/v1/spaces/${space}/threads/${thread}`);
    },
  ],
  [
    'a space with many stores',
    ({ world }, n) => {
      const [store] = world.vectorStores.all();
      for (let i = 0; i < n; i++) {
        world.vectorStores.insert({ ...store, id: `vs_${i}` } as never);
        const link = {
          space_id: space,
          vector_store_id: `vs_${i}`,
          added_by: 'usr_owner1',
          added_at: world.clock.now(),
        };
        world.spaceVectorStores.insert({ id: `svs_of_many_${i}`, ...link });
      }
      return owner.delete(`/v1/spaces/${space}`);
    },
  ],
  [
    'a store out of many spaces',
    ({ world }, n) => {
      const base = world.spaces.get(space);
      for (let i = 0; i < n; i++) {
        world.spaces.insert({ ...base, id: `space_${i}`, vector_store_id: null } as never);
        const link = {
          space_id: `space_${i}`,
          vector_store_id: 'vs_def456',
          added_by: 'usr_owner1',
          added_at: world.clock.now(),
        };
        world.spaceVectorStores.insert({ id: `svs_of_many_${i}`, ...link });
      }
      return owner.delete(`/v1/organizations/${org}/vector-stores/vs_def456`);
    },
  ],
  [
    'all of many threads',
    ({ world }, n) => {
      const base = world.threads.get(thread);
      for (let i = 0; i < n; i++) {
        world.threads.insert({ ...base, id: `thrd_${i}` } as never);
        const link = {
          space_id: space,
          thread_id: `thrd_${i}`,
          added_by: 'usr_owner1',
          added_at: world.clock.now(),
        };
        world.spaceThreads.insert({ id: `link_${i}`, ...link });
      }
      return owner.delete('/v1/threads');
    },
  ],
];

describe('taking away', () => {
  it.each(removals)('%s costs ten times as much for ten times as many', async (_, prepare) => {
    const work = async (n: number): Promise<number> => {
      const understudy = createUnderstudy();
      return workOf(understudy, await prepare(understudy, n));
    };
    const [few, many] = [await work(300), await work(3000)];
    expect(many).toBeLessThan(few * 13);
  });
});
