// What a role can let its members do (R1). The same list for everybody; only the first entry's
// words are the vendor's.
import type { components } from '../spec/schema.gen.js';
import { answer, rule } from './rule.js';

type Capability = components['schemas']['Capability'];

const groups: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'User Management': {
    manage_users: 'View and edit user profiles and memberships',
    invite_users: 'Invite people to the organization',
    deactivate_users: 'Deactivate and reactivate users',
    remove_users: 'Remove users from the organization',
  },
  Departments: {
    manage_departments: 'Create, change and delete departments, and choose their members',
    create_subdepartments: 'Create departments below others',
    reparent_departments: 'Move departments below others',
  },
  Roles: {
    manage_roles: 'Create, change and delete roles',
    assign_roles: 'Give roles to users and take them away',
  },
  'Audit Log': {
    view_audit_log: 'Read the audit log',
    export_audit_log: 'Download the audit log',
  },
  Knowledge: { manage_knowledge_slices: 'Create, change and archive slices and their stores' },
  Billing: { manage_billing: 'See and change how the organization pays' },
  Platform: { override_all_permissions: 'Do everything, whatever the other rules say' },
};

const labelOf = (key: string): string =>
  key.replace(/(?:^|_)(.)/g, (_, letter: string) => ` ${letter.toUpperCase()}`).trim();

const capabilities: readonly Capability[] = Object.entries(groups).flatMap(([group, keys]) =>
  Object.entries(keys).map(([key, description]) => ({
    key,
    label: labelOf(key),
    description,
    group,
  })),
);

export const listCapabilities = rule('listCapabilities', {
  read: () => ({}),
  guards: {},
  accept: () => answer('listed', capabilities),
});
