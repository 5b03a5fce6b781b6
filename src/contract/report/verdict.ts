// What a run comes to: its exit code, and why it may say too little.
import { ExitCode } from '../../spec/exit-code.js';
import type { Severity } from '../judge/deviation.js';
import { canaryInWords } from '../run/canary.js';
import type { KnownFinding } from '../run/finding.js';
import type { Report } from '../run/options.js';
import type { Played, Result } from '../run/play.js';
import { callerNames } from '../tables/caller.js';

/** Which severities fail a run. */
export type FailOn = 'failure' | 'question' | 'notice';

/** One of `ExitCode`. A failure counts even if the run ended before its last row or little could be tested. */
export function exitCode(report: Report, failOn: FailOn): number {
  const { stopped } = report;
  if (stopped?.why === 'interrupted') return ExitCode[stopped.signal ?? 'SIGINT'];
  if (stopped?.why === 'usage') return ExitCode.usage;
  const isShort = stopped && ['time', 'requests', 'failed'].includes(stopped.why);
  if ((stopped && !isShort) || crashIn(report) !== undefined || blindness(report) !== undefined)
    return ExitCode.inconclusive;
  if (report.knownFaults || report.findings.some((finding) => failsRun(finding, failOn)))
    return ExitCode.failures;
  if (whyInconclusive(report) !== undefined) return ExitCode.inconclusive;
  const left = report.leftovers.length + report.possiblyMade.length;
  return left > 0 ? ExitCode.leftovers : ExitCode.ok;
}

const crashIn = ({ rows }: Report): string | undefined =>
  rows.find(({ crash }) => crash !== undefined)?.crash;

/** A judge who takes what is wrong for right has judged nothing. */
const blindness = ({ canary }: Report): string | undefined =>
  canary && !canary.seen
    ? `the check did not look: made wrong on purpose, ${canaryInWords(canary)}; nothing that it says counts, report this with results.json`
    : undefined;

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
export function whyInconclusive(report: Report): string | undefined {
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
  return stopped?.text ?? crashIn(report) ?? blindness(report) ?? preparation ?? nothing ?? tooFew;
}

/** What is known does not. */
export function failsRun(
  { severity, known }: { readonly severity: Severity; readonly known?: KnownFinding | undefined },
  failOn: FailOn,
): boolean {
  const order: readonly Severity[] = ['notice', 'question', 'failure'];
  return !known && order.indexOf(severity) >= order.indexOf(failOn);
}

export function countCoverage(report: Pick<Report, 'coverage'>): Readonly<Record<Result, number>> {
  const counts: Record<Result, number> = { right: 0, wrong: 0, not_exercised: 0 };
  for (const { result } of report.coverage) counts[result] += 1;
  return counts;
}

/** An exit code in words. */
export const verdictIn = (code: number): string => words[code] as string;

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
