// Writes what a run has found into a file of known deviations. Why each is accepted, by whom and until
// when is for a person to fill in: nobody has thought about it at the end of a run.
import { stringifyYaml, withItems } from '../../files/yaml.js';
import type { KnownFinding } from '../run/finding.js';
import { PLACEHOLDER } from '../run/known-findings.js';
import type { Telling } from './telling.js';
import { failsRun } from './verdict.js';
import { cut, oneLine } from './words.js';

const HEAD = `# Deviations that are accepted for now. Fill in each ${PLACEHOLDER}: why, who sees to it, and the last day (2027-01-31).\n`;
const MOST_OF_A_TEXT = 200;

export interface Added {
  readonly text: string;
  readonly count: number;
}

/** `before` is the text of the file, with its comments, or nothing where there is none. */
export function addKnown(
  { report, failOn, mask }: Telling,
  known: readonly KnownFinding[],
  before: { readonly text: string; readonly isJson: boolean } | undefined,
): Added {
  const there = new Set(known.map(({ fingerprint }) => fingerprint));
  const items = report.findings
    .filter((finding) => failsRun(finding, failOn) && !there.has(finding.fingerprint))
    .map(({ fingerprint, code, operation, title, expected, got }) => ({
      fingerprint,
      reason: PLACEHOLDER,
      owner: PLACEHOLDER,
      expires: PLACEHOLDER,
      operation,
      row: title,
      ...(report.level === undefined ? {} : { level: report.level }),
      what: cut(oneLine(mask(`${code}: expected ${expected}, got ${got}`)), MOST_OF_A_TEXT),
    }));
  const count = items.length;
  if (before?.isJson) return { text: withJson(before.text, items), count };
  if (before === undefined) return { text: `${HEAD}${stringifyYaml(items)}`, count };
  return { text: count === 0 ? before.text : withItems(before.text, items), count };
}

const withJson = (text: string, items: readonly object[]): string =>
  `${JSON.stringify([...(text.trim() === '' ? [] : (JSON.parse(text) ?? [])), ...items], null, 2)}\n`;
