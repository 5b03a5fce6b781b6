// Who may do what. Every rule is limited to the caller's own organization (0.9).

export const OVERRIDE = 'override_all_permissions';

export function isMember(user, organizationId) {
  return user.organization_id === organizationId;
}

function overrides(user, organizationId) {
  return isMember(user, organizationId) && user.capabilities.includes(OVERRIDE);
}

export function hasCapability(user, organizationId, capability) {
  return (
    isMember(user, organizationId) &&
    (user.capabilities.includes(capability) || user.capabilities.includes(OVERRIDE))
  );
}

const shareAny = (granted, held) => (granted ?? []).some((id) => held.includes(id));

// Spaces

export function isOwner(user, space) {
  return (
    isMember(user, space.organization_id) &&
    (space.created_by === user.id || overrides(user, space.organization_id))
  );
}

export function canEdit(user, space) {
  if (isOwner(user, space)) return true;
  if (!isMember(user, space.organization_id)) return false;
  const editors = space.editable_by_users ?? [];
  return (
    editors.includes('*') ||
    editors.includes(user.id) ||
    shareAny(space.editable_by_roles, user.role_ids)
  );
}

// Edit implies view. `*` has a meaning for editing only, so it is no view grant here.
export function canView(user, space) {
  if (canEdit(user, space)) return true;
  if (!isMember(user, space.organization_id)) return false;
  if (space.access_mode !== 'private') return true;
  return (
    shareAny(space.access_users, [user.id]) ||
    shareAny(space.visible_to_roles, user.role_ids) ||
    shareAny(space.access_departments, user.department_ids)
  );
}

// Knowledge

/** @param {import('./state.mjs').State} state */
export function canReachStore(state, user, store) {
  if (!isMember(user, store.organization_id)) return false;
  if (store.created_by === user.id || overrides(user, store.organization_id)) return true;
  if (store.access_mode === 'private') return shareAny(store.access_users, [user.id]);
  if (store.access_mode === 'department')
    return shareAny(departmentsOf(state, store), user.department_ids);
  return true; // `public` reaches as far as `organization` (K-C6)
}

// Without a list of its own a department store belongs to its creator's departments (K-C5).
function departmentsOf(state, store) {
  return store.access_departments ?? state.users.get(store.created_by)?.department_ids ?? [];
}

export function canReachSlice(user, slice) {
  if (!isMember(user, slice.organization_id)) return false;
  if (slice.created_by === user.id || overrides(user, slice.organization_id)) return true;
  if (slice.owner_id === user.id || user.department_ids.includes(slice.owner_id)) return true;
  if (slice.access_mode === 'private') return shareAny(slice.access_target_ids, [user.id]);
  if (slice.access_mode === 'department')
    return shareAny(slice.access_target_ids, user.department_ids);
  return true;
}
