// Copies of a document's schemas, as a validator of requests or a maker of responses needs them.
import { hasParts, partKeywords } from './faults.js';
import {
  childrenOf,
  isNode,
  lookUp,
  mapChildren,
  type Node,
  referenceOf,
  type UserDocument,
} from './shape.js';
import { sampleOfText } from './text-sample.js';
import { unicodePattern } from './unicode-pattern.js';

/** A request need not give what is read-only, a response must not give what is write-only. */
export type Side = 'request' | 'response';

/**
 * What a response need not have, and is left out: what leads a schema back to itself, or all of it.
 */
export type Cut = 'endless' | 'optional';

/** Stands for `$ref` where it is data, which no reader may follow. */
const DATA_REF = '\u0000$ref';
/**
 * Stands for the `$ref` of a schema, with the name of its definition. Prism would put what is
 * referred to in its place, again and again: schemas that hold two of a kind, which hold two of a
 * kind, take it minutes.
 */
const SCHEMA_REF = 'x-understudy-ref';
/** Where Prism looks for definitions. */
const DEFINITIONS = '__bundled__';

export class SchemaCopier {
  readonly #user: UserDocument;
  readonly #cut: Cut | undefined;
  readonly #names = new Map<string, string>();
  readonly #left: { name: string; pointer: string; side: Side }[] = [];
  readonly #copies: Record<string, unknown> = {};
  readonly #reached = new Map<Node, ReadonlySet<unknown>>();
  /**
   * Which references are replaced by a copy of what they refer to, and those on the way down to
   * here.
   */
  #inline: 'none' | 'parts' | 'all' = 'none';
  #followed: readonly string[] = [];
  /** Is there a `$ref` among the data, so that answers must be turned back? */
  hasDataRefs = false;

  constructor(user: UserDocument, cut?: Cut) {
    this.#user = user;
    this.#cut = cut;
  }

  /** Every schema that a copy refers to, by name. */
  definitions(): Record<string, unknown> {
    for (let next = this.#left.pop(); next; next = this.#left.pop())
      this.#copies[next.name] = this.copy(lookUp(this.#user.document, next.pointer), next.side);
    return this.#copies;
  }

  /** A copy that refers to nothing. What would lead back to itself is left open. */
  copyWhole(schema: unknown, side: Side): unknown {
    return this.#inlining('all', () => this.copy(schema, side));
  }

  /**
   * A copy whose parts (`allOf`, `anyOf`, `oneOf`) are no references. Prism's sampler takes what it
   * has met among the parts of a whole answer for met again wherever it is referred to, and makes
   * nothing of it.
   */
  copyOfAnswer(schema: unknown, side: Side): unknown {
    return this.#inlining('parts', () => this.copy(schema, side));
  }

  #inlining<Copy>(inline: 'none' | 'parts' | 'all', copy: () => Copy): Copy {
    const before = this.#inline;
    this.#inline = inline;
    const made = copy();
    this.#inline = before;
    return made;
  }

