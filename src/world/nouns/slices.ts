// Knowledge slices and composites, which are slices made of slices.
import { type Guarded, groupsOf, type StoreAccessMode } from '../audience.js';
import { index, insertion, type Row } from '../indexes.js';
import { type KeyPart, product } from '../keys.js';
import {
  type Checker,
  checkOwned,
  type Draft,
  fillByAge,
  itemOf,
  type New,
  type Noun,
  utc,
  utcOrNull,
} from '../noun.js';
import { schemaOf, type TableOf } from '../table.js';

export interface Slice {
  readonly id: string;
  readonly organization_id: string;
  readonly created_by: string;
  readonly name: string;
  readonly description: string | null;
  readonly type: 'standard' | 'personal' | 'chat_space';
  readonly is_composite: boolean;
  readonly owner_type: 'organization' | 'department' | 'user' | 'group';
  readonly owner_id: string;
  readonly member_slice_ids: readonly string[];
  readonly access_mode: StoreAccessMode;
  readonly access_target_ids: readonly string[] | null;
  readonly status: 'active' | 'archived';
  readonly archived_at: string | null;
  readonly archived_by: string | null;
  readonly created_at: string;
  readonly updated_at: string;
}

export interface SliceItem {
  readonly id: string;
  readonly organization_id: string;
  readonly created_by: string;
  readonly name: string;
  readonly description?: string | null;
  readonly type?: Slice['type'];
  readonly owner_type?: Slice['owner_type'];
  readonly owner_id?: string;
  readonly member_slice_ids?: readonly string[];
  readonly access_mode?: StoreAccessMode;
  readonly access_target_ids?: readonly string[];
  readonly archived_at?: string;
  readonly archived_by?: string;
  readonly created_at?: string;
  readonly updated_at?: string;
}

/** What a list of slices is about; composites are a kind of their own. */
export const sliceScope = (
  organization: string,
  status: string,
  kind: Slice['type'] | 'composite',
): KeyPart => [organization, status, kind];

type SliceAccess = Pick<
  Slice,
  'access_mode' | 'created_by' | 'owner_type' | 'owner_id' | 'access_target_ids'
>;

/** Access to a slice comes by ownership or by its mode (knowledge sheet K3). */
export function sliceAccess(slice: SliceAccess): Guarded {
  const ownedBy = (type: Slice['owner_type']): readonly string[] =>
    slice.owner_type === type ? [slice.owner_id] : [];
  const targets = slice.access_target_ids ?? [];
  return {
    access_mode: slice.access_mode,
    owners: [slice.created_by, ...ownedBy('user')],
    users: targets,
    departments: [...targets, ...ownedBy('department')],
  };
}

const schema = schemaOf<Slice>()({
  reach: index<Slice>()(
    [
      'organization_id',
      'status',
      'type',
      'is_composite',
      'access_mode',
      'created_by',
      'owner_type',
      'owner_id',
      'access_target_ids',
    ],
    (row) => {
      const scope = sliceScope(
        row.organization_id,
        row.status,
        row.is_composite ? 'composite' : row.type,
      );
      return product([scope], groupsOf(sliceAccess(row)));
    },
    { insertion },
  ),
});

export interface Tables {
  readonly slices: TableOf<typeof schema>;
}

type NewSlice = New<Slice, 'id' | 'organization_id' | 'created_by' | 'name' | 'created_at'>;

/** A composite when it is given members; owned by its organization, and open to it. */
export const makeSlice = (given: NewSlice): Slice => ({
  id: given.id,
  name: given.name,
  description: given.description ?? null,
  type: given.type ?? 'standard',
  is_composite: given.member_slice_ids !== undefined,
  owner_type: given.owner_type ?? 'organization',
  owner_id: given.owner_id ?? given.organization_id,
  status: given.archived_at ? 'archived' : 'active',
  member_slice_ids: given.member_slice_ids ?? [],
  organization_id: given.organization_id,
  created_by: given.created_by,
  created_at: given.created_at,
  updated_at: given.updated_at ?? given.created_at,
  archived_at: given.archived_at ?? null,
  archived_by: given.archived_by ?? null,
  access_mode: given.access_mode ?? 'organization',
  access_target_ids: given.access_target_ids ?? null,
});

function rowOf(item: SliceItem, start: string): Slice {
  const created_at = utc(item.created_at, start);
  return makeSlice({
    ...item,
    created_at,
    updated_at: utc(item.updated_at, created_at),
    archived_at: utcOrNull(item.archived_at),
  });
}

export const slices = {
  called: 'slice',
  section: 'slices',
  schema,
  fill({ slices }, given, { start }) {
    const rows = given.map(({ item }) => rowOf(item, start));
    fillByAge(slices, rows);
  },
  check(check, placed) {
    for (const { item, pointer } of placed) {
      checkOwned(check, 'slice', item, pointer);
      check.refer('user', item.archived_by, `${pointer}/archived_by`, item.organization_id);
      check.past(item.archived_at, `${pointer}/archived_at`);
      checkOwner(check, item, `${pointer}/owner_id`);
      if (
        check.isWhole(item) &&
        (item.archived_at === undefined) !== (item.archived_by === undefined)
      )
        check.problem(pointer, 'archived_at and archived_by go together', 'give both, or neither');
      check.referAll(
        'slice',
        item.member_slice_ids,
        `${pointer}/member_slice_ids`,
        item.organization_id,
      );
    }
  },
  write: ({ slices }) =>
    slices.all().map((row) => {
      const { id, organization_id, created_by, name, created_at, member_slice_ids } = row;
      const members = row.is_composite ? { member_slice_ids } : {};
      const needed = { id, organization_id, created_by, name, created_at, ...members };
      const { status: _, ...item } = itemOf<SliceItem & { status?: string }, Slice>(
        needed,
        row,
        rowOf(needed, created_at),
      );
      return item;
    }),
  age: ({ created_at }: Slice) => created_at,
  lookedAtWith: {
    slices: ({ slices }, { id }: Row) =>
      slices.all().filter(({ member_slice_ids }) => member_slice_ids.includes(id)),
  },
} as const satisfies Noun<SliceItem, Tables>;

/** An owner of a kind that is a list of the scenario. */
function checkOwner(
  { refer }: Checker,
  { owner_type = 'organization', owner_id, organization_id }: Draft<SliceItem>,
  pointer: string,
): void {
  if (owner_type === 'organization') refer('organization', owner_id, pointer);
  else if (owner_type === 'department' || owner_type === 'user')
    refer(owner_type, owner_id, pointer, organization_id);
}
