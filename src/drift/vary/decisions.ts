// Where nobody documented which answer a request gets, a server may decide otherwise than ours.
import { decide, type Outcome, type Rule } from '../../decide/rule.js';
import { mayAccess } from '../../rules/access.js';
import type { Caller } from '../../rules/callers.js';
import type { Call } from '../../rules/rule.js';
import { rules } from '../../rules/rules.js';
import type { OperationId, Spec } from '../../spec/document.js';
import type { Json, JsonObject } from '../../spec/message.js';
import type { Space } from '../../world/nouns/spaces.js';
import type { World } from '../../world/world.js';
import type { Ask, Drift, Wrapper } from '../form.js';
import { tried } from '../state.js';

export const alwaysDeciding =
  (decideOtherwise: NonNullable<Wrapper['decide']>): Drift['plant'] =>
  () => ({ decide: decideOtherwise });

export function hidesForeignSpace(ask: Ask, call: Call): Outcome {
  const outcome = ask(call);
  const foreign = spaceOf(call)?.organization_id !== call.caller.organization_id;
  return outcome.case === 'view_access_required' && foreign
    ? { kind: 'refusal', case: 'space_not_found' }
    : outcome;
}

export function deleteNeedsOwner(ask: Ask, call: Call): Outcome {
  const space = spaceOf(call);
  return space && !space.deleted_at && !mayAccess(call.caller, 'owner', space)
    ? { kind: 'refusal', case: 'edit_access_required' }
    : ask(call);
}

const spaceOf = ({ world, path }: Call): Space | undefined =>
  world.spaces.get((path as { readonly space_id: string }).space_id);

/** Operations with an organization and an id in their path, and a 403 to answer with. */
export function withForeignIds(spec: Spec): readonly OperationId[] {
  return [...spec.operations.values()]
    .filter(
      ({ template }) =>
        template.includes('{organization_id}') &&
        /\{(slice|store|vector_store)_id\}/.test(template),
    )
    .map(({ id }) => id);
}

export function refusesForeign(ask: Ask, call: Call): Outcome {
  const outcome = ask(call);
  const path = call.path as Readonly<Record<string, string>>;
  const id = path.slice_id ?? path.store_id ?? path.vector_store_id ?? '';
  const entity = call.world.slices.get(id) ?? call.world.vectorStores.get(id);
  if (
    !entity ||
    entity.organization_id === path.organization_id ||
    !outcome.case.endsWith('_not_found')
  )
    return outcome;
  return { kind: 'refusal', case: 'organization_access_denied' };
}

/** One composite on the last page, where there is room for it. */
export function listsComposites(ask: Ask, call: Call): Outcome {
  const outcome = ask(call);
  const composites = decide(rules.listComposites as Rule<World, Caller>, call).outcome;
  if (outcome.kind === 'refusal' || composites.kind === 'refusal') return outcome;
  const page = outcome.body as { items: Json[]; total: number; limit: number; has_more: boolean };
  const [composite] = (composites.body as { items: JsonObject[] }).items;
  if (
    !composite ||
    page.has_more ||
    page.items.length >= page.limit ||
    composite.status !== (call.query as { status?: string }).status
  )
    return outcome;
  return {
    ...outcome,
    body: { ...page, items: [...page.items, composite], total: page.total + 1 },
  };
}

export function addsAnew(ask: Ask, call: Call): Outcome {
  const outcome = ask(call);
  return outcome.kind === 'answer' && outcome.case === 'already_added'
    ? { ...outcome, body: { ...(outcome.body as JsonObject), added_at: call.now } }
    : outcome;
}

/**
 * Nobody documented the order of the checks: where two of them refuse, the later one may come
 * first.
 */
export function otherReason(ask: Ask, call: Call): Outcome {
  const outcome = ask(call);
  if (outcome.kind === 'answer') return outcome;
  const other = tried((attempted) => ask(attempted, { without: outcome.case }), call);
  return other?.kind === 'refusal' ? other : outcome;
}