  copy(schema: unknown, side: Side): unknown {
    if (!isNode(schema)) return schema;
    const reference = referenceOf(schema);
    if (reference !== undefined) return this.#copyReference(reference, schema, side);
    const discriminated = this.#withDiscriminator(
      this.#cut && side === 'response' ? this.#shortened(schema) : schema,
    );
    const copy = mapChildren(
      discriminated,
      'schema',
      ({ value, keys }) =>
        this.#inline === 'parts' && !partKeywords.includes(keys[0] as string)
          ? this.#inlining('none', () => this.copy(value, side))
          : this.copy(value, side),
      (value) => this.copyData(value),
    );
    this.#dropHidden(copy, schema, side);
    return this.#tidy(copy, schema, side);
  }

  #copyReference(reference: string, { $ref: _, ...beside }: Node, side: Side): unknown {
    const counts =
      this.#user.version === '3.1' &&
      Object.keys(beside).some((keyword) => !annotations.includes(keyword));
    if (counts)
      return this.copy({ ...beside, allOf: [...listOf(beside.allOf), { $ref: reference }] }, side);
    const followed = this.#followed;
    const isAgain = followed.includes(reference);
    if (isAgain && this.#inline === 'all') return {};
    if (isAgain || this.#inline === 'none') return this.#refer(reference, side);
    this.#followed = [...followed, reference];
    const copy = this.copy(lookUp(this.#user.document, reference.slice(1)), side);
    this.#followed = followed;
    return copy;
  }

  copyData(value: unknown): unknown {
    if (Array.isArray(value)) return value.map((item) => this.copyData(item));
    if (!isNode(value)) return value;
    const pairs = Object.entries(value).map(([key, inner]) => {
      if (key === '$ref') this.hasDataRefs = true;
      return [key === '$ref' ? DATA_REF : key, this.copyData(inner)];
    });
    return Object.fromEntries(pairs);
  }

  #refer(reference: string, side: Side): Node {
    const key = `${side} ${reference}`;
    let name = this.#names.get(key);
    if (name === undefined) {
      name = `${side}.${this.#names.size}`;
      this.#names.set(key, name);
      this.#left.push({ name, pointer: reference.slice(1), side });
    }
    return { [SCHEMA_REF]: name };
  }

  /** Properties of the other side are not asked for in a request, and not there in a response. */
  #dropHidden(copy: Record<string, unknown>, schema: Node, side: Side): void {
    const hidden = this.#flagged(schema, side === 'request' ? 'readOnly' : 'writeOnly');
    if (Array.isArray(copy.required))
      copy.required = copy.required.filter((name) => !hidden.has(name as string));
    if (side === 'response' && isNode(copy.properties))
      copy.properties = Object.fromEntries(
        Object.entries(copy.properties).filter(([name]) => !hidden.has(name)),
      );
    if (!Array.isArray(copy.allOf)) return;
    // The property may stand in one part and be required by another.
    for (const part of copy.allOf)
      if (isNode(part) && Array.isArray(part.required))
        (part as Record<string, unknown>).required = part.required.filter(
          (name) => !hidden.has(name as string),
        );
  }

  #flagged(
    schema: unknown,
    flag: 'readOnly' | 'writeOnly',
    names = new Set<string>(),
  ): Set<string> {
    const whole = this.#behind(schema);
    if (!isNode(whole)) return names;
    for (const [name, property] of Object.entries(isNode(whole.properties) ? whole.properties : {}))
      if (
        isNode(property) &&
        (property[flag] === true || (this.#behind(property) as Node | undefined)?.[flag] === true)
      )
        names.add(name);
    if (Array.isArray(whole.allOf))
      for (const part of whole.allOf) this.#flagged(part, flag, names);
    return names;
  }

  #behind(schema: unknown): unknown {
    const reference = referenceOf(schema);
    return reference === undefined ? schema : this.#behind(lookUp(this.#user.document, reference));
  }

  /** The schema without what need not be there: optional properties, items, alternatives. */
  #shortened(schema: Node): Node {
    const goes = (part: unknown): boolean =>
      this.#cut === 'optional' || this.#reach(part).has(schema);
    const cut: Record<string, unknown> = { ...schema };
    const required = listOf(schema.required);
    if (isNode(schema.properties)) {
      const short = Object.entries(schema.properties).flatMap(
        ([name, property]): [string, unknown][] => {
          if (!goes(property)) return [[name, property]];
          const list = this.#behind(property);
          if (!required.includes(name)) return [];
          return [
            [
              name,
              isNode(list) && list.type === 'array' && !list.minItems
                ? { type: 'array', maxItems: 0 }
                : property,
            ],
          ];
        },
      );
      cut.properties = Object.fromEntries(short);
    }
    if (isNode(schema.additionalProperties) && goes(schema.additionalProperties))
      cut.additionalProperties = false;
    if (schema.type === 'array' && !schema.minItems && goes(schema.items)) cut.maxItems = 0;
    for (const keyword of ['anyOf', 'oneOf'] as const) {
      const ending = listOf(schema[keyword]).filter((part) => !goes(part));
      if (ending.length > 0) cut[keyword] = ending;
    }
    return cut;
  }

  /** Every schema that a schema leads to. */
  #reach(schema: unknown): ReadonlySet<unknown> {
    if (!isNode(schema)) return none;
    const earlier = this.#reached.get(schema);
    if (earlier) return earlier;
    const found = new Set<unknown>();
    const left: unknown[] = [schema];
    for (let next = left.pop(); next !== undefined; next = left.pop()) {
      const whole = this.#behind(next);
      if (!isNode(whole) || found.has(whole)) continue;
      found.add(whole);
      left.push(...childrenOf(whole, 'schema').children.map(({ value }) => value));
    }
    this.#reached.set(schema, found);
    return found;
  }

  /** Prism knows no discriminator: its values are written into the schemas that it tells apart. */
  #withDiscriminator(schema: Node): Node {
    const own = discriminatorOf(schema);
    const parts = (['oneOf', 'anyOf'] as const).find((keyword) => Array.isArray(schema[keyword]));
    if (own && parts) {
      const distinct = (schema[parts] as unknown[]).map((part) => {
        const reference = referenceOf(part);
        const values = reference === undefined ? [] : valuesOf(own, reference);
        return values.length === 0 ? part : { allOf: [part, oneValueOf(own.property, values)] };
      });
      return { ...schema, [parts]: distinct };
    }
    if (own) {
      const values = Object.keys(own.mapping);
      return values.length === 0
        ? schema
        : { ...schema, allOf: [...listOf(schema.allOf), oneValueOf(own.property, values)] };
    }
    return this.#withInherited(schema);
  }

  /**
   * `allOf` with a schema that has a discriminator: this is one of the schemas that it tells apart.
   */
  #withInherited(schema: Node): Node {
    for (const part of listOf(schema.allOf)) {
      const base = this.#behind(part);
      const inherited = isNode(base) ? discriminatorOf(base) : undefined;
      if (!inherited || !isNode(base) || base.oneOf || base.anyOf) continue;
      const reference = this.#referenceTo(schema);
      const values = reference === undefined ? [] : valuesOf(inherited, reference);
      if (values.length > 0)
        return {
          ...schema,
          allOf: [...listOf(schema.allOf), oneValueOf(inherited.property, values)],
        };
    }
    return schema;
  }

  #referenceTo(schema: Node): string | undefined {
    const { components, definitions } = this.#user.document as {
      components?: Node;
      definitions?: Node;
    };
    const [place, named] = definitions
      ? ['#/definitions/', definitions]
      : ['#/components/schemas/', components?.schemas];
    const name = Object.entries(isNode(named) ? named : {}).find(
      ([, other]) => other === schema,
    )?.[0];
    return name === undefined ? undefined : `${place}${name}`;
  }

  #tidy(copy: Record<string, unknown>, schema: Node, side: Side): Record<string, unknown> {
    for (const keyword of [
      'readOnly',
      'writeOnly',
      'discriminator',
      '$schema',
      '$id',
      'id',
      '$comment',
      'xml',
      'externalDocs',
    ])
      delete copy[keyword];
    for (const [keyword, value] of Object.entries(copy))
      if (value === null && keyword !== 'default' && keyword !== 'const' && keyword !== 'example')
        delete copy[keyword];
    if (typeof copy.required === 'boolean') delete copy.required;
    if (copy.type === 'file') copy.type = 'string';
    if (copy.type === 'any') delete copy.type;
    if (typeof copy.pattern === 'string') copy.pattern = unicodePattern(copy.pattern);
    if ('example' in copy) {
      if (copy.examples === undefined) copy.examples = [copy.example];
      delete copy.example;
    }
    if (!Array.isArray(copy.examples)) delete copy.examples;
    // No validator takes it; that nothing is allowed is not what its author means.
    if (Array.isArray(copy.enum) && copy.enum.length === 0) delete copy.enum;
    // Beside the parts of a schema Prism looks for this one alone.
    const [sample] = [copy.const, ...listOf(copy.enum), ...listOf(copy.examples)].filter(
      (value) => value !== undefined && value !== null,
    );
    if (sample !== undefined && hasParts(copy)) copy.example = sample;
    if (
      side === 'response' &&
      copy.type === 'string' &&
      !given.some((keyword) => keyword in copy)
    ) {
      const sample = sampleOfText(copy);
      if (sample !== undefined) copy.examples = [sample];
    }
    for (const [flag, limit] of [
      ['exclusiveMinimum', 'minimum'],
      ['exclusiveMaximum', 'maximum'],
    ] as const) {
      if (typeof copy[flag] !== 'boolean') continue;
      if (copy[flag] && typeof copy[limit] === 'number') {
        copy[flag] = copy[limit];
        delete copy[limit];
      } else delete copy[flag];
    }
    return this.#withNull(copy, schema);
  }

  /** In 3.1 `nullable` says nothing. */
  #withNull(copy: Record<string, unknown>, schema: Node): Record<string, unknown> {
    const isNullable =
      schema[this.#user.version === '2.0' ? 'x-nullable' : 'nullable'] === true &&
      this.#user.version !== '3.1';
    delete copy.nullable;
    delete copy['x-nullable'];
    if (!isNullable) return copy;
    if (copy.type === undefined)
      return Object.keys(copy).length === 0
        ? copy
        : { anyOf: [copy, { type: 'null', enum: [null] }] };
    copy.type = [copy.type, 'null'].flat();
    if (Array.isArray(copy.enum) && !copy.enum.includes(null)) copy.enum = [...copy.enum, null];
    return copy;
  }
}

