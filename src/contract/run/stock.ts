// The lists that show what there is already of a kind. They are read before a run makes the first
// of it, so that nothing that was there before ever counts as the run's.
import { KNOWN_ORGANIZATION, ORGANIZATION } from '../dialect.js';
import { type CallerName, letIn } from '../tables/caller.js';
import type { Call } from '../tables/table.js';
import { type Creation, listsOf } from './creations.js';
import { valueIn } from './needs.js';
import type { SessionParts } from './parts.js';

/** Those of the lists of a kind that somebody may read. */
export function listsFor(
  kind: Creation['kind'],
  caller: CallerName,
  parts: SessionParts,
): readonly Call[] {
  const { profile, spec, allow = () => true } = parts;
  if (valueIn(profile, `callers.${caller}`) === undefined) return [];
  const isInOrganization = ({ call }: Call): boolean =>
    spec.operations
      .get(call)
      ?.parameters.some(({ name, required }) => name === ORGANIZATION && required) ?? false;
  const isKnown = valueIn(profile, KNOWN_ORGANIZATION) !== undefined;
  return listsOf[kind]
    .filter((list) => allow(list.call) && (isKnown || !isInOrganization(list)))
    .map((list) => ({ ...list, caller }));
}

/**
 * Who looks for what is there already before somebody makes one of a kind. Whoever has no good
 * credential leaves it to the owner.
 */
export const viewersFor = (maker: CallerName): readonly CallerName[] => [
  ...new Set<CallerName>(['owner', ...letIn.filter((name) => name === maker)]),
];
