// Spaces: shared memory containers. Each has a dedicated vector store.
import { by, index, insertion, type Row } from '../indexes.js';
import { type KeyPart, product } from '../keys.js';
import {
  checkOwned,
  fillByAge,
  itemOf,
  type New,
  type Noun,
  usersOf,
  utc,
  utcOrNull,
} from '../noun.js';
import { schemaOf, type TableOf } from '../table.js';
import type { SpaceThreadItem } from './space-threads.js';
import type { SpaceVectorStoreItem } from './space-vector-stores.js';

export interface Space {
  readonly id: string;
  readonly organization_id: string;
  readonly created_by: string;
  readonly name: string;
  readonly description: string | null;
  readonly vector_store_id: string | null;
  readonly access_mode: 'private' | 'organization' | 'public';
  readonly access_users: readonly string[] | null;
  readonly access_departments: readonly string[] | null;
  readonly editable_by_users: readonly string[] | null;
  readonly editable_by_roles: readonly string[] | null;
  readonly visible_to_roles: readonly string[] | null;
  readonly last_activity_at: string | null;
  readonly created_at: string;
  readonly updated_at: string;
  readonly deleted_at: string | null;
}

export interface SpaceItem {
  readonly id: string;
  readonly organization_id: string;
  readonly created_by: string;
  readonly name: string;
  readonly description?: string | null;
  readonly vector_store_id: string | null;
  readonly access_mode?: Space['access_mode'];
  readonly access_users?: readonly string[];
  readonly access_departments?: readonly string[];
  readonly editable_by_users?: readonly string[];
  readonly editable_by_roles?: readonly string[];
  readonly visible_to_roles?: readonly string[];
  readonly last_activity_at?: string;
  readonly deleted_at?: string;
  readonly created_at?: string;
  readonly updated_at?: string;
  readonly attached?: readonly SpaceVectorStoreItem[];
  readonly threads?: readonly SpaceThreadItem[];
}

type SpaceAccess = Pick<
  Space,
  | 'access_mode'
  | 'created_by'
  | 'access_users'
  | 'access_departments'
  | 'editable_by_users'
  | 'editable_by_roles'
  | 'visible_to_roles'
>;

/** Whoever may see a space is in one of its groups, or in several. */
function spaceGroups(space: SpaceAccess): readonly KeyPart[] {
  const of = (kind: string, ids: readonly string[] | null): readonly KeyPart[] =>
    (ids ?? []).map((id) => [kind, id]);
  const isOpen = space.access_mode !== 'private' || space.editable_by_users?.includes('*');
  return [
    ...(isOpen ? [['everyone']] : []),
    ['user', space.created_by],
    ...of('user', space.access_users),
    ...of('user', space.editable_by_users),
    ...of('role', space.visible_to_roles),
    ...of('role', space.editable_by_roles),
    ...of('department', space.access_departments),
  ];
}

const schema = schemaOf<Space>()({
  organization: index<Space>()(
    ['organization_id', 'deleted_at'],
    (row) => (row.deleted_at ? [] : [row.organization_id]),
    {
      insertion,
    },
  ),
  audience: index<Space>()(
    [
      'organization_id',
      'deleted_at',
      'access_mode',
      'created_by',
      'access_users',
      'access_departments',
      'editable_by_users',
      'editable_by_roles',
      'visible_to_roles',
    ],
    (row) => (row.deleted_at ? [] : product([[row.organization_id]], spaceGroups(row))),
    { insertion },
  ),
  dedicatedStore: by<Space>('vector_store_id'),
});

export interface Tables {
  readonly spaces: TableOf<typeof schema>;
}

type NewSpace = New<
  Space,
  'id' | 'organization_id' | 'created_by' | 'name' | 'vector_store_id' | 'created_at'
>;

/** Private, with no grants. */
export const makeSpace = (given: NewSpace): Space => ({
  id: given.id,
  organization_id: given.organization_id,
  created_by: given.created_by,
  name: given.name,
  description: given.description ?? null,
  vector_store_id: given.vector_store_id,
  access_mode: given.access_mode ?? 'private', // docs spaces/create
  access_users: given.access_users ?? null,
  access_departments: given.access_departments ?? null,
  editable_by_users: given.editable_by_users ?? null,
  editable_by_roles: given.editable_by_roles ?? null,
  visible_to_roles: given.visible_to_roles ?? null,
  last_activity_at: given.last_activity_at ?? null,
  created_at: given.created_at,
  updated_at: given.updated_at ?? given.created_at,
  deleted_at: given.deleted_at ?? null,
});

function rowOf(item: SpaceItem, start: string): Space {
  const created_at = utc(item.created_at, start);
  const times = {
    last_activity_at: utcOrNull(item.last_activity_at),
    created_at,
    updated_at: utc(item.updated_at, created_at),
    deleted_at: utcOrNull(item.deleted_at),
  };
  return makeSpace(Object.assign({}, item, times));
}

export const spaces = {
  called: 'space',
  section: 'spaces',
  schema,
  fill({ spaces }, given, { start }) {
    const rows = given.map(({ item }) => rowOf(item, start));
    fillByAge(spaces, rows);
  },
  check(check, placed) {
    for (const { item, pointer } of placed) {
      const { organization_id, attached = [], threads = [] } = item;
      checkOwned(check, 'space', item, pointer);
      check.past(item.last_activity_at, `${pointer}/last_activity_at`);
      check.past(item.deleted_at, `${pointer}/deleted_at`);
      if (
        check.isWhole(item) &&
        item.deleted_at &&
        (item.vector_store_id !== null || attached.length + threads.length > 0)
      )
        check.problem(
          pointer,
          'a deleted space holds nothing',
          'set vector_store_id to null and remove attached and threads',
        );
      check.refer(
        'vector store',
        item.vector_store_id,
        `${pointer}/vector_store_id`,
        organization_id,
      );
      check.referAll(
        'department',
        item.access_departments,
        `${pointer}/access_departments`,
        organization_id,
      );
      check.referAll('user', usersOf(item.access_users), `${pointer}/access_users`);
      check.referAll('user', usersOf(item.editable_by_users), `${pointer}/editable_by_users`);
      check.referAll(
        'role',
        item.editable_by_roles,
        `${pointer}/editable_by_roles`,
        organization_id,
      );
      check.referAll('role', item.visible_to_roles, `${pointer}/visible_to_roles`, organization_id);
    }
    const dedicated = placed.map(({ item, pointer }) => ({
      value: item.vector_store_id,
      pointer: `${pointer}/vector_store_id`,
    }));
    check.once(dedicated, "is another space's dedicated store");
  },
  write: ({ spaces }) =>
    spaces.all().map((row) => {
      const { id, organization_id, created_by, name, vector_store_id, created_at } = row;
      const needed = { id, organization_id, created_by, name, vector_store_id, created_at };
      return itemOf<SpaceItem, Space>(needed, row, rowOf(needed, created_at));
    }),
  age: ({ created_at }: Space) => created_at,
  lookedAtWith: {
    vectorStores: ({ spaces }, { id }: Row) => spaces.where('dedicatedStore', id),
    spaces: ({ spaces }, { vector_store_id }: Space) =>
      spaces.where('dedicatedStore', vector_store_id ?? ''),
  },
} as const satisfies Noun<SpaceItem, Tables>;
