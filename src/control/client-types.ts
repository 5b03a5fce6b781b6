// What the client of the control plane takes and gives, where it is no type of the server itself.
import type { RateLimitSettings } from '../scenario/faults.js';
import type { JsonObject } from '../spec/message.js';
import type { Backfill, EmbeddingStatus } from '../world/backfill.js';
import type { Embedding } from '../world/nouns/embeddings.js';

export interface SnapshotSummary {
  readonly name: string;
  /** The time in it, or `real`. */
  readonly now: string;
}

export interface LimitStatus extends RateLimitSettings {
  /** Keys that have sent a request. */
  readonly keys: number;
  /** Requests that were too many. */
  readonly refused: number;
}

/** A HAR 1.2 file: each entry is a request with its answer. */
export interface Har {
  readonly log: {
    readonly version: string;
    readonly creator: { readonly name: string; readonly version: string };
    readonly entries: readonly JsonObject[];
  };
}

export interface Paging {
  readonly limit?: number;
}

/** Requests with all of these; all of them without any. */
export interface RequestFilter {
  readonly operation?: string;
  /** `space_not_found`, or `getSpace.space_not_found`. */
  readonly case?: string;
  readonly status?: number;
  readonly method?: string;
  /** A part of the path or query. */
  readonly path?: string;
}

export interface LintScope {
  /** All of them without it. */
  readonly world?: string | undefined;
  /** Names of rules that are not asked. */
  readonly ignore?: readonly string[] | undefined;
}

type Progress = Readonly<Record<EmbeddingStatus, number>>;

export interface EmbeddingPage {
  readonly embeddings: readonly Embedding[];
  readonly total: number;
  readonly next_offset: number | null;
  readonly progress: Progress;
  readonly threads: readonly (Progress & {
    readonly space_id: string;
    readonly thread_id: string;
  })[];
}

export interface MovedEmbeddings {
  readonly embeddings: readonly Embedding[];
  /** Of all in the world. */
  readonly progress: Progress;
}

export interface WorldSettings {
  readonly scenario: string;
  readonly backfill: Backfill;
  readonly clock: string;
  readonly now: string;
  readonly frozen: boolean;
  readonly keep_deleted: number;
  readonly ids_made: number;
}

/** What came of a HAR whose requests were sent to a world. */
export interface WorldReplay {
  readonly world: string;
  readonly exchanges: readonly ReplayedExchange[];
  /** Exchanges with differences. */
  readonly different: number;
  /** Exchanges without an answer in the file, which have nothing to differ from. */
  readonly unanswered: number;
  /** IDs of the file that stand for others here. */
  readonly made_ids: number;
  /** Servers of the file whose requests were sent, and others with requests for the API. */
  readonly origins: readonly string[];
  readonly other_origins: readonly string[];
  /** How many requests were not sent, by why. */
  readonly left_out: Readonly<Record<string, number>>;
  /** Entries whose body the file does not have. */
  readonly without_body: readonly number[];
}

interface ReplayedExchange {
  /** Its place in the file. */
  readonly entry: number;
  readonly request: string;
  /** As it went out, where IDs of here stand in it. */
  readonly sent?: string;
  readonly as: { readonly credential: string; readonly user_id: string | null };
  /** How the journal of the world calls it, such as `7~checkout`. */
  readonly number?: string;
  readonly recorded: ReplayedAnswer;
  readonly here: ReplayedAnswer;
  readonly differences: readonly {
    /** `status`, `case`, or a pointer into the body. */
    readonly at: string;
    readonly recorded?: unknown;
    readonly here?: unknown;
  }[];
  /** Why the bodies were not compared, and why there is no answer. */
  readonly unread?: string;
  readonly error?: string;
}

interface ReplayedAnswer {
  readonly status: number;
  readonly case?: string;
}
