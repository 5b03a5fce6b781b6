// What a play is given: the document and the contracts, the target, and what all plays of a run
// share.
import type { Target } from '../../client/target.js';
import type { OperationId } from '../../spec/document.js';
import type { CheckedSpec } from '../../validation/validators.js';
import type { CallerName } from '../tables/caller.js';
import type { Contracts } from '../tables/table.js';
import type { Canary, Judge } from './canary.js';
import type { Ending } from './ending.js';
import type { Finding } from './finding.js';
import type { Guard } from './guard.js';
import type { Ledger } from './ledger.js';
import type { Level } from './level.js';
import type { PossiblyMade } from './possibly-made.js';
import type { Profile } from './profile.js';
import type { RateLimits, Wait } from './rate-limit.js';
import type { SharedStates } from './shared.js';
import type { Spares } from './spares.js';
import type { Subject } from './subject.js';

export interface Selection {
  /** Which operations are played, and judged. Others are tools, of which nothing is expected. */
  readonly include: (operation: OperationId) => boolean;
  /** Which operations may be called at all. */
  readonly allow: (operation: OperationId) => boolean;
}

/** All operations where nothing is selected; what may not be called is not played either. */
export function selectionOf({
  include = () => true,
  allow = () => true,
}: Partial<Selection>): Selection {
  return { include: (operation) => allow(operation) && include(operation), allow };
}

/** A deletion that waits for the end of the run. */
interface PutOff {
  readonly made: string;
  /** Says what there is to say where it is kept still, and how many requests that took. */
  readonly takeAway: () => Promise<{ readonly kept: string | undefined; readonly sent: number }>;
}

/** Who holds the override; undefined where that could not be found out. */
export type Holders = readonly CallerName[] | undefined;

/** What a run finds out of the override of all permissions. */
interface AskedOverride {
  readonly ask: (parts: SessionParts) => Promise<Holders>;
  /** Of the requests by which it was found out; said once, with the row that comes first. */
  readonly findingsOf: (subject: Subject, include: Selection['include']) => readonly Finding[];
}

export interface SessionParts extends Partial<Selection> {
  readonly spec: CheckedSpec;
  readonly contracts: Contracts;
  readonly profile: Profile;
  readonly target: Target;
  readonly seed: number;
  /** In every name that the run gives; the seed when absent. */
  readonly runId?: string;
  /** Counts plays, so that names never meet. */
  readonly number: number;
  /** Waits so many milliseconds, or until the signal; by the clock when absent. */
  readonly wait?: (milliseconds: number, signal?: AbortSignal) => Promise<void>;
  /**
   * What all sessions of a run know of the target's limits; each session knows its own when absent.
   */
  readonly limits?: RateLimits;
  /** Told before a rate limit is waited out. */
  readonly onWait?: (wait: Wait) => void;
  /** When the run ends; with its last row when absent. */
  readonly ending?: Ending;
  /**
   * Sees to it that no write does harm. That of the whole run; without one, each play has its own.
   */
  readonly guard?: Guard;
  /**
   * What was made and has not been taken away, of all plays; so that a report can be made at any
   * time.
   */
  readonly held?: Set<string>;
  /**
   * What a rate limit has kept from being taken away, of all plays; without it, each play waits on
   * the spot.
   */
  readonly putOff?: PutOff[];
  readonly level?: Level;
  /** Another one than ours, for tests of the kit. */
  readonly judge?: Judge;
  /** Whatever is judged takes part in its draw. */
  readonly canary?: Pick<Canary, 'offer'>;
  /** What plays make for one another; each makes its own when absent. */
  readonly states?: SharedStates;
  /** Slices that plays hand on to one another; each makes its own when absent. */
  readonly spares?: Spares;
  /** Who holds the override of all permissions; as the contracts have it when absent. */
  readonly override?: AskedOverride;
  /** What all plays have made, and what has become of it. */
  readonly ledger?: Ledger;
  /** Writes to which no answer came, of all plays. */
  readonly possiblyMade?: PossiblyMade;
}
