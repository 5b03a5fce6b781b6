import { describe, expect, it } from 'vitest';
import { createIdMaker, scramble } from '../../src/world/ids.js';

const take = (maker: ReturnType<typeof createIdMaker>, count: number, prefix = 'space'): string[] =>
  Array.from({ length: count }, () => maker.next(prefix));

describe('ids', () => {
  it('are the same for the same seed, on every machine', () => {
    expect(take(createIdMaker(1), 100)).toEqual(take(createIdMaker(1), 100));
    expect(createIdMaker(1).next('space')).toBe(`space_${scramble('1/space/0', 16)}`);
    expect(scramble('understudy', 16)).toBe(scramble('understudy', 16));
  });

  it('are others for another seed', () => {
    const [one, two] = [take(createIdMaker(1), 1000), take(createIdMaker(2), 1000)];
    expect(new Set([...one, ...two]).size).toBe(2000);
  });

  it('carry their prefix and sixteen letters', () => {
    for (const prefix of ['space', 'vs', 'kslice', 'kslice_comp']) {
      for (const id of take(createIdMaker(7), 50, prefix)) expect(id).toMatch(new RegExp(`^${prefix}_[0-9a-z]{16}$`));
    }
  });

  it('do not meet in fifty thousand', () => {
    expect(new Set(take(createIdMaker(1), 50_000)).size).toBe(50_000);
  });

  it('are counted', () => {
    const maker = createIdMaker(1);
    take(maker, 3);
    expect(maker.minted).toBe(3);
    expect(createIdMaker(1, 3).next('space')).toBe(maker.next('space'));
  });

  it('go on alike and apart in a fork', () => {
    const maker = createIdMaker(1);
    take(maker, 3);
    const fork = maker.fork();
    expect(take(fork, 5)).toEqual(take(maker, 5));
    take(fork, 1);
    expect([maker.minted, fork.minted]).toEqual([8, 9]);
  });
});

describe('scrambled letters', () => {
  it('are as many as asked for', () => {
    for (const length of [0, 1, 16, 64]) expect(scramble('text', length)).toHaveLength(length);
  });
});
