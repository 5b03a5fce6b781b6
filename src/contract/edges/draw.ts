// Values drawn by fast-check: the same seed and label, the same value, whatever else is drawn.
import fc from 'fast-check';
import { fnv1a } from '../../spec/hash.js';
import type { Json } from '../../spec/message.js';
import { type Schema, typesOf } from './request-schema.js';

/** Draws one value; the label tells it from the other values of the same seed. */
export type Draw = <T>(label: string, arbitrary: fc.Arbitrary<T>) => T;

export function drawFrom(seed: number): Draw {
  // Without bias: each label is drawn from only once, and fast-check's first values lean to the
  // small ones.
  return <T>(label: string, arbitrary: fc.Arbitrary<T>) =>
    fc.sample(fc.noBias(arbitrary), { seed: seedOf(seed, label), numRuns: 1 })[0] as T;
}

/** The same, for the values below a name. */
export const within =
  (draw: Draw, name: string): Draw =>
  (label, arbitrary) =>
    draw(`${name} ${label}`, arbitrary);

/** A seed of its own for each label. */
export const seedOf = (seed: number, label: string): number => fnv1a(`${seed} ${label}`) >>> 0;

const letters = [...'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789'];
// Composed ones only: whether a server composes what it is sent is nobody's promise.
const beyondAscii = [...'äéßñøžŁЖяΩλ中文日本한글ةش'];
const emoji = [...'😀🚀🌍🧭🎉'];
const quotes = [...'"\'`'];
// No `$`, which contracts read as the start of an expression, and no `!`, which a shell reads when
// a finding is repeated.
const marks = [...quotes, ...'\\/<>&%_{}[]()?#;:,.-+=@~^|*'];

const letter = fc.constantFrom(...letters, ...beyondAscii);
const character = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom(...letters) },
  { weight: 2, arbitrary: fc.constantFrom(...beyondAscii) },
  { weight: 1, arbitrary: fc.constantFrom(...emoji) },
  { weight: 1, arbitrary: fc.constantFrom(...marks) },
  { weight: 1, arbitrary: fc.constant(' ') },
);
/** One of each kind that servers get wrong. */
const hard = fc.tuple(
  fc.constantFrom(...beyondAscii),
  fc.constantFrom(...emoji),
  fc.constantFrom(...quotes),
  fc.constant('\\'),
);

/** What careless servers tidy up: several blanks, and what looks like HTML. */
const TIDIED = '  &amp;<b>';

/**
 * A text of so many characters as the document counts them; never blank at an end, and hard to keep
 * where it is long enough.
 */
export function textOf(length: number): fc.Arbitrary<string> {
  if (length < 8) return keyOf(length);
  const tidied = length < 2 * TIDIED.length ? '' : TIDIED;
  const size = length - 6 - tidied.length;
  return fc
    .tuple(
      letter,
      fc.array(character, { minLength: size, maxLength: size }),
      fc.nat(size),
      hard,
      letter,
    )
    .map(([first, rest, at, four, last]) =>
      [first, ...rest.slice(0, at), ...four, tidied, ...rest.slice(at), last].join(''),
    );
}

/**
 * The same of ASCII alone, for a length at its bound: there, servers that count bytes or halves of
 * characters are as right.
 */
export const plainTextOf = (length: number): fc.Arbitrary<string> =>
  length < 2
    ? plainKeyOf(length)
    : fc.tuple(plainKeyOf(1), plainInner(length - 2), plainKeyOf(1)).map((parts) => parts.join(''));

const plainInner = (length: number): fc.Arbitrary<string> =>
  fc
    .array(fc.constantFrom(...letters, ...marks, ' '), { minLength: length, maxLength: length })
    .map((all) => all.join(''));

/** A key of so many ASCII letters. */
export const plainKeyOf = (length: number): fc.Arbitrary<string> =>
  fc
    .array(fc.constantFrom(...letters), { minLength: length, maxLength: length })
    .map((all) => all.join(''));

/** A key of so many characters; no document says which marks a key may hold. */
const keyOf = (length: number): fc.Arbitrary<string> =>
  fc.array(letter, { minLength: length, maxLength: length }).map((all) => all.join(''));

/** Longest text that is drawn inside of lists and objects. */
const INNER_LENGTH = 40;

const innerText = ({ minLength = 0, maxLength = INNER_LENGTH }: Schema): fc.Arbitrary<string> =>
  fc
    .integer({
      min: Math.max(minLength, 1),
      max: Math.max(minLength, Math.min(maxLength, INNER_LENGTH), 1),
    })
    .chain(textOf);

/** Entries of an object with free keys. */
export function entriesOf(
  { additionalProperties, propertyNames = {} }: Schema,
  count: fc.Arbitrary<number>,
): fc.Arbitrary<Json> {
  const key = fc
    .integer({ min: 1, max: Math.min(propertyNames.maxLength ?? INNER_LENGTH, 12) })
    .chain(keyOf);
  const inner = additionalProperties === true ? valueFor({}) : leaf;
  const value = typeof additionalProperties === 'object' ? valueFor(additionalProperties) : inner;
  return count.chain((size) =>
    fc
      .uniqueArray(fc.tuple(key, value), {
        minLength: size,
        maxLength: size,
        selector: ([name]) => name,
      })
      .map((entries) => Object.fromEntries(entries)),
  );
}

const leaf: fc.Arbitrary<Json> = fc.oneof(
  innerText({}),
  fc.integer({ min: -1_000_000, max: 1_000_000 }),
  fc.constantFrom(0.5, -2.25),
  fc.boolean(),
  fc.constant(null),
);

/**
 * A value that keeps its schema. Only an object with named properties, and a list, are followed
 * inward.
 */
export function valueFor(schema: Schema): fc.Arbitrary<Json> {
  if (schema.enum) return fc.constantFrom(...schema.enum);
  const types = typesOf(schema);
  return fc.oneof(
    ...(types.length > 0 ? types : ['string', 'number', 'array', 'object']).map((type) =>
      valueOfType(type, schema),
    ),
  );
}

function valueOfType(type: string, schema: Schema): fc.Arbitrary<Json> {
  switch (type) {
    case 'string':
      return innerText(schema);
    case 'integer':
    case 'number':
      return fc.integer({ min: schema.minimum ?? -1_000_000, max: schema.maximum ?? 1_000_000 });
    case 'boolean':
      return fc.boolean();
    case 'array':
      return listOf(
        schema,
        schema.minItems ?? 0,
        schema.maxItems ?? Math.max(3, schema.minItems ?? 0),
      );
    case 'object':
      return objectOf(schema);
    default:
      return fc.constant(null);
  }
}

/** A list of `from` to `to` items. */
export function listOf(
  { items, uniqueItems = false }: Schema,
  from: number,
  to: number,
): fc.Arbitrary<readonly Json[]> {
  const item = items ? valueFor(items) : leaf;
  const bounds = { minLength: from, maxLength: to };
  return uniqueItems
    ? fc.uniqueArray(item, { ...bounds, selector: (value) => JSON.stringify(value) })
    : fc.array(item, bounds);
}

function objectOf(schema: Schema): fc.Arbitrary<Json> {
  const { properties, required = [], maxProperties = 3 } = schema;
  if (properties === undefined)
    return entriesOf(schema, fc.integer({ min: 1, max: Math.min(maxProperties, 3) }));
  const arbitraries = Object.fromEntries(
    Object.entries(properties).map(([name, property]) => [name, valueFor(property)]),
  );
  return fc.record(arbitraries, { requiredKeys: [...required], noNullPrototype: true });
}
