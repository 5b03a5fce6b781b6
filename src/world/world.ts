// One isolated world: tables, clock and id maker. Rules read and write it; nothing else keeps
// state. What the tables hold is one value at any moment, so a fork, a snapshot and taking back
// what a request did cost the same however much there is.
import type { Backfill } from './backfill.js';
import type { Clock, ClockState } from './clock.js';
import { avoiding, type IdMaker } from './ids.js';
import type { Row } from './indexes.js';
import { type Nouns, nouns } from './nouns.js';
import type { Steps } from './stepwise.js';
import { ahead, rowsOf, Table, type TableOf, type TableState } from './table.js';

export { pair } from './keys.js';

export interface WorldParts {
  readonly scenario: string;
  readonly clock: Clock;
  readonly ids: IdMaker;
  /** How messages that are queued for embedding move on. Default `immediate`. */
  readonly backfill?: Backfill;
  /** How many softly deleted rows are kept; beyond that the oldest go for good. Default 10,000. */
  readonly keepDeleted?: number;
}

export const KEEP_DELETED = 10_000;

export type TableName = keyof Nouns;
type Tables = { readonly [Name in TableName]: TableOf<Nouns[Name]['schema']> };
// biome-ignore lint/suspicious/noExplicitAny: what goes for every table cannot know the rows of each.
type AnyTable = Table<any, any>;
// biome-ignore lint/suspicious/noExplicitAny: as above.
type AnyState = TableState<any>;
const names = Object.keys(nouns) as TableName[];

/** Everything a world holds, as plain data in a fixed order; two equal worlds give equal JSON. */
export type WorldSnapshot = {
  readonly now: string;
  readonly minted: number;
  readonly backfill: Backfill;
} & {
  readonly [Name in TableName]: readonly unknown[];
};

/**
 * One write: what a row was, and what it is now; absent before it was made and after it was
 * deleted.
 */
export interface Change {
  readonly table: TableName;
  readonly id: string;
  readonly before: Row | undefined;
  readonly after: Row | undefined;
}

/** What is kept of a world so that it can be as it was. */
interface State {
  /** In the order of the names. */
  readonly tables: readonly AnyState[];
  readonly minted: number;
  readonly clock: ClockState;
  readonly backfill: Backfill;
}

/** What some writes have changed, to be taken back by `revert`. */
export interface Undo extends Omit<State, 'tables'> {
  /** What each table that was written held before, by its place; the others are missing. */
  readonly tables: readonly (AnyState | undefined)[];
}

const noRows: readonly AnyState[] = names.map((name) => nouns[name].schema.empty);
const stateOf = new WeakMap<WorldSnapshot, State>();

class BareWorld {
  static {
    for (const [place, name] of names.entries()) {
      Object.defineProperty(BareWorld.prototype, name, {
        get(this: BareWorld) {
          return this.#table(place);
        },
      });
    }
  }

  readonly scenario: string;
  readonly clock: Clock;
  readonly ids: IdMaker;
  readonly keepDeleted: number;
  /** Of messages that are queued from now on. */
  backfill: Backfill;
  #version = 0;
  /** What the work that is going on has written. */
  #changes: Change[] | undefined;
  /**
   * What each table held before that work, or whoever wrote since the last checkpoint, first wrote
   * into it, by the table's place.
   */
  #undo: AnyState[] = [];
  /** Ids, clock and the way of embeddings at the last checkpoint. */
  #checked: Omit<State, 'tables'>;
  /**
   * What the tables held at first or when all of it was put back; each is made when it is first
   * asked for.
   */
  #states = noRows;
  readonly #made: (AnyTable | undefined)[] = names.map(() => undefined);

