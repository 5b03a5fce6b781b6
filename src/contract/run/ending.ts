// How a run ends early: no new request is sent, except to delete what was made. A request that is
// under way is given up a moment later, and the deletions have a little longer.

import { setMaxListeners } from 'node:events';

export interface Ending {
  /** Aborted when the run ends: no further row is played. */
  readonly ended: AbortSignal;
  /** Aborted a moment later: a request that is still under way is given up. */
  readonly late: AbortSignal;
  /** Aborted last: deletions that are still under way are given up. */
  readonly over: AbortSignal;
  /** Ends the run from inside; nobody is waiting, so that what is under way has all its time. */
  readonly end: () => void;
  /** Clears the timers, once the run is done. */
  readonly done: () => void;
}

/** Milliseconds after the end. Reports are written in what is left of three seconds. */
const LATE = 1000;
const OVER = 2500;

/**
 * The run ends with the signal, or after so many milliseconds; what takes away has `grace` more.
 */
export function endingOf(
  signal: AbortSignal | undefined,
  maxTime: number | undefined,
  grace = OVER,
): Ending {
  // Timers of our own: a signal of `AbortSignal.timeout` that only `AbortSignal.any` knows may be
  // collected before it fires.
  const [ended, late, over] = [new AbortController(), new AbortController(), new AbortController()];
  // As many requests listen as are under way.
  setMaxListeners(0, ended.signal, late.signal, over.signal);
  const timers: NodeJS.Timeout[] = [];
  const end = (): void => {
    if (ended.signal.aborted) return;
    ended.abort();
    timers.push(
      setTimeout(() => late.abort(), Math.min(LATE, grace)),
      setTimeout(() => over.abort(), grace),
    );
  };
  if (signal?.aborted || (maxTime !== undefined && maxTime <= 0)) end();
  else if (maxTime !== undefined) timers.push(setTimeout(end, maxTime));
  signal?.addEventListener('abort', end);
  const done = (): void => {
    signal?.removeEventListener('abort', end);
    for (const timer of timers) clearTimeout(timer);
  };
  return {
    ended: ended.signal,
    late: late.signal,
    over: over.signal,
    end: () => ended.abort(),
    done,
  };
}
