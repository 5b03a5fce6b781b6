import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { handlerTarget, TargetError } from '../../src/client/target.js';
import type { Severity } from '../../src/contract/judge/judge.js';
import { exitCode, type FailOn, toJunit, toResults, toText, toVerdict } from '../../src/contract/report/report.js';
import type { Finding } from '../../src/contract/run/finding.js';
import type { Played } from '../../src/contract/run/play.js';
import { type Report, runContracts, type Stopped } from '../../src/contract/run/run.js';
import { createUnderstudy } from '../../src/index.js';
import { credentialsOf, runChain } from '../support/chain.js';
import { run } from '../support/cli.js';
import { contractsOf, driftedRun, profile, spec } from '../support/drifted-run.js';
import { faultsOfJunit } from '../support/junit.js';
import { readXml, type XmlElement } from '../support/xml.js';

const operation = 'addVectorStoreToSpace';
const drift = 'guard:addVectorStoreToSpace.edit_access_required';

const honest = (changes: Partial<Parameters<typeof runContracts>[0]> = {}): Promise<Report> =>
  runContracts({
    spec,
    contracts: contractsOf([operation]),
    profile,
    target: handlerTarget('the stand-in', createUnderstudy().fetch),
    ...changes,
  });
const gone = { name: 'nobody', send: () => Promise.reject(new TargetError('unreachable', 'ECONNREFUSED')) };
const nothing = { ...profile, callers: {}, known: {} };

const runs: readonly [what: string, report: () => Promise<Report>, code: number][] = [
  ['clean', () => honest(), 0],
  ['failing', () => driftedRun(drift, [operation]), 1],
  ['interrupted', () => honest({ signal: AbortSignal.abort() }), 130],
  ['late', () => honest({ maxTime: -1 }), 3],
  ['answered by nobody', () => honest({ target: gone }), 3],
  ['empty, since every operation is left out,', () => honest({ include: () => false }), 3],
  ['empty, since there are no contracts,', () => honest({ contracts: contractsOf([]) }), 3],
  ['empty, since the profile is,', () => honest({ profile: nothing }), 3],
];

describe('the exit code', () => {
  it.each(runs)('of a run that is %s says so', async (_, report, code) => {
    expect(exitCode(await report(), 'failure')).toBe(code);
  });

  it('is not green when only callers without a credential were heard', async () => {
    const report = await honest({ profile: { ...nothing, known: profile.known }, contracts: contractsOf(['createSpace']) });
    expect(report.rows.some(({ result }) => result === 'right')).toBe(true);
    expect(exitCode(report, 'failure')).toBe(3);
  });

  const reportWith = async (severity: Severity, stopped?: Stopped): Promise<Report> => {
    const report = await honest();
    const [finding] = (await driftedRun(drift, [operation])).findings as [Finding];
    return { ...report, findings: [{ ...finding, severity }], ...(stopped === undefined ? {} : { stopped }) };
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
    const left = async (report: Promise<Report>) => exitCode({ ...(await report), leftovers: ['space space_1'] }, 'failure');
    expect(await left(honest())).toBe(4);
    expect(await left(reportWith('failure'))).toBe(1);
    expect(await left(honest({ maxTime: -1 }))).toBe(3);
  });

  it.each([
    ['SIGHUP', 129],
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const)('is that of %s, which interrupted the run', async (signal, code) => {
    expect(exitCode(await reportWith('failure', { why: 'interrupted', text: signal, signal }), 'failure')).toBe(code);
  });

  it('prefers a failure to a run that is not whole, and an interruption to both', async () => {
    const late: Stopped = { why: 'time', text: 'the time of 1 s was over' };
    expect(exitCode(await reportWith('failure', late), 'failure')).toBe(1);
    expect(exitCode(await reportWith('notice', late), 'failure')).toBe(3);
    expect(exitCode(await reportWith('failure', { why: 'interrupted', text: 'interrupted' }), 'failure')).toBe(130);
  });
});

