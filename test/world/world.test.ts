import { afterEach, describe, expect, it, vi } from 'vitest';
import { realClock, virtualClock } from '../../src/world/clock.js';
import { createIdMaker } from '../../src/world/ids.js';
import type { Message } from '../../src/world/nouns/messages.js';
import { createWorld, type World } from '../../src/world/world.js';

const newWorld = (clock = virtualClock('2026-02-26T15:30:00Z')): World =>
  createWorld({ scenario: 'test', clock, ids: createIdMaker(1) });
const message = (id: string): Message => ({
  id,
  thread_id: 'thrd_1',
  role: 'user',
  content: 'Hello',
  metadata: {},
  created_at: '2026-02-26T15:30:00Z',
  updated_at: null,
});
const snapshot = (world: World): string => JSON.stringify(world.snapshot());

describe('a world', () => {
  afterEach(() => {
    vi.unstubAllGlobals();
  });

  it('gives the same snapshot as another that was made alike', () => {
    const [one, two] = [newWorld(), newWorld()];
    for (const world of [one, two]) {
      world.messages.insert(message(world.ids.next('msg')));
      world.clock.tick();
    }
    expect(snapshot(one)).toBe(snapshot(two));
    one.ids.next('msg');
    expect(snapshot(one)).not.toBe(snapshot(two));
  });

  it('holds all it knows in its snapshot, as plain data of that moment', () => {
    const world = newWorld();
    world.messages.insert(message('msg_1'));
    const before = world.snapshot();
    expect(before).toMatchObject({
      now: '2026-02-26T15:30:00Z',
      minted: 0,
      messages: [message('msg_1')],
      spaces: [],
    });
    world.messages.update('msg_1', { content: 'changed' });
    expect(before.messages).toEqual([message('msg_1')]);
    expect(JSON.parse(JSON.stringify(before))).toEqual(before);
  });

  it('is the same again once a change is undone', () => {
    const world = newWorld();
    world.messages.insert(message('msg_1'));
    const before = snapshot(world);
    world.messages.insert(message('msg_2'));
    world.messages.delete('msg_2');
    expect(snapshot(world)).toBe(before);
  });

  it('has a snapshot that does not depend on the hour of the machine', () => {
    expect(newWorld(realClock()).snapshot().now).toBe('real');
  });

  it('counts every write and no reading', () => {
    const world = newWorld();
    world.messages.insert(message('msg_1'));
    world.messages.update('msg_1', { content: 'changed' });
    world.messages.where('thread', 'thrd_1');
    world.snapshot();
    world.fork();
    expect(world.version).toBe(2);
    world.messages.delete('msg_1');
    expect(world.version).toBe(3);
  });

  it('and its fork go their own ways, in rows, time and ids', () => {
    const world = newWorld();
    world.messages.insert(message('msg_1'));
    const fork = world.fork();
    expect(snapshot(fork)).toBe(snapshot(world));
    const before = snapshot(world);
    fork.messages.update('msg_1', { content: 'changed' });
    fork.clock.tick();
    fork.ids.next('msg');
    expect(snapshot(world)).toBe(before);
    const forked = snapshot(fork);
    world.messages.delete('msg_1');
    world.clock.tick();
    world.clock.tick();
    expect(snapshot(fork)).toBe(forked);
    expect(fork.ids.next('msg')).not.toBe(world.ids.next('msg'));
  });

  it('is forked with another clock and other ids when these are given', () => {
    const [clock, ids] = [virtualClock('2030-01-01T00:00:00Z'), createIdMaker(9)];
    const fork = newWorld().fork({ clock, ids });
    expect(fork).toMatchObject({ scenario: 'test', clock, version: 0 });
    expect(fork.ids.next('msg')).toBe(createIdMaker(9).next('msg'));
  });

  it('is again as it was at a snapshot, of its own or of another, as often as one likes', () => {
    const world = newWorld();
    world.messages.insert(message(world.ids.next('msg')));
    const [then, before] = [world.snapshot(), snapshot(world)];
    for (let i = 0; i < 2; i++) {
      world.messages.delete(world.messages.all()[0]?.id as string);
      world.messages.insert(message(world.ids.next('msg')));
      world.clock.tick();
      expect(snapshot(world)).not.toBe(before);
      world.restore(then);
      expect(snapshot(world)).toBe(before);
    }
    const other = newWorld();
    other.restore(then);
    expect(snapshot(other)).toBe(before);
    expect(other.ids.next('msg')).toBe(world.ids.next('msg'));
  });

  it('is not restored from a copy of a snapshot', () => {
    const world = newWorld();
    expect(() => world.restore({ ...world.snapshot() })).toThrow('This is no snapshot of a world.');
  });

  it('keeps a real clock going when it is restored', () => {
    const world = newWorld(realClock());
    const then = world.snapshot();
    const now = world.clock.now();
    world.restore(then);
    expect(world.clock.now() >= now).toBe(true);
  });

  it('is forked and written at about the same cost with a hundred rows and with ten thousand', () => {
    /** Elements of lists that are passed over or copied meanwhile. */
    const cost = (rows: number): number => {
      const world = newWorld();
      for (let i = 0; i < rows; i++) world.messages.insert(message(`msg_${i}`));
      let passed = 0;
      const spies = (['toSpliced', 'with', 'slice', 'map', 'filter'] as const).map((method) => {
        const real = Array.prototype[method] as (...args: unknown[]) => unknown;
        return vi.spyOn(Array.prototype, method).mockImplementation(function (
          this: unknown[],
          ...args: unknown[]
        ) {
          passed += this.length;
          return real.apply(this, args) as never;
        });
      });
      const fork = world.fork();
      fork.messages.insert(message('msg_new'));
      fork.messages.delete('msg_50');
      for (const spy of spies) spy.mockRestore();
      expect([world.messages.size, fork.messages.size]).toEqual([rows, rows]);
      return passed;
    };
    expect(cost(10_000)).toBeLessThan(3 * cost(100));
  });
});
