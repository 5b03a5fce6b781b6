// One row of a world changed, added or removed. It goes by way of the scenario that the world could
// have been loaded from, so a row is held to all that a scenario is held to. For a change and an
// addition, that is a scenario of the rows around it alone.
import { fixOf } from '../files/nearest.js';
import { isJsonObject, type Json, type JsonObject } from '../spec/message.js';
import { atPointer, pointerOf, pointerTokens } from '../spec/pointer.js';
import type { Row } from '../world/indexes.js';
import { nouns } from '../world/nouns.js';
import type { TableName, World } from '../world/world.js';
import { worldAround, worldAroundNew } from './near.js';
import { type Fault, ofRow, problemAt, type RowProblem } from './row-problem.js';
import { type AnyNoun, type ListedNoun, placedItems } from './sections.js';
import { writeScenario } from './write.js';

/** What is edited, and as it would be: a world, or the part of one that the edit can reach. */
export interface Edited {
  readonly before: World;
  readonly world: World;
}

/** The field at fault, and all that would be wrong. */
export interface Refused {
  readonly field: string;
  readonly problems: readonly RowProblem[];
}

export type Edit = Edited | Refused;

/** A scenario to a world, or all that is wrong with it. */
export type LoadEdited = (
  scenario: JsonObject,
) => { readonly world: World } | { readonly problems: readonly Fault[] };

/** A row that is there. */
interface Named {
  readonly table: TableName;
  readonly id: string;
}

/**
 * As a JSON merge patch (RFC 7396) has it, of the fields that the row shows; a field that is null
 * has no value. The ID stays, and so does what follows from other rows.
 */
export const patchRow = (world: World, named: Named, patch: JsonObject, load: LoadEdited): Edit =>
  patchIn(worldAround(world, named, patch), named, patch, load);

/** The same by way of all that is in a world. */
export function patchIn(
  world: World,
  named: Named,
  { id = named.id, ...patch }: JsonObject,
  load: LoadEdited,
): Edit {
  const fields = Object.keys(patch);
  const row = world[named.table].get(named.id) as Row;
  const unknown = fields.find((field) => !Object.hasOwn(row, field));
  if (id !== named.id)
    return refused(
      named,
      'id',
      'the ID of a row stays as it is',
      `leave it out, or write ${named.id}`,
    );
  if (unknown !== undefined)
    return refused(named, unknown, `it has no field ${unknown}`, fixOf(unknown, Object.keys(row)));
  if (fields[0] === undefined) return { before: world, world };
  const listed = listedIn(world, named.table);
  if (!listed) return refused(named, fields[0], ...follows);

  const { scenario } = listed;
  const pointer = pointerTo(listed, world, named);
  const attempt = (wanted: JsonObject) =>
    loadItem(wanted, pointer, load, (given, leftOut) =>
      edited(scenario, pointer, (item) => merged(item as JsonObject, given, leftOut)),
    );
  const tried = attempt(patch);
  if ('world' in tried)
    // What an embedding is of, for example, is in its message and its space.
    return tried.world[named.table].has(named.id)
      ? { before: world, world: tried.world }
      : refused(named, fields[0], ...follows);
  const problems = tried.problems.map((fault) => problemAt(scenario, fault));
  const own = problems.find((one) => one.id === named.id && fields.includes(one.field))?.field;
  // Each is tried by itself only where no problem names one: that loads the whole world.
  const field =
    own ?? fields.find((one) => !('world' in attempt({ [one]: patch[one] as Json }))) ?? fields[0];
  return { field, problems };
}

/**
 * An item as a list of a scenario has it; one whose list stands in another row names that row:
 * `thread_id` for a message. What it does not say is as the scenario's form has it.
 */
export const addRow = (world: World, table: TableName, item: JsonObject, load: LoadEdited): Edit =>
  addIn({ whole: world, world: worldAroundNew(world, table, item) }, table, item, load);

/** The same by way of all that is in a world. */
export function addIn(
  { whole, world = whole }: { readonly whole: World; readonly world?: World },
  table: TableName,
  item: JsonObject,
  load: LoadEdited,
): Edit {
  const named = { table, id: String(item.id ?? item.api_key ?? item.token ?? '') };
  const listed = listedIn(world, table);
  if (!listed) return refused(named, 'noun', ...follows);
  const { scenario, noun } = listed;
  const { within, section } = noun;
  let list = pointerOf([section]);
  let own = item;
  if (within !== undefined) {
    const holder = listedIn(world, within as TableName) as Listed;
    const field = `${holder.noun.called}_id`;
    const { [field]: holderId, ...rest } = item;
    const found = placedItems(scenario as never, holder.noun).find(
      (one) => one.item.id === holderId,
    );
    if (!found) {
      const ids = whole[within as TableName].all().map(({ id }) => id);
      const what =
        holderId === undefined
          ? `${field} is missing`
          : `there is no ${holder.noun.called} ${holderId}`;
      return refused(named, field, what, fixOf(holderId, ids.slice(-10)));
    }
    list = found.pointer + list;
    own = rest;
  }
  const place = list + pointerOf([items(scenario, list).length]);
  const tried = loadItem(own, place, load, (given, leftOut) =>
    edited(scenario, list, () => [...items(scenario, list), merged({}, given, leftOut)]),
  );
  if ('world' in tried) return { before: world, world: tried.world };
  const isOwn = ({ pointer }: Fault): boolean => `${pointer}/`.startsWith(`${place}/`);
  const problems = tried.problems.map((fault) =>
    isOwn(fault)
      ? { noun: table, id: named.id, ...ofRow(place, fault) }
      : problemAt(scenario, fault),
  );
  return { field: problems.find((one) => one.id === named.id)?.field || 'id', problems };
}

