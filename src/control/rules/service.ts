// What the process says of itself: whether it is well, its versions, the scenarios that it ships.
import { DEFAULT_WORLD } from '../../world/world-names.js';
import { type ControlRules, rule } from './form.js';

export const serviceRules: ControlRules = {
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
};
