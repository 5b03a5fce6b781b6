// A report for people, for JUnit readers and for programs. Whoever prints one takes the secrets out of it with `redact`.

import type { Severity } from '../judge/judge.js';
import type { Finding } from '../run/finding.js';
import { type Played, type Result, refusalOf } from '../run/play.js';
import type { Report } from '../run/run.js';
import { callerNames } from '../tables/caller.js';
import { repeatChain } from './repeat.js';

export { redact } from './redact.js';

/** Which severities fail a run. */
export type FailOn = 'failure' | 'question' | 'notice';

const RESULTS_VERSION = 1;

/**
 * 0 clean · 1 findings that fail the run · 3 inconclusive: nothing was shown, or the target was not there, or the run ended
 * before its rows · 130 interrupted.
 */
export function exitCode(report: Report, failOn: FailOn): number {
  const { stopped } = report;
  if (stopped?.why === 'interrupted') return 130;
  if (stopped && stopped.why !== 'time') return 3;
  if (report.findings.some((finding) => failsRun(finding.severity, failOn))) return 1;
  return whyInconclusive(report) === undefined ? 0 : 3;
}

/** Why what was shown is not all, or nothing; a report that found nothing wrong must say so. */
function whyInconclusive(report: Report): string | undefined {
  const { rows, stopped, findings, minCases = 0 } = report;
  const unprepared = findings.filter(({ code }) => code === 'PREPARATION_FAILED');
  const count = unprepared.reduce((sum, finding) => sum + finding.count, 0);
  const preparation = unprepared[0] && `${count} ${count === 1 ? 'row' : 'rows'} could not be prepared: ${unprepared[0].got}`;
  // That a server refuses whoever has no credential says nothing about what it does for those who have one.
  const isShown = ({ kind, caller, result }: Played): boolean =>
    result !== 'not_exercised' &&
    (kind === 'lifecycle' || (kind === 'row' && (callerNames as readonly string[]).includes(caller ?? '')));
  const { right } = countCoverage(report);
  const tooFew = right < minCases ? `only ${right} cases are right, fewer than the ${minCases} of --min-cases` : undefined;
  const nothing = rows.some(isShown) ? undefined : 'no row could be played by a caller of the profile';
  return stopped?.text ?? preparation ?? nothing ?? tooFew;
}

function failsRun(severity: Severity, failOn: FailOn): boolean {
  const order: readonly Severity[] = ['notice', 'question', 'failure'];
  return order.indexOf(severity) >= order.indexOf(failOn);
}

export function countCoverage(report: Report): Readonly<Record<Result, number>> {
  const counts: Record<Result, number> = { right: 0, wrong: 0, not_exercised: 0 };
  for (const { result } of report.coverage) counts[result] += 1;
  return counts;
}

/** Plain lines for a terminal or a CI log. */
export function toText(report: Report): string {
  const { right, wrong, not_exercised } = countCoverage(report);
  const lines: string[] = [];
  for (const finding of report.findings.filter((f) => f.severity !== 'notice')) lines.push(...describeFinding(finding), '');
  const notices = report.findings.filter((finding) => finding.severity === 'notice');
  for (const notice of notices)
    lines.push(`notice ${notice.code} ${notice.operation}${notice.pointer && ` ${oneLine(notice.pointer)}`} (${notice.count}×)`);
  if (notices.length > 0) lines.push('');
  const reasons = new Map<string, number>();
  for (const { result, reason = '' } of report.coverage)
    if (result === 'not_exercised') reasons.set(reason, (reasons.get(reason) ?? 0) + 1);
  lines.push(`Cases of the document: ${right} right, ${wrong} wrong, ${not_exercised} not exercised`);
  for (const [reason, count] of [...reasons].sort((a, b) => b[1] - a[1])) lines.push(`  ${count} × ${reason}`);
  if (report.leftovers.length > 0) lines.push(`Left behind: ${oneLine(shortened(report.leftovers))}`);
  if (report.possiblyMade.length > 0) lines.push(describePossiblyMade(report));
  if (report.unseen > 0) lines.push(`State not verified afterwards (caller or ID missing): ${report.unseen}`);
  const why = whyInconclusive(report);
  if (why !== undefined) lines.push(`${report.stopped === undefined ? 'Inconclusive' : 'Stopped early'}: ${oneLine(why)}`);
  const counted = (severity: Severity): string => {
    const count = report.findings.filter((finding) => finding.severity === severity).length;
    return `${count} ${severity}${count === 1 ? '' : 's'}`;
  };
  lines.push(
    `${report.rows.length} rows, ${report.requests} requests, ${(['failure', 'question', 'notice'] as const).map(counted).join(', ')}`,
  );
  return `${lines.join('\n')}\n`;
}

