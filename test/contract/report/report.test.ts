import { readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, it } from 'vitest';
import { handlerTarget, TargetError } from '../../../src/client/target.js';
import type { Severity } from '../../../src/contract/judge/deviation.js';
import { toJunit, toResults, toText } from '../../../src/contract/report/renderings.js';
import { tell } from '../../../src/contract/report/telling.js';
import { toVerdict } from '../../../src/contract/report/text.js';
import { exitCode, type FailOn } from '../../../src/contract/report/verdict.js';
import type { Finding } from '../../../src/contract/run/finding.js';
import type { Report } from '../../../src/contract/run/options.js';
import type { Played } from '../../../src/contract/run/play.js';
import { runContracts } from '../../../src/contract/run/run.js';
import type { Stopped } from '../../../src/contract/run/stopped.js';
import { createUnderstudy } from '../../../src/index.js';
import { contractsOf, driftedRun, profile, spec } from '../../support/drifted-run.js';
import { faultsOfJunit } from '../../support/junit.js';
import { itInFull } from '../../support/sample.js';
import { readXml, type XmlElement } from '../../support/xml.js';

const operation = 'addVectorStoreToSpace';
const drift = 'guard:addVectorStoreToSpace.edit_access_required';

const honest = (changes: Partial<Parameters<typeof runContracts>[0]> = {}): Promise<Report> =>
  runContracts({
    spec,
    contracts: contractsOf([operation]),
    profile,
    target: handlerTarget('the mock server', createUnderstudy().fetch),
    wait: async () => {},
    ...changes,
  });
const gone = {
  name: 'nobody',
  send: () => Promise.reject(new TargetError('unreachable', 'ECONNREFUSED')),
};
const nothing = { ...profile, callers: {}, known: {} };

/** The report of a run that is played once, and read by many tests. */
function played(play: () => Promise<Report>): () => Promise<Report> {
  let report: Promise<Report> | undefined;
  return () => {
    report ??= play();
    return report;
  };
}
const clean = played(() => honest());
const failing = played(() => driftedRun(drift, [operation]));

const runs: readonly [what: string, report: () => Promise<Report>, code: number][] = [
  ['clean', clean, 0],
  ['failing', failing, 1],
  ['interrupted', played(() => honest({ signal: AbortSignal.abort() })), 130],
  ['late', played(() => honest({ maxTime: -1 })), 3],
  ['answered by nobody', played(() => honest({ target: gone })), 3],
  ['empty, since every operation is left out,', played(() => honest({ include: () => false })), 3],
  ['empty, since there are no contracts,', played(() => honest({ contracts: contractsOf([]) })), 3],
  ['empty, since the profile is,', played(() => honest({ profile: nothing })), 3],
];

