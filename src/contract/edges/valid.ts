// Requests that keep their schema: single values at and between their bounds, by fast-check, and
// whole requests, by json-schema-faker.
import fc from 'fast-check';
import { generateSync, type JsonSchema } from 'json-schema-faker';
import type { Json, JsonObject } from '../../spec/message.js';
import {
  type Draw,
  entriesOf,
  listOf,
  plainKeyOf,
  plainTextOf,
  seedOf,
  textOf,
  valueFor,
  within,
} from './draw.js';
import { type RequestSchema, type Schema, typesOf } from './request-schema.js';

export interface ValidRequest {
  /** What it varies. */
  readonly field?: string;
  /** In words, for the row's title. */
  readonly about: string;
  /** The whole body or query. */
  readonly value: JsonObject;
}

/**
 * Texts that mean nothing to a server. Any other text, such as an id, names something that must
 * exist.
 */
export const freeTexts: readonly string[] = ['name', 'title', 'description', 'content', 'search'];

/** The largest whole number and the longest text where the schema has no bound. */
const FAR = 1_000_000;
const LONG = 300;
/** A text as long as that has letters of every kind. */
const ROOM = 24;

const WHOLE_BODIES = 3;
const WHOLE_QUERIES = 2;

/**
 * Requests that differ from an accepted one in one value; `coupled` fields, and those that name
 * something, stay as they are.
 */
export function validRequests(
  request: RequestSchema,
  accepted: JsonObject,
  coupled: readonly string[],
  draw: Draw,
): readonly ValidRequest[] {
  const requests: ValidRequest[] = [];
  for (const [field, schema] of Object.entries(request.schema.properties ?? {})) {
    if (schema['x-edition'] || coupled.includes(field)) continue;
    for (const { about, value } of validValues(field, schema, request.part, draw)) {
      const changed = { ...accepted, [field]: value };
      if (JSON.stringify(changed) !== JSON.stringify(accepted))
        requests.push({
          field,
          about: `${request.part === 'query' ? `${field} in the query` : field} ${about}`,
          value: changed,
        });
    }
  }
  return requests;
}

/**
 * The same values in as few requests as there are of one field: the first of each field together,
 * the second of each, and so on.
 */
export function together(
  accepted: JsonObject,
  requests: readonly ValidRequest[],
): readonly ValidRequest[] {
  const groups: ValidRequest[][] = [];
  const sizes = new Map<string, number>();
  for (const request of requests) {
    const { field = '' } = request;
    const size = sizes.get(field) ?? 0;
    groups[size] = [...(groups[size] ?? []), request];
    sizes.set(field, size + 1);
  }
  return groups.map((group) => ({
    about: group.map(({ about }) => about).join(', '),
    value: {
      ...accepted,
      ...Object.fromEntries(group.map(({ field = '', value }) => [field, value[field] as Json])),
    },
  }));
}

/** Whole requests with the optional fields in and out; empty where every field names something. */
export function wholeRequests(
  request: RequestSchema,
  accepted: JsonObject,
  coupled: readonly string[],
  seed: number,
): readonly ValidRequest[] {
  const properties = certainFields(request.schema, coupled);
  if (Object.keys(properties).length === 0) return [];
  const required = (request.schema.required ?? []).filter((field) => field in properties);
  const stays = Object.fromEntries(
    Object.entries(accepted).filter(([field]) => !(field in properties)),
  );
  return Array.from({ length: request.part === 'body' ? WHOLE_BODIES : WHOLE_QUERIES }, (_, i) => {
    const schema = { type: 'object', properties, required } as JsonSchema;
    const sample = generateSync(schema, { seed: seedOf(seed, `${request.validator} ${i}`) });
    return {
      about: `the ${request.part} is sample ${i + 1}`,
      value: { ...stays, ...(sample as JsonObject) },
    };
  });
}

/**
 * The fields whose values can be made up, without April's, which a server of the February edition
 * does not read.
 */
function certainFields(
  { properties = {} }: Schema,
  coupled: readonly string[] = [],
): Readonly<Record<string, Schema>> {
  const fields = Object.entries(properties).map(([field, schema]) => {
    const isFree = !schema['x-edition'] && !coupled.includes(field);
    return [field, isFree ? certainPart(field, schema) : undefined] as const;
  });
  return Object.fromEntries(
    fields.filter((entry): entry is [string, Schema] => entry[1] !== undefined),
  );
}

/**
 * A schema without what the document leaves open: null, empty lists, empty texts, numbers below
 * zero. Undefined where its value must name something.
 */
