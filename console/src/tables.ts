// The tables of the world that is looked at, and which row an ID names.
import { computed, signal } from '@preact/signals';
import type { TableName } from '../../src/world/world.js';
import { type Row, rowsOf } from './api.js';

/** In the order in which they are shown. */
export const nouns = {
  spaces: 'Spaces',
  spaceVectorStores: 'Attached stores',
  vectorStores: 'Vector stores',
  slices: 'Knowledge slices',
  threads: 'Threads',
  spaceThreads: 'Linked threads',
  messages: 'Messages',
  embeddings: 'Embeddings',
  organizations: 'Organizations',
  users: 'Users',
  roles: 'Roles',
  departments: 'Departments',
  credentials: 'Credentials',
  deletedRows: 'Deleted rows',
} as const satisfies Record<TableName, string>;

export type Noun = keyof typeof nouns;
export type Tables = Readonly<Partial<Record<Noun, readonly Row[]>>>;

export const nounNames = Object.keys(nouns) as readonly Noun[];
export const isNoun = (name: string | undefined): name is Noun =>
  name !== undefined && Object.hasOwn(nouns, name);

export const tables = signal<Tables>({});

/** Where a row is, by its ID. */
export const placeOf = computed<ReadonlyMap<string, Noun>>(() => {
  const places = new Map<string, Noun>();
  for (const noun of nounNames)
    for (const { id } of tables.value[noun] ?? []) if (!places.has(id)) places.set(id, noun);
  return places;
});

let asked = 0;

export async function loadTables(world: string): Promise<void> {
  asked += 1;
  const mine = asked;
  const loaded = await Promise.all(
    nounNames.map(async (noun) => [noun, await rowsOf(world, noun)] as const),
  );
  // A later answer, of another world perhaps, is not overwritten by this one.
  if (mine === asked) tables.value = Object.fromEntries(loaded);
}
