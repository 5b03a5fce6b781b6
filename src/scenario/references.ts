// Do the rows of a scenario refer to rows that are there, once each, and in their own organization?
// All problems at once.

import { A_TIME } from '../files/form.js';
import { nearest } from '../files/nearest.js';
import type { Problem } from '../files/problem.js';
import type { ProblemAt } from '../files/yaml.js';
import type { Checker } from '../world/noun.js';
import type { Formed } from './form.js';
import { listedNouns, placedItems } from './sections.js';

/** Looks at what could be read of a scenario; what could not has been reported. */
export function brokenReferences(
  { scenario, lost, damaged }: Formed,
  at: ProblemAt,
): readonly Problem[] {
  const problems: Problem[] = [];
  const check = createChecker({
    latest: scenario.time,
    lost: new Set(
      listedNouns.filter(({ section }) => lost.has(section)).map(({ called }) => called),
    ),
    damaged,
    external: new Set(scenario.external_ids),
    problem: (pointer, what, fix) => {
      problems.push(at(pointer, what, fix));
    },
  });
  if (scenario.time !== undefined && !isTime(scenario.time))
    check.problem('/time', notADate(scenario.time), A_TIME);
  for (const noun of listedNouns) noun.check?.(check, placedItems(scenario, noun));
  check.lookUp();
  return problems;
}

const isTime = (time: string): boolean => !Number.isNaN(Date.parse(time));
const notADate = (time: string): string => `"${time}" is not a valid date`;

interface CheckerParts extends Pick<Checker, 'problem'> {
  /** The scenario's own time. */
  readonly latest: string | undefined;
  /** What is called so may stand in a part that could not be read. */
  readonly lost: ReadonlySet<string>;
  readonly damaged: ReadonlySet<object>;
  /** IDs of which nothing is known. */
  readonly external: ReadonlySet<string | undefined>;
}

function createChecker({
  latest,
  lost,
  damaged,
  external,
  problem,
}: CheckerParts): Checker & { readonly lookUp: () => void } {
  /** The IDs of each noun, with the organization that they belong to. */
  const known = new Map(
    listedNouns.map(({ called }) => [called, new Map<string, string | undefined>()]),
  );
  const idsOf = (called: string): Map<string, string | undefined> => {
    const ids = known.get(called);
    if (!ids) throw new Error(`No noun is called ${called}.`);
    return ids;
  };
  const lookUps: (() => void)[] = [];
  const lookUp: Checker['refer'] = (called, id, pointer, organization) => {
    if (id === undefined || id === null || external.has(id)) return;
    const ids = idsOf(called);
    if (!ids.has(id)) {
      const close = nearest(id, [...ids.keys()]);
      // The row may stand in the part of the list that could not be read.
      if (lost.has(called) && close === undefined) return;
      const fix = close ? `did you mean ${close}?` : `define it, or refer to another ${called}`;
      problem(pointer, `there is no ${called} ${id}`, fix);
      return;
    }
    const owner = ids.get(id);
    if (organization === undefined || owner === undefined || owner === organization) return;
    if (!idsOf('organization').has(organization)) return;
    problem(
      pointer,
      `the ${called} ${id} belongs to ${owner}, not to ${organization}`,
      `refer to a ${called} of ${organization}`,
    );
  };
  const refer: Checker['refer'] = (called, id, pointer, organization) => {
    // Most stand further up, in the right organization.
    const isRight =
      organization !== undefined &&
      typeof id === 'string' &&
      idsOf(called).get(id) === organization;
    if (!isRight) lookUps.push(() => lookUp(called, id, pointer, organization));
  };
  // Many rows have the same times.
  const moments = new Map<string, number>();
  const momentOf = (time: string): number => {
    const known = moments.get(time);
    if (known !== undefined) return known;
    const moment = Date.parse(time);
    moments.set(time, moment);
    return moment;
  };
  const checkTime: Checker['time'] = (time, pointer) => {
    if (time !== undefined && Number.isNaN(momentOf(time)))
      problem(pointer, notADate(time), A_TIME);
  };
  return {
    problem,
    refer,
    // What is referred to may stand further down, so it is looked up when all is defined.
    lookUp: () => {
      for (const each of lookUps) each();
    },
    define: (called, id, pointer, organization) => {
      if (id === undefined) return;
      const ids = idsOf(called);
      if (ids.has(id))
        problem(pointer, `the ${called} ${id} is defined twice`, 'give each its own id');
      else ids.set(id, organization);
    },
    referAll: (called, ids, pointer, organization) => {
      for (const [i, id] of (ids ?? []).entries())
        refer(called, id, `${pointer}/${i}`, organization);
    },
    once: (values, what) => {
      const seen = new Map<unknown, Set<string>>();
      for (const { value, pointer, list } of values) {
        if (value === undefined || value === null) continue;
        const before = seen.get(list) ?? new Set();
        if (before.has(value)) problem(pointer, `${value} ${what}`, 'name each only once');
        seen.set(list, before.add(value));
      }
    },
    time: checkTime,
    past: (time, pointer) => {
      checkTime(time, pointer);
      if (time === undefined || latest === undefined || !(momentOf(time) > momentOf(latest)))
        return;
      problem(
        pointer,
        `${time} is later than the scenario's time, ${latest}`,
        'use an earlier time',
      );
    },
    notBefore: (time, pointer, made = latest) => {
      if (time === undefined || made === undefined || !(momentOf(time) < momentOf(made))) return;
      problem(
        pointer,
        `${time} is earlier than ${made}, when the row was made`,
        'use a later time, or an earlier created_at',
      );
    },
    isWhole: (item) => !damaged.has(item) && Object.keys(item).length > 0,
    deleted: new Set(),
  };
}
