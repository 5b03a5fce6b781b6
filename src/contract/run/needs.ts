// What must be there before a play begins: operations that may be called, callers and ids that only
// the profile can give. Known beforehand, so that a run can say first what it will not show, and
// sends nothing for it.
import type { OperationId } from '../../spec/document.js';
import { oncePer } from '../../spec/once-per.js';
import { type CallerName, callerNames } from '../tables/caller.js';
import {
  type Expression,
  meaningOfInput,
  type Template,
  type Use,
  usesIn,
} from '../tables/expression.js';
import {
  type LookStep,
  type ObserveStep,
  partsOf,
  type RequestTemplate,
  type Step,
  valuesOf,
} from '../tables/steps.js';
import type { Profile } from './profile.js';

export interface Needs {
  readonly calls: ReadonlySet<OperationId>;
  /** What takes away again what the calls made; where it may not be called, that is left behind. */
  readonly undoes: ReadonlySet<OperationId>;
  /** `callers.viewer` for its credential, `callers.viewer.user_id`, `known.role_id`. */
  readonly profile: ReadonlySet<string>;
}

/** Of the steps of a row, without its looks: those that cannot be made are left out one by one. */
export function needsOf(steps: readonly Step[]): Needs {
  const needs = new Collector();
  for (const step of steps) {
    if (step.kind === 'prepare' || step.kind === 'request') needs.request(step.request);
    if (step.kind === 'keep' || step.kind === 'request') needs.values(valuesOf(step));
    if (step.kind === 'undo') needs.undoes.add(step.request.call);
  }
  return needs.withIdsOf(granted(steps));
}

/** Of one of the reads that a row makes before and after its request. */
export function needsOfLook(steps: readonly Step[], look: LookStep | ObserveStep): Needs {
  const needs = new Collector();
  needs.request(look.request);
  if (look.kind === 'look') needs.values(valuesOf(look));
  return needs.withIdsOf(granted(steps));
}

/** Of the requests of a lifecycle, and of what its conditions compare. */
export function needsOfRequests(
  requests: readonly RequestTemplate[],
  compared: readonly Expression[],
): Needs {
  const needs = new Collector();
  for (const request of requests) needs.request(request);
  for (const expression of compared) needs.expression(expression);
  return needs;
}

/**
 * Whom the state of a row lets in, where the profile has their id: `$callers.viewer.user_id?` in a
 * grant.
 */
function granted(steps: readonly Step[]): readonly string[] {
  const state = steps.flatMap((step): readonly Use[] => {
    if (step.kind === 'prepare') return usesOf(step.request);
    if (step.kind === 'keep') return usesIn(step.value);
    return step.kind === 'request' ? usesIn(step.request.body) : [];
  });
  return state.flatMap(({ expression, optional }) =>
    optional && expression.kind === 'caller' ? [expression.caller] : [],
  );
}

/** The names that a profile lacks; empty when nothing is in the way. */
export function lackingIn(profile: Profile, needs: Needs): readonly string[] {
  return [...needs.profile].filter((name) => valueIn(profile, name) === undefined);
}

/**
 * What a profile gives under a name: `known.role_id`, `callers.viewer.user_id`; for
 * `callers.viewer`, the credential.
 */
export function valueIn({ callers, known }: Profile, name: string): string | undefined {
  const [root, first = '', second] = name.split('.');
  if (root === 'known') return known[first];
  const caller = callers[first as CallerName];
  return second === undefined
    ? (caller?.api_key ?? caller?.bearer)
    : (caller as Record<string, string> | undefined)?.[second];
}

/** The name under which a profile gives what an expression stands for. */
export const nameInProfile = (
  expression: Expression & { readonly kind: 'known' | 'caller' },
): string =>
  expression.kind === 'known'
    ? `known.${expression.name}`
    : `callers.${expression.caller}.${expression.field}`;

/** What a recipe's request uses is the same in every row. */
const usesOf = oncePer((request: RequestTemplate) => partsOf(request).flatMap(usesIn));

const isNamedCaller = (name: string): boolean => (callerNames as readonly string[]).includes(name);

class Collector implements Needs {
  readonly calls = new Set<OperationId>();
  readonly undoes = new Set<OperationId>();
  readonly profile = new Set<string>();

  request(request: RequestTemplate): void {
    this.calls.add(request.call);
    if (isNamedCaller(request.caller)) this.profile.add(`callers.${request.caller}`);
    this.#uses(usesOf(request));
  }

  /** Expressions that must have a value; an optional one need not. */
  values(values: readonly Template[]): void {
    for (const value of values) this.#uses(usesIn(value));
  }

  #uses(uses: readonly Use[]): void {
    for (const { expression, optional } of uses) if (!optional) this.expression(expression);
  }

  expression(expression: Expression): void {
    const meant = expression.kind === 'input' ? meaningOfInput(expression.name) : expression;
    if (meant?.kind === 'known' || meant?.kind === 'caller') this.profile.add(nameInProfile(meant));
  }

  /**
   * A caller who is let in by a grant is somebody else without it, so their calls need the id as
   * well.
   */
  withIdsOf(callers: readonly string[]): Needs {
    for (const name of callers)
      if (this.profile.has(`callers.${name}`)) this.profile.add(`callers.${name}.user_id`);
    return this;
  }
}
