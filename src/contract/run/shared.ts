// States that plays share: what a row only reads, or leaves as it was, is made once for all rows
// that need the same, and taken away by the last of them.
import { isSafe } from '../../client/target.js';
import type { Spec } from '../../spec/document.js';
import type { Json } from '../../spec/message.js';
import type { CallerName } from '../tables/caller.js';
import { givenTo, type RowOfTable } from '../tables/compile.js';
import { usesIn } from '../tables/expression.js';
import {
  type KeepStep,
  partsOf,
  type RequestTemplate,
  type Step,
  type UndoStep,
  valuesOf,
} from '../tables/steps.js';
import { creations } from './creations.js';
import type { Exchanged } from './exchanged.js';

/** In the contracts, this caller's threads are counted, and deleted all at once. */
export const COUNTED = 'member';

/** The steps of a row that make what others may use too. */
export interface SharedPart {
  /** Equal where equal steps make it. */
  readonly key: string;
  readonly steps: readonly Step[];
  /** All of it is the run's: nobody else changes it. */
  readonly isOwn: boolean;
}

/** What a play has made, for others to go on with. */
export interface SharedState {
  readonly part: SharedPart;
  readonly undos: readonly UndoStep[];
  readonly slots: Readonly<Record<string, Json>>;
  /** The slots as each step that keeps something has left them. */
  readonly kept: readonly (Readonly<Record<string, Json>> | undefined)[];
  readonly holder: CallerName;
  /** How many names it took. */
  readonly names: number;
  /** The calls that made it. */
  readonly calls: readonly Exchanged[];
  /** What reads of it have shown, by request. */
  readonly observed: Map<string, Json>;
}

/** Those of a run. */
export class SharedStates {
  readonly #states = new Map<string, SharedState>();
  /** The keys of those that a play stands on just now. */
  readonly #inUse = new Set<string>();
  /** How many plays still need each. */
  readonly #waiting = new Map<string, number>();

  constructor(plays: readonly { readonly shares?: string | undefined }[]) {
    for (const { shares } of plays)
      if (shares !== undefined) this.#waiting.set(shares, this.#needed(shares) + 1);
  }

  /** What is there for a play; `isLast` where no other needs it later. */
  take(key: string): { readonly state: SharedState | undefined; readonly isLast: boolean } {
    const waiting = this.#needed(key) - 1;
    this.#waiting.set(key, waiting);
    this.#inUse.add(key);
    return { state: this.#states.get(key), isLast: waiting <= 0 };
  }

  keep(state: SharedState): void {
    this.#states.set(state.part.key, state);
  }

  /** The play that took it is over. */
  release(key: string): void {
    this.#inUse.delete(key);
  }

  /** One that nobody stands on just now, for whoever takes it away; the next one makes it anew. */
  giveUp(isWanted: (state: SharedState) => boolean): SharedState | undefined {
    for (const [key, state] of this.#states)
      if (!this.#inUse.has(key) && isWanted(state)) return this.drop(key);
    return undefined;
  }

  /** It is no longer as it was made, or is taken away. */
  drop(key: string): SharedState | undefined {
    const state = this.#states.get(key);
    this.#states.delete(key);
    return state;
  }

  /** Those that nobody has taken away. */
  drain(): readonly SharedState[] {
    const left = [...this.#states.values()];
    this.#states.clear();
    return left;
  }

  #needed(key: string): number {
    return this.#waiting.get(key) ?? 0;
  }
}

/**
 * What of a row's state may be shared; nothing where the row may change it, or where it is among
 * what is counted. Names that are new
 * each time stay the row's own.
 */
export function sharedPartOf(
  spec: Spec,
  planned: RowOfTable & { readonly steps: readonly Step[] },
): SharedPart | undefined {
  const { steps } = planned;
  const given = steps.filter(({ origin }) => origin.pointer.startsWith('/given/'));
  const made = given.filter((step) => step.kind === 'prepare' || step.kind === 'keep');
  const calls = made.filter((step) => step.kind === 'prepare');
  if (calls.length === 0 || !leavesAll(spec, planned)) return undefined;
  if (
    calls.some(
      ({ request, about }) => request.caller === COUNTED || (about && !reads(spec, request)),
    )
  )
    return undefined;
  const used = new Set(calls.flatMap(slotsIn));
  const shared = made.filter(
    (step) => step.kind === 'prepare' || step.from !== undefined || used.has(step.slot),
  );
  const slots = new Set(shared.map(({ origin }) => origin.pointer.slice('/given/'.length)));
  // What is left out may not depend on what is shared, nor the other way round.
  const others = made.filter((step) => !shared.includes(step));
  if (others.some((step) => slots.has((step as KeepStep).slot))) return undefined;
  const key = JSON.stringify(Object.entries(givenTo(planned)).filter(([slot]) => slots.has(slot)));
  return { key, steps: shared, isOwn: calls.every(({ about }) => !about) };
}

const reads = (spec: Spec, { call }: RequestTemplate): boolean =>
  isSafe(spec.operations.get(call)?.method ?? '');

/**
 * Played as expected, it only reads, is refused, or makes what is taken away again. Where it is
 * answered otherwise, what it stood on is not used again.
 */
function leavesAll(
  spec: Spec,
  { table, row, steps }: RowOfTable & { readonly steps: readonly Step[] },
): boolean {
  const { cases, method } = spec.operations.get(table.operation as never) ?? {};
  const requests = steps.filter(
    (step) => step.kind === 'look' || step.origin.pointer.startsWith('/before/'),
  );
  if (!requests.every((step) => 'request' in step && reads(spec, step.request))) return false;
  const [expected = ''] = [row.expect ?? []].flat();
  const isRefused = (cases?.get(expected)?.status ?? 0) >= 400;
  const makes = creations[table.operation as never] !== undefined && !row.then;
  return isSafe(method ?? '') || isRefused || makes;
}

function slotsIn(step: Step): readonly string[] {
  const templates = [...('request' in step ? partsOf(step.request) : []), ...valuesOf(step)];
  return templates
    .flatMap(usesIn)
    .flatMap(({ expression }) => (expression.kind === 'slot' ? [expression.name] : []));
}
