// How a run ends before its last row: from then on no request goes out, save to take away what was made; the one that is under
// way is let go of a moment later, and what takes away has a little longer.

export interface Ending {
  /** Nothing more is played. */
  readonly ended: AbortSignal;
  /** Whoever has not answered by now is not waited for. */
  readonly late: AbortSignal;
  /** The same of what takes away. */
  readonly over: AbortSignal;
}

/** Milliseconds after the end. */
const LATE = 1000;
const OVER = 3000;

/** The run ends with the signal, or after so many milliseconds. */
export function endingOf(signal: AbortSignal | undefined, maxTime: number | undefined): Ending {
  const ends = [
    ...(signal ? [signal] : []),
    ...(maxTime === undefined ? [] : [maxTime > 0 ? AbortSignal.timeout(maxTime) : AbortSignal.abort()]),
  ];
  const ended = AbortSignal.any(ends);
  return { ended, late: after(ended, LATE), over: after(ended, OVER) };
}

function after(signal: AbortSignal, milliseconds: number): AbortSignal {
  const later = new AbortController();
  const start = (): void => void setTimeout(() => later.abort(), milliseconds).unref();
  if (signal.aborted) start();
  else signal.addEventListener('abort', start, { once: true });
  return later.signal;
}