describe('results.json', () => {
  const schema = JSON.parse(readFileSync('contracts/results.schema.json', 'utf8')) as object;
  const validate = new Ajv2020({ allErrors: true, strict: true, strictRequired: false, allowUnionTypes: true }).compile(schema);

  it.each(runs)('of a run that is %s keeps its schema', async (_, report) => {
    const results: unknown = JSON.parse(JSON.stringify(toResults(await report())));
    expect(validate(results) ? [] : validate.errors).toEqual([]);
  });

  it('would not keep its schema without any of its fields', async () => {
    const results = JSON.parse(JSON.stringify(toResults(await driftedRun('hand:getSpace.html', ['getSpace'])))) as {
      readonly findings: readonly { readonly calls: readonly object[] }[];
      readonly coverage: readonly object[];
      readonly cases: object;
    };
    const [finding, ...others] = results.findings;
    if (!finding) throw new Error('nothing was found');
    const without = <Value extends object>(value: Value): Partial<Value>[] =>
      Object.keys(value).map(
        (key) => Object.fromEntries(Object.entries(value).filter(([name]) => name !== key)) as Partial<Value>,
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
    for (const results of broken) expect(validate(results), JSON.stringify(results).slice(0, 200)).toBe(false);
  });

  it('says of a run that ended early why, and of every case whether it was shown', async () => {
    expect(toResults(await honest({ maxTime: -1 }))).toMatchObject({
      stopped: expect.stringContaining('the time'),
      rows: 0,
      requests: 0,
    });
    const clean = toResults(await honest()) as { cases: Record<string, number>; coverage: unknown[] };
    expect(clean).not.toHaveProperty('stopped');
    expect(Object.values(clean.cases).reduce((sum, count) => sum + count, 0)).toBe(clean.coverage.length);
    expect(clean.coverage).toHaveLength([...spec.operations.values()].reduce((sum, { cases }) => sum + cases.size, 0));
  });
});

describe('the verdict', () => {
  it('is a word, the exit code and a line for each finding that failed the run', async () => {
    expect(toVerdict(await honest(), 'notice')).toBe('Passed, exit code 0\n');
    expect(toVerdict(await honest({ include: () => false }), 'failure')).toBe('Inconclusive, exit code 3\n');
    expect(toVerdict({ ...(await honest()), leftovers: ['space space_1'] }, 'failure')).toBe(
      'Passed, but something is left behind, exit code 4\n',
    );
    const failed = toVerdict(await driftedRun(drift, [operation]), 'failure').split('\n');
    expect(failed[0]).toBe('Failed, exit code 1:');
    expect(failed[1]).toMatch(/^ {2}[A-Z_]+ \w+.*: got /);
  });
});

describe('junit.xml', () => {
  const suiteOf = async (report: Report, failOn: FailOn = 'failure'): Promise<XmlElement> => {
    const root = await readXml(toJunit(report, failOn));
    expect(root.tag).toBe('testsuites');
    expect(faultsOfJunit(root)).toEqual([]);
    const children = root.children.flatMap((suite) => suite.children.filter(({ tag }) => tag === 'testcase'));
    const sum = (name: string) => String(root.children.reduce((all, { attributes }) => all + Number(attributes[name]), 0));
    return { ...root, children, attributes: { failures: sum('failures'), errors: sum('errors'), skipped: sum('skipped') } };
  };

  it.each(runs)('of a run that is %s is well-formed, and red unless it is clean', async (_, report, code) => {
    const { attributes } = await suiteOf(await report());
    expect(attributes.failures === '0' && attributes.errors === '0').toBe(code === 0);
  });

  it('has a suite for each operation, and one of the run itself where it has something to say', async () => {
    const report = await driftedRun(drift, [operation, 'listSpaceVectorStores']);
    const names = async (changed: Report) =>
      (await readXml(toJunit(changed, 'failure'))).children.map(({ attributes }) => attributes.name);
    expect(await names(report)).toEqual([...new Set(report.rows.map((row) => row.operation))]);
    const left = await names({ ...report, leftovers: ['space space_1'] });
    expect(left.at(-1)).toBe('understudy check');
    expect(toJunit({ ...report, leftovers: ['space space_1'] }, 'failure')).toMatch(
      /name="nothing is left behind" .*1 left behind.*>space space_1</,
    );
  });

  it('takes as long as its rows did', async () => {
    const report = await honest();
    const [row] = report.rows as [Played];
    const { children } = await suiteOf({ ...report, rows: [{ ...row, milliseconds: 1234.5 }] });
    expect(children[0]?.attributes.time).toBe('1.234');
  });

  it('has a test for each row: right, wrong with its finding, or skipped with its reason', async () => {
    const report = await driftedRun(drift, [operation], {
      profile: { ...profile, callers: Object.fromEntries(Object.entries(profile.callers).filter(([name]) => name !== 'admin')) },
    });
    const { children } = await suiteOf(report);
    expect(children.map(({ attributes }) => attributes.name).sort()).toEqual(report.rows.map(({ title }) => title).sort());
    const by = (name: string) => children.find(({ attributes }) => attributes.name?.startsWith(name));
    expect(by(`${operation} by owner`)).toMatchObject({ attributes: { classname: operation }, children: [] });
    expect(by('the credential of owner')?.attributes.classname).toBe(report.rows[0]?.operation);
    expect(by(`${operation} by admin`)?.children).toMatchObject([
      { tag: 'skipped', attributes: { message: 'the profile has no callers.admin' } },
    ]);
    expect(by(`${operation} by viewer`)?.children).toMatchObject([
      { tag: 'failure', attributes: { message: expect.stringMatching(/^CASE_WRONG: expected 403 .*, got 201 /) } },
    ]);
    expect(by(`${operation} by viewer`)?.children[0]?.text).toContain('curl -sSi -X POST');
  });

  it('fails a row that could not be played because something failed on the way, and does not call it skipped', async () => {
    const report = await driftedRun('hand:wrapped', ['getSpace']);
    const row = report.rows.find(({ result, findings }) => result === 'not_exercised' && findings.length > 0) as Played;
    const { children } = await suiteOf({ ...report, rows: [row] });
    expect(children[0]?.children.map(({ tag }) => tag)).toEqual(['failure']);
  });

  it('moves the line as it is told to', async () => {
    const report = await driftedRun('vary:extra_fields', ['getSpace']);
    expect((await suiteOf(report, 'failure')).attributes.failures).toBe('0');
    expect(Number((await suiteOf(report, 'notice')).attributes.failures)).toBeGreaterThan(5);
  });

  it('is well-formed whatever a server sends', async () => {
    const report = await driftedRun(drift, [operation]);
    const row = report.rows.find(({ findings }) => findings.length > 0) as Played;
    const nasty = `<a b="c">&amp;'x' ]]> <!-- \0\u0007\u001b[31m\u007f\u0085 \ud800 \udc00 \ufffe\uffff 🎭 é\t\r\n</a>`;
    const changed = { ...(row.findings[0] as Finding), got: nasty, expected: nasty, pointer: `/${nasty}` };
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
    expect(children.map(({ children: [inner] }) => inner?.tag)).toEqual(['failure', 'skipped', 'error']);
  });
});

describe('the text', () => {
  it('of a finding says all that a reader needs, and one line is one line', async () => {
    const report = await driftedRun(drift, [operation]);
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
      `  rests on  ${finding.basis}, ${finding.source}`,
      '  after     createSpace · createVectorStore · listSpaceVectorStores',
      `  id        ${finding.fingerprint}; \`understudy explain CASE_WRONG\``,
    ]);
    expect(lines.slice(9).join('\n')).toMatch(/^ {2}repeat\s+set -eu\n/);
  });

  it('counts what was not exercised, with the reasons, and says when the run says too little', async () => {
    const empty = toText(await honest({ profile: nothing }));
    expect(empty).toMatch(/^Cases of the document: 0 right, 0 wrong, \d+ not exercised$/m);
    expect(empty).toMatch(/^ {2}\d+ × the profile has no callers\.owner$/m);
    expect(empty).toMatch(/^Inconclusive: no row could be played by a caller of the profile$/m);
    expect(toText(await honest({ maxTime: -1 }))).toMatch(/^Stopped early: the time of /m);
    expect(toText(await honest())).not.toMatch(/Inconclusive|Stopped early/);
  });

  it('carries the chain as results.json and junit.xml do, and each of the three can be run', async () => {
    const report = await driftedRun(drift, [operation]);
    const [{ repeat }] = (toResults(report) as { findings: [{ repeat: string }] }).findings;
    const junit = await readXml(toJunit(report, 'failure'));
    const failed = junit.children
      .flatMap((suite) => suite.children.flatMap(({ children }) => children))
      .find(({ tag }) => tag === 'failure');
    const chainIn = (text: string): string => text.replace(/^[\s\S]*?\n {2}repeat\s*\n/, '').replace(/\n\n[\s\S]*$/, '\n');
    const chains = [repeat, chainIn(failed?.text ?? ''), chainIn(toText(report))];
    for (const chain of chains) {
      const fresh = createUnderstudy({ drift, seed: 77 });
      const { url } = await fresh.listen({ port: 0 });
      const { code, answer } = await runChain(chain, url, credentialsOf(profile));
      await fresh.close();
      expect([code, answer.status, fresh.journal.at(-1)?.drift]).toEqual([
        0,
        report.findings[0]?.calls.at(-1)?.response?.status,
        drift,
      ]);
    }
  });
});

