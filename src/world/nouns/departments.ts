// Departments of an organization, which may stand below each other.
import { by, type Row } from '../indexes.js';
import { type Checker, itemOf, type New, type Noun, type Placed, utc } from '../noun.js';
import { schemaOf, type TableOf } from '../table.js';

export interface Department {
  readonly id: string;
  readonly organization_id: string;
  readonly name: string;
  readonly description: string | null;
  /** Null at the top. */
  readonly parent_id: string | null;
  readonly is_active: boolean;
  readonly is_default: boolean;
  readonly color: string | null;
  readonly created_by: string | null;
  readonly created_at: string;
}

export interface DepartmentItem {
  readonly id: string;
  readonly name: string;
  readonly description?: string | null;
  readonly parent_id?: string;
  readonly is_active?: boolean;
  readonly is_default?: boolean;
  readonly color?: string | null;
  readonly created_by?: string;
  readonly created_at?: string;
}

const schema = schemaOf<Department>()({
  organization: by<Department>('organization_id'),
  parent: by<Department>('parent_id'),
});

export interface Tables {
  readonly departments: TableOf<typeof schema>;
}

/** Active, and at the top. */
const makeDepartment = (
  given: New<Department, 'id' | 'organization_id' | 'name' | 'created_at'>,
): Department => ({
  id: given.id,
  organization_id: given.organization_id,
  name: given.name,
  description: given.description ?? null,
  parent_id: given.parent_id ?? null,
  is_active: given.is_active ?? true,
  is_default: given.is_default ?? false,
  color: given.color ?? null,
  created_by: given.created_by ?? null,
  created_at: given.created_at,
});

export const departments = {
  called: 'department',
  section: 'departments',
  within: 'organizations',
  schema,
  fill({ departments }, given, { start }) {
    const rows = given.map(({ item, holder }) =>
      makeDepartment({
        ...item,
        organization_id: holder.id,
        created_at: utc(item.created_at, start),
      }),
    );
    departments.fill(rows);
  },
  check(check, placed) {
    for (const { item, holder, pointer } of placed) {
      check.define('department', item.id, `${pointer}/id`, holder.id);
      check.refer('department', item.parent_id, `${pointer}/parent_id`, holder.id);
      check.refer('user', item.created_by, `${pointer}/created_by`, holder.id);
      check.past(item.created_at, `${pointer}/created_at`);
    }
    checkCircles(check, placed);
  },
  write: ({ departments }, { id: organization }) =>
    departments.where('organization', organization).map((row) => {
      const needed = { id: row.id, name: row.name, created_at: row.created_at };
      return itemOf(needed, row, makeDepartment({ ...needed, organization_id: organization }));
    }),
} as const satisfies Noun<DepartmentItem, Tables, Row>;

function checkCircles({ problem }: Checker, placed: readonly Placed<DepartmentItem, Row>[]): void {
  const parents = new Map(placed.map(({ item }) => [item.id, item.parent_id]));
  for (const { item, pointer } of placed) {
    const above = new Set<string>();
    let parent = item.parent_id;
    while (parent !== undefined && !above.has(parent)) {
      above.add(parent);
      parent = parents.get(parent);
    }
    if (item.id === undefined || !above.has(item.id)) continue;
    problem(
      `${pointer}/parent_id`,
      `the department ${item.id} stands below itself`,
      'remove the circular reference',
    );
  }
}
