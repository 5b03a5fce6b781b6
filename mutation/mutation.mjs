// A run: the kit, the rivals, what is printed, and whether it passes.
import { isDeepStrictEqual } from 'node:util';
import { countsOf, judgeKit, matches, playKit } from './kit.mjs';
import { compareLevels } from './levels.mjs';
import { drifts, operations } from './plays.mjs';
import { printKit, printList, printSeconds } from './report.mjs';
import {
  differences,
  failuresOf,
  isAbout,
  measured,
  readResults,
  sampleOf,
  verdictsOn,
  withKit,
  writeResults,
} from './results.mjs';
import { askRivals, titles } from './rivals.mjs';
import { pickAny, pickSample } from './sample.mjs';
import { sampleTable, writePapers } from './tables.mjs';

/**
 * Returns the exit code: 1 where the kit sees too little, too much, or less than is written down; 2
 * where no drift has such a name.
 */
export async function mutation(
  { kit: kitAlone, rivals: rivalsAlone, levels, short, write, patterns },
  say,
) {
  const started = performance.now();
  const all = [...drifts.keys()];
  const isChosen = (name) => patterns.some((pattern) => matches(pattern, name));
  const names = patterns.length > 0 ? all.filter(isChosen) : pickSample(drifts, { short });
  if (names.length === 0) {
    say(`No drift is called ${patterns.join(' or ')}.`);
    return 2;
  }
  if (levels) return compareLevels(patterns.length > 0 ? names : pickAny(drifts, 600), say);
  const whole = patterns.length === 0 && !rivalsAlone;
  const committed = readResults();

  const played = await playKit(whole ? all : names, say, {
    touching: operationsOf(patterns, names),
  });
  const judged = judgeKit(played, whole);
  const known = measured(committed, drifts);
  const comparable = countsOf(judged.planted.filter(({ name }) => known.has(name)));
  const failures = rivalsAlone ? [] : failuresOf({ ...judged, comparable }, committed);
  if (!rivalsAlone) printKit(judged);

  let results = withKit(committed, { ...judged, operations }, played);
  if (rivalsAlone || (whole && !kitAlone)) {
    // What is written down stays until a rival has another version; a run without --write asks all
    // again, and lists where it is told otherwise.
    const written = write && isDeepStrictEqual(committed.rivals, titles) ? committed : undefined;
    const asked = names.filter((name) => !written || !verdictsOn(name, written));
    const answers = await askRivals(asked, say);
    const sample = sampleOf(names, played, answers, written);
    results = { ...results, rivals: titles, sample };
    console.log(`\n${sampleTable(results)}\n`);
    if (asked.length > 0) printSeconds(played, asked, answers);
    if (patterns.length === 0)
      printList('Other verdicts than in mutation/results.json', differences(results, committed));
  }
  if (write && !isAbout(results, names))
    failures.push(
      'The sample is another one now: `npm run mutation -- --write` asks the rivals too.',
    );
  else if (write) {
    writeResults(results);
    writePapers(results);
  }
  printList('Failed', failures);
  console.log(`\n${Math.round((performance.now() - started) / 1000)} s`);
  return failures.length > 0 ? 1 : 0;
}

/**
 * Of the planted drifts that somebody has named: what he asks about is these, and a whole check of
 * everything else takes as long as hundreds of drifts. None where he named variations alone.
 */
function operationsOf(patterns, names) {
  const planted = names.map((name) => drifts.get(name)).filter(({ kind }) => kind !== 'vary');
  return patterns.length > 0 && planted.length > 0
    ? [...new Set(planted.flatMap(({ operations }) => operations))]
    : undefined;
}
