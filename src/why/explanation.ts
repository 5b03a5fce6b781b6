// Why a request was answered as it was: what is told of it.
import type { GuardKind } from '../decide/grounds.js';
import type { Basis } from '../spec/case.js';
import type { Fact } from './watch.js';
import type { WouldPass } from './would-pass.js';

/**
 * What came of the request: the rule let it pass or refused it, its credential or its form was
 * refused, the case was asked for by `Prefer`, something planted stood in between, it reached no
 * operation, our own check or code stopped it, or it was no request to the API at all.
 */
export type Verdict =
  | 'passed'
  | 'refused'
  | 'credential_refused'
  | 'malformed'
  | 'forced'
  | 'interfered'
  | 'unrouted'
  | 'failed'
  | 'page';

/** A guard, in the order in which they are asked. */
export interface GuardStep {
  readonly guard: string;
  readonly kind: GuardKind | 'credential' | 'form';
  readonly verdict: 'passed' | 'refused' | 'not_asked';
  readonly facts: readonly Fact[];
}

/** A row that the request has written. */
export interface Written {
  readonly table: string;
  readonly id: string;
  readonly what: 'made' | 'changed' | 'deleted';
}

export interface Explanation {
  /** For `GET /__admin/requests/{id}/why`. */
  readonly id: string;
  readonly world: string;
  readonly number: number;
  readonly trace_id: string;
  readonly method: string;
  readonly target: string;
  readonly status: number;
  readonly user_id: string | null;
  readonly operation: string | null;
  readonly case: string | null;
  readonly verdict: Verdict;
  /** What the case rests on; null where there is none. */
  readonly basis: Basis | 'invented' | null;
  readonly basis_in_words: string | null;
  readonly source: string | null;
  /** Where the case stands in the document's sources. */
  readonly place: string | null;
  /** The guard that refused. */
  readonly decided_by: string | null;
  readonly guards: readonly GuardStep[];
  readonly because: string;
  /** Null where the request has passed, or nothing in it stood in its way. */
  readonly would_pass: WouldPass | null;
  readonly written: readonly Written[];
  /** All of it for people. */
  readonly text: string;
}
