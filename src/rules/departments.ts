// Departments: list and tree (D1, D7). Every member of the organization may read them (assumed).
import type { components } from '../spec/schema.gen.js';
import type { Department } from '../world/nouns/departments.js';
import type { World } from '../world/world.js';
import { isOwnOrganization } from './access.js';
import { answer, rule } from './rule.js';

/** The IDs from the top down to the department's own. */
function lineOf(world: World, department: Department): readonly string[] {
  const line: string[] = [];
  let at: Department | undefined = department;
  while (at) {
    line.push(at.id);
    at = at.parent_id === null ? undefined : world.departments.get(at.parent_id);
  }
  return line.reverse();
}

function departmentView(world: World, department: Department): components['schemas']['Department'] {
  const {
    id,
    name,
    description,
    parent_id,
    organization_id,
    is_active,
    is_default,
    color,
    created_by,
    created_at,
  } = department;
  const line = lineOf(world, department);
  return {
    id,
    name,
    description,
    parent_id,
    path: `/${line.join('/')}`,
    depth: line.length - 1,
    organization_id,
    member_count: world.users.count('department', id),
    is_active,
    is_default,
    color,
    created_by,
    created_at,
  };
}

const treeOf = (world: World, department: Department): components['schemas']['DepartmentTree'] => ({
  ...departmentView(world, department),
  children: world.departments.where('parent', department.id).map((child) => treeOf(world, child)),
});

/**
 * The departments of a scope, each once: one that stands below another of them is in that one's
 * tree.
 */
function inScope(world: World, departments: readonly Department[], scope: string): Department[] {
  const asked = new Set(scope.split(',').map((id) => id.trim()));
  return departments.filter((department) => {
    const line = lineOf(world, department);
    return asked.has(department.id) && !line.slice(0, -1).some((id) => asked.has(id));
  });
}

export const listDepartments = rule('listDepartments', {
  read: () => ({}),
  guards: {
    organization_access_denied: isOwnOrganization, // assumed
  },
  accept: ({ world, path }) => {
    const departments = world.departments.where('organization', path.organization_id);
    return answer(
      'listed',
      departments.map((department) => departmentView(world, department)),
    );
  },
});

export const getDepartmentTree = rule('getDepartmentTree', {
  read: () => ({}),
  guards: {
    organization_access_denied: isOwnOrganization, // assumed
  },
  accept: ({ world, path, query }) => {
    const departments = world.departments.where('organization', path.organization_id);
    const top =
      query.scope === undefined
        ? departments.filter(({ parent_id }) => parent_id === null)
        : inScope(world, departments, query.scope);
    return answer(
      'retrieved',
      top.map((department) => treeOf(world, department)),
    );
  },
});
