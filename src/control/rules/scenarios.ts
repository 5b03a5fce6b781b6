// A world as a scenario, and a scenario as a world.
import type { LoadedScenario } from '../../scenario/load.js';
import { type ControlRules, rule, told, unknown_world } from './form.js';
import { loadGiven, soundScenario } from './given-scenario.js';

export const scenarioRules: ControlRules = {
  exportScenario: rule({
    guards: { unknown_world },
    accept: ({ world: { worlds }, path }) => ['exported', worlds.export(path.world)],
  }),

  importScenario: rule({
    read: ({ world, body }) => loadGiven(world, body),
    guards: { unknown_world, ...soundScenario },
    accept: (known) => {
      const { world, scenario } = known.loaded as LoadedScenario;
      const { worlds, faults } = known.world;
      worlds.restore(known.path.world, world.snapshot());
      faults.started(worlds.get(known.path.world), scenario);
      return told('imported', known, known.path.world);
    },
  }),
};
