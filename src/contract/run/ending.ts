// How a run ends before its last row: from then on no request goes out, save to take away what was made; the one that is under
// way is let go of a moment later, and what takes away has a little longer.

export interface Ending {
  /** Nothing more is played. */
  readonly ended: AbortSignal;
  /** Whoever has not answered by now is not waited for. */
  readonly late: AbortSignal;
  /** The same of what takes away. */
  readonly over: AbortSignal;
  /** The run is done; nothing of this keeps the process any longer. */
  readonly done: () => void;
}

/** Milliseconds after the end. Reports are written in what is left of three seconds. */
const LATE = 1000;
const OVER = 2500;

/** The run ends with the signal, or after so many milliseconds; what takes away has `grace` more. */
export function endingOf(signal: AbortSignal | undefined, maxTime: number | undefined, grace = OVER): Ending {
  // Timers of our own: a signal of `AbortSignal.timeout` that only `AbortSignal.any` knows may be collected before it fires.
  const [ended, late, over] = [new AbortController(), new AbortController(), new AbortController()];
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
  return { ended: ended.signal, late: late.signal, over: over.signal, done };
}
