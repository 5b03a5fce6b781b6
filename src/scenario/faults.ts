// A fault on purpose, as people write it: which requests it is for, and what then happens. What each
// field means is in schemas/faults.yaml, which everything here has passed.

export type Several<Value> = Value | readonly Value[];

export interface Fault {
  readonly name?: string;
  readonly when?: FaultCondition;
  readonly does: FaultEffect;
  readonly expires?: FaultExpiry;
}

export interface FaultCondition {
  readonly operation?: Several<string>;
  readonly case?: Several<string>;
  readonly caller?: string;
  readonly method?: string;
  readonly path?: string;
  readonly call?: Several<number>;
  readonly every?: number;
  readonly share?: number;
  readonly from?: string;
  readonly until?: string;
}

export interface FaultEffect {
  readonly case?: string;
  readonly status?: number;
  readonly retry_after?: number;
  readonly body?: string;
  readonly content_type?: string;
  readonly carried_out?: boolean;
  readonly latency?: Latency;
  readonly end?: 'reset' | 'hang';
  readonly cut_after?: number;
  readonly drip?: { readonly bytes: number; readonly every_ms: number };
}

export interface Latency {
  readonly ms?: number;
  readonly min_ms?: number;
  readonly max_ms?: number;
  readonly median_ms?: number;
  readonly sigma?: number;
}

export interface FaultExpiry {
  readonly after?: number;
  readonly at?: string;
}

/** How many requests a key may send, by the clock of the world. */
export interface RateLimitSettings {
  /** Such as `60/m`. */
  readonly rate: string;
  /** How many of them may come at once; as many as `rate` says when absent. */
  readonly burst?: number;
}
