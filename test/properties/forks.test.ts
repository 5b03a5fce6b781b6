import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { virtualClock } from '../../src/world/clock.js';
import { createIdMaker } from '../../src/world/ids.js';
import type { Message } from '../../src/world/nouns/messages.js';
import { createWorld, type World, type WorldSnapshot } from '../../src/world/world.js';
import { whole } from '../support/sample.js';

type Rows = ReadonlyMap<string, Message>;

/** A world, and what it holds by the book. */
interface Pair {
  readonly world: World;
  rows: Rows;
}

const write = fc.record({
  kind: fc.constantFrom('insert', 'insert', 'insert', 'update', 'move', 'delete'),
  nth: fc.nat(500),
  thread: fc.constantFrom('thrd_a', 'thrd_b'),
  content: fc.string({ maxLength: 3 }),
});
type Write = typeof write extends fc.Arbitrary<infer W> ? W : never;

const step = fc.record({
  on: fc.nat(50),
  writes: fc.array(write, { maxLength: 12 }),
  next: fc.constantFrom('go on', 'go on', 'fork', 'snapshot', 'restore', 'throw', 'take back'),
});

/** Writes to the world and answers what it has to hold afterwards. */
function apply({ world, rows }: Pair, writes: readonly Write[]): Rows {
  const after = new Map(rows);
  for (const { kind, nth, thread, content } of writes) {
    const id = [...after.keys()][nth % (after.size || 1)];
    if (kind === 'insert') {
      const row = {
        thread_id: thread,
        role: 'user' as const,
        content,
        metadata: {},
        created_at: '',
        updated_at: null,
      };
      const inserted = world.messages.insert({ id: world.ids.next('msg'), ...row });
      after.set(inserted.id, inserted);
    } else if (id === undefined) continue;
    else if (kind === 'delete') {
      world.messages.delete(id);
      after.delete(id);
    } else
      after.set(
        id,
        world.messages.update(id, kind === 'update' ? { content } : { thread_id: thread }),
      );
    world.clock.tick();
  }
  return after;
}

function check({ world, rows }: Pair): void {
  const all = [...rows.values()];
  expect(world.messages.all()).toEqual(all);
  expect(world.messages.size).toBe(all.length);
  for (const row of all) expect(world.messages.get(row.id)).toBe(row);
  for (const thread of ['thrd_a', 'thrd_b']) {
    const expected = all.filter(({ thread_id }) => thread_id === thread);
    expect(world.messages.where('thread', thread)).toEqual(expected);
    expect(world.messages.count('thread', thread)).toBe(expected.length);
    expect([...world.messages.newestFirst('thread', thread)]).toEqual(expected.reverse());
  }
}

describe('worlds that are forked, restored and written in any order', () => {
  it('hold what a plain map of each holds, and none sees another', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
        const world = createWorld({
          scenario: 'test',
          clock: virtualClock('2026-02-26T15:30:00Z'),
          ids: createIdMaker(1),
        });
        const pairs: Pair[] = [{ world, rows: new Map() }];
        const snapshots: {
          readonly snapshot: WorldSnapshot;
          readonly rows: Rows;
          readonly json: string;
        }[] = [];
        for (const { on, writes, next } of steps) {
          const pair = pairs[on % pairs.length] as Pair;
          const json = () =>
            JSON.stringify([
              pair.world.snapshot().messages,
              pair.world.version,
              pair.world.ids.minted,
            ]);
          const before = json();
          if (next === 'throw') {
            const fail = () => {
              apply(pair, writes);
              throw new Error('in the middle');
            };
            expect(() => pair.world.atomically(fail)).toThrow('in the middle');
            expect(json()).toBe(before);
          } else if (next === 'take back') {
            pair.world.atomically((takeBack) => {
              apply(pair, writes);
              takeBack();
            });
            expect(json()).toBe(before);
          } else pair.rows = apply(pair, writes);
          if (next === 'fork') pairs.push({ world: pair.world.fork(), rows: pair.rows });
          if (next === 'snapshot') {
            const snapshot = pair.world.snapshot();
            snapshots.push({ snapshot, rows: pair.rows, json: JSON.stringify(snapshot) });
          }
          const saved = snapshots[on % (snapshots.length || 1)];
          if (next === 'restore' && saved) {
            const { version } = pair.world;
            pair.world.restore(saved.snapshot);
            pair.rows = saved.rows;
            expect(JSON.stringify(pair.world.snapshot())).toBe(saved.json);
            expect(pair.world.version).toBeGreaterThan(version);
          }
        }
        for (const pair of pairs) check(pair);
        for (const { snapshot, json } of snapshots) expect(JSON.stringify(snapshot)).toBe(json);
      }),
      { seed: 20260226, numRuns: whole ? 200 : 80 },
    );
  });

  it('may be a thousand forks deep', () => {
    const world = createWorld({
      scenario: 'test',
      clock: virtualClock('2026-02-26T15:30:00Z'),
      ids: createIdMaker(1),
    });
    const chain: Pair[] = [{ world, rows: new Map() }];
    for (let i = 0; i < 1000; i++) {
      const { world: last, rows } = chain.at(-1) as Pair;
      const next = { world: last.fork(), rows };
      next.rows = apply(next, [
        { kind: 'insert', nth: 0, thread: i % 2 ? 'thrd_a' : 'thrd_b', content: String(i) },
      ]);
      chain.push(next);
    }
    for (const i of [0, 1, 500, 1000]) check(chain[i] as Pair);
  });
});
