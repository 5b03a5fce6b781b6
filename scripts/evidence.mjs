// The files of openapi/ cite sources by codes, such as `S-C5`. Readers of what is served do not have
// the sheets that the codes name, so the words of docs/evidence.md stand in their place.
import { readFileSync } from 'node:fs';

/** A pattern for a code with its section, such as `S-C5`, `X1` or `knowledge sheet 7.4`. */
export const CODE = String.raw`(?:\b[SKM]-C\d+\b|\bX\d{1,2}\b|\b(?:spaces|knowledge) sheet(?: (?:\d+(?:\.\d+)*|[STKVM]\d+))?(?:, \d\.\d)?)`;

/**
 * The code without its section, as the page lists it: `knowledge sheet` for `knowledge sheet 7.4`.
 * @param {string} code text that fits CODE
 */
export const withoutSection = (code) => /^(?:[SKM]-C\d+|X\d+|\w+ sheet)/.exec(code)[0];

/**
 * The words of each code, from the table of the page.
 * @param {string} file docs/evidence.md
 * @returns {Map<string, string>} words by code
 */
export function readEvidence(file) {
  const rows = readFileSync(file, 'utf8').matchAll(/^\| ([^|]+?) \| ([^|]+?) \| [^|]+ \|$/gm);
  const entries = [...rows].map(([, code, words]) => /** @type {const} */ ([code, words]));
  return new Map(entries.filter(([code]) => code !== 'code' && code !== '---'));
}

/**
 * A copy of a JSON value without codes: words in their place where `source` or `assumed` cite them,
 * nothing in other texts, where they stand in parentheses.
 * @param {any} node any part of a document
 * @param {ReadonlyMap<string, string>} words words by code; a code that it lacks throws
 * @param {string} key the name of the field that holds `node`
 */
export function inPlainWords(node, words, key = '') {
  if (Array.isArray(node)) return node.map((item) => inPlainWords(item, words));
  if (typeof node === 'object' && node !== null)
    return Object.fromEntries(
      Object.entries(node).map(([name, value]) => [name, inPlainWords(value, words, name)]),
    );
  if (typeof node !== 'string') return node;
  if (key !== 'source' && key !== 'assumed') return withoutCitations(node);
  const parts = node.replace(new RegExp(CODE, 'g'), (code) => wordsFor(words, code)).split('; ');
  return [...new Set(parts)].join('; ');
}

const withoutCitations = (text) =>
  text
    .replace(new RegExp(String.raw` \(${CODE}(?:[;,] ${CODE})*\)`, 'g'), '')
    .replace(new RegExp(String.raw`\(${CODE}, `, 'g'), '(');

function wordsFor(words, code) {
  const found = words.get(withoutSection(code));
  if (found === undefined) throw new Error(`${code} has no line in docs/evidence.md.`);
  return found;
}
