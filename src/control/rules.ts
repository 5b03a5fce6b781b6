// What each operation of the control plane does. Its guards are the refusals of its document.
import type { Rule, Verdict } from '../decide/rule.js';
import type { LoadedScenario } from '../scenario/load.js';
import type { Scenario } from '../scenario/scenario.js';
import { writeScenario } from '../scenario/write.js';
import type { Json, JsonObject } from '../spec/message.js';
import { describeDifference } from '../world/compare.js';
import type { World, WorldSnapshot } from '../world/world.js';
import { DEFAULT_WORLD, isWorldName, WORLD_NAMES } from '../world/world-names.js';
import { ClockError, moveBy, moveTo } from '../worlds/time.js';
import { type Control, MAX_SNAPSHOTS, type ScenarioFault } from './control.js';
import { filterOf, fits, isNoun, nounNames, rowsOf } from './state.js';

/** Whoever may use the control plane; there is no more to know of them. */
export type Operator = 'operator';

export type ControlRule = Rule<Control, Operator>;

/** A checked request. */
interface Request {
  readonly world: Control;
  readonly path: Readonly<Record<string, string>> & { readonly world: string };
  readonly query: JsonObject;
  readonly body: JsonObject & { readonly name: string };
}

interface Form<Facts> {
  read?(request: Request): Facts;
  readonly guards?: Readonly<Record<string, (known: Request & Facts) => Verdict>>;
  accept(known: Request & Facts): readonly [name: string, data: unknown];
}

/** Every answer has its data in one place. */
function rule<Facts extends object>({ read, guards = {}, accept }: Form<Facts>): ControlRule {
  return {
    read: (call) => read?.(call as unknown as Request) ?? {},
    guards,
    accept: (known) => {
      const [name, data] = accept(known);
      return { case: name, body: { data } };
    },
  };
}

const knownWorld =
  (parameter: string) =>
  ({ world: { worlds, names }, path }: Request): Verdict => {
    const name = path[parameter] as string;
    if (worlds.has(name)) return true;
    return { details: { field: parameter, world: name, worlds: names.slice(-10) } };
  };
const unknown_world = knownWorld('world');

const world_exists = ({ world: { worlds }, body: { name } }: Request): Verdict =>
  !worlds.has(name) || { details: { field: 'name', world: name } };

/** What is told of a world after something was done to it. */
const told = (name: string, { world }: Request, of: string) => [name, world.summary(of)] as const;

interface GivenScenario {
  /** Absent where the request has none. */
  readonly loaded?: LoadedScenario;
  readonly fault?: ScenarioFault;
}

function loadGiven(world: Control, given: Json | undefined): GivenScenario {
  if (given === undefined) return {};
  const loaded = world.load(given);
  return 'world' in loaded ? { loaded } : { fault: loaded };
}

const soundScenario = {
  unknown_scenario: ({ world, fault }: Request & GivenScenario): Verdict =>
    fault?.unknown === undefined || {
      details: {
        field: 'scenario',
        scenario: fault.unknown,
        scenarios: world.scenarios.map(({ name }) => name),
      },
    },
  broken_scenario: ({ fault }: Request & GivenScenario): Verdict =>
    fault?.problems === undefined || { details: { field: 'scenario', problems: fault.problems } },
};

const asSnapshot = (name: string, { now }: WorldSnapshot) => ({ name, now });

const unknown_snapshot = ({ world, path }: Request): Verdict => {
  const snapshots = world.snapshots(path.world);
  const name = path.name as string;
  if (snapshots.has(name)) return true;
  return { details: { field: 'name', name, snapshots: [...snapshots.keys()] } };
};
const ofSnapshot = { unknown_world, unknown_snapshot };
const snapshotOf = ({ world, path }: Request) =>
  world.snapshots(path.world).get(path.name as string) as WorldSnapshot;

/** What a clock is told to do. */
interface NewTime {
  readonly advance?: string;
  readonly to?: string;
  readonly frozen?: boolean;
}

const moving = ({ body }: Request) => body as NewTime;

