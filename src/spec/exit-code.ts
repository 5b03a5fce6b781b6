// The exit codes of every command. docs/exit-codes.md is the same table, with what each means and
// what to do next.

export const ExitCode = {
  ok: 0,
  failures: 1,
  usage: 2,
  inconclusive: 3,
  leftovers: 4,
  /** 128 and the number of the signal, as a shell counts. */
  SIGHUP: 129,
  SIGINT: 130,
  SIGTERM: 143,
} as const;

/** The signals that end a command; a run takes away what it made first. */
export const endingSignals = ['SIGHUP', 'SIGINT', 'SIGTERM'] as const;

export type EndingSignal = (typeof endingSignals)[number];
