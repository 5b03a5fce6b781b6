// The journal of a world.
import { type ControlRules, pageOf, rule, unknown_world } from './form.js';

export const requestRules: ControlRules = {
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
};
