// Soft deletion: a row that is gone for the API and still kept, for lists that ask for deleted
// ones. As many are kept as the world says; of more, the one that was deleted first goes for good,
// a thread with its messages.
import { index, insertion, type Row } from '../indexes.js';
import { ALL } from '../keys.js';
import { byTime, type Noun } from '../noun.js';
import { schemaOf, type TableOf } from '../table.js';
import type { Tables as Messages } from './messages.js';
import type { Tables as Spaces } from './spaces.js';
import type { Tables as Threads } from './threads.js';

/** A space or thread that was deleted softly; the id is the table and the row's own. */
export interface DeletedRow {
  readonly id: string;
  readonly table: 'spaces' | 'threads';
  readonly row_id: string;
}

/** In the order in which they were deleted. */
const schema = schemaOf<DeletedRow>()({
  all: index<DeletedRow>()([], () => [ALL], { insertion }),
});

export interface Tables extends Spaces, Threads, Messages {
  readonly deletedRows: TableOf<typeof schema>;
  /** How many are kept. */
  readonly keepDeleted: number;
}

export function deleteSpaceSoftly(tables: Tables, id: string, now: string): void {
  tables.spaces.update(id, { deleted_at: now });
  keep(tables, 'spaces', id);
}

export function deleteThreadSoftly(tables: Tables, id: string, now: string): void {
  tables.threads.update(id, { deleted_at: now, pinned_at: null });
  keep(tables, 'threads', id);
}

function keep(tables: Tables, table: DeletedRow['table'], row_id: string): void {
  tables.deletedRows.insert({ id: `${table}/${row_id}`, table, row_id });
  dropTooMany(tables);
}

/** After a world was given more of them. */
export function dropTooMany(tables: Tables): void {
  while (tables.deletedRows.size > tables.keepDeleted) dropOldest(tables);
}

function dropOldest(tables: Tables): void {
  const { id, table, row_id } = tables.deletedRows.one('all', ALL) as DeletedRow;
  if (table === 'threads')
    for (const { id: message } of tables.messages.where('thread', row_id))
      tables.messages.delete(message);
  tables[table].delete(row_id);
  tables.deletedRows.delete(id);
}

const one = (row: DeletedRow | undefined): readonly DeletedRow[] => (row ? [row] : []);

export const deletedRows = {
  called: 'deleted row',
  schema,
  /** For rows that were deleted before the world began. */
  fill(tables) {
    const rows = (['spaces', 'threads'] as const).flatMap((table) =>
      tables[table]
        .all()
        .flatMap(({ id, deleted_at }) => (deleted_at === null ? [] : [{ table, id, deleted_at }])),
    );
    for (const { table, id } of byTime(rows, ({ deleted_at }) => deleted_at))
      keep(tables, table, id);
  },
  age: ({ table, row_id }: DeletedRow, tables) => tables[table].get(row_id)?.deleted_at ?? '',
  lookedAtWith: {
    spaces: ({ deletedRows }, { id }: Row) => one(deletedRows.get(`spaces/${id}`)),
    threads: ({ deletedRows }, { id }: Row) => one(deletedRows.get(`threads/${id}`)),
  },
} as const satisfies Noun<never, Tables>;
