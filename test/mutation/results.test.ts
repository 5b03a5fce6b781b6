// What is written down of `npm run mutation` is about the drifts of the operations that it names,
// and a run that sees less does not pass.
import { describe, expect, it } from 'vitest';
import { matches } from '../../mutation/kit.mjs';
import {
  differences,
  failuresOf,
  isAbout,
  measured,
  readResults,
  sampleOf,
} from '../../mutation/results.mjs';
import { pickSample } from '../../mutation/sample.mjs';
import { driftsOf } from '../../src/drift/drifts.js';
import { driftKinds } from '../../src/drift/form.js';
import { loadSpec } from '../../src/shipped/document.js';

const drifts = driftsOf(loadSpec());
const results = readResults();
const counted = measured(results, drifts);

describe('mutation/results.json', () => {
  it('counts every drift and every variation of the operations that it is about', () => {
    const { drifts: planted, variations, kinds } = results.kit;
    expect(planted.of + variations.of).toBe(counted.size);
    const sum = Object.values(kinds as Record<string, { found: number; of: number }>).reduce(
      ({ found, of }, kind) => ({ found: found + kind.found, of: of + kind.of }),
      { found: 0, of: 0 },
    );
    expect(sum).toEqual(planted);
  });

  it('is about the sample that the rule picks', () => {
    expect(isAbout(results, pickSample(counted))).toBe(true);
  });

  it('has a verdict of every tool on every name', () => {
    const tools = ['kit', ...Object.keys(results.rivals)];
    const { drifts: planted, variations, honest } = results.sample;
    for (const verdicts of [
      ...Object.values(planted),
      ...Object.values(variations),
      honest,
    ] as object[])
      expect(Object.keys(verdicts)).toEqual(tools);
  });
});

describe('the sample', () => {
  it('keeps what is written down of those that the rivals were not asked for again', () => {
    const verdict = (name: string, said: string) => ({ name, verdict: said });
    const played = [
      { name: '', alarms: [] },
      verdict('guard:a', 'named'),
      verdict('guard:b', 'missed'),
    ];
    const answers = [
      {
        key: 'prism',
        honest: [],
        verdicts: new Map([['guard:b', verdict('guard:b', 'elsewhere')]]),
      },
    ];
    const written = {
      sample: { drifts: { 'guard:a': { kit: 'missed', prism: 'named' } }, variations: {} },
    };
    expect(sampleOf(['guard:a', 'guard:b'], played, answers, written).drifts).toEqual({
      'guard:a': { kit: 'named', prism: 'named' },
      'guard:b': { kit: 'missed', prism: 'elsewhere' },
    });
  });

  it('has as many drifts of each kind, and the same whatever order they come in', () => {
    const picked = pickSample(drifts);
    const counts = Object.keys(driftKinds).map(
      (kind) => picked.filter((name) => name.startsWith(`${kind}:`)).length,
    );
    expect(new Set(counts.slice(0, -1)).size).toBe(1);
    const backwards = new Map([...drifts].reverse());
    expect(pickSample(backwards).toSorted()).toEqual(picked.toSorted());
  });

  it('has a short form, a part of it with one drift of each kind', () => {
    const short = pickSample(drifts, { short: true });
    const kinds = short.map((name) => name.slice(0, name.indexOf(':')));
    expect(pickSample(drifts)).toEqual(expect.arrayContaining(short));
    expect(kinds.toSorted()).toEqual([...Object.keys(driftKinds), 'vary'].toSorted());
  });
});

describe('a run of the kit', () => {
  const count = (found: number, of: number) => ({ found, of });
  const counts = {
    drifts: count(99, 100),
    kinds: { guard: count(9, 10) },
    variations: count(3, 3),
  };
  const passing = {
    counts,
    comparable: counts,
    unexplained: [],
    idle: [],
    alarms: [],
  };
  const written = { kit: passing.counts };

  it('passes where it sees as much as is written down', () => {
    expect(failuresOf(passing, written)).toEqual([]);
  });

  it('of some drifts of a kind is not compared with what is written down of all of them', () => {
    const some = { drifts: count(49, 50), kinds: { guard: count(4, 5) }, variations: count(3, 3) };
    expect(failuresOf({ ...passing, counts: some, comparable: some }, written)).toEqual([]);
  });

  it('is not compared in what was added since', () => {
    const more = { ...counts, kinds: { guard: count(9, 12) } };
    expect(failuresOf({ ...passing, counts: more }, written)).toEqual([]);
  });

  it.each([
    [
      'fewer than 95 % found',
      { counts: { ...passing.counts, drifts: count(94, 100) } },
      /94.0 % were found/,
    ],
    [
      'a drop of all',
      { comparable: { ...counts, drifts: count(98, 100) } },
      /A drop, all drifts: 98 of 100/,
    ],
    [
      'a drop of one kind',
      { comparable: { ...counts, kinds: { guard: count(8, 10) } } },
      /A drop, guard: 8 of 10 .* 9 of 10/,
    ],
    [
      'a survivor without a reason',
      { unexplained: [{ name: 'guard:a' }] },
      /1 survivors have no reason/,
    ],
    [
      'a reason for nobody',
      { idle: [{ pattern: 'guard:b' }] },
      /1 reasons .* belong to no survivor/,
    ],
    ['an alarm', { alarms: [{ name: 'vary:a' }] }, /objected to what is right/],
  ])('fails on %s', (_, change, message) => {
    const [failure, ...others] = failuresOf({ ...passing, ...change }, written);
    expect(failure).toMatch(message);
    // Below the bar is also below what is written down.
    expect(others.every((other) => other.startsWith('A drop'))).toBe(true);
  });
});

describe('the verdicts on the sample', () => {
  it('that are others than written down are told, and only those', () => {
    const verdicts = { kit: 'named', prism: 'missed' };
    const sample = { drifts: { 'guard:a': verdicts }, variations: { 'vary:b': { kit: 'quiet' } } };
    expect(differences({ sample }, { sample })).toEqual([]);
    const now = { ...sample, drifts: { 'guard:a': { ...verdicts, prism: 'named' } } };
    expect(differences({ sample: now }, { sample })).toEqual(['guard:a, prism: missed, now named']);
  });
});

describe('a pattern', () => {
  it.each([
    ['guard:*', 'guard:getSpace.space_not_found', true],
    ['guard:*', 'write:getSpace', false],
    ['drop:listStores.200/items/*/id', 'drop:listStores.200/items/*/id', true],
    ['guard:get', 'guard:getSpace', false],
    ['*.flaky', 'hand:getSpace.flaky', true],
    ['*.flaky', 'hand:getSpaceXflaky', false],
  ])('%s and %s: %s', (pattern, name, fits) => {
    expect(matches(pattern, name)).toBe(fits);
  });
});
