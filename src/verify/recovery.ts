// What a client did after a request had failed: the attempts at one and the same request, and whether
// they waited, gave up in time, and did nothing twice.
import type { JournalEntry } from '../engine/journal.js';
import { describeEntry } from './select.js';

/** What is expected of a client that recovers. */
export interface Recovery {
  /** It waited at least as long as `Retry-After` said. */
  readonly waits_retry_after?: boolean;
  /** It tried again at most so often. */
  readonly retries_at_most?: number;
  /** It waited longer each time, or as long. */
  readonly backs_off?: boolean;
  /** No write was carried out twice. */
  readonly no_duplicate_writes?: boolean;
}

/** Attempts at one request, in order; all but the last had failed. */
export type Attempts = readonly JournalEntry[];

/** What is wrong, one line each. */
export function recoveryFaults(
  entries: readonly JournalEntry[],
  expected: Recovery,
): readonly string[] {
  const all = attemptsIn(entries);
  const { waits_retry_after, retries_at_most, backs_off, no_duplicate_writes } = expected;
  return [
    ...(waits_retry_after ? waitFaults(all) : []),
    ...(retries_at_most === undefined
      ? []
      : all.flatMap((one) => countFaults(one, retries_at_most))),
    ...(backs_off ? backOffFaults(all) : []),
    ...(no_duplicate_writes ? all.flatMap(duplicateFaults) : []),
  ];
}

/**
 * The same for requests that say the same. Of a long body, the journal has the beginning, and how
 * long it was.
 */
export const attemptKey = ({ method, target, user_id, request }: JournalEntry): string =>
  JSON.stringify([method, target, user_id, request.bytes, request.body]);

/** A request that says the same as one that has failed is another attempt at it. */
export function attemptsIn(entries: readonly JournalEntry[]): readonly Attempts[] {
  const all: JournalEntry[][] = [];
  const open = new Map<string, JournalEntry[]>();
  for (const entry of entries) {
    if (entry.operation === undefined) continue;
    const key = attemptKey(entry);
    const attempts = open.get(key) ?? [];
    if (attempts.length === 0) all.push(attempts);
    attempts.push(entry);
    if (hasFailed(entry)) open.set(key, attempts);
    else open.delete(key);
  }
  return all;
}

/** As its client sees it, a request has failed, and might pass later. */
function hasFailed({ answer: { status, end } }: JournalEntry): boolean {
  const isLost = end === 'reset' || end === 'hang' || (typeof end === 'object' && 'cutAt' in end);
  return isLost || status === 408 || status === 429 || status >= 500;
}

/** Timers may fire a little early. */
const EARLY_MS = 10;

/** Between an answer and the next attempt, by the machine's clock or the world's: the longer. */
export function waitBetween(before: JournalEntry, after: JournalEntry): number {
  const { duration_ms, arrived_ms, answer } = before;
  const left = arrived_ms + duration_ms + (answer.delay_ms ?? 0);
  const inWorld = Date.parse(after.time) - Date.parse(before.time);
  return Math.max(after.arrived_ms - left, inWorld);
}

/** Each attempt with the one before it. */
export const pairsOf = (attempts: Attempts): readonly (readonly [JournalEntry, JournalEntry])[] =>
  attempts.slice(1).map((after, i) => [attempts[i] as JournalEntry, after]);

/** An attempt that came sooner than the answer to the one before it had asked for. */
export interface EarlyRetry {
  readonly before: JournalEntry;
  readonly after: JournalEntry;
  readonly seconds: number;
  /** Milliseconds. */
  readonly waited: number;
}

export const earlyRetriesIn = (entries: readonly JournalEntry[]): readonly EarlyRetry[] =>
  attemptsIn(entries)
    .flatMap(pairsOf)
    .flatMap(([before, after]) => {
      const seconds = secondsToWait(before.answer.headers);
      const waited = waitBetween(before, after);
      if (seconds === undefined || waited + EARLY_MS >= seconds * 1000) return [];
      return [{ before, after, seconds, waited: Math.max(0, Math.round(waited)) }];
    });

function waitFaults(all: readonly Attempts[]): readonly string[] {
  const entries = all.flat();
  if (entries.every(({ answer }) => secondsToWait(answer.headers) === undefined))
    return ['no answer had a Retry-After, so nothing shows that it is kept'];
  return all
    .flatMap(earlyRetriesIn)
    .map(
      ({ before, after, seconds, waited }) =>
        `${describeEntry(after)} came ${waited} ms after request ${before.number}, which said Retry-After: ${seconds}`,
    );
}

export function secondsToWait(headers: Readonly<Record<string, string>>): number | undefined {
  const said = headers['retry-after'];
  return said !== undefined && /^\d+$/.test(said) ? Number(said) : undefined;
}

function countFaults(attempts: Attempts, most: number): readonly string[] {
  const retries = attempts.length - 1;
  if (retries <= most) return [];
  const [first] = attempts as [JournalEntry];
  return [`${describeEntry(first)} was tried again ${times(retries)}, where ${most} are the most`];
}

function backOffFaults(all: readonly Attempts[]): readonly string[] {
  const repeated = all.filter(({ length }) => length > 2);
  if (repeated.length === 0)
    return ['no request was tried again twice, so nothing shows that waits grow'];
  return repeated.flatMap((attempts) => {
    const waits = pairsOf(attempts).map(([before, after]) => waitBetween(before, after));
    return waits.slice(1).flatMap((wait, i) => {
      const before = waits[i] as number;
      if (wait + EARLY_MS >= before && wait > EARLY_MS) return [];
      const entry = attempts[i + 2] as JournalEntry;
      return [
        `${describeEntry(entry)} came after ${Math.round(wait)} ms, the attempt before it after ${Math.round(before)} ms`,
      ];
    });
  });
}

/** Attempts that were carried out although an earlier one had been, each with that one. */
export function duplicatesIn(
  attempts: Attempts,
): readonly (readonly [JournalEntry, JournalEntry])[] {
  const [first, ...others] = attempts.filter(({ changes = [] }) => changes.length > 0);
  return others.map((entry) => [first as JournalEntry, entry]);
}

const duplicateFaults = (attempts: Attempts): readonly string[] =>
  duplicatesIn(attempts).map(
    ([first, entry]) =>
      `${describeEntry(entry)} was carried out again: request ${first.number} had done it already`,
  );

export const times = (count: number): string =>
  ['never', 'once', 'twice'][count] ?? `${count} times`;