describe('secrets', () => {
  const folder = mkdtempSync(join(tmpdir(), 'understudy-'));
  const closing: (() => void)[] = [];
  afterEach(() => {
    for (const close of closing.splice(0)) close();
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  // Such as a header can carry; two of them hold one another.
  const secrets = {
    OWNER_KEY: `s3cr/et+"k&y'$<x>\\=tail`,
    VIEWER_KEY: `s3cr/et+"k&y`,
    ADMIN_KEY: ' padded-with-blanks ',
    MEMBER_KEY: 'plain_member_key',
    EXPIRED_TOKEN: 'bearer/with+signs==',
  };

  const json = (text: string): string => JSON.stringify(text).slice(1, -1);
  const formsOf = (secret: string): readonly string[] => {
    const text = secret.trim();
    const forms = [
      text,
      encodeURIComponent(text),
      encodeURIComponent(text).toLowerCase(),
      new URLSearchParams({ a: text }).toString().slice(2),
      Buffer.from(text).toString('base64').replace(/=+$/, ''),
      Buffer.from(text).toString('base64url'),
      text.replace(/["\\$`]/g, '\\$&'),
      text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/"/g, '&quot;').replace(/'/g, '&apos;').replace(/>/g, '&gt;'),
    ];
    return [...forms, ...forms.map(json), ...forms.map((form) => json(json(form)))];
  };

  /** Refuses with the caller's key in whatever form, and puts it into an id, too. */
  async function leakyServer(): Promise<string> {
    const { fetch } = createUnderstudy({ drift: 'status:getSpace.space_not_found' });
    const names = Object.entries(secrets);
    let count = 0;
    const server = createServer(async (request, response) => {
      const chunks: Buffer[] = [];
      for await (const chunk of request) chunks.push(chunk);
      const sent = String(request.headers['x-api-key'] ?? request.headers.authorization?.replace('Bearer ', '') ?? '');
      const [name = ''] = names.find(([, secret]) => secret.trim() === sent) ?? [];
      const headers = { 'content-type': 'application/json', 'x-api-key': `ak_${name.split('_')[0]?.toLowerCase()}` };
      const body = Buffer.concat(chunks).toString();
      const init = { method: request.method ?? 'GET', headers, ...(body === '' ? {} : { body }) };
      const answer = await fetch(`http://inside${decodeURIComponent(request.url ?? '').replaceAll(`~${sent}`, '')}`, init);
      const text = await answer.text();
      // Another form each time, since a report shows the beginning of a body.
      const forms = [sent, encodeURIComponent(sent), Buffer.from(`x:${sent}`).toString('base64'), `${'x'.repeat(175)}${sent}`];
      const leak = forms[count % forms.length] as string;
      if (answer.status >= 400) count += 1;
      const honest = text === '' ? {} : (JSON.parse(text) as { error?: { details?: object }; id?: string; name?: string });
      if (honest.error) honest.error.details = { leak };
      else if (honest.name !== undefined) honest.name = [leak] as never;
      response.writeHead(honest.error ? 418 : answer.status, { 'content-type': 'application/json' });
      response.end(answer.status === 204 ? undefined : JSON.stringify(honest));
    });
    await once(server.listen(0, '127.0.0.1'), 'listening');
    closing.push(() => {
      server.close();
      server.closeAllConnections();
    });
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  }

  it('stand in no file of the report and on no line, in whatever form a server sends them back', async () => {
    const url = await leakyServer();
    const file = join(folder, 'profile.yaml');
    writeFileSync(
      file,
      `base_url: ${url}
callers:
  owner: { api_key: "\${OWNER_KEY}", user_id: usr_owner1 }
  viewer: { api_key: "\${VIEWER_KEY}", user_id: usr_viewer1 }
  editor: { api_key: ak_editor, user_id: usr_editor1 }
  admin: { api_key: "\${ADMIN_KEY}" }
  member: { api_key: "\${MEMBER_KEY}" }
  expired_token: { bearer: "\${EXPIRED_TOKEN}" }
known:
  organization_id: org_xyz789
`,
    );
    const reports = join(folder, 'report');
    const only = ['createSpace', 'getSpace', 'updateSpace', 'deleteSpace'].flatMap((id) => ['--include-operation-id', id]);
    const { code, stdout, stderr } = await run(
      ['check', '--profile', file, '--report-dir', reports, '--fail-on', 'notice', ...only],
      secrets,
    );
    const texts: Record<string, string> = {
      stdout,
      stderr,
      ...Object.fromEntries(readdirSync(reports).map((name) => [name, readFileSync(join(reports, name), 'utf8')])),
    };
    expect(code).toBe(1);
    expect(Object.keys(texts).sort()).toEqual(['junit.xml', 'results.json', 'stderr', 'stdout']);
    for (const [name, text] of Object.entries(texts))
      for (const [variable, secret] of Object.entries(secrets))
        for (const form of formsOf(secret)) expect(text.includes(form), `${variable} in ${name} as ${form}`).toBe(false);
    // Nor the beginning of one that was cut short, and what was there is told.
    for (const text of [texts.stdout ?? '', texts['results.json'] ?? '', texts['junit.xml'] ?? '']) {
      expect(text).not.toContain('s3cr');
      const decoded = [...text.matchAll(/[\w+/-]{8,}/g)]
        .map(([word]) => Buffer.from(word, 'base64').toString('latin1'))
        .join(' ');
      expect(decoded).not.toMatch(/cr\/et|in_member|rer\/with/);
      for (const variable of ['OWNER_KEY', 'VIEWER_KEY', 'MEMBER_KEY', 'EXPIRED_TOKEN'])
        expect(text).toContain(`\${${variable}}`);
    }
    JSON.parse(texts['results.json'] ?? '');
    await readXml(texts['junit.xml'] ?? '');
  });
});
