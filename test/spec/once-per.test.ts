import { describe, expect, it } from 'vitest';
import { oncePer } from '../../src/spec/once-per.js';

describe('a function that is called once per object', () => {
  it('is called for each, and for each pair', () => {
    const asked: string[] = [];
    const join = oncePer((a: { name: string }, b: { name: string }) => {
      asked.push(`${a.name}${b.name}`);
      return asked.length;
    });
    const [x, y] = [{ name: 'x' }, { name: 'y' }];
    expect([join(x, y), join(y, x), join(x, y), join(x, { name: 'y' })]).toEqual([1, 2, 1, 3]);
    expect(asked).toEqual(['xy', 'yx', 'xy']);
  });

  it('keeps undefined, and is asked again after an error', () => {
    let times = 0;
    const key = {};
    const nothing = oncePer((_: object) => void times++);
    expect([nothing(key), nothing(key), times]).toEqual([undefined, undefined, 1]);
    const fails = oncePer((_: object) => {
      times += 1;
      if (times === 2) throw new Error('not yet');
      return times;
    });
    expect(() => fails(key)).toThrow('not yet');
    expect([fails(key), fails(key)]).toEqual([3, 3]);
  });
});
