// Requests that break their schema in one constraint, at any depth. All else is as in a request
// that is accepted.
import fc from 'fast-check';
import { isJsonObject, type Json, type JsonObject } from '../../spec/message.js';
import { pointerToken } from '../../spec/pointer.js';
import { fieldName } from '../../validation/violation.js';
import { type Draw, listOf, textOf, valueFor, within } from './draw.js';
import { type RequestSchema, type Schema, typesOf } from './request-schema.js';

export interface InvalidRequest {
  /** Of the value that breaks its schema. */
  readonly pointer: string;
  /** The same as a client would write it. */
  readonly field: string;
  /** The keyword that is broken, or several where one cannot be broken alone. */
  readonly keywords: readonly string[];
  /** In words, for the row's title. */
  readonly about: string;
  /** The whole body or query. */
  readonly value: JsonObject;
  /** In a field that a server of the February edition does not read. */
  readonly april: boolean;
}

/** One broken constraint of one value; undefined means that the value is left out. */
interface Breach {
  readonly at: readonly string[];
  readonly keywords: readonly string[];
  readonly about: string;
  readonly value: Json | undefined;
  readonly april?: true;
}

/**
 * Breaks every constraint of a request's schema, one by one, in a request that the table accepts.
 */
export function invalidRequests(
  { part, schema }: RequestSchema,
  accepted: JsonObject,
  draw: Draw,
): readonly InvalidRequest[] {
  return insideObject(schema, accepted, part, draw).map(
    ({ at, keywords, about, value, april = false }) => {
      const pointer = at.map((token) => `/${pointerToken(token)}`).join('');
      const field = fieldName({ in: part, pointer, keyword: '', expected: '' });
      return {
        pointer,
        field,
        keywords,
        about: `${part === 'query' ? `${field} in the query` : field} ${about}`,
        value: value as JsonObject,
        april,
      };
    },
  );
}

function breachesOf(
  schema: Schema,
  accepted: Json | undefined,
  part: 'body' | 'query',
  draw: Draw,
): Breach[] {
  const own = [...wrongTypes(schema, part, draw), ...outOfBounds(schema, draw)].map((breach) => ({
    at: [],
    ...breach,
  }));
  const types = typesOf(schema);
  const inner = types.includes('array')
    ? insideList(schema, accepted, part, draw)
    : types.includes('object')
      ? insideObject(
          schema,
          isJsonObject(accepted) ? accepted : requiredOf(schema, draw),
          part,
          draw,
        )
      : [];
  return [...own, ...inner].map((breach) =>
    schema['x-edition'] ? { ...breach, april: true as const } : breach,
  );
}

/** The required fields of an object that the accepted request does not have. */
const requiredOf = ({ properties, required = [] }: Schema, draw: Draw): JsonObject =>
  Object.fromEntries(
    required.map((name) => [name, draw(`required ${name}`, valueFor(properties?.[name] ?? {}))]),
  );

function insideObject(
  schema: Schema,
  accepted: JsonObject,
  part: 'body' | 'query',
  draw: Draw,
): Breach[] {
  const { properties = {}, required = [], propertyNames, additionalProperties } = schema;
  const put = (name: string, { at, value, ...breach }: Breach): Breach => {
    const { [name]: _, ...others } = accepted;
    return {
      ...breach,
      at: [name, ...at],
      value: value === undefined ? others : { ...others, [name]: value },
    };
  };
  const leftOut = required.map((name) =>
    put(name, { at: [], keywords: ['required'], about: 'is left out', value: undefined }),
  );
  const fields = Object.entries(properties).flatMap(([name, property]) =>
    breachesOf(property, accepted[name], part, within(draw, name)).map((breach) =>
      put(name, breach),
    ),
  );
  const keys = propertyNames
    ? outOfBounds(propertyNames, within(draw, 'key')).map(({ about, keywords, value }) => ({
        at: [],
        keywords,
        about: `has a key that ${about}`,
        value: { ...accepted, [String(value)]: 'x' },
      }))
    : [];
  const entries =
    typeof additionalProperties === 'object'
      ? breachesOf(additionalProperties, undefined, part, within(draw, 'entry')).map((breach) =>
          put('entry', breach),
        )
      : [];
  const unknown =
    additionalProperties === false
      ? [
          put('understudy_unknown', {
            at: [],
            keywords: ['additionalProperties'],
            about: 'is sent, which nobody knows',
            value: 1,
          }),
        ]
      : [];
  return [...leftOut, ...fields, ...keys, ...entries, ...unknown];
}

