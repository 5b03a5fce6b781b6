// Soft deletion: a row that is gone for the API and still kept, for lists that ask for deleted ones. As many are kept as the
// world says; of more, the one that was deleted first goes for good, a thread with its messages.

import { ALL } from './keys.js';
import type { DeletedRow, Space, Thread } from './rows.js';
import type { World } from './world.js';

export function deleteSpaceSoftly(world: World, id: string, now: string): void {
  world.spaces.update(id, { deleted_at: now });
  keep(world, 'spaces', id);
}

export function deleteThreadSoftly(world: World, id: string, now: string): void {
  world.threads.update(id, { deleted_at: now, pinned_at: null });
  keep(world, 'threads', id);
}

/** For rows that were deleted before the world began. */
export function keepDeleted(world: World, spaces: readonly Space[], threads: readonly Thread[]): void {
  const rows = [
    ...spaces.map(({ id, deleted_at }) => ({ table: 'spaces' as const, id, deleted_at })),
    ...threads.map(({ id, deleted_at }) => ({ table: 'threads' as const, id, deleted_at })),
  ].filter((row): row is typeof row & { deleted_at: string } => row.deleted_at !== null);
  rows.sort((a, b) => a.deleted_at.localeCompare(b.deleted_at));
  for (const { table, id } of rows) keep(world, table, id);
}

function keep(world: World, table: DeletedRow['table'], row_id: string): void {
  world.deletedRows.insert({ id: `${table}/${row_id}`, table, row_id });
  while (world.deletedRows.size > world.keepDeleted) dropOldest(world);
}

function dropOldest(world: World): void {
  const { id, table, row_id } = world.deletedRows.one('all', ALL) as DeletedRow;
  if (table === 'threads') for (const { id: message } of world.messages.where('thread', row_id)) world.messages.delete(message);
  world[table].delete(row_id);
  world.deletedRows.delete(id);
}
