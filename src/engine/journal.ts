// What happened: the last exchanges, each with the case that answered and the guard that decided.

export interface JournalEntry {
  /** Counts from 1 over the life of the stand-in. */
  readonly number: number;
  readonly time: string;
  readonly method: string;
  readonly target: string;
  readonly status: number;
  /** Absent when the request reached no operation. */
  readonly operation?: string;
  readonly case?: string;
  readonly user_id?: string;
  readonly trace_id: string;
  readonly forced?: true;
  /** The documented path that an unknown one is closest to. */
  readonly nearest?: string;
  /** What the client sent and nobody read, such as `body.colour`. */
  readonly ignored?: readonly string[];
  /** The planted drift that had a hand in the answer; `status` and `case` are what we decided. */
  readonly drift?: string;
  /** What the own check found wrong with the answer. */
  readonly breaches?: readonly string[];
  /** The stack of a rule that threw. */
  readonly problem?: string;
}

export interface Journal {
  readonly entries: readonly JournalEntry[];
  /** The number of the next exchange. */
  readonly next: number;
  write(entry: JournalEntry): void;
}

export function createJournal(capacity = 1000, onWrite?: (entry: JournalEntry) => void): Journal {
  const entries: JournalEntry[] = [];
  let next = 1;
  return {
    entries,
    get next() {
      return next;
    },
    write: (entry) => {
      next = entry.number + 1;
      entries.push(entry);
      if (entries.length > capacity) entries.shift();
      onWrite?.(entry);
    },
  };
}
