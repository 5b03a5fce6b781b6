// results.json as Markdown, and the papers that carry it between two markers.
import { readFileSync, writeFileSync } from 'node:fs';

export const shareOf = ({ found, of }) => (of === 0 ? 1 : found / of);
/** Cut, not rounded: 100.0 % is all of them. */
export const percent = (count) => `${(Math.floor(shareOf(count) * 1000) / 10).toFixed(1)} %`;

const [BEGIN, END] = [
  '<!-- mutation: written by `npm run mutation -- --write` -->',
  '<!-- mutation: end -->',
];

/** What each paper must hold between the markers. */
export const papersOf = (results) => ({
  'docs/check.md': `${allDrifts(results)}\n\n${sampleTable(results)}`,
  'mutation/README.md': [
    '### All drifts, the kit alone',
    kitTable(results),
    '### The sample, side by side',
    sampleTable(results),
    'By kind, those found with the right operation named; in brackets those found with only another one named:',
    kindTable(results),
    '### Where they tie, and where a rival wins',
    tiesOf(results),
  ].join('\n\n'),
});

/** What a paper holds between the markers. */
export const readPaper = (paper) => split(readFileSync(fileOf(paper), 'utf8'), paper)[1];

export function writePapers(results) {
  for (const [paper, text] of Object.entries(papersOf(results))) {
    const [before, , after] = split(readFileSync(fileOf(paper), 'utf8'), paper);
    writeFileSync(fileOf(paper), `${before}${BEGIN}\n${text}\n${END}${after}`);
  }
}

const fileOf = (paper) => new URL(`../${paper}`, import.meta.url);

function split(text, paper) {
  const [before, rest] = text.split(`${BEGIN}`);
  const [inside, after] = (rest ?? '').split(END);
  if (after === undefined) throw new Error(`${paper} lacks the markers\n${BEGIN}\n${END}`);
  return [before, inside.trim(), after];
}

const allDrifts = ({ kit: { drifts, variations } }) =>
  `All ${drifts.of} drifts: the kit finds ${percent(drifts)} and names the operation. ` +
  `${variations.found} of ${variations.of} variations raise no alarm.`;

/** One column a tool, the kit first. */
const toolsOf = ({ rivals }) => [['kit', "Understudy's kit"], ...Object.entries(rivals)];

/** The sample, tool by tool. */
export function sampleTable(results) {
  const { drifts, variations, honest } = results.sample;
  const count = (verdicts, wanted) => (tool) =>
    `${Object.values(verdicts).filter((verdict) => verdict[tool] === wanted).length} of ${Object.keys(verdicts).length}`;
  return table(
    ['the fixed sample', ...toolsOf(results).map(([, title]) => title)],
    [
      ['drifts found, the right operation named', count(drifts, 'named')],
      ['drifts found, another operation named', count(drifts, 'elsewhere')],
      ['harmless variations objected to', count(variations, 'alarm')],
      ['findings on the honest mock server', (tool) => String(honest[tool])],
    ].map(([what, cell]) => [
      what,
      ...toolsOf(results).map(([tool]) => /** @type {(tool: string) => string} */ (cell)(tool)),
    ]),
  );
}

/**
 * Drifts found with the right operation named, kind by kind; in brackets those found elsewhere
 * only.
 */
function kindTable(results) {
  const rows = kindsOf(results).map(([kind, verdicts]) => {
    const cells = toolsOf(results).map(([tool]) => {
      const elsewhere = verdicts.filter((verdict) => verdict[tool] === 'elsewhere').length;
      return `${namedIn(verdicts, tool)}${elsewhere > 0 ? ` (${elsewhere})` : ''}`;
    });
    return [kind, String(verdicts.length), ...cells];
  });
  return table(
    ['kind', 'drifts in the sample', ...toolsOf(results).map(([, title]) => title)],
    rows,
  );
}

/** The verdicts of each kind. */
function kindsOf({ sample: { drifts } }) {
  const kinds = {};
  for (const [name, verdicts] of Object.entries(drifts)) {
    const kind = name.split(':', 1)[0];
    kinds[kind] = [...(kinds[kind] ?? []), verdicts];
  }
  return Object.entries(kinds);
}
const namedIn = (verdicts, tool) => verdicts.filter((verdict) => verdict[tool] === 'named').length;

/** Where a rival does as well as the kit, and where it does better. */
function tiesOf(results) {
  const drifts = Object.entries(results.sample.drifts);
  const lines = Object.entries(results.rivals).map(([tool, title]) => {
    const kinds = kindsOf(results).filter(
      ([, verdicts]) => namedIn(verdicts, tool) >= namedIn(verdicts, 'kit'),
    );
    const ahead = drifts
      .filter(([, verdicts]) => verdicts[tool] === 'named' && verdicts.kit !== 'named')
      .map(([name]) => name);
    return (
      `- ${title} names as many as the kit or more in ${listed(
        kinds.map(([kind]) => kind),
        'no kind',
      )}; ` +
      `drifts that it names and the kit does not: ${listed(
        ahead.map((name) => `\`${name}\``),
        'none',
      )}.`
    );
  });
  const alone = drifts.filter(([, verdicts]) =>
    Object.entries(verdicts).every(([tool, verdict]) => (verdict === 'named') === (tool === 'kit')),
  );
  return `${lines.join('\n')}\n- ${alone.length} of ${drifts.length} are named by the kit alone.`;
}

const listed = (words, none) => (words.length > 0 ? words.join(', ') : none);

/** All drifts, kind by kind, as the kit alone sees them. */
function kitTable({ kit: { kinds, drifts, variations } }) {
  const row = (what, count) => [what, String(count.found), String(count.of), percent(count)];
  return table(
    ['all drifts', 'found and named', 'of', ''],
    [
      ...Object.entries(kinds).map(([kind, count]) => row(kind, count)),
      row('together', drifts),
      row('variations without an alarm', variations),
    ],
  );
}

const table = (head, rows) =>
  [head, head.map((_, i) => (i === 0 ? '---' : '---:')), ...rows]
    .map((row) => `| ${row.join(' | ')} |`)
    .join('\n');
