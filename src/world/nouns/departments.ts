// Departments of an organization.
import type { Row } from '../indexes.js';
import { insertAll, type Noun } from '../noun.js';
import { schemaOf, type TableOf } from '../table.js';

export interface Department {
  readonly id: string;
  readonly organization_id: string;
  readonly name: string;
}

export interface DepartmentItem {
  readonly id: string;
  readonly name: string;
}

const schema = schemaOf<Department>()({});

export interface Tables {
  readonly departments: TableOf<typeof schema>;
}

export const departments = {
  called: 'department',
  section: 'departments',
  within: 'organizations',
  schema,
  fill({ departments }, given) {
    insertAll(
      departments,
      given.map(({ item: { id, name }, holder }) => ({ id, organization_id: holder.id, name })),
    );
  },
  check({ define }, placed) {
    for (const { item, holder, pointer } of placed) define('department', item.id, `${pointer}/id`, holder.id);
  },
} as const satisfies Noun<DepartmentItem, Tables, Row>;
