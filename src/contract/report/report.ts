// A report for people, for JUnit readers and for programs. What came from outside is masked before
// it is cut or laid out; the report's own words are not, whatever a secret looks like.

import { basisInWords } from '../../spec/case.js';
import { ExitCode } from '../../spec/exit-code.js';
import type { Severity } from '../judge/judge.js';
import type { Finding } from '../run/finding.js';
import type { Report } from '../run/options.js';
import { type Played, type Result, refusalOf } from '../run/play.js';
import { callerNames } from '../tables/caller.js';
import { EXAMPLES, type Headline, headlinesOf } from './headlines.js';
import { type Mask, masking } from './redact.js';
import { repeatChain } from './repeat.js';

export { redact } from './redact.js';

/** Which severities fail a run. */
export type FailOn = 'failure' | 'question' | 'notice';

const RESULTS_VERSION = 1;

/** One of `ExitCode`. A failure counts even if the run ended before its last row or little could be tested. */
export function exitCode(report: Report, failOn: FailOn): number {
  const { stopped } = report;
  if (stopped?.why === 'interrupted') return ExitCode[stopped.signal ?? 'SIGINT'];
  if (stopped?.why === 'usage') return ExitCode.usage;
  const isShort = stopped && ['time', 'requests', 'failed'].includes(stopped.why);
  if ((stopped && !isShort) || crashIn(report) !== undefined) return ExitCode.inconclusive;
  if (report.findings.some((finding) => failsRun(finding.severity, failOn)))
    return ExitCode.failures;
  if (whyInconclusive(report) !== undefined) return ExitCode.inconclusive;
  const left = report.leftovers.length + report.possiblyMade.length;
  return left > 0 ? ExitCode.leftovers : ExitCode.ok;
}

const crashIn = ({ rows }: Report): string | undefined =>
  rows.find(({ crash }) => crash !== undefined)?.crash;

/**
 * A refusal of a missing credential does not count: it says nothing about what the server does for
 * callers that have one.
 */
export const isShown = ({ kind, caller, result }: Played): boolean =>
  result !== 'not_exercised' &&
  (kind === 'lifecycle' ||
    (kind === 'row' && (callerNames as readonly string[]).includes(caller ?? '')));

/**
 * Why the run is inconclusive. A report without failures must say so, or it would look like a pass.
 */
function whyInconclusive(report: Report): string | undefined {
  const { rows, stopped, findings, minCases = 0 } = report;
  const unprepared = findings.filter(({ code }) => code === 'PREPARATION_FAILED');
  const count = unprepared.reduce((sum, finding) => sum + finding.count, 0);
  const preparation =
    unprepared[0] &&
    `${count} ${count === 1 ? 'row' : 'rows'} could not be prepared: ${unprepared[0].got}`;
  const { right } = countCoverage(report);
  const tooFew =
    right < minCases
      ? `only ${right} cases are right, fewer than the ${minCases} of --min-cases`
      : undefined;
  const nothing = rows.some(isShown)
    ? undefined
    : 'no row could be played by a caller of the profile';
  return stopped?.text ?? crashIn(report) ?? preparation ?? nothing ?? tooFew;
}

export function failsRun(severity: Severity, failOn: FailOn): boolean {
  const order: readonly Severity[] = ['notice', 'question', 'failure'];
  return order.indexOf(severity) >= order.indexOf(failOn);
}

export function countCoverage(report: Report): Readonly<Record<Result, number>> {
  const counts: Record<Result, number> = { right: 0, wrong: 0, not_exercised: 0 };
  for (const { result } of report.coverage) counts[result] += 1;
  return counts;
}

/** Of what is only archived; there may be hundreds. */
const MOST_ARCHIVED = 3;

