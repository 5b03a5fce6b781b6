// What a run is told, and what it reports.
import type { RateLimit } from '../../client/rate.js';
import type { Target } from '../../client/target.js';
import type { OperationId } from '../../spec/document.js';
import type { CheckedSpec } from '../../validation/validators.js';
import type { Contracts } from '../tables/table.js';
import type { CanaryReport, Judge } from './canary.js';
import type { CaseCoverage } from './coverage.js';
import type { Finding, KnownFinding } from './finding.js';
import type { KnownFault } from './known-findings.js';
import type { Line } from './ledger.js';
import type { Level } from './level.js';
import type { Holders } from './parts.js';
import type { Play, Played } from './play.js';
import type { Profile } from './profile.js';
import type { Wait } from './rate-limit.js';
import type { Stopped } from './stopped.js';

/** A name that the profile lacks, and how many rows wait for it. */
export interface Lacking {
  readonly name: string;
  readonly rows: number;
}

/** One of so many parts, counted from 1. */
export interface Shard {
  readonly index: number;
  readonly count: number;
}

/** What was asked to be played and what was left out, as it was written. */
export interface Filters {
  readonly include_operation_ids: readonly string[];
  readonly exclude_operation_ids: readonly string[];
  readonly include_tags: readonly string[];
  readonly exclude_tags: readonly string[];
}

export interface Report {
  readonly target: string;
  /** ISO 8601. */
  readonly started: string;
  /** Absent as long as the run goes on. */
  readonly finished?: string;
  readonly seed: number;
  readonly rows: readonly Played[];
  readonly findings: readonly Finding[];
  readonly coverage: readonly CaseCoverage[];
  readonly lacking: readonly Lacking[];
  readonly requests: number;
  readonly leftovers: readonly string[];
  /** What the API can archive, and not delete. */
  readonly archived: readonly string[];
  /** Deletions that were answered as they should be, and that no read could confirm in time. */
  readonly unverified: number;
  /** Writes to which no answer came, so that nobody knows what they made. */
  readonly possiblyMade: readonly string[];
  /** Looks at what requests left behind that the profile has no caller or id for. */
  readonly unseen: number;
  /** Who of the profile holds the override of all permissions, where a row rests on it. */
  readonly override?: Holders;
  readonly stopped?: Stopped;
  /** Fewer cases that were right show too little. */
  readonly minCases?: number;
  /** In every name that the run gave. */
  readonly runId: string;
  readonly filters?: Filters;
  /** Absent where nothing could be drawn, or nobody wanted it. */
  readonly canary?: CanaryReport;
  /** Absent where other plays than those of a level were given. */
  readonly level?: Level;
  readonly shard?: Shard;
  /** Entries of the known deviations that have expired, or that match nothing. */
  readonly knownFaults?: readonly KnownFault[];
  /** What no rendering of the report shows. */
  readonly secrets: Profile['secrets'];
}

export interface RateLimitPlan {
  readonly most?: number;
  /** Sets a limit before they are played, and takes it off afterwards; for the mock server alone. */
  readonly around?: { readonly on: () => Promise<void>; readonly off: () => Promise<void> };
}

export interface RunOptions {
  readonly spec: CheckedSpec;
  readonly contracts: Contracts;
  readonly profile: Profile;
  readonly target: Target;
  readonly seed?: number;
  /**
   * Small letters and digits in every name that the run gives, so that two runs never meet; the
   * seed when absent.
   */
  readonly runId?: string;
  /**
   * No two runs at once with the same accounts: a space of the owner's says that this one is at
   * work.
   */
  readonly lock?: boolean;
  /**
   * Which operations are played, and judged; all when absent. What prepares their rows and looks
   * after them may be any.
   */
  readonly include?: (operation: OperationId) => boolean;
  /**
   * Which operations may be called at all; all when absent. Rows that need another one are not
   * exercised.
   */
  readonly allow?: (operation: OperationId) => boolean;
  /** How much is played; all of it when absent. */
  readonly level?: Level;
  /** What is played, where it is not the plan of a level. */
  readonly plays?: readonly Play[];
  /** Only the plays with these titles, and the sign-ins; whatever the level. */
  readonly titles?: ReadonlySet<string>;
  /** Only that part of it, and the sign-ins. */
  readonly shard?: Shard;
  /** How fast requests are sent; as fast as they are answered when absent. */
  readonly rateLimit?: RateLimit;
  /**
   * The rate-limit case of every operation is played as well, after all else, in at most so many
   * requests until the limit is reached; not at all when absent.
   */
  readonly rateLimits?: RateLimitPlan | undefined;
  /** The run ends after so many requests; what it has made is taken away beyond that. */
  readonly maxRequests?: number;
  /** The run ends when so many plays have a failure. */
  readonly failFast?: number;
  /** Deviations that are accepted for now: they are told of, and fail nothing. */
  readonly known?: readonly KnownFinding[];
  /** How often a row with a failure or question is played again at most; never when absent. */
  readonly askAgain?: number;
  /**
   * How many plays are played at a time; one after the other when absent. With 1, no play sends
   * several requests at once.
   */
  readonly concurrency?: number;
  /** Whether one exchange is judged twice, as proof that the run looks; true when absent. */
  readonly canary?: boolean;
  /** Judges every exchange; only a test of the kit has another one. */
  readonly judge?: Judge;
  /** How many cases must be right for the run to be conclusive. */
  readonly minCases?: number;
  /** For the report: what `include` and `allow` come from. */
  readonly filters?: Filters;
  /** Milliseconds for all that is played. */
  readonly maxTime?: number;
  /**
   * Milliseconds after the end for taking away what was made; two and a half seconds when absent.
   */
  readonly grace?: number;
  /** Waits so many milliseconds, or until the signal; by the clock when absent. */
  readonly wait?: (milliseconds: number, signal?: AbortSignal) => Promise<void>;
  /** Told before a rate limit is waited out. */
  readonly onWait?: (wait: Wait) => void;
  /** Told once, before the first request. */
  readonly onLacking?: (lacking: readonly Lacking[]) => void;
  readonly onRow?: (row: Played, number: number, of: number) => void;
  /**
   * Told once, before the first request: what gives a report at any time, of what has come so far,
   * and what is going to be played.
   */
  readonly onBegin?: (soFar: (stopped: Stopped) => Report, plays: readonly Play[]) => void;
  /** Told of each creation before its request leaves, and of what becomes of it. */
  readonly onLedger?: (line: Line) => void;
  /** Ends the run; a RunEnd as its reason says why. */
  readonly signal?: AbortSignal;
}
