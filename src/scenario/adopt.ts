// What an edit has changed goes into the world, each row in the place that its time gives it.
import { compareWorlds } from '../world/compare.js';
import type { Row } from '../world/indexes.js';
import { byTime, numbered } from '../world/noun.js';
import { dropTooMany } from '../world/nouns/deleted-rows.js';
import { nouns } from '../world/nouns.js';
import type { Table } from '../world/table.js';
import type { TableName, World } from '../world/world.js';
import type { Edited } from './rows.js';
import type { AnyNoun } from './sections.js';

/** Writes into a world whatever is different in the edited part of it. */
export function adopt(world: World, { before, world: after }: Edited): void {
  const { rows } = compareWorlds(before.snapshot(), after.snapshot());
  const moved = new Set<TableName>();
  for (const { table, id, before: was, after: row } of rows) {
    const rowsOf = tableIn(world, table);
    if (!row) rowsOf.delete(id);
    else if (was) rowsOf.update(id, row);
    else rowsOf.insert({ ...row, id: freeId(rowsOf, id) });
    const [then, now] = [before, after].map((one) => ageIn(one, table, id));
    if (row && then !== now) moved.add(table);
  }
  for (const table of moved) putInOrder(world, table);
  dropTooMany(world);
}

/** The edited part may have given a row that follows an ID which is taken elsewhere. */
const freeId = (table: Table<Row>, id: string): string =>
  table.has(id)
    ? numbered(id.slice(0, id.lastIndexOf('_')), table.size + 1, new Set(idsOf(table)))
    : id;

const idsOf = (table: Table<Row>): readonly string[] => table.all().map(({ id }) => id);

function ageIn(world: World, table: TableName, id: string): string | undefined {
  const row = world[table].get(id);
  return row && (nouns[table] as AnyNoun).age?.(row as never, world);
}

/** A row whose time is another may stand elsewhere. */
function putInOrder(world: World, name: TableName): void {
  const { age } = nouns[name] as AnyNoun;
  const table = tableIn(world, name);
  const held = table.all();
  const wanted = byTime(held, (row) => age?.(row as never, world) ?? '');
  if (held.every((row, i) => row === wanted[i])) return;
  for (const { id } of held) table.delete(id);
  for (const row of wanted) table.insert(row);
}

const tableIn = (world: World, table: TableName) => world[table] as unknown as Table<Row>;
