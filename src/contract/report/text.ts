// A report as plain lines, for a terminal or the log of a CI.
import { basisInWords } from '../../spec/case.js';
import { isSerious, type Severity } from '../judge/deviation.js';
import { canaryInWords } from '../run/canary.js';
import type { Finding, KnownFinding } from '../run/finding.js';
import { isFlaky } from '../run/finding.js';
import type { KnownFault } from '../run/known-findings.js';
import type { Report } from '../run/options.js';
import { overrideInWords } from '../run/override.js';
import { type Comparison, groupsOf, inNumbers } from './compare.js';
import { EXAMPLES, type Headline } from './headlines.js';
import type { Mask } from './redact.js';
import { repeatChain } from './repeat.js';
import type { Telling } from './telling.js';
import { countCoverage, failsRun } from './verdict.js';
import { callsInWords, cut, namesOf, oneLine } from './words.js';

/** Of what is only archived; there may be hundreds. */
const MOST_ARCHIVED = 3;

/** Plain lines for a terminal or a CI log. */
export function toText({ report, headlines: all, mask, why, comparison }: Telling): string {
  const { right, wrong, not_exercised } = countCoverage(report);
  const lines: string[] = [];
  const headlines = all.filter(({ known }) => !known);
  for (const headline of headlines.filter(isSerious))
    lines.push(...describeHeadline(headline, mask));
  const notices = headlines.filter(({ severity }) => severity === 'notice');
  for (const { code, operations, findings, count } of notices) {
    const pointer = findings[0]?.pointer ?? '';
    lines.push(
      `notice ${code} ${namesOf(operations)}${pointer && ` ${oneLine(mask(pointer))}`} (${count}×)`,
    );
  }
  if (notices.length > 0) lines.push('');
  lines.push(...describeKnown(all, mask), ...(report.knownFaults ?? []).flatMap(describeFault));
  if (comparison) lines.push(...describeComparison(comparison));
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
  const override = overrideInWords(report.override);
  if (override !== undefined) lines.push(`Override of all permissions: ${override}`);
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
export function toVerdict(telling: Telling): string {
  const { report, headlines, failOn, mask, exitCode, verdict, comparison } = telling;
  const failed = headlines.filter((headline) => failsRun(headline, failOn));
  const { knownFaults = [] } = report;
  const lines = failed.slice(0, MOST_CAUSES).flatMap((headline) => {
    const [{ place }] = headline.findings as [Finding];
    return [
      `  ${cut(`${headline.code}${headline.isFlaky ? ' (flaky)' : ''} ${oneLine(mask(headline.what))}`, 116)}`,
      `    ${cut(`${headline.count}×, ${namesOf(headline.operations)}, ${place}`, 114)}`,
    ];
  });
  const more = failed.length - MOST_CAUSES;
  return `${[
    `${verdict}, exit code ${exitCode}${failed.length + knownFaults.length > 0 ? ':' : ''}`,
    ...knownFaults.slice(0, MOST_FAULTS).map((fault) => `  ${cut(describeFault(fault)[0], 116)}`),
    ...(knownFaults.length > MOST_FAULTS
      ? [`  and ${knownFaults.length - MOST_FAULTS} more entries of that file`]
      : []),
    ...lines,
    ...(more > 0 ? [`  and ${more} more causes`] : []),
    ...(report.canary?.seen ? [`Canary: ${canaryInWords(report.canary)}`] : []),
    ...(comparison
      ? [`Since ${cut(comparison.files.at(-1) ?? '', 60)}: ${inNumbers(comparison)}`]
      : []),
  ].join('\n')}\n`;
}

/** Of a verdict, which with what stands around it fits on a screen of 24 lines. */
const MOST_CAUSES = 6;
const MOST_FAULTS = 2;

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

/** What is accepted for now, in a line for each cause. */
function describeKnown(headlines: readonly Headline[], mask: Mask): readonly string[] {
  const lines = headlines.flatMap(({ known, code, operations, what, count }) =>
    known
      ? [
          `known ${code} ${namesOf(operations)}: ${cut(oneLine(mask(what)), 116)} (${count}×)`,
          `  accepted  ${oneLine(acceptanceOf(known))}`,
        ]
      : [],
  );
  return lines.length > 0 ? [...lines, ''] : [];
}

/** Why, by whom and until when. */
export const acceptanceOf = ({ reason, owner, expires, file, line }: KnownFinding): string =>
  `${reason}; ${owner}, until ${expires} (${file}:${line})`;

/** An entry that has expired, or that matches nothing. */
export const describeFault = ({ file, line, what, fix }: KnownFault): readonly [string, string] => [
  `${file}:${line} ${what}`,
  `  fix: ${fix}`,
];

const MOST_COMPARED = 10;

function describeComparison(comparison: Comparison): readonly string[] {
  const groups = groupsOf(comparison).flatMap(([name, findings]) => {
    const more = findings.length - MOST_COMPARED;
    return [
      ...findings
        .slice(0, MOST_COMPARED)
        .map(
          ({ code, operation, fingerprint }) => `  ${name}: ${code} ${operation} ${fingerprint}`,
        ),
      ...(more > 0 ? [`  ${name}: ${more} more`] : []),
    ];
  });
  return [
    `Compared with ${comparison.files.join(', ')}: ${inNumbers(comparison)}`,
    ...groups.map(oneLine),
    ...comparison.remarks.map((remark) => `  ${remark}`),
    '',
  ];
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
    ...(finding.again && isFlaky(finding)
      ? [`  flaky     asked again ${finding.again.times}×, it came ${finding.again.came}×`]
      : []),
    `  row       ${finding.title}`,
    `  contract  ${finding.place}`,
    ...(finding.pointer ? [`  where     ${oneLine(mask(finding.pointer))}`] : []),
    `  expected  ${oneLine(mask(finding.expected))}`,
    `  got       ${oneLine(mask(finding.got))}`,
    `  evidence  ${evidenceOf(finding)}`,
    ...(before.length > 0 ? [`  after     ${callsInWords(before)}`] : []),
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
