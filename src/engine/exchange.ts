// One request on its way through the engine, and what is known of it so far.
import type { Operation } from '../spec/document.js';
import type { Json, JsonObject, PlainRequest } from '../spec/message.js';
import { lettersOf } from '../world/ids.js';
import { DEFAULT_WORLD } from '../world/world-names.js';
import type { State } from './api.js';
import type { Journal } from './journal.js';

/** The world that a request is for, and the request without what named the world. */
export interface Addressed<World> {
  readonly name: string;
  readonly state: World;
  readonly journal: Journal;
  readonly request: PlainRequest;
  /** The journal of no world has it. */
  readonly isStray?: boolean;
  /** There can be no such world, or the request may not reach it. */
  readonly problem?: Problem | undefined;
}

/** A case of requests that reach no operation, by name. */
export interface Problem {
  readonly case: string;
  readonly details: JsonObject;
}

/** By a prefix of the path, a header or the credential. */
export type WorldResolver<World> = (request: PlainRequest) => Addressed<World>;

/** For a single world, which every request is for. */
export const onlyWorld =
  <World>(state: World, journal: Journal): WorldResolver<World> =>
  (request) => ({ name: DEFAULT_WORLD, state, journal, request });

/** A request that has arrived: in which world, when, and under which number there. */
export interface Arrival<World> {
  /** Without what named its world. */
  readonly request: PlainRequest;
  readonly world: Addressed<World>;
  readonly number: number;
  readonly now: string;
  readonly traceId: string;
  /** On the clock of the machine, for durations. */
  readonly startedAt: number;
}

/** What a request says beside its path, once it was looked at. */
export interface Input {
  readonly query: JsonObject;
  readonly body: Json | undefined;
  readonly ignored: readonly string[];
}

/** Nobody has looked at query and body yet, or they are not to be repeated. */
export const noInput: Input = { query: {}, body: undefined, ignored: [] };

/** An arrival, and what was found out about it. */
export interface Exchange<World, Who> {
  readonly arrival: Arrival<World>;
  /** Absent where the request reached none. */
  readonly operation: Operation<string> | undefined;
  readonly path: Readonly<Record<string, string>>;
  /** Absent where the credential was refused, or not asked for. */
  readonly caller: Who | undefined;
  readonly input: Input;
}

/** An exchange that has reached its operation. */
export interface OperationExchange<World, Who> extends Exchange<World, Who> {
  readonly operation: Operation<string>;
}

export interface ArrivalOptions<World> {
  readonly worlds: WorldResolver<World>;
  readonly seed: number;
}

export function arrive<World extends State>(
  { worlds, seed }: ArrivalOptions<World>,
  request: PlainRequest,
  startedAt = performance.now(),
): Arrival<World> {
  const world = worlds(request);
  const number = world.journal.next;
  return {
    request: world.request,
    world,
    number,
    now: world.state.clock.now(),
    traceId: `req_${lettersOf(seed, 'trace', number)}`,
    startedAt,
  };
}

/** A request that reached no operation. */
export function withoutOperation<World, Who>(
  arrival: Arrival<World>,
  caller?: Who,
): Exchange<World, Who> {
  return { arrival, operation: undefined, path: {}, caller, input: noInput };
}
