// What has changed since earlier runs.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { compare, readEarlier } from '../../../src/contract/report/compare.js';
import { toMarkdown } from '../../../src/contract/report/markdown.js';
import { toHtml } from '../../../src/contract/report/page.js';
import { toResults } from '../../../src/contract/report/results.js';
import { tell } from '../../../src/contract/report/telling.js';
import { toText, toVerdict } from '../../../src/contract/report/text.js';
import type { Report } from '../../../src/contract/run/options.js';
import { alteredRun, inBody } from '../../support/altered.js';

const folder = mkdtempSync(join(tmpdir(), 'understudy-compare-'));
afterAll(() => rmSync(folder, { recursive: true }));

const report = alteredRun(
  ['getSpace'],
  inBody((body) =>
    body.replace(/"trace_id":"[^"]*",/, '').replace(/"timestamp":"[^"]*"/, '"timestamp":7'),
  ),
);

let runs = 0;
/** An earlier run, a day after the one before it, with some of the findings. */
function ran(of: Report, findings: Report['findings'], more: object = {}) {
  runs += 1;
  const started = `2020-01-${String(runs).padStart(2, '0')}T00:00:00.000Z`;
  const file = join(folder, `${runs}.json`);
  writeFileSync(
    file,
    JSON.stringify({ ...toResults(tell({ ...of, started, findings })), ...more }),
  );
  return readEarlier(file);
}
const named = (some: readonly { fingerprint: string }[] = []) =>
  some.map(({ fingerprint }) => fingerprint);

describe('compared with one earlier run', () => {
  it('a finding is new, fixed or still there', async () => {
    const now = await report;
    const [a, b, ...others] = now.findings;
    if (!a || !b) throw new Error('too few findings');
    const before = ran(now, [b, ...others]);
    const comparison = compare({ ...now, findings: [a, ...others] }, [before], 'failure');
    expect(named(comparison?.new)).toEqual([a.fingerprint]);
    expect(named(comparison?.fixed)).toEqual([b.fingerprint]);
    expect(named(comparison?.stillThere)).toEqual(named(others));
    expect(comparison).toMatchObject({ flapping: [], notPlayed: [], remarks: [] });
  });

  it('nothing is fixed of which the row was not played, or played with fewer looks', async () => {
    const now = await report;
    const before = ran(now, now.findings);
    for (const part of [
      { ...now, findings: [], rows: [] },
      { ...now, findings: [], coverage: [] },
      { ...now, findings: [], level: 'smoke' as const },
      {
        ...now,
        findings: [],
        rows: now.rows.map((row) => ({ ...row, result: 'not_exercised' as const })),
      },
    ]) {
      const comparison = compare(part, [before], 'failure');
      expect(comparison?.fixed).toEqual([]);
      expect(named(comparison?.notPlayed)).toEqual(named(now.findings));
    }
  });

  it('what is flaky in one of the two is flapping', async () => {
    const now = await report;
    const [a, b, ...others] = now.findings;
    if (!a || !b) throw new Error('too few findings');
    const flaky = { times: 2, came: 1 };
    const before = ran(now, [{ ...a, again: flaky }, b, ...others]);
    const findings = [a, { ...b, again: flaky }, ...others];
    expect(named(compare({ ...now, findings }, [before], 'failure')?.flapping)).toEqual(
      named([a, b]),
    );
  });

  it('a run of another level, or one that did not end well, is remarked on', async () => {
    const now = await report;
    const before = ran(now, [], { level: 'smoke', exit_code: 3 });
    expect(compare(now, [before], 'failure')?.remarks).toEqual([
      expect.stringMatching(/is of level smoke: what only this run played counts as new$/),
      expect.stringMatching(/ended with exit code 3, and may have found too little$/),
    ]);
  });
});

describe('compared with several earlier runs', () => {
  const patterns: readonly (readonly [string, readonly boolean[], boolean, string | undefined])[] =
    [
      ['in, out, in', [true, false], true, 'flapping'],
      ['out, in, out', [false, true], false, 'flapping'],
      ['in, in, out', [true, true], false, 'fixed'],
      ['in, out, out', [true, false], false, undefined],
      ['out, out, in', [false, false], true, 'new'],
      ['out, in, in', [false, true], true, 'stillThere'],
    ];
  it.each(patterns)('a finding that was %s is told as such', async (_, before, now, group) => {
    const all = await report;
    const [finding] = all.findings;
    if (!finding) throw new Error('no finding');
    const earlier = before.map((isIn) => ran(all, isIn ? [finding] : []));
    // In whichever order they are named.
    const comparison = compare(
      { ...all, findings: now ? [finding] : [] },
      earlier.toReversed(),
      'failure',
    );
    const { new: fresh, fixed, stillThere, flapping, notPlayed } = comparison ?? {};
    const groups = { new: fresh, fixed, stillThere, flapping, notPlayed };
    expect(
      Object.entries(groups).flatMap(([name, found]) => (found?.length ? [name] : [])),
    ).toEqual(group === undefined ? [] : [group]);
  });

  it('every report says what has changed, the first screen in a line', async () => {
    const now = await report;
    const [a, b, ...others] = now.findings;
    if (!a || !b) throw new Error('too few findings');
    const before = ran(now, [b, ...others]);
    const told = tell({ ...now, findings: [a, ...others] }, 'failure', [before]);
    const numbers = `1 new, ${others.length} still there, 1 fixed`;
    for (const text of [toText(told), toVerdict(told), toMarkdown(told), toHtml(told)])
      expect(text).toContain(numbers);
    expect(toText(told)).toContain(`  new: ${a.code} ${a.operation} ${a.fingerprint}`);
    expect(toHtml(told)).toContain('<dt>… fixed</dt>');
    expect(toMarkdown(told)).toContain(`- fixed: \`${b.code} ${b.operation}\``);
    expect(toVerdict(told).split('\n').length).toBeLessThan(23);
  });
});

describe('a file that is no report', () => {
  it.each([
    ['[]', /1.json:1:1 {2}is no report of `understudy check`/],
    ['{"version": 1,\n"started": "x"', /1.json:\d:\d+ {2}/],
    [
      '{ "version": 2,\n"findings": [\n{ "code": "A" }] }',
      /started is not a time[\s\S]*:1:14 {2}version is not 1[\s\S]*:3:1 {2}fingerprint of this finding is not a text/,
    ],
  ])('is refused with all that is wrong with it: %s', (text, said) => {
    const file = join(folder, 'bad1.json');
    writeFileSync(file, text);
    expect(() => readEarlier(file)).toThrow(said);
    expect(() => readEarlier(join(folder, 'none.json'))).toThrow(
      /none.json:1:1 {2}there is no such file/,
    );
  });
});
