// A summary for a pull request or the page of a CI job.
import type { Headline } from './headlines.js';
import type { Telling } from './telling.js';
import { countCoverage } from './verdict.js';
import { cut, namesOf } from './words.js';

/** Lines of a table; GitHub takes a mebibyte, and nobody reads more. */
const MOST_CAUSES = 30;
const MOST_OF_A_TEXT = 300;

export function toMarkdown({ report, headlines, mask, verdict }: Telling): string {
  const { right, wrong, not_exercised } = countCoverage(report);
  const rest = headlines.length - MOST_CAUSES;
  const rows = headlines.slice(0, MOST_CAUSES).map((headline) => rowOf(headline, mask));
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
    ...(behind.length > 0 ? ['', 'Left behind:', '', ...behind] : []),
    '',
  ].join('\n');
}

function rowOf(
  { severity, code: kind, what, operations, count }: Headline,
  mask: (text: string) => string,
): string {
  return `| ${severity} | ${kind}: ${code(mask(what))} | ${namesOf(operations)} | ${count} |`;
}

/**
 * Text from a server as code, in which Markdown and HTML mean nothing. A table ends a cell at a
 * bar, and code at a backtick.
 */
function code(text: string): string {
  const line = text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu, '\ufffd').replace(/`/g, "'");
  return `\`${cut(line, MOST_OF_A_TEXT).replace(/\|/g, '\\|')}\``;
}
