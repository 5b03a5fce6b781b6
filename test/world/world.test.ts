import { afterEach, describe, expect, it, vi } from 'vitest';
import { realClock, virtualClock } from '../../src/world/clock.js';
import { createIdMaker } from '../../src/world/ids.js';
import type { Message } from '../../src/world/rows.js';
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
    expect(before).toMatchObject({ now: '2026-02-26T15:30:00Z', minted: 0, messages: [message('msg_1')], spaces: [] });
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

  it('with a thousand rows shares them with its fork until one of the two is written', () => {
    const world = newWorld();
    for (let i = 0; i < 1000; i++) world.messages.insert(message(`msg_${i}`));
    let copied = 0;
    vi.stubGlobal(
      'Map',
      class<Key, Value> extends Map<Key, Value> {
        constructor(entries?: Iterable<readonly [Key, Value]>) {
          super(entries);
          copied += this.size;
        }
      },
    );
    const cost = (work: () => unknown): number => {
      const before = copied;
      work();
      return copied - before;
    };
    const forks: World[] = [];
    expect(cost(() => forks.push(world.fork()))).toBe(0);
    const [fork] = forks as [World];
    expect(cost(() => fork.messages.all())).toBe(0);
    expect(cost(() => fork.organizations.insert({ id: 'org_1', name: 'One' }))).toBe(0);
    expect(cost(() => fork.messages.insert(message('msg_new')))).toBeGreaterThanOrEqual(1000);
    expect(cost(() => fork.messages.insert(message('msg_newer')))).toBe(0);
    expect([world.messages.size, fork.messages.size]).toEqual([1000, 1002]);
  });
});
