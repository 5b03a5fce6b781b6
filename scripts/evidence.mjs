// What is served never shows a code of docs/evidence.md: the words of that page stand in its place.
import { readFileSync } from 'node:fs';

/** A code with the section it names, such as `S-C5`, `X1` or `knowledge sheet 7.4`. */
export const oneCode = String.raw`(?:\b[SKM]-C\d+\b|\bX\d{1,2}\b|\b(?:spaces|knowledge) sheet(?: (?:\d+(?:\.\d+)*|[STKVM]\d+))?(?:, \d\.\d)?)`;

/** The code alone, as the page lists it. */
export const nameOf = (code) => /^(?:[SKM]-C\d+|X\d+|\w+ sheet)/.exec(code)[0];

/**
 * Code → words, from the page's table.
 * @returns {Map<string, string>}
 */
export function readEvidence(file) {
  const rows = readFileSync(file, 'utf8').matchAll(/^\| ([^|]+?) \| ([^|]+?) \| [^|]+ \|$/gm);
  const entries = [...rows].map(([, code, words]) => /** @type {const} */ ([code, words]));
  return new Map(entries.filter(([code]) => code !== 'code' && code !== '---'));
}

/**
 * The sources of a case say in words on what they rest; in any other text a code is an aside, and
 * left out.
 */
export function inPlainWords(node, words, key = '') {
  if (Array.isArray(node)) return node.map((item) => inPlainWords(item, words));
  if (typeof node === 'object' && node !== null)
    return Object.fromEntries(
      Object.entries(node).map(([name, value]) => [name, inPlainWords(value, words, name)]),
    );
  if (typeof node !== 'string') return node;
  if (key !== 'source' && key !== 'assumed') return withoutAsides(node);
  const parts = node.replace(new RegExp(oneCode, 'g'), (code) => wordsFor(words, code)).split('; ');
  return [...new Set(parts)].join('; ');
}

const withoutAsides = (text) =>
  text
    .replace(new RegExp(String.raw` \(${oneCode}(?:[;,] ${oneCode})*\)`, 'g'), '')
    .replace(new RegExp(String.raw`\(${oneCode}, `, 'g'), '(');

function wordsFor(words, code) {
  const found = words.get(nameOf(code));
  if (found === undefined) throw new Error(`${code} has no line in docs/evidence.md.`);
  return found;
}
