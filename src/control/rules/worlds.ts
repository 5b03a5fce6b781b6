// Worlds: made, forked, reset, rewound, compared and deleted.
import type { Verdict } from '../../decide/rule.js';
import type { Scenario } from '../../scenario/scenario.js';
import { describeDifference } from '../../world/compare.js';
import { DEFAULT_WORLD } from '../../world/world-names.js';
import { type ControlRules, knownWorld, type Request, rule, told, unknown_world } from './form.js';
import { loadGiven, soundScenario } from './given-scenario.js';

const world_exists = ({ world: { worlds }, body: { name } }: Request): Verdict =>
  !worlds.has(name) || { details: { field: 'name', world: name } };

export const worldRules: ControlRules = {
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
};