/** Plain lines for a terminal or a CI log. */
export function toText(report: Report): string {
  const mask = masking(report.secrets);
  const { right, wrong, not_exercised } = countCoverage(report);
  const lines: string[] = [];
  const headlines = headlinesOf(report.findings);
  for (const headline of headlines.filter(({ severity }) => severity !== 'notice'))
    lines.push(...describeHeadline(headline, mask));
  const notices = headlines.filter(({ severity }) => severity === 'notice');
  for (const { code, operations, findings, count } of notices) {
    const pointer = findings[0]?.pointer ?? '';
    lines.push(
      `notice ${code} ${namesOf(operations)}${pointer && ` ${oneLine(mask(pointer))}`} (${count}×)`,
    );
  }
  if (notices.length > 0) lines.push('');
  const reasons = new Map<string, number>();
  for (const { result, reason = '' } of report.coverage)
    if (result === 'not_exercised') reasons.set(reason, (reasons.get(reason) ?? 0) + 1);
  lines.push(
    `Cases of the document: ${right} right, ${wrong} wrong, ${not_exercised} not exercised`,
  );
  for (const [reason, count] of [...reasons].sort((a, b) => b[1] - a[1]))
    lines.push(`  ${count} × ${oneLine(mask(reason))}`);
  const listed = (title: string, names: readonly string[]): readonly string[] =>
    names.length === 0 ? [] : [title, ...names.map((name) => `  ${oneLine(mask(name))}`)];
  const { leftovers, possiblyMade, archived, unverified } = report;
  lines.push(...listed(`Left behind (${leftovers.length}):`, leftovers));
  lines.push(...listed('Left behind, possibly made (no answer came):', possiblyMade));
  const more = archived.length > MOST_ARCHIVED ? ['and the others in results.json'] : [];
  lines.push(
    ...listed(`Archived, since the API cannot delete them (${archived.length}):`, [
      ...archived.slice(0, MOST_ARCHIVED),
      ...more,
    ]),
  );
  if (unverified > 0) lines.push(`Deletions that no read has confirmed: ${unverified}`);
  if (report.unseen > 0)
    lines.push(`State not verified afterwards (caller or ID missing): ${report.unseen}`);
  const why = whyInconclusive(report);
  if (why !== undefined)
    lines.push(
      `${report.stopped === undefined ? 'Inconclusive' : 'Stopped early'}: ${oneLine(mask(why))}`,
    );
  const counted = (severity: Severity): string => {
    const count = report.findings.filter((finding) => finding.severity === severity).length;
    return `${count} ${severity}${count === 1 ? '' : 's'}`;
  };
  lines.push(
    `${report.level === undefined ? '' : `Level ${report.level}: `}${report.rows.length} rows, ${report.requests} requests, ${(['failure', 'question', 'notice'] as const).map(counted).join(', ')}`,
  );
  return `${lines.join('\n')}\n`;
}

/**
 * The end of the text, which a CI shows and a terminal leaves in sight: the verdict, and two lines
 * for each cause that brought it about.
 */
export function toVerdict(report: Report, failOn: FailOn): string {
  const mask = masking(report.secrets);
  const code = exitCode(report, failOn);
  const failed = headlinesOf(report.findings).filter(({ severity }) => failsRun(severity, failOn));
  const lines = failed.slice(0, MOST_CAUSES).flatMap((headline) => {
    const [{ place }] = headline.findings as [Finding];
    return [
      `  ${cut(`${headline.code} ${oneLine(mask(headline.what))}`, 116)}`,
      `    ${cut(`${headline.count}×, ${namesOf(headline.operations)}, ${place}`, 114)}`,
    ];
  });
  const more = failed.length - MOST_CAUSES;
  return `${[
    `${words[code]}, exit code ${code}${failed.length > 0 ? ':' : ''}`,
    ...lines,
    ...(more > 0 ? [`  and ${more} more causes`] : []),
  ].join('\n')}\n`;
}

export const cut = (text: string, most: number): string =>
  text.length > most ? `${text.slice(0, most)}…` : text;

/** The first of them, and how many more there are. */
export function namesOf(operations: readonly string[]): string {
  const more = operations.length - 3;
  return `${operations.slice(0, 3).join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}

/** The exit code in words. */
export const verdictOf = (report: Report, failOn: FailOn): string =>
  words[exitCode(report, failOn)] as string;

const words: Readonly<Record<number, string>> = {
  [ExitCode.ok]: 'Passed',
  [ExitCode.failures]: 'Failed',
  [ExitCode.usage]: 'Not begun',
  [ExitCode.inconclusive]: 'Inconclusive',
  [ExitCode.leftovers]: 'Passed, but something is left behind',
  [ExitCode.SIGHUP]: 'Interrupted',
  [ExitCode.SIGINT]: 'Interrupted',
  [ExitCode.SIGTERM]: 'Interrupted',
};

/** Of a verdict, which with what stands around it fits on a screen of 24 lines. */
const MOST_CAUSES = 8;

/** What the profile is missing, printed before the run; empty when it has everything. */
export function describeLacking(lacking: Report['lacking']): string {
  if (lacking.length === 0) return '';
  const lines = lacking.map(
    ({ name, rows }) => `  ${name}  ${rows} ${rows === 1 ? 'row' : 'rows'}`,
  );
  return [
    'The profile does not have these, so the rows that need them are not exercised:',
    ...lines,
    '',
  ].join('\n');
}

/** A cause as lines for a person: one of its findings at length, some by name, and their number. */
function describeHeadline(
  { findings, operations, count }: Headline,
  mask: Mask,
): readonly string[] {
  const rest = findings.length - EXAMPLES;
  const names = `in ${operations.length} ${operations.length === 1 ? 'operation' : 'operations'}`;
  return [
    ...describeFinding(findings[0] as Finding, mask),
    ...findings.slice(1, EXAMPLES).map(({ title, place }) => `  also      ${title}, ${place}`),
    ...(rest > 0 ? [`  and       ${rest} more; ${count}× ${names} in all`] : []),
    '',
  ];
}

/** A finding as lines for a person. */
export function describeFinding(finding: Finding, mask: Mask): readonly string[] {
  const before = finding.calls.slice(0, -1).map((call) => call.operation);
  return [
    `${finding.severity} ${finding.code}  ${finding.operation}${finding.case ? `.${finding.case}` : ''}${finding.count > 1 ? `  (${finding.count}×)` : ''}`,
    `  row       ${finding.title}`,
    `  contract  ${finding.place}`,
    ...(finding.pointer ? [`  where     ${oneLine(mask(finding.pointer))}`] : []),
    `  expected  ${oneLine(mask(finding.expected))}`,
    `  got       ${oneLine(mask(finding.got))}`,
    `  evidence  ${evidenceOf(finding)}`,
    ...(before.length > 0 ? [`  after     ${before.join(' · ')}`] : []),
    `  id        ${finding.fingerprint}; \`understudy explain ${finding.code}\``,
    '  repeat    save these lines and run them with bash',
    ...mask(repeatChain(finding))
      .trimEnd()
      .split('\n')
      .map((line) => `    ${line}`),
  ];
}

