// results.json: what the last run that was written down came to, without times. Read, compared,
// written.
import { readFileSync, writeFileSync } from 'node:fs';
import { isDeepStrictEqual } from 'node:util';
import { ENOUGH } from './kit.mjs';
import { percent, shareOf } from './tables.mjs';

const file = new URL('./results.json', import.meta.url);

export const readResults = () => JSON.parse(readFileSync(file, 'utf8'));
export const writeResults = (results) =>
  writeFileSync(file, `${JSON.stringify(results, null, 2)}\n`);

/**
 * The drifts that were there when the results were written down; of operations and drifts added
 * since, they say nothing.
 */
export const measured = ({ operations, added_since: added = [] }, drifts) =>
  new Map(
    [...drifts].filter(
      ([name, drift]) =>
        !added.includes(name) &&
        drift.operations.some((operation) => operations.includes(operation)),
    ),
  );

/** What is written down of a drift or a variation, by tool; undefined where nothing is. */
export const verdictsOn = (name, { sample: { drifts, variations } }) =>
  drifts[name] ?? variations[name];

/**
 * The verdicts on the sample as they are written down: by name, then by tool. Those that the rivals
 * were not asked for again are taken from what is `written`.
 * @param {readonly string[]} names
 * @param {readonly any[]} played
 * @param {readonly any[]} answers
 * @param {any} [written]
 */
export function sampleOf(names, played, answers, written = undefined) {
  const kit = kitVerdicts(played);
  const verdictsOf = (name) => [
    ['kit', kit.get(name)],
    ...answers.map(({ key, verdicts }) => [
      key,
      verdicts.get(name)?.verdict ?? verdictsOn(name, written)[key],
    ]),
  ];
  const part = (some) =>
    Object.fromEntries(some.map((name) => [name, Object.fromEntries(verdictsOf(name))]));
  return {
    honest: {
      kit: played[0].alarms.length,
      ...Object.fromEntries(answers.map(({ key, honest }) => [key, honest.length])),
    },
    drifts: part(names.filter((name) => !isVariation(name))),
    variations: part(names.filter(isVariation)),
  };
}

/** What is written down, with the kit's own part from this run. */
export function withKit(committed, { counts, operations }, played) {
  const kit = kitVerdicts(played);
  const renew = (part) =>
    Object.fromEntries(
      Object.entries(part).map(([name, verdicts]) => [
        name,
        { ...verdicts, kit: kit.get(name) ?? verdicts.kit },
      ]),
    );
  const { honest, drifts, variations } = committed.sample;
  const sample = {
    honest: { ...honest, kit: played[0].alarms.length },
    drifts: renew(drifts),
    variations: renew(variations),
  };
  return { operations, kit: counts, sample, rivals: committed.rivals };
}

/** Whether the verdicts are about these names. */
export const isAbout = ({ sample: { drifts, variations } }, names) =>
  isDeepStrictEqual([...Object.keys(drifts), ...Object.keys(variations)], names);

const isVariation = (name) => name.startsWith('vary:');
const kitVerdicts = (played) =>
  new Map(
    played.map(({ name, verdict, alarms }) => [
      name,
      verdict ?? (alarms.length > 0 ? 'alarm' : 'quiet'),
    ]),
  );

/**
 * What keeps a run of the kit from passing, in sentences. What is written down is compared with the
 * drifts of the same operations, `comparable`; a kind of which only some were played is not
 * compared at all.
 */
export function failuresOf({ counts, comparable, unexplained, idle, alarms }, committed) {
  const failures = [];
  const { drifts } = counts;
  if (shareOf(drifts) < ENOUGH)
    failures.push(`${percent(drifts)} were found, and ${ENOUGH * 100} % is the least.`);
  if (unexplained.length > 0)
    failures.push(`${unexplained.length} survivors have no reason in mutation/survivors.yaml.`);
  if (idle.length > 0)
    failures.push(`${idle.length} reasons of mutation/survivors.yaml belong to no survivor.`);
  if (alarms.length > 0) failures.push(`${alarms.length} times the kit objected to what is right.`);
  const written = { 'all drifts': committed.kit.drifts, ...committed.kit.kinds };
  for (const [what, now] of Object.entries({
    'all drifts': comparable.drifts,
    ...comparable.kinds,
  })) {
    const before = written[what];
    if (before && now.of >= before.of && shareOf(now) < shareOf(before))
      failures.push(
        `A drop, ${what}: ${now.found} of ${now.of} found, ${before.found} of ${before.of} in mutation/results.json.`,
      );
  }
  return failures;
}

/**
 * Where the sample went otherwise than written down, better or worse, as `drift, tool: before,
 * now`.
 */
export function differences({ sample: now }, { sample: before }) {
  return ['drifts', 'variations'].flatMap((part) =>
    Object.entries(now[part]).flatMap(([name, verdicts]) =>
      Object.entries(verdicts)
        .filter(([tool, verdict]) => verdict !== before[part][name]?.[tool])
        .map(
          ([tool, verdict]) =>
            `${name}, ${tool}: ${before[part][name]?.[tool] ?? 'not asked'}, now ${verdict}`,
        ),
    ),
  );
}