/** The end of the text, which a CI shows: the verdict, and a line for each finding that brought it about. */
export function toVerdict(report: Report, failOn: FailOn): string {
  const code = exitCode(report, failOn);
  const words: Readonly<Record<number, string>> = { 0: 'Passed', 1: 'Failed', 3: 'Inconclusive' };
  const failed = report.findings.filter(({ severity }) => failsRun(severity, failOn));
  const lines = failed.map(
    (finding) =>
      `  ${finding.code} ${finding.operation}${finding.case ? `.${finding.case}` : ''}, ${finding.place}: got ${oneLine(finding.got).slice(0, 80)}`,
  );
  const more = lines.length - MOST_LINES;
  return `${[
    `${words[code] ?? 'Interrupted'}, exit code ${code}${failed.length > 0 ? ':' : ''}`,
    ...lines.slice(0, MOST_LINES),
    ...(more > 0 ? [`  and ${more} more`] : []),
  ].join('\n')}\n`;
}

/** Of a verdict; all of them stand above it. */
const MOST_LINES = 20;

/** What the profile lacks, said before the run; empty when it lacks nothing. */
export function describeLacking(lacking: Report['lacking']): string {
  if (lacking.length === 0) return '';
  const lines = lacking.map(({ name, rows }) => `  ${name}  ${rows} ${rows === 1 ? 'row' : 'rows'}`);
  return ['The profile does not have these, so the rows that need them are not exercised:', ...lines, ''].join('\n');
}

/** A finding as lines for a person. */
export function describeFinding(finding: Finding): readonly string[] {
  const before = finding.calls.slice(0, -1).map((call) => call.operation);
  return [
    `${finding.severity} ${finding.code}  ${finding.operation}${finding.case ? `.${finding.case}` : ''}${finding.count > 1 ? `  (${finding.count}×)` : ''}`,
    `  row       ${finding.title}`,
    `  contract  ${finding.place}`,
    ...(finding.pointer ? [`  where     ${oneLine(finding.pointer)}`] : []),
    `  expected  ${oneLine(finding.expected)}`,
    `  got       ${oneLine(finding.got)}`,
    `  rests on  ${[finding.basis, finding.source].filter((text) => text !== '').join(', ')}`,
    ...(before.length > 0 ? [`  after     ${before.join(' · ')}`] : []),
    `  id        ${finding.fingerprint}; \`understudy explain ${finding.code}\``,
    '  repeat    ',
    ...repeatChain(finding)
      .trimEnd()
      .split('\n')
      .map((line) => `    ${line}`),
  ];
}

const describePossiblyMade = ({ possiblyMade }: Report): string =>
  `Left behind, possibly made (no answer came): ${oneLine(shortened(possiblyMade))}`;

/** All of them stand in results.json. */
function shortened(leftovers: readonly string[]): string {
  const more = leftovers.length - 10;
  return `${leftovers.slice(0, 10).join(', ')}${more > 0 ? ` and ${more} more, all of them in results.json` : ''}`;
}

