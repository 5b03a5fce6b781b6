import { describe, expect, it } from 'vitest';
import { changedBetween } from '../../../src/contract/run/changed.js';
import type { Json } from '../../../src/spec/message.js';

const before = 'as before the refused request';
const space = { id: 'space_1', name: 'a', tags: ['x', 'y'], 'a/b': null };

describe('what a refusal has changed is told by', () => {
  it.each<[string, Json, Json, string, string]>([
    ['a field', space, { ...space, name: 'b' }, `"a" at /name, ${before}`, '"b" at /name'],
    [
      'each of several fields',
      space,
      { ...space, name: 'b', 'a/b': 1 },
      `"a" at /name, null at /a~1b, ${before}`,
      '"b" at /name, 1 at /a~1b',
    ],
    [
      'a field that came',
      { id: 1 },
      { id: 1, name: 'b' },
      `absent at /name, ${before}`,
      '"b" at /name',
    ],
    [
      'a row that went',
      { items: [space, { id: 2 }] },
      { items: [space] },
      `{"id":2} at /items/*, ${before}`,
      'absent at /items/*',
    ],
    [
      'a row that came twice',
      { items: [1] },
      { items: [1, 1] },
      `"1 items" at /items, ${before}`,
      '"2 items" at /items',
    ],
    [
      'a field of a row',
      [{ id: 1, name: 'a' }],
      [{ id: 1, name: 'b' }],
      `"a" at /0/name, ${before}`,
      '"b" at /0/name',
    ],
    ['the whole, where it is gone', space, null, `${JSON.stringify(space)}, ${before}`, 'null'],
  ])('%s', (_, first, second, expected, got) => {
    expect(changedBetween(first, second)).toEqual({ expected, got });
  });

  it('no more than five places, with how many there are besides', () => {
    const { expected, got } = changedBetween([1, 2, 3, 4, 5, 6, 7], [0, 0, 0, 0, 0, 0, 0]);
    expect(expected).toBe(`1 at /0, 2 at /1, 3 at /2, 4 at /3, 5 at /4; 2 more, ${before}`);
    expect(got).toBe('0 at /0, 0 at /1, 0 at /2, 0 at /3, 0 at /4; 2 more');
  });
});
