// Which plays may be played at the same time. Each names what it touches: whoever lists all of a
// kind, or counts on what it sees, is alone with it; those that only make or change one of the kind
// go together.
import { isSafe } from '../../client/target.js';
import type { Operation, OperationId, Spec } from '../../spec/document.js';
import { oncePer } from '../../spec/once-per.js';
import { lastParameterOf } from '../tables/compile.js';
import { type Expression, type Template, usesIn } from '../tables/expression.js';
import type { RequestTemplate } from '../tables/steps.js';
import { type Creation, creations, listsOf } from './creations.js';
import type { Needs } from './needs.js';
import { COUNTED } from './shared.js';

type Kind = Creation['kind'];

/** By the name of what is touched. */
export type Lanes = ReadonlyMap<string, 'alone' | 'together'>;

interface Touching {
  readonly requests: readonly RequestTemplate[];
  readonly needs: Needs;
  /** The state that it has in common with others. */
  readonly shares?: string | undefined;
  /** How many slices it builds on that no other play uses at that time. */
  readonly handedOn?: number;
}

export function lanesOf(spec: Spec, { requests, needs, shares, handedOn = 0 }: Touching): Lanes {
  const lanes = new Map<string, 'alone' | 'together'>();
  // Whoever needs slices of its own goes on with those of the one before it.
  const makes = requests.some(({ call }) => creations[call]?.change !== undefined);
  if (handedOn > 0) lanes.set('slices that are handed on', 'alone');
  else if (makes && shares === undefined) lanes.set('slices that are handed on', 'together');
  for (const { call, caller, body } of requests) {
    const made = creations[call]?.kind;
    // Where a run is killed, what no answer made known is found by what was sent; of two that were
    // alike and under way at once, nobody could say which is which.
    if (made && !isToldApart(body)) lanes.set(`a ${made} without a name by ${caller}`, 'alone');
    const operation = spec.operations.get(call);
    for (const kind of operation ? kindsWrittenBy(spec, operation) : []) {
      const lane = `every ${kind}`;
      lanes.set(lane, lanes.get(lane) ?? 'together');
      if (kind === 'thread' && caller === COUNTED) lanes.set(`${lane} of ${caller}`, 'alone');
    }
    const listed = listedBy(call);
    if (listed) lanes.set(`every ${listed}`, 'alone');
    if (listed === 'thread' && caller === COUNTED) lanes.set(`every thread of ${caller}`, 'alone');
  }
  // No call makes messages, so that all rows about them share those of one thread.
  if ([...needs.profile].some((name) => /^known\..*(thread|message)/.test(name)))
    lanes.set('the known thread', 'alone');
  if (shares !== undefined) lanes.set(`state ${shares}`, 'alone');
  return lanes;
}

/** Whether a creation sends a value that no other sends. */
const isToldApart = (body: Template | undefined): boolean => body !== undefined && hasOwn(body);

const hasOwn = oncePer(
  (body: Template): boolean =>
    body.kind === 'map' &&
    body.entries.some(
      ([, value]) =>
        (value.kind === 'expression' || value.kind === 'text') &&
        usesIn(value).some(({ expression }) => isOfPlay.includes(expression.kind)),
    ),
);

const isOfPlay: readonly Expression['kind'][] = ['new_name', 'slot', 'input'];

const listedBy = (call: OperationId): Kind | undefined =>
  (Object.keys(listsOf) as Kind[]).find((kind) => listsOf[kind].some((list) => list.call === call));

/** A space comes and goes with a store of its own. */
const kindsWrittenBy = oncePer((spec: Spec, operation: Operation): readonly Kind[] => {
  if (isSafe(operation.method)) return [];
  const named = Object.values(creations).filter(({ undo }) =>
    operation.template.includes(`{${lastParameterOf(spec, undo)}}`),
  );
  const made = creations[operation.id];
  const kinds = new Set([...named, ...(made ? [made] : [])].map(({ kind }) => kind));
  if (kinds.size === 0) kinds.add('thread');
  return kinds.has('space') ? [...kinds, 'store'] : [...kinds];
});

interface SideBySide<T> {
  /** How many at a time. */
  readonly limit: number;
  readonly lanesOf: (item: T) => Lanes;
  /** False where nothing more is to begin. */
  readonly work: (item: T) => Promise<boolean>;
}

/** Works at several at once, but at no two that must not meet. Throws what a work throws. */
export async function sideBySide<T>(
  items: readonly T[],
  { limit, lanesOf: lanes, work }: SideBySide<T>,
): Promise<void> {
  const waiting = [...items];
  const underWay = new Map<T, Promise<void>>();
  let goesOn = true;
  while (goesOn && (waiting.length > 0 || underWay.size > 0)) {
    const next =
      underWay.size < limit ? firstFree(waiting, [...underWay.keys()], lanes) : undefined;
    if (next === undefined) {
      await Promise.race(underWay.values());
      continue;
    }
    waiting.splice(waiting.indexOf(next), 1);
    const working = work(next).then((more) => {
      underWay.delete(next);
      goesOn &&= more;
    });
    underWay.set(next, working);
  }
  await Promise.all(underWay.values());
}

/**
 * The first whose lanes are free, whoever waits before it: there is an end of those who go before,
 * and to let the others wait for one who waits takes a quarter longer.
 */
function firstFree<T>(
  waiting: readonly T[],
  underWay: readonly T[],
  lanesOf: (item: T) => Lanes,
): T | undefined {
  const taken = new Map<string, 'alone' | 'together'>();
  for (const item of underWay) for (const [lane, how] of lanesOf(item)) taken.set(lane, how);
  for (const item of waiting) {
    const isFree = [...lanesOf(item)].every(([lane, how]) => {
      const by = taken.get(lane);
      return by === undefined || (by === 'together' && how === 'together');
    });
    if (isFree) return item;
  }
  return undefined;
}
