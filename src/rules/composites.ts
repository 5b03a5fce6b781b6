// Composites: slices that reach the stores of their members (knowledge sheet K7 to K9). They are
// archived like slices.
import { makeSlice, sliceScope } from '../world/nouns/slices.js';
import type { World } from '../world/world.js';
import { hasCapability, isOwnOrganization } from './access.js';
import { skipPage } from './paging.js';
import { answer, exists, rule, type Verdict } from './rule.js';
import { findSlice, MANAGE_SLICES, reachableSlices, sliceView } from './slices.js';

interface InOrganization {
  readonly organization_id: string;
}

function knowsMembers(
  world: World,
  { organization_id }: InOrganization,
  ids: readonly string[] = [],
): Verdict {
  const missing = ids.find((slice_id) => !findSlice(world, { organization_id, slice_id }));
  return missing === undefined || { details: { slice_id: missing } };
}

/** A member must be plain and active: assumed. */
function canUseMembers(world: World, ids: readonly string[] = []): Verdict {
  const unusable = ids
    .map((id) => world.slices.get(id))
    .find((slice) => slice?.is_composite || slice?.status === 'archived');
  return (
    !unusable || {
      fault: { field: 'member_slice_ids', keyword: 'member_not_usable', value: unusable.id },
    }
  );
}

export const listComposites = rule('listComposites', {
  read: () => ({}),
  guards: {
    organization_access_denied: isOwnOrganization, // assumed
  },
  accept: ({ world, caller, path, query }) => {
    const composites = [sliceScope(path.organization_id, 'active', 'composite')];
    const { items, ...rest } = skipPage(reachableSlices(world, caller, composites), query);
    return answer('listed', { items: items.map((slice) => sliceView(world, slice)), ...rest });
  },
});

export const createComposite = rule('createComposite', {
  read: () => ({}),
  guards: {
    organization_access_denied: isOwnOrganization, // assumed
    capability_required: ({ caller }) => hasCapability(caller, MANAGE_SLICES), // docs knowledge/create-composite
    slice_not_found: ({ world, path, body }) => knowsMembers(world, path, body.member_slice_ids), // assumed
    member_not_usable: ({ world, body }) => canUseMembers(world, body.member_slice_ids), // assumed
  },
  accept: ({ world, caller, now, path, body }) => {
    // The body has no owner; the samples show the organization, which is the default.
    const slice = makeSlice({
      id: world.ids.next('kslice'),
      organization_id: path.organization_id,
      created_by: caller.user_id,
      name: body.name,
      description: body.description,
      member_slice_ids: body.member_slice_ids,
      created_at: now,
    });
    return answer('created', sliceView(world, world.slices.insert(slice)));
  },
});

export const updateComposite = rule('updateComposite', {
  read: ({ world, path }) => {
    const slice = findSlice(world, path);
    return { slice: slice?.is_composite ? slice : undefined };
  },
  guards: {
    organization_access_denied: isOwnOrganization, // assumed
    capability_required: ({ caller }) => hasCapability(caller, MANAGE_SLICES), // docs knowledge/update-composite
    slice_not_found: ({ slice }) => exists(slice), // assumed, for a plain slice too
    member_not_found: ({ world, path, body }) => knowsMembers(world, path, body.member_slice_ids), // assumed
    member_not_usable: ({ world, body }) => canUseMembers(world, body.member_slice_ids), // assumed
  },
  accept: ({ world, now, slice, body }) => {
    const { name, description, member_slice_ids } = body;
    const change = {
      ...(name === undefined ? {} : { name }),
      ...(description === undefined ? {} : { description }),
      ...(member_slice_ids === undefined ? {} : { member_slice_ids }),
    };
    const changed =
      Object.keys(change).length > 0
        ? world.slices.update(slice.id, { ...change, updated_at: now })
        : slice;
    return answer('updated', sliceView(world, changed));
  },
});
