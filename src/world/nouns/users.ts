// Users of an organization, with their roles and departments.
import { by, index, insertion, type Row } from '../indexes.js';
import { itemOf, type Noun } from '../noun.js';
import { schemaOf, type TableOf } from '../table.js';

export interface User {
  readonly id: string;
  readonly organization_id: string;
  readonly name: string;
  readonly role_ids: readonly string[];
  readonly department_ids: readonly string[];
}

export interface UserItem {
  readonly id: string;
  readonly name: string;
  readonly role_ids?: readonly string[];
  readonly department_ids?: readonly string[];
}

const schema = schemaOf<User>()({
  organization: by<User>('organization_id'),
  department: index<User>()(
    ['department_ids'],
    ({ department_ids }) => [...new Set(department_ids)],
    { insertion },
  ),
});

export interface Tables {
  readonly users: TableOf<typeof schema>;
}

const makeUser = (
  organization_id: string,
  { id, name, role_ids = [], department_ids = [] }: UserItem,
): User => ({
  id,
  organization_id,
  name,
  role_ids,
  department_ids,
});

export const users = {
  called: 'user',
  section: 'users',
  within: 'organizations',
  schema,
  fill({ users }, given) {
    users.fill(given.map(({ item, holder }) => makeUser(holder.id, item)));
  },
  check({ define, referAll }, placed) {
    for (const { item, holder, pointer } of placed) {
      define('user', item.id, `${pointer}/id`, holder.id);
      referAll('role', item.role_ids, `${pointer}/role_ids`, holder.id);
      referAll('department', item.department_ids, `${pointer}/department_ids`, holder.id);
    }
  },
  write: ({ users }, { id: organization }) =>
    users.where('organization', organization).map((row) => {
      const needed = { id: row.id, name: row.name };
      return itemOf(needed, row, makeUser(organization, needed));
    }),
} as const satisfies Noun<UserItem, Tables, Row>;
