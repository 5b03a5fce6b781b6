// Attachments: external vector stores of a space.

import { avoiding } from '../ids.js';
import { by, index, insertion, type Row } from '../indexes.js';
import { pair } from '../keys.js';
import { byHolder, byTime, type Noun, utc } from '../noun.js';
import { schemaOf, type TableOf } from '../table.js';

export interface SpaceVectorStore {
  readonly id: string;
  readonly space_id: string;
  readonly vector_store_id: string;
  readonly added_by: string;
  readonly added_at: string;
}

export interface SpaceVectorStoreItem {
  readonly id?: string;
  readonly vector_store_id: string;
  readonly added_by: string;
  readonly added_at?: string;
}

/** The space. */
export interface Holder {
  readonly id: string;
  readonly organization_id: string;
  readonly vector_store_id: string | null;
  readonly created_at: string;
}

const schema = schemaOf<SpaceVectorStore>()({
  space: by<SpaceVectorStore>('space_id'),
  store: by<SpaceVectorStore>('vector_store_id'),
  pair: index<SpaceVectorStore>()(
    ['space_id', 'vector_store_id'],
    (row) => [pair(row.space_id, row.vector_store_id)],
    {
      insertion,
    },
  ),
});

export interface Tables {
  readonly spaceVectorStores: TableOf<typeof schema>;
}

export const spaceVectorStores = {
  called: 'attachment',
  section: 'attached',
  within: 'spaces',
  schema,
  fill({ spaceVectorStores }, given, { ids }) {
    // An ID that is made here must not be one that is given further down.
    const taken = new Set(given.map(({ item }) => item.id));
    const free = avoiding(ids, (id) => taken.has(id));
    const addedAt = ({ item, holder }: (typeof given)[number]): string =>
      utc(item.added_at, holder.created_at);
    const made = new Map(
      byHolder(given, addedAt).map((link) => [link, link.item.id ?? free.next('svs')]),
    );
    const rows = given.map((link) => ({
      id: made.get(link) as string,
      space_id: link.holder.id,
      vector_store_id: link.item.vector_store_id,
      added_by: link.item.added_by,
      added_at: addedAt(link),
    }));
    spaceVectorStores.fill(byTime(rows, (row) => row.added_at));
  },
  check(check, placed) {
    for (const { item, holder: space, pointer } of placed) {
      check.define('attachment', item.id, `${pointer}/id`);
      check.refer(
        'vector store',
        item.vector_store_id,
        `${pointer}/vector_store_id`,
        space.organization_id,
      );
      check.refer('user', item.added_by, `${pointer}/added_by`, space.organization_id);
      check.past(item.added_at, `${pointer}/added_at`);
      if (item.vector_store_id !== undefined && item.vector_store_id === space.vector_store_id)
        check.problem(
          `${pointer}/vector_store_id`,
          'a space cannot attach its own dedicated store',
          'attach another one',
        );
    }
    const stores = placed.map(({ item, holder, pointer }) => ({
      value: item.vector_store_id,
      pointer: `${pointer}/vector_store_id`,
      list: holder,
    }));
    check.once(stores, 'is attached twice');
  },
  write: ({ spaceVectorStores }, { id: space }) =>
    spaceVectorStores.where('space', space).map(({ space_id: _, ...item }) => item),
  age: ({ added_at }: SpaceVectorStore) => added_at,
  lookedAtWith: {
    spaces: ({ spaceVectorStores }, { id }: Row) => spaceVectorStores.where('space', id),
    vectorStores: ({ spaceVectorStores }, { id }: Row) => spaceVectorStores.where('store', id),
    spaceVectorStores: ({ spaceVectorStores }, { space_id }: SpaceVectorStore) =>
      spaceVectorStores.where('space', space_id),
  },
} as const satisfies Noun<SpaceVectorStoreItem, Tables, Holder>;
