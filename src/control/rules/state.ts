// The rows of a world.
import type { JsonObject } from '../../spec/message.js';
import { filterOf, fits, isNoun, nounNames, rowsOf } from '../state.js';
import { type ControlRules, pageOf, rule, unknown_world } from './form.js';

export const stateRules: ControlRules = {
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
};
