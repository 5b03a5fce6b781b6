// One isolated world: tables, clock and id maker. Rules read and write it; nothing else keeps state.
import type { Clock } from './clock.js';
import type { IdMaker } from './ids.js';
import type * as rows from './rows.js';
import { Table } from './table.js';

/** The key of an index over two ids; the length keeps `a/b` and `c` apart from `a` and `b/c`. */
export const pair = (left: string, right: string): string => `${left.length}:${left}/${right}`;

function createTables(changed: () => void) {
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
  snapshot(): WorldSnapshot;
  /** An independent world that starts from this one's state; cheap until one of the two is written. */
  fork(parts?: { readonly clock?: Clock; readonly ids?: IdMaker }): World;
}

export interface WorldParts {
  readonly scenario: string;
  readonly clock: Clock;
  readonly ids: IdMaker;
}

export function createWorld(parts: WorldParts): World {
  return assemble(parts, createTables);
}

function assemble(parts: WorldParts, make: (changed: () => void) => Tables): World {
  let version = 0;
  const tables = make(() => {
    version += 1;
  });
  return {
    ...tables,
    ...parts,
    get version() {
      return version;
    },
    snapshot: () => ({
      now: parts.clock.kind === 'virtual' ? parts.clock.now() : 'real',
      minted: parts.ids.minted,
      ...(mapTables(tables, (table) => table.all()) as { [Name in TableName]: unknown[] }),
    }),
    fork: ({ clock = parts.clock.fork(), ids = parts.ids.fork() } = {}) =>
      assemble(
        { scenario: parts.scenario, clock, ids },
        (changed) => mapTables(tables, (table) => table.fork(changed)) as unknown as Tables,
      ),
  };
}

function mapTables<Out>(tables: Tables, each: (table: Tables[TableName]) => Out): Record<TableName, Out> {
  const entries = Object.entries(tables) as [TableName, Tables[TableName]][];
  return Object.fromEntries(entries.map(([name, table]) => [name, each(table)])) as Record<TableName, Out>;
}
