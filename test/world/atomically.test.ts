import { describe, expect, it } from 'vitest';
import { createUnderstudy } from '../../src/index.js';

const state = ({ world }: ReturnType<typeof createUnderstudy>): string =>
  JSON.stringify([
    world.snapshot(),
    world.version,
    world.spaces.where('organization', 'org_xyz789').map(({ id }) => id),
  ]);

describe('a work on the world that throws', () => {
  it('leaves rows, their order, indexes, ids and version as they were', () => {
    const understudy = createUnderstudy();
    const { world } = understudy;
    const before = state(understudy);
    const lists = [...world.spaces.newestFirst('organization', 'org_xyz789')];
    expect(() =>
      world.atomically(() => {
        const [space] = world.spaces.all();
        if (!space) throw new Error('the scenario has no space');
        world.spaces.insert({ ...space, id: world.ids.next('space') });
        world.spaces.update(space.id, { name: 'Another', deleted_at: world.clock.now() });
        world.messages.insert({ ...world.messages.all()[0], id: world.ids.next('msg') } as never);
        for (const { id } of world.messages.all()) world.messages.delete(id);
        for (const { id } of world.threads.all()) world.threads.delete(id);
        world.spaces.delete(space.id);
        throw new Error('in the middle');
      }),
    ).toThrow('in the middle');
    expect(state(understudy)).toBe(before);
    expect([...world.spaces.newestFirst('organization', 'org_xyz789')]).toEqual(lists);
    expect(world.messages.all().map(({ id }) => world.messages.position(id))).toEqual(
      createUnderstudy()
        .world.messages.all()
        .map(({ id }) => createUnderstudy().world.messages.position(id)),
    );
  });

  it('mints the same ids again afterwards', () => {
    const { world } = createUnderstudy();
    const minted: string[] = [];
    const mint = (): void => void minted.push(world.ids.next('space'));
    expect(() =>
      world.atomically(() => {
        mint();
        throw new Error('in the middle');
      }),
    ).toThrow();
    mint();
    expect(minted[1]).toBe(minted[0]);
  });

  it('takes back what it is told to, and keeps what comes after', () => {
    const { world } = createUnderstudy();
    const { size } = world.organizations;
    world.atomically((takeBack) => {
      world.organizations.insert({ id: 'org_a', name: 'A' });
      takeBack();
      world.organizations.insert({ id: 'org_b', name: 'B' });
    });
    expect([
      world.organizations.has('org_a'),
      world.organizations.has('org_b'),
      world.organizations.size,
    ]).toEqual([false, true, size + 1]);
  });

  it('tells what is written, table by table, and forgets what is taken back', () => {
    const { world } = createUnderstudy();
    world.atomically((takeBack, changes) => {
      const [before] = world.spaces.all();
      if (!before) throw new Error('the scenario has no space');
      const inserted = world.organizations.insert({ id: 'org_a', name: 'A' });
      const after = world.spaces.update(before.id, { name: 'Another' });
      world.organizations.delete('org_a');
      expect(changes).toEqual([
        { table: 'organizations', id: 'org_a', before: undefined, after: inserted },
        { table: 'spaces', id: before.id, before, after },
        { table: 'organizations', id: 'org_a', before: inserted, after: undefined },
      ]);
      takeBack();
      expect(changes).toEqual([]);
      world.organizations.insert({ id: 'org_b', name: 'B' });
      expect(changes.map(({ id }) => id)).toEqual(['org_b']);
    });
    world.atomically((_, changes) => expect(changes).toEqual([]));
  });

  it('takes back a work inside another with it, and what a restore has put there', () => {
    const understudy = createUnderstudy();
    const { world } = understudy;
    const earlier = world.snapshot();
    world.atomically(() => world.organizations.insert({ id: 'org_a', name: 'A' }));
    const before = state(understudy);
    for (const inside of [
      () => world.atomically(() => world.organizations.insert({ id: 'org_b', name: 'B' })),
      () => world.restore(earlier),
    ]) {
      expect(() =>
        world.atomically(() => {
          inside();
          throw new Error('in the middle');
        }),
      ).toThrow('in the middle');
      expect(state(understudy)).toBe(before);
    }
    world.atomically(() => {
      world.organizations.insert({ id: 'org_c', name: 'C' });
      expect(() =>
        world.atomically(() => {
          world.organizations.insert({ id: 'org_d', name: 'D' });
          throw new Error('in the middle');
        }),
      ).toThrow('in the middle');
    });
    expect([world.organizations.has('org_c'), world.organizations.has('org_d')]).toEqual([
      true,
      false,
    ]);
  });

  it('leaves a fork alone', () => {
    const understudy = createUnderstudy();
    const fork = understudy.world.fork();
    const before = JSON.stringify(fork.snapshot());
    expect(() =>
      understudy.world.atomically(() => {
        for (const { id } of understudy.world.threads.all()) understudy.world.threads.delete(id);
        throw new Error('in the middle');
      }),
    ).toThrow();
    expect(JSON.stringify(fork.snapshot())).toBe(before);
    expect(JSON.stringify(understudy.world.snapshot())).toBe(before);
  });
});