describe('the exit code', () => {
  it.each(runs)('of a run that is %s says so', async (_, report, code) => {
    expect(exitCode(await report(), 'failure')).toBe(code);
  });

  it('is not green when only callers without a credential were heard', async () => {
    const report = await honest({
      profile: { ...nothing, known: profile.known },
      contracts: contractsOf(['createSpace']),
    });
    expect(report.rows.some(({ result }) => result === 'right')).toBe(true);
    expect(exitCode(report, 'failure')).toBe(3);
  });

  const reportWith = async (severity: Severity, stopped?: Stopped): Promise<Report> => {
    const report = await clean();
    const [finding] = (await failing()).findings as [Finding];
    return {
      ...report,
      findings: [{ ...finding, severity }],
      ...(stopped === undefined ? {} : { stopped }),
    };
  };

  it.each<[Severity, FailOn, number]>([
    ['notice', 'failure', 0],
    ['question', 'failure', 0],
    ['failure', 'failure', 1],
    ['notice', 'question', 0],
    ['question', 'question', 1],
    ['failure', 'question', 1],
    ['notice', 'notice', 1],
    ['question', 'notice', 1],
    ['failure', 'notice', 1],
  ])('after a %s, with --fail-on %s, is %i', async (severity, failOn, code) => {
    expect(exitCode(await reportWith(severity), failOn)).toBe(code);
  });

  it('is that of leftovers only where nothing else is wrong', async () => {
    const left = async (report: Promise<Report>) =>
      exitCode({ ...(await report), leftovers: ['space space_1'] }, 'failure');
    expect(await left(honest())).toBe(4);
    expect(await left(reportWith('failure'))).toBe(1);
    expect(await left(honest({ maxTime: -1 }))).toBe(3);
  });

  it.each([
    ['SIGHUP', 129],
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const)('is that of %s, which interrupted the run', async (signal, code) => {
    expect(
      exitCode(
        await reportWith('failure', { why: 'interrupted', text: signal, signal }),
        'failure',
      ),
    ).toBe(code);
  });

  it('prefers a failure to a run that is not whole, and an interruption to both', async () => {
    const late: Stopped = { why: 'time', text: 'the time of 1 s was over' };
    expect(exitCode(await reportWith('failure', late), 'failure')).toBe(1);
    expect(exitCode(await reportWith('notice', late), 'failure')).toBe(3);
    expect(
      exitCode(await reportWith('failure', { why: 'interrupted', text: 'interrupted' }), 'failure'),
    ).toBe(130);
  });
});

describe('results.json', () => {
  const schema = JSON.parse(readFileSync('contracts/results.schema.json', 'utf8')) as object;
  const validate = new Ajv2020({
    allErrors: true,
    strict: true,
    strictRequired: false,
    allowUnionTypes: true,
  }).compile(schema);

  it.each(runs)('of a run that is %s keeps its schema', async (_, report) => {
    const results: unknown = JSON.parse(JSON.stringify(toResults(await report())));
    expect(validate(results) ? [] : validate.errors).toEqual([]);
  });

  it('would not keep its schema without any of its fields', async () => {
    const results = JSON.parse(
      JSON.stringify(toResults(await driftedRun('hand:getSpace.html', ['getSpace']))),
    ) as {
      readonly findings: readonly { readonly calls: readonly object[] }[];
      readonly coverage: readonly object[];
      readonly cases: object;
    };
    const [finding, ...others] = results.findings;
    if (!finding) throw new Error('nothing was found');
    const without = <Value extends object>(value: Value): Partial<Value>[] =>
      Object.keys(value).map(
        (key) =>
          Object.fromEntries(
            Object.entries(value).filter(([name]) => name !== key),
          ) as Partial<Value>,
      );
    const broken = [
      ...without(results),
      ...without(finding).map((changed) => ({ ...results, findings: [changed, ...others] })),
      ...without(finding.calls[0] as object).map((changed) => ({
        ...results,
        findings: [{ ...finding, calls: [changed] }, ...others],
      })),
      ...without(results.cases).map((cases) => ({ ...results, cases })),
      ...without(results.coverage.find((one) => 'reason' in one) as object).map((changed) => ({
        ...results,
        coverage: [changed],
      })),
    ];
    expect(broken.length).toBeGreaterThan(30);
    for (const results of broken)
      expect(validate(results), JSON.stringify(results).slice(0, 200)).toBe(false);
  });

  it('says of a run that ended early why, and of every case whether it was shown', async () => {
    expect(toResults(await honest({ maxTime: -1 }))).toMatchObject({
      stopped: expect.stringContaining('the time'),
      rows: 0,
      requests: 0,
    });
    const written = toResults(await clean()) as {
      cases: Record<string, number>;
      coverage: unknown[];
    };
    expect(written).not.toHaveProperty('stopped');
    expect(Object.values(written.cases).reduce((sum, count) => sum + count, 0)).toBe(
      written.coverage.length,
    );
    expect(written.coverage).toHaveLength(
      [...spec.operations.values()].reduce((sum, { cases }) => sum + cases.size, 0),
    );
  });
});

describe('the verdict', () => {
  it('is a word, the exit code and a line for each finding that failed the run', async () => {
    expect(toVerdict(tell(await clean(), 'notice'))).toMatch(
      /^Passed, exit code 0\nCanary: an answer of \w+ .* was seen to be wrong\n$/,
    );
    expect(toVerdict(tell(await honest({ include: () => false }), 'failure'))).toBe(
      'Inconclusive, exit code 3\n',
    );
    expect(toVerdict(tell({ ...(await clean()), leftovers: ['space space_1'] }))).toMatch(
      /^Passed, but something is left behind, exit code 4\n/,
    );
    const failed = toVerdict(tell(await failing(), 'failure')).split('\n');
    expect(failed[0]).toBe('Failed, exit code 1:');
    expect(failed[1]).toMatch(/^ {2}[A-Z_]+ expected .*, got /);
  });
});

describe('junit.xml', () => {
  const suiteOf = async (report: Report, failOn: FailOn = 'failure'): Promise<XmlElement> => {
    const root = await readXml(toJunit(report, failOn));
    expect(root.tag).toBe('testsuites');
    expect(faultsOfJunit(root)).toEqual([]);
    const children = root.children.flatMap((suite) =>
      suite.children.filter(({ tag }) => tag === 'testcase'),
    );
    const sum = (name: string) =>
      String(root.children.reduce((all, { attributes }) => all + Number(attributes[name]), 0));
    return {
      ...root,
      children,
      attributes: { failures: sum('failures'), errors: sum('errors'), skipped: sum('skipped') },
    };
  };

  itInFull.each(runs)(
    'of a run that is %s is well-formed, and red unless it is clean',
    async (_, report, code) => {
      const { attributes } = await suiteOf(await report());
      expect(attributes.failures === '0' && attributes.errors === '0').toBe(code === 0);
    },
  );

  itInFull(
    'has a suite for each operation, and one of the run itself where it has something to say',
    async () => {
      const report = await driftedRun(drift, [operation, 'listSpaceVectorStores']);
      const names = async (changed: Report) =>
        (await readXml(toJunit(changed, 'failure'))).children.map(
          ({ attributes }) => attributes.name,
        );
      expect(await names(report)).toEqual([...new Set(report.rows.map((row) => row.operation))]);
      const left = await names({ ...report, leftovers: ['space space_1'] });
      expect(left.at(-1)).toBe('understudy check');
      expect(toJunit({ ...report, leftovers: ['space space_1'] }, 'failure')).toMatch(
        /name="nothing is left behind" .*1 left behind.*>space space_1</,
      );
    },
  );

  it('takes as long as its rows did', async () => {
    const report = await clean();
    const [row] = report.rows as [Played];
    const { children } = await suiteOf({ ...report, rows: [{ ...row, milliseconds: 1234.5 }] });
    expect(children[0]?.attributes.time).toBe('1.234');
  });

  it('has a test for each row: right, wrong with its finding, or skipped with its reason', async () => {
    const report = await driftedRun(drift, [operation], {
      profile: {
        ...profile,
        callers: Object.fromEntries(
          Object.entries(profile.callers).filter(([name]) => name !== 'admin'),
        ),
      },
    });
    const { children } = await suiteOf(report);
    expect(children.map(({ attributes }) => attributes.name).sort()).toEqual(
      report.rows.map(({ title }) => title).sort(),
    );
    const by = (name: string) =>
      children.find(({ attributes }) => attributes.name?.startsWith(name));
    expect(by(`${operation} by owner`)).toMatchObject({
      attributes: { classname: operation },
      children: [],
    });
    expect(by('the credential of owner')?.attributes.classname).toBe(report.rows[0]?.operation);
    expect(by(`${operation} by admin`)?.children).toMatchObject([
      { tag: 'skipped', attributes: { message: 'the profile has no callers.admin' } },
    ]);
    expect(by(`${operation} by viewer`)?.children).toMatchObject([
      {
        tag: 'failure',
        attributes: { message: expect.stringMatching(/^CASE_WRONG: expected 403 .*, got 201 /) },
      },
    ]);
    expect(by(`${operation} by viewer`)?.children[0]?.text).toContain('curl -sSi -X POST');
  });

  it('fails a row that could not be played because something failed on the way, and does not call it skipped', async () => {
    const report = await driftedRun('hand:wrapped', ['getSpace']);
    const row = report.rows.find(
      ({ result, findings }) => result === 'not_exercised' && findings.length > 0,
    ) as Played;
    const { children } = await suiteOf({ ...report, rows: [row] });
    expect(children[0]?.children.map(({ tag }) => tag)).toEqual(['failure']);
  });

  it('moves the line as it is told to', async () => {
    const report = await driftedRun('vary:extra_fields', ['getSpace']);
    expect((await suiteOf(report, 'failure')).attributes.failures).toBe('0');
    expect(Number((await suiteOf(report, 'notice')).attributes.failures)).toBeGreaterThan(5);
  });

  it('is well-formed whatever a server sends', async () => {
    const report = await failing();
    const row = report.rows.find(({ findings }) => findings.length > 0) as Played;
    const nasty = `<a b="c">&amp;'x' ]]> <!-- \0\u0007\u001b[31m\u007f\u0085 \ud800 \udc00 \ufffe\uffff 🎭 é\t\r\n</a>`;
    const changed = {
      ...(row.findings[0] as Finding),
      got: nasty,
      expected: nasty,
      pointer: `/${nasty}`,
    };
    const { children, attributes } = await suiteOf({
      ...report,
      target: nasty,
      stopped: { why: 'time', text: nasty },
      rows: [
        { ...row, title: nasty, findings: [changed] },
        { ...row, result: 'not_exercised', reason: nasty, findings: [] },
      ],
    });
    expect(attributes.failures).toBe('1');
    for (const text of [children[0]?.attributes.name, children[0]?.children[0]?.attributes.message])
      expect(text).toContain(`<a b="c">&amp;'x' ]]> <!-- `);
    expect(children[0]?.children[0]?.text).toContain('🎭 é');
    expect(children.map(({ children: [inner] }) => inner?.tag)).toEqual([
      'failure',
      'skipped',
      'error',
    ]);
  });
});

describe('the text', () => {
  it('of a finding says all that a reader needs, and one line is one line', async () => {
    const report = await failing();
    const [finding] = report.findings as [Finding];
    const text = toText({
      ...report,
      findings: [{ ...finding, count: 3, got: 'a\n::error::b\u001b[2J\u202e', pointer: '/x\ny' }],
    });
    const lines = text.split('\n');
    expect(lines.slice(0, 9)).toEqual([
      'failure CASE_WRONG  addVectorStoreToSpace.edit_access_required  (3×)',
      '  row       addVectorStoreToSpace by viewer with a space and an unattached store answers edit_access_required',
      expect.stringMatching(/^ {2}contract {2}contracts\/space-vector-stores\.yaml:\d+:\d+$/),
      String.raw`  where     /x\ny`,
      '  expected  403 edit_access_required (INSUFFICIENT_PERMISSIONS)',
      String.raw`  got       a\n::error::b\u001b[2J\u202e`,
      `  evidence  a sample from the vendor (${finding.source})`,
      '  after     createSpace · createVectorStore · listSpaceVectorStores',
      `  id        ${finding.fingerprint}; \`understudy explain CASE_WRONG\``,
    ]);
    expect(lines.slice(9).join('\n')).toMatch(
      /^ {2}repeat {4}save these lines and run them with bash\n {4}set -eu\n/,
    );
  });

  it('counts what was not exercised, with the reasons, and says when the run says too little', async () => {
    const empty = toText(await honest({ profile: nothing }));
    expect(empty).toMatch(/^Cases of the document: 0 right, 0 wrong, \d+ not exercised$/m);
    expect(empty).toMatch(/^ {2}\d+ × the profile has no callers\.owner$/m);
    expect(empty).toMatch(/^Inconclusive: no row could be played by a caller of the profile$/m);
    expect(toText(await honest({ maxTime: -1 }))).toMatch(/^Stopped early: the time of /m);
    expect(toText(await clean())).not.toMatch(/Inconclusive|Stopped early/);
  });

  it.each([
    [{ level: 'smoke' }, 'no row of level smoke leads to it'],
    [{ shard: { index: 1, count: 40 } }, 'none of the rows of this shard leads to it'],
    [{ titles: new Set<string>() }, 'none of the rows that were picked leads to it'],
    [{ maxTime: -1 }, 'the run ended before'],
  ] as const)('says of a case without a row what has left it out: %j', async (options, reason) => {
    const { coverage } = await honest(options);
    expect(coverage.map((one) => one.reason)).toContain(reason);
  });
});