/** What stands in its own lists goes with it; a row that others refer to has to stay. */
export function removeRow(world: World, named: Named, load: LoadEdited): Edit {
  const listed = listedIn(world, named.table);
  if (!listed) return refused(named, 'id', ...follows);
  const { scenario } = listed;
  const tried = load(edited(scenario, pointerTo(listed, world, named), () => undefined));
  if ('problems' in tried)
    return { field: 'id', problems: tried.problems.map((fault) => problemAt(scenario, fault)) };
  return tried.world[named.table].has(named.id)
    ? refused(named, 'id', ...follows)
    : { before: world, world: tried.world };
}

const follows = [
  'it follows from other rows',
  'change those, or send a request that changes it',
] as const;

const refused = ({ table, id }: Named, field: string, what: string, fix: string): Edit => ({
  field,
  problems: [{ noun: table, id, field, what, fix }],
});

/** A scenario of the world with an item for each row of the noun. */
interface Listed {
  readonly noun: ListedNoun;
  readonly scenario: JsonObject;
}

function listedIn(world: World, table: TableName): Listed | undefined {
  const noun = nouns[table] as AnyNoun as ListedNoun;
  if (noun.section === undefined) return undefined;
  const scenario = writeScenario(world) as unknown as JsonObject;
  const items = noun.items?.(world) as Json | undefined;
  return {
    noun,
    scenario: items === undefined ? scenario : { ...scenario, [noun.section]: items },
  };
}

/** Where the item of a row stands. */
function pointerTo({ noun, scenario }: Listed, world: World, { table, id }: Named): string {
  const rows: readonly Row[] = world[table].all();
  if (noun.items) return pointerOf([noun.section, rows.findIndex((row) => row.id === id)]);
  const found = placedItems(scenario as never, noun).find((one) => one.item.id === id);
  return found?.pointer as string;
}

/** Null is written where the form takes it, and is left out where it does not. */
function loadItem(
  wanted: JsonObject,
  place: string,
  load: LoadEdited,
  edit: (wanted: JsonObject, leftOut: readonly string[]) => JsonObject,
): ReturnType<LoadEdited> {
  const tried = load(edit(wanted, []));
  if ('world' in tried) return tried;
  const barred = Object.keys(wanted).filter(
    (field) =>
      wanted[field] === null &&
      tried.problems.some(({ pointer }) => pointer === place + pointerOf([field])),
  );
  return barred.length > 0 ? load(edit(wanted, barred)) : tried;
}

const items = (scenario: JsonObject, list: string): readonly Json[] =>
  (atPointer(scenario, list) ?? []) as readonly Json[];

/** The scenario with something else at a pointer, or with nothing there. */
const edited = (
  scenario: JsonObject,
  pointer: string,
  change: (value: Json | undefined) => Json | undefined,
): JsonObject => replaced(scenario, pointerTokens(pointer), change) as JsonObject;

function replaced(
  value: Json | undefined,
  [first, ...rest]: readonly string[],
  change: (value: Json | undefined) => Json | undefined,
): Json | undefined {
  if (first === undefined) return change(value);
  if (!Array.isArray(value)) {
    const holder = (value ?? {}) as JsonObject;
    return { ...holder, [first]: replaced(holder[first], rest, change) as Json };
  }
  const next = replaced(value[Number(first)], rest, change);
  return next === undefined ? value.toSpliced(Number(first), 1) : value.with(Number(first), next);
}

function merged(item: JsonObject, patch: JsonObject, leftOut: readonly string[]): JsonObject {
  const changed = Object.entries(patch).map(
    ([field, value]) => [field, mergedValue(item[field], value)] as const,
  );
  const all = { ...item, ...Object.fromEntries(changed) };
  return Object.fromEntries(Object.entries(all).filter(([field]) => !leftOut.includes(field)));
}

/** RFC 7396, below the fields of a row. */
function mergedValue(value: Json | undefined, patch: Json): Json {
  if (!isJsonObject(patch)) return patch;
  const before = isJsonObject(value) ? value : {};
  const changed = Object.entries(patch).map(
    ([key, part]) => [key, mergedValue(before[key], part)] as const,
  );
  const all = { ...before, ...Object.fromEntries(changed) };
  return Object.fromEntries(Object.entries(all).filter(([, part]) => part !== null));
}