function evidenceOf({ basis, source }: Finding): string {
  return source === '' ? basisInWords[basis] : `${basisInWords[basis]} (${source})`;
}

/**
 * Text from a server must not break the layout of the report, or contain commands for a terminal or
 * a CI.
 */
const oneLine = (text: string): string =>
  text.replace(/\p{Cc}|\p{Cf}|\p{Zl}|\p{Zp}/gu, (character) => {
    const [, short] = /^"(\\[a-z])"$/.exec(JSON.stringify(character)) ?? [];
    return short ?? `\\u${character.codePointAt(0)?.toString(16).padStart(4, '0')}`;
  });

/** The report as data, in the form of contracts/results.schema.json. */
export function toResults(report: Report, failOn: FailOn = 'failure'): object {
  const mask = masking(report.secrets);
  const code = exitCode(report, failOn);
  return {
    version: RESULTS_VERSION,
    target: mask(report.target),
    verdict: words[code],
    exit_code: code,
    fail_on: failOn,
    seed: report.seed,
    run_id: report.runId,
    ...(report.filters === undefined ? {} : { filters: report.filters }),
    level: report.level ?? null,
    ...(report.shard === undefined ? {} : { shard: report.shard }),
    started: report.started,
    finished: report.finished ?? null,
    ...(report.stopped === undefined ? {} : { stopped: mask(report.stopped.text) }),
    rows: report.rows.length,
    wrong_rows: report.rows.filter(({ result }) => result === 'wrong').map(({ title }) => title),
    requests: report.requests,
    lacking: report.lacking,
    unseen: report.unseen,
    leftovers: report.leftovers.map(mask),
    possibly_made: report.possiblyMade.map(mask),
    archived: report.archived.map(mask),
    unverified: report.unverified,
    cases: countCoverage(report),
    ...(report.minCases === undefined ? {} : { min_cases: report.minCases }),
    coverage: report.coverage.map((one) =>
      one.reason === undefined ? one : { ...one, reason: mask(one.reason) },
    ),
    causes: headlinesOf(report.findings).map(
      ({ code, severity, what, operations, count, findings }) => ({
        code,
        severity,
        what: mask(what),
        operations,
        count,
        fingerprints: findings.map(({ fingerprint }) => fingerprint),
      }),
    ),
    findings: report.findings.map(({ unreachable: _, rowOperation, ...finding }) => ({
      ...finding,
      row_operation: rowOperation,
      pointer: mask(finding.pointer),
      expected: mask(finding.expected),
      got: mask(finding.got),
      calls: finding.calls.map(({ operation, caller, request, response, error }) => ({
        operation,
        caller,
        method: request.method,
        target: mask(request.target),
        status: response?.status ?? null,
        ...(error ? { error: mask(error.message) } : {}),
      })),
      repeat: mask(repeatChain(finding)),
    })),
  };
}

// junit.xml

interface Test {
  readonly suite: string;
  readonly name: string;
  readonly seconds: number;
  readonly outcome: 'passed' | 'failure' | 'error' | 'skipped';
  /** In a line. */
  readonly message?: string;
  readonly text?: string;
}

/**
 * A suite for each operation, and a test case for each row, so that a CI shows the sentence that
 * failed; in a suite of the run itself, two more that fail where it says too little, or has left
 * something behind.
 */
