// One isolated world: tables, clock and id maker. Rules read and write it; nothing else keeps state.
import type { Clock } from './clock.js';
import { avoiding, type IdMaker } from './ids.js';
import type * as rows from './rows.js';
import { type Changed, Table } from './table.js';

/** The key of an index over two ids; the length keeps `a/b` and `c` apart from `a` and `b/c`. */
export const pair = (left: string, right: string): string => `${left.length}:${left}/${right}`;

function createTables(changed: Changed) {
  return {
    organizations: new Table<rows.Organization>({}, changed),
    roles: new Table<rows.Role>({}, changed),
    departments: new Table<rows.Department>({}, changed),
    users: new Table<rows.User>({}, changed),
    credentials: new Table<rows.Credential>({}, changed),
    slices: new Table<rows.Slice, 'organization'>({ organization: (row) => row.organization_id }, changed),
    vectorStores: new Table<rows.VectorStore, 'organization' | 'slice'>(
      { organization: (row) => row.organization_id, slice: (row) => row.slice_id ?? undefined },
      changed,
    ),
    spaces: new Table<rows.Space, 'organization' | 'dedicatedStore'>(
      {
        organization: (row) => (row.deleted_at ? undefined : row.organization_id),
        dedicatedStore: (row) => row.vector_store_id ?? undefined,
      },
      changed,
    ),
    spaceVectorStores: new Table<rows.SpaceVectorStore, 'space' | 'store' | 'pair'>(
      {
        space: (row) => row.space_id,
        store: (row) => row.vector_store_id,
        pair: (row) => pair(row.space_id, row.vector_store_id),
      },
      changed,
    ),
    threads: new Table<rows.Thread, 'user'>({ user: (row) => row.user_id }, changed),
    spaceThreads: new Table<rows.SpaceThread, 'space' | 'thread' | 'pair'>(
      {
        space: (row) => row.space_id,
        thread: (row) => row.thread_id,
        pair: (row) => pair(row.space_id, row.thread_id),
      },
      changed,
    ),
    messages: new Table<rows.Message, 'thread'>({ thread: (row) => row.thread_id }, changed),
    embeddings: new Table<rows.Embedding, 'space' | 'message' | 'thread' | 'pair'>(
      {
        space: (row) => row.space_id,
        message: (row) => row.message_id,
        thread: (row) => pair(row.space_id, row.thread_id),
        pair: (row) => pair(row.space_id, row.message_id),
      },
      changed,
    ),
    /** In the order in which they were deleted. */
    deletedRows: new Table<rows.DeletedRow>({}, changed),
  };
}

export type Tables = ReturnType<typeof createTables>;
export type TableName = keyof Tables;

/** Everything a world holds, as plain data in a fixed order; two equal worlds give equal JSON. */
export type WorldSnapshot = { readonly now: string; readonly minted: number } & {
  readonly [Name in TableName]: readonly unknown[];
};

export interface World extends Tables {
  readonly scenario: string;
  readonly clock: Clock;
  readonly ids: IdMaker;
  /** Rises with every write. */
  readonly version: number;
  /** How many softly deleted rows are kept; beyond that the oldest go for good. */
  readonly keepDeleted: number;
  /** All that happens inside, or nothing: when it throws, or asks for it, the world is as it was. Not to be nested. */
  atomically<Result>(work: (takeBack: () => void) => Result): Result;
  snapshot(): WorldSnapshot;
  /** An independent world that starts from this one's state; cheap until one of the two is written. */
  fork(parts?: { readonly clock?: Clock; readonly ids?: IdMaker }): World;
}

export interface WorldParts {
  readonly scenario: string;
  readonly clock: Clock;
  readonly ids: IdMaker;
  /** Default 10,000. */
  readonly keepDeleted?: number;
}

export const KEEP_DELETED = 10_000;

export function createWorld(parts: WorldParts): World {
  return assemble(parts, createTables);
}

function assemble(parts: WorldParts, make: (changed: Changed) => Tables): World {
  const { keepDeleted = KEEP_DELETED } = parts;
  let version = 0;
  /** What takes back the writes of the work that is going on; absent between two works. */
  let undos: (() => void)[] | undefined;
  const tables = make((undo) => {
    version += 1;
    undos?.push(undo);
  });
  const all = Object.values(tables) as Tables[TableName][];
  return {
    ...tables,
    ...parts,
    keepDeleted,
    ids: avoiding(parts.ids, (id) => all.some((table) => table.has(id))),
    get version() {
      return version;
    },
    atomically: (work) => {
      const before = { version, minted: parts.ids.minted };
      const writes: (() => void)[] = [];
      undos = writes;
      const takeBack = (): void => {
        undos = undefined;
        for (const undo of writes.splice(0).reverse()) undo();
        for (const table of all) table.restoreOrder();
        version = before.version;
        parts.ids.rewind(before.minted);
        undos = writes;
      };
      try {
        return work(takeBack);
      } catch (error) {
        takeBack();
        throw error;
      } finally {
        undos = undefined;
      }
    },
    snapshot: () => ({
      now: parts.clock.kind === 'virtual' ? parts.clock.now() : 'real',
      minted: parts.ids.minted,
      ...(mapTables(tables, (table) => table.all()) as { [Name in TableName]: unknown[] }),
    }),
    fork: ({ clock = parts.clock.fork(), ids = parts.ids.fork() } = {}) =>
      assemble(
        { scenario: parts.scenario, clock, ids, keepDeleted },
        (changed) => mapTables(tables, (table) => table.fork(changed)) as unknown as Tables,
      ),
  };
}

function mapTables<Out>(tables: Tables, each: (table: Tables[TableName]) => Out): Record<TableName, Out> {
  const entries = Object.entries(tables) as [TableName, Tables[TableName]][];
  return Object.fromEntries(entries.map(([name, table]) => [name, each(table)])) as Record<TableName, Out>;
}
