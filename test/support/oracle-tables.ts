// The tables of a document in Markdown, so that what is explained there and what is found are one
// list.
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../', import.meta.url));

/**
 * The rows of the first table under a heading, cell by cell, without its head and without
 * backticks; none without a table.
 */
export function tableIn(file: string, heading: string): string[][] {
  const sections = readFileSync(`${root}${file}`, 'utf8').split(/^#+ /m);
  const section = sections.find((text) => text.startsWith(`${heading}\n`));
  if (section === undefined) throw new Error(`${file} has no heading "${heading}".`);
  const lines = section.split('\n').filter((line) => line.startsWith('|'));
  return lines.slice(2).map((line) =>
    line
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.replaceAll('`', '').trim()),
  );
}
