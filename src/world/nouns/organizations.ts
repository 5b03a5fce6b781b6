// Organizations. Everything else belongs to one.
import type { Noun } from '../noun.js';
import { schemaOf, type TableOf } from '../table.js';
import type { DepartmentItem } from './departments.js';
import type { RoleItem } from './roles.js';
import type { UserItem } from './users.js';

export interface Organization {
  readonly id: string;
  readonly name: string;
}

export interface OrganizationItem {
  readonly id: string;
  readonly name: string;
  readonly roles?: readonly RoleItem[];
  readonly departments?: readonly DepartmentItem[];
  readonly users?: readonly UserItem[];
}

const schema = schemaOf<Organization>()({});

export interface Tables {
  readonly organizations: TableOf<typeof schema>;
}

export const organizations = {
  called: 'organization',
  section: 'organizations',
  schema,
  fill({ organizations }, given) {
    organizations.fill(given.map(({ item: { id, name } }) => ({ id, name })));
  },
  check({ define }, placed) {
    for (const { item, pointer } of placed) define('organization', item.id, `${pointer}/id`);
  },
  write: ({ organizations }) => organizations.all(),
} as const satisfies Noun<OrganizationItem, Tables>;
