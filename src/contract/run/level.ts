// How much a run plays. Smoke has each documented outcome of each operation once, of its 401 and
// 422 one, and does not compare what a refusal left; standard has every documented case and, of all
// other rows, those that see most, as many as its requests allow; full has all of them.
import type { Case } from '../../spec/case.js';
import type { OperationId } from '../../spec/document.js';

/** The case of a request that shows no credential. */
const NO_CREDENTIAL = 'authentication_required';

export const levels = ['smoke', 'standard', 'full'] as const;

export type Level = (typeof levels)[number];

/** The most that is sent, as far as it can be told beforehand. */
export const budgets: Readonly<Record<Level, number>> = {
  smoke: 600,
  standard: 3000,
  full: 10_000,
};

/**
 * Whether what a refusal left is compared. Credentials and the form of a body are looked at before
 * anything else, so standard does so for a credential that is missing and for the most general fault of
 * a body, and not for each other one.
 */
export function comparesAfter(refusal: Case | undefined, level: Level): boolean {
  if (level !== 'standard') return level === 'full';
  if (refusal?.status === 401) return refusal.name === NO_CREDENTIAL;
  return refusal?.violation?.keyword === undefined;
}

/** What a play calls where all goes well; pages of lists come on top of it. */
export interface Costs {
  /** For itself. */
  readonly own: readonly OperationId[];
  /** For the state that it has in common with plays of the same key. */
  readonly state: readonly OperationId[];
  /** To see what a refusal leaves, where that is compared. */
  readonly compared?: readonly OperationId[];
}

/** Requests that are sent until a rate limit is reached, unless told otherwise. */
export const MOST_UNTIL_LIMITED = 200;