function certainPart(field: string, schema: Schema): Schema | undefined {
  const types = typesOf(schema).filter((type) => type !== 'null');
  const type = types.length === 1 ? types[0] : undefined;
  if (schema.enum)
    return { ...schema, type: types, enum: schema.enum.filter((value) => value !== null) };
  switch (type) {
    case 'string':
      return freeTexts.includes(field)
        ? { ...schema, type, minLength: Math.max(schema.minLength ?? 0, 1) }
        : undefined;
    case 'integer':
      return { ...schema, type, minimum: schema.minimum ?? 0 };
    case 'array': {
      const items = certainPart(field, schema.items ?? {});
      return items && { ...schema, type, items, minItems: Math.max(schema.minItems ?? 0, 1) };
    }
    case 'object': {
      const properties = certainFields(schema);
      const isWhole = (schema.required ?? []).every((name) => name in properties);
      // At least one entry, for json-schema-faker makes no more than it must.
      return isWhole
        ? { ...schema, type, minProperties: 1, ...(schema.properties ? { properties } : {}) }
        : undefined;
    }
    default:
      return type === undefined ? schema : { ...schema, type };
  }
}

interface Named {
  readonly about: string;
  readonly value: Json;
}

function validValues(
  field: string,
  schema: Schema,
  part: 'body' | 'query',
  draw: Draw,
): readonly Named[] {
  const types = typesOf(schema);
  // Whether an object that is set to null reads as null or as empty is left open.
  const canBeNull = part === 'body' && types.includes('null') && !types.includes('object');
  const isNull = canBeNull ? [{ about: 'is null', value: null }] : [];
  const certain = certainPart(field, schema);
  if (certain) return [...isNull, ...certainValues(certain, within(draw, field))];
  // Of what names something, only the list that names nothing can be made.
  return types.includes('array') && !schema.minItems
    ? [...isNull, { about: 'is empty', value: [] }]
    : isNull;
}

function certainValues(schema: Schema, draw: Draw): readonly Named[] {
  if (schema.enum)
    return schema.enum.map((value) => ({ about: `is ${JSON.stringify(value)}`, value }));
  switch (schema.type) {
    case 'boolean':
      return [true, false].map((value) => ({ about: `is ${value}`, value }));
    case 'integer':
      return numbersOf(schema, draw).map((value) => ({ about: `is ${value}`, value }));
    case 'string':
      return textsOf(schema, draw);
    case 'array':
      return sizesOf(schema.minItems ?? 1, schema.maxItems, (schema.minItems ?? 1) + 2, draw).map(
        (size) => ({
          about: `has ${counted(size, 'item')}`,
          value: draw(String(size), listOf(schema, size, size)),
        }),
      );
    default:
      return objectsOf(schema, draw);
  }
}

/**
 * Plain at the bounds. Between them every kind of letter, so far below that it is no matter how a
 * server counts.
 */
function textsOf({ minLength = 1, maxLength }: Schema, draw: Draw): readonly Named[] {
  const most =
    maxLength === undefined
      ? LONG - 1
      : Math.max(Math.min(minLength, maxLength), Math.floor(maxLength / 4));
  const inside = between(Math.max(minLength, Math.min(ROOM, most)), most, draw);
  // Where there is no bound, longer than the columns of most databases are.
  const bounds = new Set([minLength, maxLength ?? LONG]);
  const named = (length: number, text: typeof textOf): Named => ({
    about: `has ${counted(length, 'character')}`,
    value: draw(String(length), text(length)),
  });
  return [
    ...[...bounds].map((length) => named(length, plainTextOf)),
    ...(bounds.has(inside) ? [] : [named(inside, textOf)]),
  ];
}

/** At, near and between the bounds. */
function numbersOf({ minimum = 0, maximum }: Schema, draw: Draw): readonly number[] {
  const upper = maximum === undefined ? [] : [maximum - 1, maximum];
  const all = [minimum, minimum + 1, between(minimum, maximum ?? FAR, draw), ...upper];
  return [...new Set(all)].filter((value) => value >= minimum && value <= (maximum ?? FAR));
}

/** The bounds of a length, and one between them; `far` where there is no upper one. */
function sizesOf(
  least: number,
  most: number | undefined,
  far: number,
  draw: Draw,
): readonly number[] {
  return [
    ...new Set([least, between(least, most ?? far, draw), ...(most === undefined ? [] : [most])]),
  ];
}

/** Not at the bounds nor beside them, where there is room. */
function between(least: number, most: number, draw: Draw): number {
  const gap = most - least > 4 ? 2 : 0;
  return draw('between', fc.integer({ min: least + gap, max: most - gap }));
}

function objectsOf(schema: Schema, draw: Draw): readonly Named[] {
  const { maxProperties: most, propertyNames, additionalProperties } = schema;
  const objects: Named[] = [{ about: 'is drawn', value: draw('drawn', valueFor(schema)) }];
  const add = (about: string, value: Json): void => void objects.push({ about, value });
  const key = propertyNames?.maxLength;
  const text =
    typeof additionalProperties === 'object' ? additionalProperties.maxLength : undefined;
  if (most !== undefined)
    add(`has ${most} entries`, draw('most', entriesOf(schema, fc.constant(most))));
  if (key !== undefined)
    add(`has a key of ${key} characters`, { [draw('key', plainKeyOf(key))]: 'x' });
  if (text !== undefined)
    add(`has a text of ${text} characters`, { text: draw('text', plainTextOf(text)) });
  return objects;
}

const counted = (count: number, what: string): string =>
  `${count} ${what}${count === 1 ? '' : 's'}`;
