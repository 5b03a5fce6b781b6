// Matchers for what a client has sent to the mock server, and how it recovered, for the `expect` of
// vitest, jest and Playwright: `expect.extend(recoveryMatchers)`. Nothing of them is imported here.

import { lostAfter } from '../engine/journal.js';
import { fixOf } from '../files/nearest.js';
import type { JournalEntry } from '../index.js';
import { loadSpec } from '../shipped/document.js';
import type { Recovery } from '../verify/recovery.js';
import { type Selector, unknownName } from '../verify/select.js';
import { type Expectation, verify } from '../verify/verify.js';

export type { Recovery, Selector };

/** How often a request is expected; at least once where nothing is said. */
export type Count = Pick<Expectation, 'times' | 'at_least' | 'at_most'>;

/** Entries of a journal, or what has them: a mock server, the world of a test, or a page of `requests`. */
export type Journal =
  | readonly JournalEntry[]
  | { readonly journal: readonly JournalEntry[] }
  | { readonly requests: readonly JournalEntry[]; readonly lost?: number };

/** What the runners take from a matcher. */
export interface MatcherResult {
  readonly pass: boolean;
  readonly message: () => string;
}

/** For the types of `expect`. */
export interface RecoveryMatchers<R = void> {
  /** Such a request came, so often. */
  toHaveRequested(request: Selector, count?: Count): R;
  /** Such requests came, each after the one before it. */
  toHaveRequestedInOrder(requests: readonly Selector[]): R;
  /** After failures, the client waited, gave up in time, and did nothing twice. */
  toHaveRecovered(recovery: Recovery, request?: Selector): R;
}

export const recoveryMatchers = {
  toHaveRequested: (received: unknown, request: Selector, count: Count = {}): MatcherResult =>
    judge(received, { request, ...count }),
  toHaveRequestedInOrder: (received: unknown, in_order: readonly Selector[]): MatcherResult =>
    judge(received, { in_order }),
  toHaveRecovered: (received: unknown, recovery: Recovery, request: Selector = {}): MatcherResult =>
    judge(received, { recovery, request }),
};

function judge(received: unknown, expectation: Expectation): MatcherResult {
  const selectors = [expectation.request ?? {}, ...(expectation.in_order ?? [])];
  for (const selector of selectors) refuseUnknown(selector, fields);
  refuseUnknown(expectation.recovery ?? {}, recoveryFields);
  for (const selector of selectors) {
    const unknown = unknownName(selector, loadSpec());
    if (unknown) throw new TypeError(`${unknown.what}: ${unknown.fix}`);
  }
  const { entries, lost } = journalOf(received);
  const [verdict] = verify(entries, [expectation], lost);
  // Neither the matcher nor its `.not` may pass.
  if (verdict?.unknown) throw new Error(verdict.text);
  return { pass: verdict?.holds === true, message: () => verdict?.text ?? '' };
}

const fields = ['operation', 'method', 'path', 'case', 'status', 'caller', 'query', 'body'];
const recoveryFields = ['waits_retry_after', 'retries_at_most', 'backs_off', 'no_duplicate_writes'];

/** A misspelt field would be passed over, and the test would show nothing. */
function refuseUnknown(given: object, known: readonly string[]): void {
  const unknown = Object.keys(given).find((key) => !known.includes(key));
  if (unknown !== undefined)
    throw new TypeError(`${unknown} is not known here: ${fixOf(unknown, known)}`);
}

/** A list may be a part of a journal that somebody has chosen: it has lost nothing. */
function journalOf(received: unknown): {
  readonly entries: readonly JournalEntry[];
  readonly lost: number;
} {
  const given = (received ?? {}) as { journal?: unknown; requests?: unknown; lost?: number };
  if (Array.isArray(received)) return { entries: received, lost: 0 };
  if (Array.isArray(given.journal))
    return { entries: given.journal, lost: lostAfter(0, given.journal) };
  if (Array.isArray(given.requests)) return { entries: given.requests, lost: given.lost ?? 0 };
  throw new TypeError(
    'This is no journal. Give `understudy.journal`, the world of a test, or what `control.requests(world)` answers.',
  );
}