/** What a server has sent must not lay out the report, nor tell a terminal or a CI what to do. */
const oneLine = (text: string): string =>
  text.replace(/\p{Cc}|\p{Cf}|\p{Zl}|\p{Zp}/gu, (character) => {
    const [, short] = /^"(\\[a-z])"$/.exec(JSON.stringify(character)) ?? [];
    return short ?? `\\u${character.codePointAt(0)?.toString(16).padStart(4, '0')}`;
  });

/** The report as data, in the form of contracts/results.schema.json. */
export function toResults(report: Report): object {
  return {
    version: RESULTS_VERSION,
    target: report.target,
    ...(report.stopped === undefined ? {} : { stopped: report.stopped.text }),
    rows: report.rows.length,
    requests: report.requests,
    lacking: report.lacking,
    unseen: report.unseen,
    leftovers: report.leftovers,
    possibly_made: report.possiblyMade,
    cases: countCoverage(report),
    ...(report.minCases === undefined ? {} : { min_cases: report.minCases }),
    coverage: report.coverage,
    findings: report.findings.map(({ unreachable: _, ...finding }) => ({
      ...finding,
      calls: finding.calls.map(({ operation, caller, request, response, error }) => ({
        operation,
        caller,
        method: request.method,
        target: request.target,
        status: response?.status ?? null,
        ...(error ? { error: error.message } : {}),
      })),
      repeat: repeatChain(finding),
    })),
  };
}

/** One test case per row, so that a CI shows the sentence that failed; and one more that fails where the run says too little. */
export function toJunit(report: Report, failOn: FailOn): string {
  const cases = report.rows.map((row) => {
    const bad = row.findings.filter((finding) => failsRun(finding.severity, failOn));
    const text = bad.map((finding) => describeFinding(finding).join('\n')).join('\n\n');
    // A row that could not be played may have failed on the way to its request.
    const failed = bad.length > 0;
    const skipped = !failed && row.result === 'not_exercised';
    const unfit = row.unfit ?? (row.refused && refusalOf([row.refused]));
    const inner = unfit
      ? `<error message="${escapeXml(unfit)}"/>`
      : failed
        ? `<failure message="${escapeXml(`${bad[0]?.code}: expected ${bad[0]?.expected}, got ${bad[0]?.got}`)}">${escapeXml(text)}</failure>`
        : skipped
          ? `<skipped message="${escapeXml(row.reason ?? '')}"/>`
          : '';
    return {
      failed: failed && !unfit,
      unfit: unfit !== undefined,
      skipped,
      xml: `    <testcase classname="${escapeXml(row.operation)}" name="${escapeXml(row.title)}">${inner}</testcase>`,
    };
  });
  const why = whyInconclusive(report);
  const error =
    why === undefined
      ? []
      : [
          `    <testcase classname="understudy check" name="the run is conclusive"><error message="${escapeXml(why)}"/></testcase>`,
        ];
  const counts = {
    tests: cases.length + error.length,
    failures: cases.filter((c) => c.failed).length,
    errors: cases.filter((c) => c.unfit).length + error.length,
    skipped: cases.filter((c) => c.skipped).length,
  };
  const output =
    report.possiblyMade.length > 0 ? [`    <system-out>${escapeXml(describePossiblyMade(report))}</system-out>`] : [];
  const attributes = Object.entries(counts).map(([name, count]) => ` ${name}="${count}"`);
  return `<?xml version="1.0" encoding="UTF-8"?>
<testsuites>
  <testsuite name="understudy check ${escapeXml(report.target)}"${attributes.join('')}>
${[...cases.map((c) => c.xml), ...error, ...output].join('\n')}
  </testsuite>
</testsuites>
`;
}

const entities: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&apos;' };

function escapeXml(text: string): string {
  const known = text.replace(/[&<>"']/g, (character) => entities[character] as string);
  // Other control characters, and what is no character, cannot stand in XML at all.
  return known.replace(/(?![\t\n\r])[\p{Cc}\ufffe\uffff]/gu, '\ufffd');
}
