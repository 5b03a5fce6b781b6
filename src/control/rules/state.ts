// The rows of a world: read, changed, added and removed. A change that would break the world is refused whole.
import type { Verdict } from '../../decide/rule.js';
import { nearest } from '../../files/nearest.js';
import { adopt } from '../../scenario/adopt.js';
import { addRow, type Edit, type Edited, patchRow, removeRow } from '../../scenario/rows.js';
import type { JsonObject } from '../../spec/message.js';
import type { TableName, World } from '../../world/world.js';
import type { Control } from '../control.js';
import { filterOf, fits, isNoun, nounNames, rowsOf } from '../state.js';
import { type ControlRules, pageOf, type Request, rule, unknown_world } from './form.js';

const unknown_noun = ({ path }: Request): Verdict =>
  isNoun(path.noun) || {
    details: { field: 'noun', noun: path.noun as string, nouns: nounNames },
  };

/** Undefined where there is no such world or table. */
function tableOf({ world: { worlds }, path: { world, noun } }: Request) {
  return worlds.has(world) && isNoun(noun) ? { state: worlds.get(world), table: noun } : undefined;
}

const ofTable = { unknown_world, unknown_noun };
const ofRow = {
  ...ofTable,
  unknown_row: (request: Request): Verdict => {
    const { state, table } = tableOf(request) as Table;
    const id = request.path.id as string;
    if (state[table].has(id)) return true;
    const ids = state[table].all().map((row) => row.id);
    const close = nearest(id, ids);
    return { details: { field: 'id', id, ids: close === undefined ? ids.slice(0, 10) : [close] } };
  },
};

interface Table {
  readonly state: World;
  readonly table: TableName;
}

interface Attempted {
  readonly edit: Edit | undefined;
}

/** How the world would be, where the request names a row of it. */
function editing(request: Request, edit: (known: Table & { id: string }) => Edit): Attempted {
  const found = tableOf(request);
  const id = request.path.id ?? '';
  const isThere = found && (request.path.id === undefined || found.state[found.table].has(id));
  return { edit: isThere ? edit({ ...found, id }) : undefined };
}

/** A scenario by value, as a request could have sent it. */
const loading =
  ({ world }: { readonly world: Control }) =>
  (scenario: JsonObject) => {
    const loaded = world.load(scenario);
    return 'world' in loaded ? loaded : { problems: (loaded.problems ?? []) as never };
  };

const isSound = ({ edit }: Attempted): Verdict => {
  if (edit === undefined || 'world' in edit) return true;
  const { field, problems } = edit;
  const told = problems.find((one) => one.field === field) ?? problems[0];
  const message = told === undefined ? '' : `${told.what}: ${told.fix}`;
  return { details: { field, message, problems: problems as never } };
};

/** Whatever else follows from the row is changed with it. */
const carryOut = ({ world, path, edit }: Request & Attempted): void =>
  world.worlds.change(path.world, (state) => adopt(state, edit as Edited));

const rowOf = (request: Request): JsonObject => {
  const { state, table } = tableOf(request) as Table;
  return state[table].get(request.path.id as string) as object as JsonObject;
};

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
      ...ofTable,
      bad_filter: ({ filter }) => filter !== undefined || { details: { field: 'where' } },
      unknown_field: ({ filter, rows }) => {
        const asked = Object.keys(filter ?? {});
        if (asked.length === 0 || rows.length === 0) return true;
        const fields = new Set(rows.flatMap((row) => Object.keys(row)));
        const name = asked.find((field) => !fields.has(field));
        return name === undefined || { details: { field: 'where', name, fields: [...fields] } };
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

  getRow: rule({
    guards: ofRow,
    accept: (request) => ['found', rowOf(request)],
  }),

  createRow: rule({
    read: (request) =>
      editing(request, ({ state, table }) => addRow(state, table, request.body, loading(request))),
    guards: { ...ofTable, row_refused: isSound },
    accept: (known) => {
      const { state, table } = tableOf(known) as Table;
      const before = new Set(rowsOf(state, table).map(({ id }) => id));
      carryOut(known);
      return ['created', { rows: rowsOf(state, table).filter(({ id }) => !before.has(id)) }];
    },
  }),

  patchRow: rule({
    read: (request) =>
      editing(request, ({ state, ...named }) =>
        patchRow(state, named, request.body, loading(request)),
      ),
    guards: { ...ofRow, row_refused: isSound },
    accept: (known) => {
      carryOut(known);
      return ['patched', rowOf(known)];
    },
  }),

  deleteRow: rule({
    read: (request) =>
      editing(request, ({ state, ...named }) => removeRow(state, named, loading(request))),
    guards: { ...ofRow, row_in_use: isSound },
    accept: (known) => {
      const last = rowOf(known);
      carryOut(known);
      return ['deleted', last];
    },
  }),
};
