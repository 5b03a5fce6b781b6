// Vector stores: on their own, in a slice, attached to spaces, or a space's dedicated one.
import { type Guarded, groupsOf, type StoreAccessMode } from '../audience.js';
import { by, index, insertion, type Row } from '../indexes.js';
import { type KeyPart, product } from '../keys.js';
import { checkOwned, fillByAge, itemOf, type New, type Noun, usersOf, utc } from '../noun.js';
import { schemaOf, type TableOf } from '../table.js';

export interface VectorStore {
  readonly id: string;
  readonly organization_id: string;
  readonly created_by: string;
  readonly name: string;
  readonly description: string | null;
  readonly slice_id: string | null;
  readonly is_active: boolean;
  readonly access_mode: StoreAccessMode;
  readonly access_departments: readonly string[] | null;
  readonly access_users: readonly string[] | null;
  readonly flowplate_project_id: string | null;
  readonly flow_id: string | null;
  readonly file_count: number;
  /** Bytes. */
  readonly data_size: number;
  readonly created_at: string;
  readonly updated_at: string;
}

export interface VectorStoreItem {
  readonly id: string;
  readonly organization_id: string;
  readonly created_by: string;
  readonly name: string;
  readonly description?: string | null;
  readonly slice_id?: string;
  readonly is_active?: boolean;
  readonly access_mode?: StoreAccessMode;
  readonly access_departments?: readonly string[];
  readonly access_users?: readonly string[];
  readonly flowplate_project_id?: string;
  readonly flow_id?: string;
  readonly file_count?: number;
  readonly data_size?: number;
  readonly created_at?: string;
  readonly updated_at?: string;
}

export interface ListedStores {
  readonly slice?: string | null | undefined;
  readonly flow?: string | null | undefined;
  readonly project?: string | null | undefined;
}

/** What a list of stores is about. */
export function storeScope(
  organization: string,
  isActive: boolean,
  { slice, flow, project }: ListedStores,
): KeyPart {
  const named = (name: string, id: string | null | undefined): KeyPart =>
    id == null ? [] : [name, id];
  return [
    organization,
    String(isActive),
    ...named('slice', slice),
    ...named('flow', flow),
    ...named('project', project),
  ];
}

type StoreAccess = Pick<
  VectorStore,
  'access_mode' | 'created_by' | 'access_users' | 'access_departments'
>;

export const storeAccess = (store: StoreAccess): Guarded => ({
  access_mode: store.access_mode,
  owners: [store.created_by],
  users: store.access_users ?? [],
  departments: store.access_departments ?? [],
});

const schema = schemaOf<VectorStore>()({
  slice: by<VectorStore>('slice_id'),
  reach: index<VectorStore>()(
    [
      'organization_id',
      'is_active',
      'slice_id',
      'flow_id',
      'flowplate_project_id',
      'access_mode',
      'created_by',
      'access_users',
      'access_departments',
    ],
    (row) => {
      const { slice_id: slice, flow_id: flow, flowplate_project_id: project } = row;
      const filters: ListedStores[] = [
        {},
        ...(slice === null ? [] : [{ slice }]),
        ...(flow === null ? [] : [{ flow }]),
        ...(project === null ? [] : [{ project }]),
        ...(flow === null || project === null ? [] : [{ flow, project }]),
      ];
      const scopes = filters.map((filter) =>
        storeScope(row.organization_id, row.is_active, filter),
      );
      return product(scopes, groupsOf(storeAccess(row)));
    },
    {
      insertion,
      name: (row) => row.name,
      data_size: (row) => row.data_size,
      file_count: (row) => row.file_count,
      updated_at: (row) => row.updated_at,
    },
  ),
});

export interface Tables {
  readonly vectorStores: TableOf<typeof schema>;
}

type NewStore = New<VectorStore, 'id' | 'organization_id' | 'created_by' | 'name' | 'created_at'>;

/** Empty, active, in no slice, and open to its organization. */
export const makeStore = (given: NewStore): VectorStore => ({
  id: given.id,
  name: given.name,
  description: given.description ?? null,
  slice_id: given.slice_id ?? null,
  organization_id: given.organization_id,
  created_by: given.created_by,
  is_active: given.is_active ?? true,
  access_mode: given.access_mode ?? 'organization',
  access_departments: given.access_departments ?? null,
  access_users: given.access_users ?? null,
  flowplate_project_id: given.flowplate_project_id ?? null,
  flow_id: given.flow_id ?? null,
  file_count: given.file_count ?? 0,
  data_size: given.data_size ?? 0,
  created_at: given.created_at,
  updated_at: given.updated_at ?? given.created_at,
});

function rowOf(item: VectorStoreItem, start: string): VectorStore {
  const created_at = utc(item.created_at, start);
  const times = { created_at, updated_at: utc(item.updated_at, created_at) };
  return makeStore(Object.assign({}, item, times));
}

export const vectorStores = {
  called: 'vector store',
  section: 'vector_stores',
  schema,
  fill({ vectorStores }, given, { start }) {
    const rows = given.map(({ item }) => rowOf(item, start));
    fillByAge(vectorStores, rows);
  },
  check(check, placed) {
    for (const { item, pointer } of placed) {
      checkOwned(check, 'vector store', item, pointer);
      check.refer('slice', item.slice_id, `${pointer}/slice_id`, item.organization_id);
      check.referAll(
        'department',
        item.access_departments,
        `${pointer}/access_departments`,
        item.organization_id,
      );
      check.referAll('user', usersOf(item.access_users), `${pointer}/access_users`);
    }
  },
  write: ({ vectorStores }) =>
    vectorStores.all().map((row) => {
      const { id, organization_id, created_by, name, created_at } = row;
      const needed = { id, organization_id, created_by, name, created_at };
      return itemOf<VectorStoreItem, VectorStore>(needed, row, rowOf(needed, created_at));
    }),
  age: ({ created_at }: VectorStore) => created_at,
  lookedAtWith: { slices: ({ vectorStores }, { id }: Row) => vectorStores.where('slice', id) },
} as const satisfies Noun<VectorStoreItem, Tables>;
