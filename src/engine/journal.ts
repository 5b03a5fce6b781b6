// What happened: the last exchanges, each with the case that answered, why, and what it changed.
import {
  JOURNAL_BODY_LIMIT,
  type RecordedAnswer,
  type RecordedChange,
  type RecordedDecision,
  type RecordedMessage,
  weightOf,
} from './record.js';

/** What is told of an exchange beside its request and status. */
export interface Note {
  /** Absent when the request reached no operation. */
  readonly operation?: string;
  readonly case?: string;
  readonly forced?: true;
  /** No document has the answer, and it is no fault of ours: somebody wanted it so. */
  readonly basis?: 'invented';
  /** The documented path that an unknown one is closest to. */
  readonly nearest?: string;
  /** What the client sent and nobody read, such as `body.colour`. */
  readonly ignored?: readonly string[];
  /** The answer is a page of a list, and says that more follow. */
  readonly has_more?: true;
  /** What the own check found wrong with the answer. */
  readonly breaches?: readonly string[];
  /** The stack of a rule that threw. */
  readonly problem?: string;
}

/** What a log has of an exchange. */
export interface JournalLine extends Note {
  /** Counts from 1 over the life of the mock server. */
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

export interface JournalEntry extends JournalLine {
  /** The name of the world that the request was for. */
  readonly world: string;
  readonly request: RecordedMessage;
  readonly answer: RecordedAnswer;
  /** When it arrived, by the clock of the machine: milliseconds since 1970. */
  readonly arrived_ms: number;
  /**
   * Milliseconds from the arrival of the whole request until it was answered; a delay that was
   * planted comes after.
   */
  readonly duration_ms: number;
  /** Absent where no rule was asked. */
  readonly decision?: RecordedDecision;
  /** Absent where nothing was written, or all of it was taken back. */
  readonly changes?: readonly RecordedChange[];
}

export interface Journal {
  readonly entries: readonly JournalEntry[];
  /** The number of the next exchange. */
  readonly next: number;
  /** Bytes that are kept of each body. */
  readonly bodyLimit: number;
  /** What its entries weigh, by the length of their texts. */
  readonly weight: number;
  write(entry: JournalEntry): void;
  /** The exchanges from this number on have never been. */
  rewind(number: number): void;
  /** Its world is gone: nothing comes any more. */
  end(): void;
  readonly ended: boolean;
  /** Calls back whenever any of this has happened, until what it gives is called. */
  watch(changed: () => void): () => void;
}

/**
 * What an exchange may weigh on average beside its bodies: as much as Node takes for all headers.
 */
const MEAN_WEIGHT = 16_384;

/** Exchanges after this number that were written, and that a journal no longer has. */
export const lostAfter = (after: number, entries: readonly JournalEntry[]): number =>
  Math.max(0, (entries[0]?.number ?? 1) - 1 - after);

export interface JournalOptions {
  /**
   * Exchanges that are kept; fewer where they are so large that the journal would grow without
   * bound. Default 1000.
   */
  readonly capacity?: number;
  /** Bytes that are kept of each body. Default 4096. */
  readonly bodyLimit?: number | undefined;
  readonly onWrite?: ((entry: JournalEntry) => void) | undefined;
}

export function createJournal({
  capacity = 1000,
  bodyLimit = JOURNAL_BODY_LIMIT,
  onWrite,
}: JournalOptions = {}): Journal {
  const entries: JournalEntry[] = [];
  const weights: number[] = [];
  const heaviest = capacity * (MEAN_WEIGHT + 2 * bodyLimit);
  const watchers = new Set<() => void>();
  const tell = (): void => {
    for (const changed of watchers) changed();
  };
  let next = 1;
  let weight = 0;
  let ended = false;
  /** The latest one is there whatever it weighs. */
  const isTooMuch = (): boolean =>
    entries.length > capacity || (weight > heaviest && entries.length > 1);
  return {
    entries,
    bodyLimit,
    get next() {
      return next;
    },
    get weight() {
      return weight;
    },
    write: (entry) => {
      next = entry.number + 1;
      const own = weightOf(entry);
      entries.push(entry);
      weights.push(own);
      weight += own;
      while (isTooMuch()) {
        entries.shift();
        weight -= weights.shift() as number;
      }
      onWrite?.(entry);
      tell();
    },
    rewind: (number) => {
      const kept = entries.filter((entry) => entry.number < number).length;
      entries.length = kept;
      for (const own of weights.splice(kept)) weight -= own;
      next = number;
      tell();
    },
    end: () => {
      ended = true;
      tell();
    },
    get ended() {
      return ended;
    },
    watch: (changed) => {
      watchers.add(changed);
      return () => watchers.delete(changed);
    },
  };
}
