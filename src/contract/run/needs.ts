// What must be there before a play begins: operations that may be called, callers and ids that only the profile can give.
// Known beforehand, so that a run can say first what it will not show, and sends nothing for it.
import type { Operation, OperationId, Spec } from '../../spec/document.js';
import { isJsonObject, type Json } from '../../spec/message.js';
import { type CallerName, callerNames } from '../tables/caller.js';
import type { Call, Contracts, Look, Recipe, Row, Table } from '../tables/table.js';
import type { Profile } from './profile.js';

export interface Needs {
  readonly calls: ReadonlySet<OperationId>;
  /** What takes away again what the calls made; where it may not be called, that is left behind. */
  readonly undoes: ReadonlySet<OperationId>;
  /** `callers.viewer` for its credential, `callers.viewer.user_id`, `known.role_id`. */
  readonly profile: ReadonlySet<string>;
}

/** Of a row with its state, without its looks: those that cannot be made are left out one by one. */
export function needsOfRow(spec: Spec, contracts: Contracts, table: Table, row: Row): Needs {
  const needs = new Collector(spec, contracts);
  for (const recipe of Object.values({ ...table.given, ...row.given })) needs.recipe(recipe);
  // What the request itself makes is only taken away like the recipe's own.
  for (const recipe of Object.values(table.makes ?? {})) needs.undo(contracts.recipes[recipe]?.undo);
  for (const call of row.before ?? []) needs.call(call);
  const { caller, path, body = table.body, query = table.query } = row;
  needs.call({ call: table.operation, caller, ...(path ? { path } : {}), ...(query ? { query } : {}) });
  if (body !== undefined) needs.value(body);
  if (row.answer) needs.value(row.answer);
  return needs.withIdsOf(granted(contracts, table, row));
}

/** Of one of the looks that a row, or its table, has. */
export function needsOfLook(spec: Spec, contracts: Contracts, table: Table, row: Row, look: Look): Needs {
  const needs = new Collector(spec, contracts);
  needs.call(look);
  for (const operand of [look.includes, look.excludes, look.equals]) if (operand) needs.value(operand[1]);
  return needs.withIdsOf(granted(contracts, table, row));
}

/** Whom the state of a row lets in, where the profile has their id: `$callers.viewer.user_id?` in a grant. */
function granted({ recipes }: Contracts, table: Table, row: Row): readonly CallerName[] {
  const used = new Set(Object.values({ ...table.given, ...row.given }));
  for (const name of used) {
    const { from } = recipes[name] as Recipe;
    if (from !== undefined) used.add(from);
  }
  const state = [[...used].map((name) => recipes[name]), row.before, row.body ?? table.body];
  return [...JSON.stringify(state).matchAll(/\$callers\.(\w+)\.user_id\?/g)].map(([, name]) => name as CallerName);
}

/** Of a lifecycle, by the names of its inputs. */
export function needsOfInputs(calls: Iterable<OperationId>, inputs: readonly string[]): Needs {
  const profile = inputs.flatMap((name) => {
    if (name === 'name') return [];
    const [, caller] = /^(\w+)_user_id$/.exec(name) ?? [];
    if (caller !== undefined) return [`callers.${caller}.user_id`];
    return [isNamedCaller(name) ? `callers.${name}` : `known.${name}`];
  });
  return { calls: new Set(calls), undoes: new Set(), profile: new Set(profile) };
}

/** The names that a profile lacks; empty when nothing is in the way. */
export function lackingIn(profile: Profile, needs: Needs): readonly string[] {
  return [...needs.profile].filter((name) => valueIn(profile, name) === undefined);
}

/** What a profile gives under a name: `known.role_id`, `callers.viewer.user_id`; for `callers.viewer`, the credential. */
export function valueIn({ callers, known }: Profile, name: string): string | undefined {
  const [root, first = '', second] = name.split('.');
  if (root === 'known') return known[first];
  const caller = callers[first as CallerName];
  return second === undefined ? (caller?.bearer ?? caller?.api_key) : (caller as Record<string, string> | undefined)?.[second];
}

const isNamedCaller = (name: string): boolean => (callerNames as readonly string[]).includes(name);

class Collector implements Needs {
  readonly calls = new Set<OperationId>();
  readonly undoes = new Set<OperationId>();
  readonly profile = new Set<string>();
  readonly #spec: Spec;
  readonly #contracts: Contracts;

  constructor(spec: Spec, contracts: Contracts) {
    this.#spec = spec;
    this.#contracts = contracts;
  }

  call({ call, caller = 'owner', path = {}, query, body }: Call): void {
    this.calls.add(call);
    if (isNamedCaller(caller)) this.profile.add(`callers.${caller}`);
    for (const part of [path, query, body]) if (part !== undefined) this.value(part as Json);
    const { parameters } = this.#spec.operations.get(call) as Operation;
    for (const { name } of parameters.filter((parameter) => parameter.in === 'path'))
      if (path[name] === undefined && this.#contracts.slots[name] === 'organization') this.profile.add('known.organization_id');
  }

  recipe(name: string): void {
    const { from, call, caller, path, query, body, value, then, undo } = this.#contracts.recipes[name] as Recipe;
    if (from !== undefined) this.recipe(from);
    const sent = { ...(caller ? { caller } : {}), ...(path ? { path } : {}), ...(query ? { query } : {}) };
    if (call !== undefined) this.call({ call, ...sent, ...(body === undefined ? {} : { body }) });
    if (value !== undefined) this.value(value);
    for (const next of then ?? []) this.call(next);
    this.undo(undo);
  }

  undo(operation: OperationId | undefined): void {
    if (operation !== undefined) this.undoes.add(operation);
  }

  /** A caller who is let in by a grant is somebody else without it, so their calls need the id as well. */
  withIdsOf(callers: readonly CallerName[]): Needs {
    for (const name of callers) if (this.profile.has(`callers.${name}`)) this.profile.add(`callers.${name}.user_id`);
    return this;
  }

  /** The expressions that must have a value; one that ends in `?` need not. */
  value(value: Json): void {
    if (Array.isArray(value)) for (const item of value as readonly Json[]) this.value(item);
    else if (isJsonObject(value)) for (const item of Object.values(value)) this.value(item);
    else if (typeof value === 'string')
      for (const [, name] of value.matchAll(/\$((?:known|callers)\.\w+(?:\.\w+)?)(?![\w?]|\.\w)/g))
        this.profile.add(name as string);
  }
}
