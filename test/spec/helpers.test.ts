import { describe, expect, it } from 'vitest';
import { fromBase64Url, toBase64Url } from '../../src/spec/base64.js';
import { fnv1a } from '../../src/spec/hash.js';
import { same, shorten, show } from '../../src/spec/json.js';
import { asWritten, atPointer, pointerOf, pointerTokens } from '../../src/spec/pointer.js';

describe('two JSON values', () => {
  it.each([
    [1, 1],
    [null, null],
    [undefined, undefined],
    [
      [1, { a: [] }],
      [1, { a: [] }],
    ],
    [
      { a: 1, b: { c: null } },
      { b: { c: null }, a: 1 },
    ],
    [0, -0],
  ])('are the same: %j and %j', (left, right) => {
    expect(same(left, right)).toBe(true);
  });

  it.each([
    [1, '1'],
    [null, undefined],
    [null, {}],
    [[], {}],
    [[1], [1, 2]],
    [{ a: 1 }, { b: 1 }],
    [{ a: 1 }, { a: 1, b: 2 }],
    [{ toString: 1 }, { a: 1 }],
    [[[1]], [[2]]],
  ])('differ: %j and %j', (left, right) => {
    expect([same(left, right), same(right, left)]).toEqual([false, false]);
  });

  it('are shown cut where they are long', () => {
    expect([
      shorten('abc', 3),
      shorten('abcd', 3),
      show({ a: 1 }),
      show(undefined),
      show('abcdef', { longest: 4 }),
    ]).toEqual(['abc', 'abc…', '{"a":1}', 'absent', '"abc…']);
  });
});

describe('a JSON pointer', () => {
  it('has the tokens that it was made from, whatever stands in them', () => {
    const keys = ['a/b', 'c~d', '~1', '', 0];
    expect(pointerOf(keys)).toBe('/a~1b/c~0d/~01//0');
    expect(pointerTokens(pointerOf(keys))).toEqual(keys.map(String));
    expect([pointerOf([]), pointerTokens('')]).toEqual(['', []]);
  });

  it('finds what stands at it, and nothing that only looks like it', () => {
    const value = { a: [{ 'b/c': 1 }] };
    expect([
      atPointer(value, '/a/0/b~1c'),
      atPointer(value, ''),
      atPointer(value, '/a/1'),
      atPointer(value, '/toString'),
    ]).toEqual([1, value, undefined, undefined]);
  });

  it('is written as a program writes it', () => {
    expect(['/items/0/name', '/metadata/color', '/0', ''].map(asWritten)).toEqual([
      'items[0].name',
      'metadata.color',
      '0',
      undefined,
    ]);
  });
});

describe('base64url', () => {
  it.each(['', 'a', 'ab', 'abc', 'Ünï 🎭', '??>>', '\ufeffx'.slice(1)])(
    'is what Node makes of %j, and leads back',
    (text) => {
      expect(toBase64Url(text)).toBe(Buffer.from(text).toString('base64url'));
      expect(fromBase64Url(toBase64Url(text))).toBe(text);
    },
  );

  it.each(['!!', 'a', 'ab=c'])('is not %j', (text) => {
    expect(fromBase64Url(text)).toBeUndefined();
  });
});

it('the hash is FNV-1a, as its authors give it', () => {
  // http://www.isthe.com/chongo/tech/comp/fnv/
  expect(['', 'a', 'foobar'].map((text) => (fnv1a(text) >>> 0).toString(16))).toEqual([
    '811c9dc5',
    'e40c292c',
    'bf9cf968',
  ]);
});
