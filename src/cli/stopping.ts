// What ends a run from outside: a signal, or an error of our own. The run takes away what it made
// and writes its reports; a second signal of the same kind ends the process at once, and its
// reports say what is left.
import { crashOf } from '../contract/run/play.js';
import { RunEnd, type Stopped, timeIsOver } from '../contract/run/stopped.js';
import { endingSignals } from '../spec/exit-code.js';

/**
 * Milliseconds in which the same signal counts once: under npm, the terminal and npm both send it.
 */
const FORWARDED = 100;

export interface Stopping {
  readonly signal: AbortSignal;
  /** Stops watching for signals and errors. */
  readonly done: () => void;
}

/**
 * `atOnce` writes what is known and ends the process. It is also called where the run has not ended `grace` milliseconds after it
 * should have, by its own time too.
 */
export function stopping(
  atOnce: (stopped: Stopped) => void,
  grace: number,
  maxTime: number | undefined,
): Stopping {
  const stop = new AbortController();
  const timers: NodeJS.Timeout[] = [];
  if (maxTime !== undefined)
    timers.push(setTimeout(() => atOnce(timeIsOver(maxTime)), maxTime + grace).unref());
  const end = (stopped: Stopped): void => {
    if (stop.signal.aborted) return;
    stop.abort(new RunEnd(stopped));
    timers.push(setTimeout(() => atOnce(stopped), grace));
  };

  const first = new Map<string, number>();
  const onSignal = (signal: (typeof endingSignals)[number]): void => {
    const stopped: Stopped = { why: 'interrupted', text: `interrupted by ${signal}`, signal };
    const before = first.get(signal);
    if (before === undefined) {
      first.set(signal, performance.now());
      end(stopped);
    } else if (performance.now() - before > FORWARDED) atOnce(stopped);
  };
  const onCrash = (error: unknown): void => end({ why: 'crashed', text: crashOf(error) });
  // Node would end the process here with a code of its own, since nothing is left to wait for.
  const onIdle = (): void =>
    end({ why: 'crashed', text: 'internal error: the run waits for nothing' });

  for (const signal of endingSignals) process.on(signal, onSignal);
  process
    .on('uncaughtException', onCrash)
    .on('unhandledRejection', onCrash)
    .on('beforeExit', onIdle);
  const done = (): void => {
    for (const timer of timers) clearTimeout(timer);
    for (const signal of endingSignals) process.off(signal, onSignal);
    process
      .off('uncaughtException', onCrash)
      .off('unhandledRejection', onCrash)
      .off('beforeExit', onIdle);
  };
  return { signal: stop.signal, done };
}