/** Why the clock cannot be moved: it is tried on a copy of the world. */
function faultOfTime(copy: World, { advance, to }: NewTime): JsonObject | undefined {
  try {
    if (advance !== undefined) moveBy(copy, advance);
    if (to !== undefined) moveTo(copy, to);
    return undefined;
  } catch (error) {
    if (!(error instanceof ClockError)) throw error;
    const message = error.message.split('\n', 1)[0] as string;
    return { field: advance === undefined ? 'to' : 'advance', message };
  }
}

/** How many of a list come next, and where those behind them begin. */
const pageOf = (rows: readonly object[], limit: Json | undefined) => ({
  page: rows.slice(0, Number(limit)),
  more: rows.length > Number(limit),
});

export const controlRules: Readonly<Record<string, ControlRule>> = {
  getHealth: rule({ accept: () => ['healthy', { status: 'ok' }] }),

  getReady: rule({
    accept: ({ world: { worlds } }) => {
      const all = worlds.list();
      const scenario = worlds.scenario(DEFAULT_WORLD).scenario;
      return ['ready', { status: 'ready', scenario, worlds: all.length }];
    },
  }),

  getVersion: rule({ accept: ({ world }) => ['versions', world.versions] }),

  listScenarios: rule({ accept: ({ world }) => ['listed', { scenarios: world.scenarios }] }),

  listWorlds: rule({ accept: ({ world }) => ['listed', { worlds: world.worlds.list() }] }),

  createWorld: rule({
    read: ({ world, body }) => loadGiven(world, body.scenario),
    guards: { world_exists, ...soundScenario },
    accept: (known) => {
      const { world, body } = known;
      world.worlds.create(body.name, body.scenario as string | Scenario | undefined);
      return told('created', known, body.name);
    },
  }),

  getWorld: rule({
    guards: { unknown_world },
    accept: (known) => told('found', known, known.path.world),
  }),

  deleteWorld: rule({
    guards: {
      unknown_world,
      default_world: ({ path }: Request) => path.world !== DEFAULT_WORLD,
    },
    accept: (known) => {
      const last = told('deleted', known, known.path.world);
      known.world.worlds.delete(known.path.world);
      return last;
    },
  }),

  resetWorld: rule({
    guards: { unknown_world },
    accept: (known) => {
      known.world.worlds.reset(known.path.world);
      return told('reset', known, known.path.world);
    },
  }),

  forkWorld: rule({
    guards: { unknown_world, world_exists },
    accept: (known) => {
      known.world.worlds.fork(known.path.world, known.body.name);
      return told('forked', known, known.body.name);
    },
  }),

  rewindWorld: rule({
    guards: {
      unknown_world,
      request_not_held: ({ world: { worlds }, path, body }: Request) => {
        const journal = worlds.journal(path.world);
        const [first, last] = [journal[0]?.number ?? null, journal.at(-1)?.number ?? null];
        const request = body.request as number;
        if (first !== null && last !== null && request >= first && request <= last) return true;
        return { details: { field: 'request', request, first, last } };
      },
    },
    accept: (known) => {
      known.world.worlds.rewind(known.path.world, known.body.request as number);
      return told('rewound', known, known.path.world);
    },
  }),

  moveClock: rule({
    read: (request) => {
      const { worlds } = request.world;
      const { world } = request.path;
      return {
        fault: worlds.has(world)
          ? faultOfTime(worlds.get(world).fork(), moving(request))
          : undefined,
      };
    },
    guards: {
      unknown_world,
      bad_time: ({ fault }) => fault === undefined || { details: fault },
    },
    accept: (known) => {
      const { worlds } = known.world;
      const { world } = known.path;
      const { advance, to, frozen } = moving(known);
      const before = worlds.get(world).clock.now();
      if (frozen !== undefined) worlds[frozen ? 'freeze' : 'thaw'](world);
      const move =
        advance === undefined ? to && worlds.setTime(world, to) : worlds.advance(world, advance);
      const { clock } = worlds.get(world);
      return [
        'moved',
        { before, now: clock.now(), embeddings: [], expired: [], ...move, frozen: clock.frozen },
      ];
    },
  }),

  compareWorlds: rule({
    guards: {
      unknown_world: (known: Request) => {
        const verdict = unknown_world(known);
        return verdict === true ? knownWorld('other')(known) : verdict;
      },
    },
    accept: ({ world: { worlds }, path }) => {
      const difference = worlds.compare(path.world, path.other as string);
      return ['compared', { ...difference, text: describeDifference(difference) }];
    },
  }),

  listRequests: rule({
    guards: { unknown_world },
    accept: ({ world: { worlds }, path, query }) => {
      const after = query.after as number;
      const later = worlds.journal(path.world).filter(({ number }) => number > after);
      const { page, more } = pageOf(later, query.limit);
      const next_after = more ? (later[page.length - 1]?.number ?? null) : null;
      return ['listed', { requests: page, next_after }];
    },
  }),

  listState: rule({
    read: ({ world: { worlds }, path, query }) => ({
      filter: filterOf(query.where),
      rows:
        worlds.has(path.world) && isNoun(path.noun)
          ? rowsOf(worlds.get(path.world), path.noun)
          : [],
    }),
    guards: {
      unknown_world,
      unknown_noun: ({ path }) =>
        isNoun(path.noun) ||
        ({ details: { field: 'noun', noun: path.noun as string, nouns: nounNames } } as const),
      bad_filter: ({ filter }) => filter !== undefined || { details: { field: 'where' } },
      unknown_field: ({ filter, rows }) => {
        const fields = new Set(rows.flatMap((row) => Object.keys(row)));
        const name = Object.keys(filter ?? {}).find((field) => !fields.has(field));
        if (name === undefined || rows.length === 0) return true;
        return { details: { field: 'where', name, fields: [...fields] } };
      },
    },
    accept: ({ filter, rows, query }) => {
      const offset = query.offset as number;
      const found = rows.filter((row) => fits(row, filter as JsonObject));
      const { page, more } = pageOf(found.slice(offset), query.limit);
      const next_offset = more ? offset + page.length : null;
      return ['listed', { rows: page, total: found.length, next_offset }];
    },
  }),

  listSnapshots: rule({
    guards: { unknown_world },
    accept: ({ world, path }) => {
      const snapshots = [...world.snapshots(path.world)];
      return ['listed', { snapshots: snapshots.map(([name, one]) => asSnapshot(name, one)) }];
    },
  }),

  getSnapshot: rule({
    guards: ofSnapshot,
    accept: (known) => ['found', asSnapshot(known.path.name as string, snapshotOf(known))],
  }),

  takeSnapshot: rule({
    guards: {
      unknown_world,
      bad_name: ({ path }: Request) =>
        isWorldName(path.name as string) || { details: { field: 'name', allowed: WORLD_NAMES } },
      too_many_snapshots: ({ world, path }: Request) => {
        const snapshots = world.snapshots(path.world);
        return (
          snapshots.size < MAX_SNAPSHOTS ||
          snapshots.has(path.name as string) || { details: { field: 'name', limit: MAX_SNAPSHOTS } }
        );
      },
    },
    accept: ({ world, path }) => {
      const snapshot = world.worlds.snapshot(path.world);
      world.snapshots(path.world).set(path.name as string, snapshot);
      return ['taken', asSnapshot(path.name as string, snapshot)];
    },
  }),

  deleteSnapshot: rule({
    guards: ofSnapshot,
    accept: (known) => {
      const last = asSnapshot(known.path.name as string, snapshotOf(known));
      known.world.snapshots(known.path.world).delete(last.name);
      return ['deleted', last];
    },
  }),

  restoreSnapshot: rule({
    guards: ofSnapshot,
    accept: (known) => {
      known.world.worlds.restore(known.path.world, snapshotOf(known));
      return told('restored', known, known.path.world);
    },
  }),

  exportScenario: rule({
    guards: { unknown_world },
    accept: ({ world: { worlds }, path }) => ['exported', writeScenario(worlds.get(path.world))],
  }),

  importScenario: rule({
    read: ({ world, body }) => loadGiven(world, body),
    guards: { unknown_world, ...soundScenario },
    accept: (known) => {
      const { world } = known.loaded as LoadedScenario;
      known.world.worlds.restore(known.path.world, world.snapshot());
      return told('imported', known, known.path.world);
    },
  }),
};
