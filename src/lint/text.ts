// A lint report for people.
import type { LintFinding, LintPlace, LintReport } from './report.js';

/** Names that a line lists. */
const MOST_NAMES = 12;

export function textOf(report: Omit<LintReport, 'text'>): string {
  const { worlds, requests, findings, coverage } = report;
  const { operations, cases, by_operation, not_called } = coverage;
  const head = `${counted(requests, 'request')} in ${counted(worlds, 'world')}: ${summaryOf(findings)}.`;
  const missed = by_operation
    .filter((one) => one.missed.length > 0)
    .map((one) => `  ${one.operation}: ${namesIn(one.missed)}`);
  return [
    ...findings.map(describeFinding),
    `Met: ${operations.met} of ${operations.all} operations; of those, ${cases.met} of ${cases.all} documented cases (${cases.percent} %).`,
    ...(missed.length > 0 ? ['Cases that no request led to:', ...missed] : []),
    ...(not_called.length > 0 ? [`Never called: ${namesIn(not_called)}`] : []),
    '',
    ...gapsIn(report),
    head,
    '',
  ].join('\n');
}

/** What could not be looked at. */
function gapsIn({ lost, gone }: Omit<LintReport, 'text'>): readonly string[] {
  const fix = 'start the server with --keep-requests to have them';
  return [
    ...(lost > 0
      ? [`Not seen: ${counted(lost, 'request')} that the journals no longer have; ${fix}.`]
      : []),
    ...(gone > 0
      ? [
          `Not seen: ${counted(gone, 'journal')} of worlds that were deleted, evicted or reset; ${fix}.`,
        ]
      : []),
  ];
}

export function describeFinding(finding: LintFinding): string {
  const { rule, severity, operation, what, fix, source, place, count, at } = finding;
  return [
    [severity, rule, operation].filter((part) => part !== undefined).join('  '),
    `  ${what}`,
    ...at.slice(0, 3).map((one) => `  at: ${placeInWords(one)}`),
    ...(count > 3 ? [`  and ${count - 3} more times`] : []),
    `  fix: ${fix}`,
    `  source: ${source}${place === undefined ? '' : ` (${place})`}`,
    '',
  ].join('\n');
}

function placeInWords({ world, requests, note }: LintPlace): string {
  const word = requests.length === 1 ? 'request' : 'requests';
  return `world ${world}, ${word} ${requests.join(', ')}${note === undefined ? '' : ` (${note})`}`;
}

function summaryOf(findings: readonly LintFinding[]): string {
  const count = (severity: string): number =>
    findings.filter((one) => one.severity === severity).length;
  const parts = [
    [count('error'), 'error'],
    [count('warning'), 'warning'],
    [count('info'), 'notice'],
  ] as const;
  const told = parts
    .filter(([number]) => number > 0)
    .map(([number, word]) => counted(number, word));
  return told.length === 0 ? 'no findings' : told.join(', ');
}

const counted = (count: number, word: string): string =>
  `${count} ${word}${count === 1 ? '' : 's'}`;

const namesIn = (names: readonly string[]): string =>
  names.length > MOST_NAMES
    ? `${names.slice(0, MOST_NAMES).join(', ')} and ${names.length - MOST_NAMES} more`
    : names.join(', ');
