// What a run has made, or may have made, and what has become of it. Each creation is written down
// before its request leaves, and whatever is known of it later, so that another process can take it
// away where this one is killed.
import type { OperationId } from '../../spec/document.js';
import { isJsonObject, type Json } from '../../spec/message.js';
import type { CallerName } from '../tables/caller.js';
import { type Creation, creations } from './creations.js';

/**
 * `sent`: nobody knows yet whether it was made. `deleted`: an answer says that it is gone; `gone`:
 * a read has shown that.
 */
type State = 'sent' | 'refused' | 'made' | 'deleted' | 'gone';

export interface Intent {
  readonly operation: OperationId;
  /** Who may take away what it makes. */
  readonly caller: CallerName;
  /** The name that the run gave. */
  readonly name?: string | undefined;
  /** Without a name of the run, the values by which it can be told from others. */
  readonly values?: Readonly<Record<string, Json>> | undefined;
  /** In which it is made, where the request says so. */
  readonly organization?: string | undefined;
}

export interface Entry extends Intent {
  readonly number: number;
  /** When it was written down, in milliseconds. */
  readonly at: number;
  /** How many requests the run had sent by then. */
  readonly sent: number;
  state: State;
  id?: string;
  /** Its name since it was changed. */
  nameNow?: string;
  /** Ids of what comes and goes with it. */
  with: readonly string[];
  /** What the last deletion was answered with. */
  answer?: number;
  /** It was asked to be deleted since the run has ended. */
  isTried: boolean;
  /** Why it is still there. */
  why?: string;
  /** Of what comes and goes with it, what is still there. */
  left?: readonly string[];
}

/** A line of the file. */
export interface Line extends Partial<Intent> {
  readonly run: string;
  readonly event: 'begun' | 'sending' | State | 'ended';
  readonly at?: string;
  /** The number of the entry. */
  readonly n?: number;
  readonly id?: string;
  readonly with?: readonly string[];
  readonly target?: string;
  readonly left?: number;
}

export class Ledger {
  readonly run: string;
  readonly #write: (line: Line) => void;
  readonly #entries: Entry[] = [];
  readonly #byId = new Map<string, Entry>();

  /** `write` is given each line, and returns when it is safe. */
  constructor(run: string, write: (line: Line) => void = () => {}) {
    this.run = run;
    this.#write = write;
  }

  get entries(): readonly Entry[] {
    return this.#entries;
  }

  entryOf(id: string): Entry | undefined {
    return this.#byId.get(id);
  }

  /** Before the request leaves. */
  sending({ operation, caller, name, values, organization }: Intent, sent: number): Entry {
    const n = this.#entries.length + 1;
    const intent = { operation, caller, name, values, organization };
    const at = Date.now();
    this.#write({ run: this.run, event: 'sending', n, at: new Date(at).toISOString(), ...intent });
    return this.#add({ ...intent, number: n, at, sent, state: 'sent', with: [], isTried: false });
  }

  made(entry: Entry, id: string, withIt: readonly string[] = []): void {
    entry.id = id;
    entry.with = withIt;
    this.#byId.set(id, entry);
    this.#become(entry, 'made', { id, ...(withIt.length > 0 ? { with: withIt } : {}) });
  }

  /** It may be somebody else's after all. */
  disown(id: string): void {
    const entry = this.#byId.get(id);
    if (!entry) return;
    this.#byId.delete(id);
    delete entry.id;
    this.#become(entry, 'sent');
  }

  /** Nothing was made. */
  refused(entry: Entry): void {
    this.#become(entry, 'refused');
  }

  /** What the answer to a deletion says. */
  asked(id: string, status: number): void {
    const entry = this.#byId.get(id);
    if (!entry) return;
    entry.answer = status;
    entry.isTried = true;
    const isSaidGone = (status >= 200 && status < 300) || status === 404 || status === 410;
    if (isSaidGone && entry.state !== 'gone') this.#become(entry, 'deleted');
  }

  /** An answer says that it has another name now. */
  renamed(id: string, name: string): void {
    const entry = this.#byId.get(id);
    if (entry) entry.nameNow = name;
  }

  /** It is there again. */
  restored(id: string): void {
    const entry = this.#byId.get(id);
    if (entry) this.#become(entry, 'made');
  }

  /** A read has shown that it is not there any more. */
  gone(entry: Entry): void {
    delete entry.why;
    this.#become(entry, 'gone');
  }

  /** A read has shown that it is there, whatever its deletion was answered with. */
  left(entry: Entry, why: string): void {
    this.#become(entry, 'made');
    entry.why = why;
  }

