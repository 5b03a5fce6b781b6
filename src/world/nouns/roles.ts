// Roles of an organization, with the capabilities that they give.
import { by, type Row } from '../indexes.js';
import { itemOf, type Noun } from '../noun.js';
import { schemaOf, type TableOf } from '../table.js';

export interface Role {
  readonly id: string;
  readonly organization_id: string;
  readonly name: string;
  /** Lower case (K-C2). */
  readonly capabilities: readonly string[];
}

export interface RoleItem {
  readonly id: string;
  readonly name: string;
  readonly capabilities?: readonly string[];
}

const schema = schemaOf<Role>()({ organization: by<Role>('organization_id') });

export interface Tables {
  readonly roles: TableOf<typeof schema>;
}

const makeRole = (organization_id: string, { id, name, capabilities = [] }: RoleItem): Role => ({
  id,
  organization_id,
  name,
  capabilities,
});

export const roles = {
  called: 'role',
  section: 'roles',
  within: 'organizations',
  schema,
  fill({ roles }, given) {
    roles.fill(given.map(({ item, holder }) => makeRole(holder.id, item)));
  },
  check({ define }, placed) {
    for (const { item, holder, pointer } of placed)
      define('role', item.id, `${pointer}/id`, holder.id);
  },
  write: ({ roles }, { id: organization }) =>
    roles.where('organization', organization).map((row) => {
      const needed = { id: row.id, name: row.name };
      return itemOf(needed, row, makeRole(organization, needed));
    }),
} as const satisfies Noun<RoleItem, Tables, Row>;