/** Gives an operation of Prism's its definitions, and its schemas the references to them. */
export function withDefinitions<Operation extends object>(
  operation: Operation,
  definitions: Readonly<Record<string, unknown>>,
): Operation {
  const refer = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(refer);
    if (!isNode(value)) return value;
    const name = value[SCHEMA_REF];
    if (name !== undefined) return { $ref: `#/${DEFINITIONS}/${name}` };
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, refer(inner)]));
  };
  return refer({ ...operation, [DEFINITIONS]: definitions }) as Operation;
}

/** Turns data back that `copyData` has changed. */
export function restoreData(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(restoreData);
  if (!isNode(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [
      key === DATA_REF ? '$ref' : key,
      restoreData(inner),
    ]),
  );
}

interface Discriminator {
  readonly property: string;
  readonly mapping: Readonly<Record<string, unknown>>;
}

/** In Swagger 2.0 it is the property's name alone. */
function discriminatorOf({ discriminator }: Node): Discriminator | undefined {
  if (typeof discriminator === 'string') return { property: discriminator, mapping: {} };
  if (!isNode(discriminator) || typeof discriminator.propertyName !== 'string') return undefined;
  return {
    property: discriminator.propertyName,
    mapping: isNode(discriminator.mapping) ? discriminator.mapping : {},
  };
}

/** The values that mean a schema: those of the mapping, else its name. */
function valuesOf({ mapping }: Discriminator, reference: string): string[] {
  const name = reference.split('/').at(-1) as string;
  const mapped = Object.keys(mapping).filter(
    (value) => mapping[value] === reference || mapping[value] === name,
  );
  return mapped.length > 0 ? mapped : [name];
}

const oneValueOf = (property: string, values: readonly string[]): Node => ({
  type: 'object',
  required: [property],
  properties: { [property]: { type: 'string', enum: values } },
});

/** What says what a value may be. */
const given = ['default', 'const', 'enum', 'examples'];
/** What says nothing about values, so that it may stand beside a reference. */
const annotations: readonly string[] = [
  'title',
  'description',
  'summary',
  'deprecated',
  'readOnly',
  'writeOnly',
];

const none: ReadonlySet<unknown> = new Set();

const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);