export function toJunit(report: Report, failOn: FailOn): string {
  const mask = masking(report.secrets);
  const tests = [
    ...report.rows.map((row) => testOf(row, failOn, mask)),
    ...testsOfRun(report, mask),
  ];
  const suites = [...new Set(tests.map(({ suite }) => suite))];
  const written = suites.map((name, id) => {
    const own = tests.filter(({ suite }) => suite === name);
    return suiteOf({ id, name, tests: own }, report, mask);
  });
  return `<?xml version="1.0" encoding="UTF-8"?>\n<testsuites>\n${written.join('')}</testsuites>\n`;
}

function testOf(row: Played, failOn: FailOn, mask: Mask): Test {
  const test = { suite: row.operation, name: row.title, seconds: (row.milliseconds ?? 0) / 1000 };
  const bad = row.findings.filter((finding) => failsRun(finding.severity, failOn));
  const [first] = bad;
  const unfit = row.crash ?? row.unfit ?? (row.refused && refusalOf([row.refused]));
  if (unfit) return { ...test, outcome: 'error', message: mask(unfit) };
  // A row that could not be played may have failed on the way to its request.
  if (first) {
    const message = `${first.code}: expected ${mask(first.expected)}, got ${mask(first.got)}`;
    const text = bad.map((finding) => describeFinding(finding, mask).join('\n')).join('\n\n');
    return { ...test, outcome: 'failure', message, text };
  }
  if (row.result === 'not_exercised')
    return { ...test, outcome: 'skipped', message: mask(row.reason ?? '') };
  return { ...test, outcome: 'passed' };
}

function testsOfRun(report: Report, mask: Mask): readonly Test[] {
  const suite = 'understudy check';
  const why = whyInconclusive(report);
  const error = { suite, name: 'the run is conclusive', seconds: 0, outcome: 'error' } as const;
  const left = { suite, name: 'nothing is left behind', seconds: 0, outcome: 'failure' } as const;
  const { leftovers, possiblyMade } = report;
  const behind = [...leftovers, ...possiblyMade.map((made) => `possibly ${made}`)];
  return [
    ...(why === undefined ? [] : [{ ...error, message: mask(why) }]),
    ...(behind.length === 0
      ? []
      : [{ ...left, message: `${behind.length} left behind`, text: behind.map(mask).join('\n') }]),
  ];
}

interface Suite {
  readonly id: number;
  readonly name: string;
  readonly tests: readonly Test[];
}

/**
 * In the form that Ant writes and Jenkins reads: every attribute and child that its schema asks
 * for, in its order.
 */
function suiteOf({ id, name, tests }: Suite, { target, started }: Report, mask: Mask): string {
  const count = (outcome: Test['outcome']): number =>
    tests.filter((test) => test.outcome === outcome).length;
  const attributes = attributesOf({
    id,
    name,
    package: 'understudy',
    // Without a zone, as the schema has it.
    timestamp: started.slice(0, 19),
    hostname: 'localhost',
    tests: tests.length,
    failures: count('failure'),
    errors: count('error'),
    skipped: count('skipped'),
    time: tests.reduce((sum, { seconds }) => sum + seconds, 0).toFixed(3),
  });
  return `  <testsuite${attributes}>
    <properties>
      <property${attributesOf({ name: 'target', value: mask(target) })}/>
    </properties>
${tests.map(testCase).join('')}    <system-out/>
    <system-err/>
  </testsuite>
`;
}

function testCase({ suite, name, seconds, outcome, message = '', text = '' }: Test): string {
  const attributes = attributesOf({ classname: suite, name, time: seconds.toFixed(3) });
  if (outcome === 'passed') return `    <testcase${attributes}/>\n`;
  const said = attributesOf({
    message,
    ...(outcome === 'skipped' ? {} : { type: message.replace(/:.*/s, '').slice(0, 60) || outcome }),
  });
  const inner =
    text === '' ? `<${outcome}${said}/>` : `<${outcome}${said}>${escapeXml(text)}</${outcome}>`;
  return `    <testcase${attributes}>${inner}</testcase>\n`;
}

const attributesOf = (attributes: Readonly<Record<string, string | number>>): string =>
  Object.entries(attributes)
    .map(([name, value]) => ` ${name}="${escapeXml(String(value))}"`)
    .join('');

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&apos;',
};

function escapeXml(text: string): string {
  const known = text.replace(/[&<>"']/g, (character) => entities[character] as string);
  // Other control characters, and what is no character, cannot stand in XML at all.
  return known.replace(/(?![\t\n\r])[\p{Cc}\p{Cs}\ufffe\uffff]/gu, '\ufffd');
}