  constructor({
    scenario,
    clock,
    ids,
    backfill = 'immediate',
    keepDeleted = KEEP_DELETED,
  }: WorldParts) {
    this.scenario = scenario;
    this.clock = clock;
    this.ids = avoiding(ids, (id) => this.#has(id));
    this.backfill = backfill;
    this.keepDeleted = keepDeleted;
    this.#checked = this.#besideTables();
  }

  /** Rises with every write. */
  get version(): number {
    return this.#version;
  }

  /**
   * All that happens inside, or nothing: when it throws, or asks for it, the world is as it was.
   * `changes` grows with every write, and is empty again when they are taken back.
   */
  atomically<Result>(work: (takeBack: () => void, changes: readonly Change[]) => Result): Result {
    const [minted, version, outer, outerUndo] = [
      this.ids.minted,
      this.#version,
      this.#changes,
      this.#undo,
    ];
    const changes: Change[] = [];
    const undo: AnyState[] = [];
    this.#changes = changes;
    this.#undo = undo;
    const takeBack = (): void => {
      changes.length = 0;
      for (const [place, state] of undo.entries()) if (state) this.#put(place, state);
      this.ids.rewind(minted);
      this.#version = version;
    };
    try {
      return work(takeBack, changes);
    } catch (error) {
      takeBack();
      throw error;
    } finally {
      for (const change of changes) outer?.push(change);
      for (const [place, state] of undo.entries()) if (state) outerUndo[place] ??= state;
      this.#changes = outer;
      this.#undo = outerUndo;
    }
  }

  /** Plain data of this moment, made when it is read; `restore` takes it. */
  snapshot(): WorldSnapshot {
    const state = this.#state();
    const now = this.clock.kind === 'virtual' ? this.clock.now() : 'real';
    const snapshot = { now, minted: state.minted, backfill: state.backfill };
    for (const [i, name] of names.entries()) {
      Object.defineProperty(snapshot, name, {
        enumerable: true,
        get: () => rowsOf(state.tables[i] as AnyState),
      });
    }
    stateOf.set(snapshot as WorldSnapshot, state);
    return snapshot as WorldSnapshot;
  }

  /**
   * The world is again as it was when the snapshot was taken, of it or of another. A real clock
   * goes on.
   */
  restore(snapshot: WorldSnapshot): void {
    const state = stateOf.get(snapshot);
    if (!state)
      throw new Error(
        'This is no snapshot of a world.\n  fix: hand in what world.snapshot() gave, not a copy of it',
      );
    for (const [place, table] of state.tables.entries()) {
      this.#remember(place);
      this.#put(place, table);
    }
    this.ids.rewind(state.minted);
    this.clock.restore(state.clock);
    this.backfill = state.backfill;
    this.#version += 1;
  }

  /**
   * What has been written since it was last asked; nothing where nobody wrote, unless `always`
   * since something moved the clock.
   */
  checkpoint(always = false): Undo | undefined {
    if (!always && this.#undo.length === 0) return undefined;
    const { minted, clock, backfill } = this.#checked;
    const undo = { tables: this.#undo, minted, clock, backfill };
    this.#undo = [];
    this.#checked = this.#besideTables();
    return undo;
  }

  /** Takes back what the last checkpoints were given for, the first of them last. */
  revert(undos: readonly Undo[]): void {
    const [first] = undos;
    if (!first) return;
    for (const { tables } of undos.toReversed())
      for (const [place, state] of tables.entries()) if (state) this.#put(place, state);
    this.ids.rewind(first.minted);
    this.clock.restore(first.clock);
    this.backfill = first.backfill;
    this.#checked = this.#besideTables();
    this.#undo = [];
    this.#version += 1;
  }

  /** An independent world that starts from this one's state. */
  fork({
    clock = this.clock.fork(),
    ids = this.ids.fork(),
  }: {
    readonly clock?: Clock;
    readonly ids?: IdMaker;
  } = {}): World {
    const { scenario, backfill, keepDeleted } = this;
    const fork = new BareWorld({ scenario, clock, ids, backfill, keepDeleted });
    fork.#states = this.#state().tables;
    return fork as World;
  }

  /**
   * Makes ready what lists of many rows are found by, so that no request has to; for worlds that
   * start from this one too.
   */
  ahead(): Steps<void> {
    return inTurn(
      names.map((name, place) => ahead(nouns[name].schema as never, this.#held(place) as never)),
    );
  }

  #has(id: string): boolean {
    return this.#states.some(
      ({ entries }, place) => this.#made[place]?.has(id) ?? entries.get(id) !== undefined,
    );
  }

  #state(): State {
    return {
      tables: this.#states.map((_, place) => this.#held(place)),
      ...this.#besideTables(),
    };
  }

  #besideTables(): Omit<State, 'tables'> {
    return { minted: this.ids.minted, clock: this.clock.state, backfill: this.backfill };
  }

  #held(place: number): AnyState {
    return this.#made[place]?.state ?? (this.#states[place] as AnyState);
  }

  #put(place: number, state: AnyState): void {
    const table = this.#made[place];
    if (table) table.restore(state);
    else this.#states = this.#states.with(place, state);
  }

  /** Before a table is written: what it holds, so that it can be put back. */
  #remember(place: number): void {
    this.#undo[place] ??= this.#held(place);
  }

  #written(table: TableName, before: Row | undefined, after: Row | undefined): void {
    this.#version += 1;
    this.#changes?.push({ table, id: (after ?? before)?.id as string, before, after });
  }

  #table(place: number): AnyTable {
    this.#made[place] ??= this.#make(place);
    return this.#made[place] as AnyTable;
  }

  #make(place: number): AnyTable {
    const name = names[place] as TableName;
    const listener = {
      before: () => this.#remember(place),
      after: (before: Row | undefined, after: Row | undefined) =>
        this.#written(name, before, after),
    };
    return new Table(nouns[name].schema as never, listener, this.#states[place] as AnyState);
  }
}

function* inTurn(all: readonly Steps<void>[]): Steps<void> {
  for (const one of all) yield* one;
}

/** Each table of a world is a property of it. */
export type World = BareWorld & Tables;

export const createWorld = (parts: WorldParts): World => new BareWorld(parts) as World;
