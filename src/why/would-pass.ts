// Who or what would have been let pass by a guard that refused: found by asking the rule again, with
// another caller or another value in one place of the request.
import type { Grounds, Holders, Way } from '../decide/grounds.js';
import { type Rule, refusing } from '../decide/rule.js';
import { holds } from '../rules/access.js';
import { type Caller, callerOf } from '../rules/callers.js';
import type { Json } from '../spec/message.js';
import type { World } from '../world/world.js';
import { type GoodCredential, goodCredentials } from './credentials.js';
import { type Said, type Slot, slotsOf, valuesFor, withValue } from './slots.js';

/** A user who gets past the guard with the same request. */
export interface Passer {
  readonly user_id: string;
  /** By which grants. */
  readonly by: readonly string[];
  /** The guard that refuses this user then; absent where the request goes through. */
  readonly stopped_by?: string;
}

/** Values with which the request goes through, each in this one place; null leaves it out. */
export interface PassingValues extends Pick<Slot, 'in' | 'name'> {
  readonly values: readonly Json[];
}

export interface WouldPass {
  /** What is asked for, as a phrase. */
  readonly needs: string;
  readonly callers: readonly Passer[];
  readonly ways: readonly Way[];
  readonly values: readonly PassingValues[];
  readonly credentials: readonly GoodCredential[];
}

/** For whoever was not known. */
export const somebody = (world: World): WouldPass => ({
  ...nobody('a credential of the scenario that is active'),
  credentials: goodCredentials(world).slice(0, bounds.values),
});

export const nobody = (needs: string): WouldPass => ({
  needs,
  callers: [],
  ways: [],
  values: [],
  credentials: [],
});

/** How many users and values are tried, and how many are told. */
const bounds = { users: 500, callers: 20, tries: 200, values: 5 };

interface Asking extends Said {
  readonly world: World;
  readonly caller: Caller;
  readonly now: string;
}

export interface Refused {
  // biome-ignore lint/suspicious/noExplicitAny: a rule alone knows its facts.
  readonly rule: Rule<World, any>;
  readonly call: Asking;
  /** The call and what the rule read. */
  readonly known: object;
  readonly guard: string;
}

export function wouldPass(refused: Refused, grounds: Grounds<never>): WouldPass {
  const { kind, needs, holders } = grounds;
  const held = holders?.(refused.known as never);
  return {
    needs,
    callers: kind === 'access' || kind === 'existence' ? callersThatPass(refused, held) : [],
    ways: held?.ways.filter(({ ids }) => ids.length > 0) ?? [],
    values: kind === 'access' ? [] : valuesThatPass(refused),
    credentials: [],
  };
}

function callersThatPass({ rule, call, guard }: Refused, held?: Holders): readonly Passer[] {
  const order = Object.keys(rule.guards);
  const place = order.indexOf(guard);
  const passers = call.world.users
    .all()
    .slice(0, bounds.users)
    .flatMap(({ id }): readonly Passer[] => {
      const caller = callerOf(call.world, id);
      if (!caller || id === call.caller.user_id) return [];
      const stopped_by = safely(() => refusing(rule, { ...call, caller }), guard);
      if (stopped_by !== undefined && order.indexOf(stopped_by) <= place) return [];
      const by = held?.ways.filter((way) => holds(caller, way)).map(({ grant }) => grant) ?? [];
      return [{ user_id: id, by, ...(stopped_by === undefined ? {} : { stopped_by }) }];
    });
  const first = passers.filter((one) => one.stopped_by === undefined);
  const others = passers.filter((one) => one.stopped_by !== undefined);
  return [...first, ...others].slice(0, bounds.callers);
}

function valuesThatPass({ rule, call }: Refused): readonly PassingValues[] {
  return slotsOf(call).flatMap((slot) => {
    const values: Json[] = [];
    for (const value of valuesFor(call.world, slot).slice(0, bounds.tries)) {
      if (values.length === bounds.values) break;
      const other = { ...call, ...withValue(call, slot, value) };
      if (safely(() => refusing(rule, other), 'fails') === undefined) values.push(value ?? null);
    }
    return values.length > 0 ? [{ in: slot.in, name: slot.name, values }] : [];
  });
}

/** A rule relies on a checked request, and one with another value in it is not. */
function safely<Value>(work: () => Value, otherwise: Value): Value {
  try {
    return work();
  } catch {
    return otherwise;
  }
}
