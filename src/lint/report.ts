// What a lint has to say, as the control plane answers it.
import type { ClientCoverage } from './coverage.js';
import type { Severity } from './rule.js';

export interface LintFinding {
  readonly rule: string;
  readonly severity: Severity;
  /** Absent where no operation was reached. */
  readonly operation?: string;
  readonly what: string;
  readonly fix: string;
  /** Why it is wrong. */
  readonly source: string;
  /** Where the operation stands in the document. */
  readonly place?: string;
  /** How often it was seen. */
  readonly count: number;
  /** Where, the first times. */
  readonly at: readonly LintPlace[];
}

export interface LintPlace {
  readonly world: string;
  /** Numbers of requests in the journal of the world. */
  readonly requests: readonly number[];
  readonly note?: string;
}

export interface LintReport {
  /** With requests. */
  readonly worlds: number;
  readonly requests: number;
  /** Requests that the journals no longer have, so that nobody has looked at them. */
  readonly lost: number;
  /** Worlds that were deleted, evicted or reset, with their journals. */
  readonly gone: number;
  readonly findings: readonly LintFinding[];
  readonly coverage: ClientCoverage;
  /** The same for people. */
  readonly text: string;
}
