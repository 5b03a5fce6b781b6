// Values at the edges of what transports and databases carry. Whether a server takes them, nobody
// says; that it may not fail over them, and must keep what it takes, holds for every one.
import type { Json, JsonObject } from '../../spec/message.js';
import type { RequestSchema, Schema } from './request-schema.js';
import { typesOf } from './request-schema.js';
import { freeTexts, type ValidRequest } from './valid.js';

export interface ExtremeRequest extends ValidRequest {
  readonly field: string;
  /** Nothing is odd about it but its length. */
  readonly isPlain?: boolean;
}

/** One field at a time; `coupled` ones stay as they are, and so do April's. */
export function extremeRequests(
  { part, schema }: RequestSchema,
  accepted: JsonObject,
  coupled: readonly string[],
): readonly ExtremeRequest[] {
  return Object.entries(schema.properties ?? {})
    .filter(([field, own]) => !own['x-edition'] && !coupled.includes(field))
    .flatMap(([field, own]) =>
      extremesOf(field, own, part).map(({ about, value, isPlain = false }) => ({
        field,
        isPlain,
        about: `${part === 'query' ? `${field} in the query` : field} ${about}`,
        value: { ...accepted, [field]: value },
      })),
    );
}

interface Extreme {
  readonly about: string;
  readonly value: Json;
  readonly isPlain?: boolean;
}

/** 16-bit lengths end before it. */
const LENGTH = 65_536;

/** The first whole numbers that no longer fit a signed one of so many bits. */
const BITS: readonly number[] = [31, 53, 63];

/** Texts that careless servers tidy up. */
const kept: readonly Extreme[] = [
  { about: 'has blanks around it', value: '  between  blanks ' },
  {
    about: 'has line breaks and an accent of its own in it',
    value: 'one\r\ntwo\n\tthree e\u0301',
  },
];

function extremesOf(field: string, schema: Schema, part: 'body' | 'query'): readonly Extreme[] {
  const types = typesOf(schema);
  if (types.includes('array') && part === 'body')
    return [
      { about: 'has an empty text in it', value: [''] },
      { about: 'has a blank in it', value: [' '] },
    ];
  if (types.includes('integer'))
    return BITS.map((bits) => ({ about: `is 2^${bits}`, value: 2 ** bits }));
  if (types.includes('object') && part === 'body')
    return kept.map(({ about, value }) => ({ about, value: { text: value } }));
  if (!types.includes('string') || schema.enum || !freeTexts.includes(field)) return [];
  const long = { about: `has ${LENGTH} characters`, value: 'x'.repeat(LENGTH), isPlain: true };
  return [
    { about: 'has a NUL in it', value: 'before\u0000behind' },
    ...(part === 'body' ? kept : []),
    // Most servers refuse a query as long as that before they read it.
    ...(schema.maxLength === undefined && part === 'body' ? [long] : []),
  ];
}
