// Why a run ended before its last play.
import type { EndingSignal } from '../../spec/exit-code.js';

export interface Stopped {
  readonly why:
    | 'interrupted'
    | 'time'
    | 'requests'
    | 'failed'
    | 'unreachable'
    | 'locked'
    | 'limited'
    | 'refused'
    | 'unfit'
    | 'crashed'
    | 'unfinished'
    | 'usage';
  /** In words. */
  readonly text: string;
  /** Which signal interrupted it; SIGINT when absent. */
  readonly signal?: EndingSignal;
}

/** Ends a run from outside, with the reason: `controller.abort(new RunEnd({ why, text }))`. */
export class RunEnd extends Error {
  readonly stopped: Stopped;

  constructor(stopped: Stopped) {
    super(stopped.text);
    this.stopped = stopped;
  }
}

export const INTERRUPTED: Stopped = { why: 'interrupted', text: 'interrupted' };

export const timeIsOver = (maxTime: number): Stopped => ({
  why: 'time',
  text: `the time of ${maxTime / 1000} s was over`,
});
