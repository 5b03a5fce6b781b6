// What is in a world, by table: rows as they are kept, and which of them fit a filter.
import { same } from '../spec/json.js';
import { isJsonObject, type Json, type JsonObject } from '../spec/message.js';
import { nouns } from '../world/nouns.js';
import type { TableName, World } from '../world/world.js';

export const nounNames = Object.keys(nouns) as readonly TableName[];

export const isNoun = (name: string | undefined): name is TableName =>
  nounNames.some((noun) => noun === name);

export const rowsOf = (world: World, noun: TableName): readonly JsonObject[] =>
  world[noun].all() as readonly object[] as readonly JsonObject[];

/** The values that fields must have; undefined where the text is no JSON object. */
export function filterOf(text: Json | undefined): JsonObject | undefined {
  try {
    const filter: unknown = JSON.parse(String(text ?? '{}'));
    return isJsonObject(filter) ? filter : undefined;
  } catch {
    return undefined;
  }
}

export const fits = (row: JsonObject, filter: JsonObject): boolean =>
  Object.entries(filter).every(([field, value]) => same(row[field] as Json, value));
