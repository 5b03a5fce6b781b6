// A summary for a pull request or the page of a CI job.
import { type Comparison, groupsOf, inNumbers } from './compare.js';
import type { Headline } from './headlines.js';
import type { Telling } from './telling.js';
import { acceptanceOf } from './text.js';
import { countCoverage } from './verdict.js';
import { cut, namesOf } from './words.js';

/** Lines of a table; GitHub takes a mebibyte, and nobody reads more. */
const MOST_CAUSES = 30;
const MOST_OF_A_TEXT = 300;

export function toMarkdown({ report, headlines, mask, verdict, comparison }: Telling): string {
  const { right, wrong, not_exercised } = countCoverage(report);
  const rest = headlines.length - MOST_CAUSES;
  const rows = headlines.slice(0, MOST_CAUSES).map((headline) => rowOf(headline, mask));
  const faults = (report.knownFaults ?? []).map(
    ({ file, line, what, fix }) => `- ${code(`${file}:${line}`)} ${code(what)}: ${fix}`,
  );
  const behind = report.leftovers.map((name) => `- ${code(mask(name))}`);
  return [
    `## ${verdict}: contract of ${code(mask(report.target))}`,
    '',
    `${right} cases right, ${wrong} wrong, ${not_exercised} not exercised; ${report.rows.length} rows, ${report.requests} requests.`,
    ...(report.stopped ? ['', `Ended early: ${code(mask(report.stopped.text))}`] : []),
    ...(rows.length > 0
      ? [
          '',
          '| | what | operations | times |',
          '|---|---|---|---|',
          ...rows,
          ...(rest > 0 ? ['', `${rest} more causes stand in the report.`] : []),
        ]
      : []),
    ...(faults.length > 0 ? ['', 'Of the known deviations:', '', ...faults] : []),
    ...(comparison ? changes(comparison) : []),
    ...(behind.length > 0 ? ['', 'Left behind:', '', ...behind] : []),
    '',
  ].join('\n');
}

function rowOf(
  { severity, code: kind, what, operations, count, known, isFlaky }: Headline,
  mask: (text: string) => string,
): string {
  const sort = known ? `known ${severity}` : isFlaky ? `flaky ${severity}` : severity;
  const accepted = known ? `, accepted: ${code(mask(acceptanceOf(known)))}` : '';
  return `| ${sort} | ${kind}: ${code(mask(what))}${accepted} | ${namesOf(operations)} | ${count} |`;
}

/** What has changed since earlier runs; what is still there stands in the table. */
function changes(comparison: Comparison): readonly string[] {
  const groups = groupsOf(comparison).filter(
    ([name, findings]) => name !== 'still there' && findings.length > 0,
  );
  const lines = groups.map(([name, findings]) => {
    const causes = [...new Set(findings.map((one) => `${one.code} ${one.operation}`))];
    return `- ${name}: ${namesOf(causes.map(code))}`;
  });
  return [
    '',
    `Since ${code(comparison.files.at(-1) ?? '')}: ${inNumbers(comparison)}.`,
    ...comparison.remarks.map(code),
    ...(lines.length > 0 ? ['', ...lines] : []),
  ];
}

/**
 * Text from a server as code, in which Markdown and HTML mean nothing. A table ends a cell at a
 * bar, and code at a backtick.
 */
function code(text: string): string {
  const line = text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu, '\ufffd').replace(/`/g, "'");
  return `\`${cut(line, MOST_OF_A_TEXT).replace(/\|/g, '\\|')}\``;
}
