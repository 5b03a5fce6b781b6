// Known deviations: how a file of them is read, what they change, and when an entry itself fails.

import { readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { toMarkdown } from '../../../src/contract/report/markdown.js';
import { toHtml } from '../../../src/contract/report/page.js';
import { toJunit, toResults, toText } from '../../../src/contract/report/renderings.js';
import { toSarif } from '../../../src/contract/report/sarif.js';
import { tell } from '../../../src/contract/report/telling.js';
import { toVerdict } from '../../../src/contract/report/text.js';
import { exitCode } from '../../../src/contract/report/verdict.js';
import type { KnownFinding } from '../../../src/contract/run/finding.js';
import { parseKnown } from '../../../src/contract/run/known-findings.js';
import { planRun } from '../../../src/contract/run/plan.js';
import { runContracts } from '../../../src/contract/run/run.js';
import { FileError } from '../../../src/files/problem.js';
import { alteredRun, inBody } from '../../support/altered.js';
import { contractsOf, profile, spec } from '../../support/drifted-run.js';

const renamed = inBody((body) => body.replace(/"description":(null|"[^"]*")/g, '"description":7'));
const honest = inBody((body) => body);
const entry = (fields: Partial<Record<keyof KnownFinding, string>>): KnownFinding =>
  ({
    fingerprint: '00000000',
    reason: 'API-7',
    owner: 'the spaces team',
    expires: '2999-12-31',
    file: 'known.yaml',
    line: 3,
    ...fields,
  }) as KnownFinding;

const failing = alteredRun(['getSpace'], renamed);
const accepted = async (fields: Parameters<typeof entry>[0] = {}) =>
  (await failing).findings
    .filter(({ severity }) => severity !== 'notice')
    .map(({ fingerprint, title }) => entry({ fingerprint, row: title, ...fields }));

describe('a file of known deviations', () => {
  const good = `- { fingerprint: "1a2b3c4d", reason: r, owner: o, expires: 2027-01-31 }\n`;
  const bad: readonly (readonly [text: string, problems: readonly RegExp[]])[] = [
    ['a: b\n', [/^k.yaml:1:1 {2}is not a list/]],
    ['- just a text\n', [/^k.yaml:1:3 {2}is not an entry/]],
    [
      '- fingerprint: 12345678\n  reson: r\n  expires: 2027-02-30\n',
      [
        /k.yaml:1:3 {2}owner is missing/,
        /k.yaml:1:3 {2}reason is missing/,
        /k.yaml:1:16 {2}12345678 is no fingerprint\n {2}fix: copy it from a report: .* in quotes/,
        /k.yaml:2:10 {2}reson is not known here\n {2}fix: did you mean reason\?/,
        /k.yaml:3:12 {2}"2027-02-30" is no day/,
      ],
    ],
    [
      good.replace('reason: r', 'reason: TODO').replace('2027-01-31', 'TODO'),
      [
        /k.yaml:1:38 {2}is still TODO\n {2}fix: write why it is accepted/,
        /k.yaml:1:63 {2}is still TODO\n {2}fix: write the last day/,
      ],
    ],
    [good + good, [/k.yaml:2:18 {2}"1a2b3c4d" has an entry already, in line 1/]],
    ['- fingerprint: "1a2b3c4d"\n  reason: "r\n', [/closing "/]],
  ];

  it.each(bad)('is refused with all that is wrong with it: %s', (text, problems) => {
    let said = '';
    try {
      parseKnown(text, 'k.yaml');
    } catch (error) {
      expect(error).toBeInstanceOf(FileError);
      said = (error as Error).message;
    }
    for (const problem of problems) expect(said).toMatch(problem);
    expect(said.match(/ {2}fix: /g)).toHaveLength(problems.length);
  });

  it('is YAML or JSON, with the line of each entry; its schema says the same', () => {
    const validate = addFormats
      .default(new Ajv2020({ allowUnionTypes: true }))
      .compile(JSON.parse(readFileSync('schemas/known.json', 'utf8')));
    const json = `[\n {"fingerprint":"00000012","reason":"r","owner":"o","expires":"2027-01-31","row":"x"}\n]`;
    expect(parseKnown(`# none\n${good}`, 'k')).toMatchObject([
      { fingerprint: '1a2b3c4d', line: 2 },
    ]);
    expect(parseKnown(json, 'k.json')).toMatchObject([{ fingerprint: '00000012', line: 2 }]);
    expect(parseKnown('# nothing yet\n', 'k')).toEqual([]);
    for (const text of [good, json]) expect(validate(parse(text))).toBe(true);
    // That an entry stands there twice, and what is no YAML, no schema can say.
    for (const [text] of bad.slice(0, 4)) expect(validate(parse(text))).toBe(false);
  });
});

describe('a known deviation', () => {
  it('fails nothing, and every report says why, by whom and until when', async () => {
    expect(exitCode(await failing, 'failure')).toBe(1);
    const report = await alteredRun(['getSpace'], renamed, { known: await accepted() });
    expect(exitCode(report, 'failure')).toBe(0);
    const told = tell(report);
    const texts = [
      toText(report),
      toMarkdown(told),
      toHtml(told),
      toJunit(report, 'failure'),
      JSON.stringify(toSarif(told)),
      JSON.stringify(toResults(report)),
    ];
    for (const text of texts)
      for (const word of ['API-7', 'the spaces team', '2999-12-31']) expect(text).toContain(word);
    expect(toVerdict(told)).toMatch(/^Passed, exit code 0\n/);
    expect(toJunit(report, 'failure')).not.toContain('<failure');
    // The server is as wrong as it was.
    expect(report.coverage.map(({ result }) => result)).toEqual(
      (await failing).coverage.map(({ result }) => result),
    );
  });

  it('does not hide what else is wrong', async () => {
    const [first] = await accepted();
    const report = await alteredRun(
      ['getSpace'],
      ({ status, body }) =>
        status === 404
          ? { status: 410 }
          : renamed({ status, headers: {}, ...(body === undefined ? {} : { body }) }),
      { known: [first as KnownFinding] },
    );
    expect(exitCode(report, 'failure')).toBe(1);
  });

  it('does not end a run that fails fast', async () => {
    const known = await accepted();
    const report = await alteredRun(['getSpace'], renamed, { known, failFast: 1 });
    expect(report.stopped).toBeUndefined();
  });

  it('whose time is over fails, found or not, with the place of its entry', async () => {
    const over = await accepted({ expires: '2020-01-01' });
    const found = await alteredRun(['getSpace'], renamed, { known: over });
    expect(exitCode(found, 'failure')).toBe(1);
    expect(found.findings.some(({ known }) => known)).toBe(false);
    expect(toVerdict(tell(found))).toMatch(
      /^Failed, exit code 1:\n {2}known.yaml:3 the entry \w{8} of the spaces team has expired on 2020-01-01/,
    );
    const gone = await alteredRun(['getSpace'], honest, {
      known: [entry({ expires: '2020-01-01' })],
    });
    expect(toText(gone)).toContain('fix: remove it where the server is mended');
    // The last day counts.
    const today = new Date().toISOString().slice(0, 10);
    const last = await alteredRun(['getSpace'], renamed, {
      known: await accepted({ expires: today }),
    });
    expect(exitCode(last, 'failure')).toBe(0);
  });
});

describe('an entry that matches nothing', () => {
  const row = async () =>
    (await accepted()).find(({ row: title }) => title?.startsWith('getSpace by')) as KnownFinding;

  it('fails where its row was played, in every report', async () => {
    const report = await alteredRun(['getSpace'], honest, { known: [await row()] });
    expect(exitCode(report, 'failure')).toBe(1);
    const told = tell(report);
    const what = /the entry \w{8} of the spaces team matches nothing that this run has found/;
    for (const text of [
      toText(report),
      toVerdict(told),
      toMarkdown(told),
      toHtml(told),
      toJunit(report, 'failure'),
      JSON.stringify(toResults(report)),
    ])
      expect(text).toMatch(what);
  });

  it.each([
    ['a filter', { include: () => false }],
    ['another level', { level: 'smoke', contracts: contractsOf(['listSpaces']) }],
    ['a shard', { shard: { index: 3, count: 3 }, contracts: contractsOf(['getThread']) }],
    ['an early end', { maxRequests: 1 }],
    ['a profile without its caller', { profile: { ...profile, callers: {} } }],
  ] as const)('says nothing where its row was left out by %s', async (_, more) => {
    const known = [await row(), entry({ fingerprint: '00000001' })];
    const report = await alteredRun(['getSpace'], honest, { known, ...more });
    expect(report.knownFaults).toBeUndefined();
  });

  it('fails without a row only where all is played that usually is', async () => {
    const known = [entry({})];
    const one = { ...contractsOf(['getSpace']), everywhere: [] };
    const plays = planRun(spec, one, profile).slice(0, 1);
    const base = { spec, contracts: one, profile, known };
    const target = {
      name: 'the mock server',
      inProcess: true as const,
      send: async () => ({ status: 200, headers: {}, body: '{}' }),
    };
    const part = await runContracts({ ...base, target, plays });
    expect(part.knownFaults).toBeUndefined();
    const whole = await alteredRun(['getSpace'], honest, { known });
    expect(whole.knownFaults).toEqual([
      expect.objectContaining({ file: 'known.yaml', line: 3, fix: 'remove it' }),
    ]);
    const smoke = await alteredRun(['getSpace'], honest, { known, level: 'smoke' });
    expect(smoke.knownFaults).toBeUndefined();
    // What only `full` plays is not missed by `standard`.
    const named = await alteredRun(['getSpace'], honest, {
      known: [entry({ row: 'a row of full' })],
      level: 'standard',
    });
    expect(named.knownFaults).toBeUndefined();
  });
});