function insideList(
  { items }: Schema,
  accepted: Json | undefined,
  part: 'body' | 'query',
  draw: Draw,
): Breach[] {
  if (!items) return [];
  const [first, ...others] = Array.isArray(accepted) ? (accepted as readonly Json[]) : [];
  return breachesOf(items, first, part, draw).map(({ at, value, ...breach }) => ({
    ...breach,
    at: ['0', ...at],
    value: [value as Json, ...others],
  }));
}

type Own = Omit<Breach, 'at'>;

const ofType: Readonly<Record<string, { readonly about: string; readonly value: Json }>> = {
  string: { about: 'is a text', value: 'understudy' },
  number: { about: 'is a number', value: 7 },
  boolean: { about: 'is true', value: true },
  array: { about: 'is a list', value: [] },
  object: { about: 'is an object', value: {} },
};

/**
 * A value of a wrong type, and null where it is not allowed. In a query every value is a text, so
 * no text has a wrong type.
 */
function wrongTypes(schema: Schema, part: 'body' | 'query', draw: Draw): Own[] {
  const types = typesOf(schema);
  // Nothing of another type is among the values of an enum.
  const keywords = schema.enum ? ['type', 'enum'] : ['type'];
  const admitted = types.map((type) => (type === 'integer' ? 'number' : type));
  if (types.length === 0 || (part === 'query' && admitted.includes('string'))) return [];
  const others = part === 'query' ? ['string'] : Object.keys(ofType);
  const wrong = others.filter((type) => !admitted.includes(type));
  const drawn =
    wrong.length > 0
      ? [ofType[draw('wrong type', fc.constantFrom(...wrong))] as (typeof ofType)[string]]
      : [];
  const fraction = types.includes('integer')
    ? [{ about: 'is a fraction', value: part === 'query' ? '1.5' : 1.5 }]
    : [];
  const nothing =
    part === 'body' && !types.includes('null') ? [{ about: 'is null', value: null }] : [];
  return [...drawn, ...fraction, ...nothing].map((value) => ({ ...value, keywords }));
}

/** The bounds of a value, each crossed by one. */
function outOfBounds(schema: Schema, draw: Draw): Own[] {
  const {
    minLength,
    maxLength,
    pattern,
    format,
    minimum,
    maximum,
    minItems,
    maxItems,
    uniqueItems,
    maxProperties,
  } = schema;
  const breaches: Own[] = [];
  const breaks = (keyword: string, about: string, value: Json): void =>
    void breaches.push({ keywords: [keyword], about, value });
  const items = (count: number): readonly Json[] =>
    draw('items', listOf({ ...schema, uniqueItems: true }, count, count));
  if (schema.enum) breaks('enum', 'is outside its values', 'understudy-none');
  if (minLength)
    breaks('minLength', `has ${minLength - 1} characters`, draw('short', textOf(minLength - 1)));
  if (maxLength !== undefined)
    breaks('maxLength', `has ${maxLength + 1} characters`, draw('long', textOf(maxLength + 1)));
  if (pattern !== undefined) breaks('pattern', `does not match ${pattern}`, 'understudy');
  if (format !== undefined) breaks('format', `is no ${format}`, 'understudy');
  if (minimum !== undefined) breaks('minimum', `is ${minimum - 1}`, minimum - 1);
  if (maximum !== undefined) breaks('maximum', `is ${maximum + 1}`, maximum + 1);
  if (minItems) breaks('minItems', `has ${minItems - 1} items`, items(minItems - 1));
  if (maxItems !== undefined) breaks('maxItems', `has ${maxItems + 1} items`, items(maxItems + 1));
  if (uniqueItems) breaks('uniqueItems', 'has an item twice', [...items(1), ...items(1)]);
  if (maxProperties !== undefined)
    breaks(
      'maxProperties',
      `has ${maxProperties + 1} entries`,
      Object.fromEntries(Array.from({ length: maxProperties + 1 }, (_, i) => [`key${i}`, i])),
    );
  return breaches;
}
