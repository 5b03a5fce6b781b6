import { expect, it } from 'vitest';
import { callsInWords } from '../../../src/contract/report/words.js';

it.each([
  ['', ''],
  ['a', 'a'],
  ['a b', 'a · b'],
  ['a a', 'a 2×'],
  ['c a a a b', 'c · a 3× · b'],
  ['c a b a b a b d', 'c · (a · b) 3× · d'],
  ['a b a', 'a · b · a'],
  ['a a b a a b', 'a 2× · b · a 2× · b'],
])('calls are told in short: %s', (calls, told) => {
  expect(callsInWords(calls.split(' ').filter(Boolean))).toBe(told);
});