  /** What came with it has not gone with it. */
  leftPart(whole: Entry, id: string): void {
    whole.left = [...(whole.left ?? []), id];
  }

  /** Deletions from now on are the last ones. */
  beginClosing(): void {
    for (const entry of this.#entries) entry.isTried = false;
  }

  end(): void {
    this.#write({ run: this.run, event: 'ended', left: this.leftovers.length });
  }

  /** In words: what is there, or was not seen to be gone. */
  get leftovers(): readonly string[] {
    return this.#entries.flatMap((entry) => [
      ...(entry.state === 'made' ? [describe(entry)] : []),
      ...(entry.left ?? []).map(
        (id) => `${id}, which came with ${describe(entry)} and has not gone with it`,
      ),
    ]);
  }

  /** The API has no operation that deletes what this one makes. */
  isOnlyArchived(operation: OperationId): boolean {
    return creations[operation]?.kind === 'slice';
  }

  /** What the API cannot delete, in words. */
  get archived(): readonly string[] {
    return this.#entries
      .filter(
        ({ operation, state }) =>
          this.isOnlyArchived(operation) && ['deleted', 'gone'].includes(state),
      )
      .map(describe);
  }

  /** Said to be gone, and nobody has looked. */
  get unverified(): number {
    return this.#entries.filter(({ state }) => state === 'deleted').length;
  }

  /** As another process has written it. */
  static read(run: string, lines: readonly Line[], write: (line: Line) => void): Ledger {
    const ledger = new Ledger(run, write);
    const byNumber = new Map<number, Entry>();
    for (const line of lines) {
      const { event, n = 0, operation, caller, id } = line;
      if (event === 'sending' && operation && caller) {
        const { name, values, organization } = line;
        const intent = { operation, caller, name, values, organization };
        const at = Date.parse(line.at ?? '');
        const state = 'sent' as const;
        byNumber.set(
          n,
          ledger.#add({ ...intent, number: n, at, sent: 0, state, with: [], isTried: false }),
        );
      }
      const entry = byNumber.get(n);
      if (!entry || event === 'sending' || event === 'begun' || event === 'ended') continue;
      entry.state = event;
      if (event === 'sent' && entry.id !== undefined) {
        ledger.#byId.delete(entry.id);
        delete entry.id;
      }
      if (id !== undefined) {
        entry.id = id;
        ledger.#byId.set(id, entry);
      }
      if (line.with) entry.with = line.with;
    }
    return ledger;
  }

  #add(entry: Entry): Entry {
    this.#entries.push(entry);
    return entry;
  }

  #become(entry: Entry, state: State, more: Partial<Line> = {}): void {
    entry.state = state;
    this.#write({ run: this.run, event: state, n: entry.number, ...more });
  }
}

/** Milliseconds before and after the line of a creation in which the server may date it. */
const BEFORE = 2000;
const AFTER = 30_000;
const DAY = 86_400_000;

/** Whether an object has the values that a creation sent which gave no name of the run. */
export const isLike = ({ name, values }: Entry, row: Json): boolean =>
  isJsonObject(row) &&
  name === undefined &&
  values !== undefined &&
  Object.entries(values).every(([key, value]) => row[key] === value);

/** Whether it is the maker's own, from that moment. `maker` is the maker's own id. */
export function isMadeBy(entry: Entry, row: Json, maker: string | undefined): boolean {
  if (!isJsonObject(row) || maker === undefined) return false;
  return (row.created_by ?? row.user_id) === maker && isOfTime(entry, String(row.created_at));
}

/**
 * Whether it may be what the maker made, if the clock of the server is wrong by no more than a day;
 * what says neither who made it nor when may be anything.
 */
export function mayBeMadeBy(entry: Entry, row: Json, maker: string | undefined): boolean {
  if (!isJsonObject(row)) return false;
  const { created_by: by = row.user_id, created_at: date } = row;
  const isAnothers = typeof by === 'string' && maker !== undefined && by !== maker;
  const made = typeof date === 'string' ? Date.parse(date) : Number.NaN;
  return !isAnothers && !(Math.abs(made - entry.at) > DAY);
}

/** Whether a server would date the creation so. */
export function isOfTime({ at }: Entry, date: string): boolean {
  const made = Date.parse(date);
  return made >= at - BEFORE && made <= at + AFTER;
}

export const creationOf = ({ operation }: Pick<Intent, 'operation'>): Creation =>
  creations[operation] as Creation;

function describe(entry: Entry): string {
  const name = entry.nameNow ?? entry.name;
  const named = name === undefined ? '' : ` named ${name}`;
  const why = entry.why === undefined ? '' : ` (${entry.why})`;
  return `${creationOf(entry).kind} ${entry.id}${named}${why}`;
}
