// What happened: the last exchanges, each with the case that answered.
import type { Hand } from '../decide/rule.js';

/** What is told of an exchange beside its request and status. */
export interface Note {
  /** Absent when the request reached no operation. */
  readonly operation?: string;
  readonly case?: string;
  readonly forced?: true;
  /** The documented path that an unknown one is closest to. */
  readonly nearest?: string;
  /** What the client sent and nobody read, such as `body.colour`. */
  readonly ignored?: readonly string[];
  /** What the own check found wrong with the answer. */
  readonly breaches?: readonly string[];
  /** The stack of a rule that threw. */
  readonly problem?: string;
}

export interface JournalEntry extends Note {
  /** Counts from 1 over the life of the stand-in. */
  readonly number: number;
  readonly time: string;
  readonly method: string;
  readonly target: string;
  readonly status: number;
  readonly user_id?: string;
  readonly trace_id: string;
  /** The planted drift that had a hand in the answer; `status` and `case` are what we decided. */
  readonly drift?: string;
  /** The same for a planted fault, and for a limit that was reached. */
  readonly fault?: string;
  readonly limit?: string;
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

/** Whoever had a hand in an answer, by kind. */
export function namesOf(hands: readonly Hand[]): Pick<JournalEntry, Hand['kind']> {
  const names: { drift?: string; fault?: string; limit?: string } = {};
  for (const { kind, name } of hands) {
    const known = names[kind]?.split(', ') ?? [];
    if (!known.includes(name)) names[kind] = [...known, name].join(', ');
  }
  return names;
}
