// Copies of a document's schemas, as a validator of requests or a maker of responses needs them.
import { hasParts } from './faults.js';
import { childrenOf, isNode, lookUp, mapChildren, type Node, referenceOf, type UserDocument } from './shape.js';
import { unicodePattern } from './unicode-pattern.js';

/** A request need not give what is read-only, a response must not give what is write-only. */
export type Side = 'request' | 'response';

/** Stands for `$ref` where it is data, which no reader may follow. */
const DATA_REF = '\u0000$ref';

export class SchemaCopier {
  readonly #user: UserDocument;
  readonly #finite: boolean;
  readonly #container: string;
  readonly #names = new Map<string, string>();
  readonly #left: { name: string; pointer: string; side: Side }[] = [];
  readonly #copies: Record<string, unknown> = {};
  readonly #reached = new Map<Node, ReadonlySet<unknown>>();
  /** Is there a `$ref` among the data, so that answers must be turned back? */
  hasDataRefs = false;

  constructor(user: UserDocument, finite = false) {
    this.#user = user;
    this.#finite = finite;
    this.#container = user.version === '2.0' ? '#/definitions/' : '#/components/schemas/';
  }

  /** Every schema that a copy refers to, by name. */
  definitions(): Record<string, unknown> {
    for (let next = this.#left.pop(); next; next = this.#left.pop())
      this.#copies[next.name] = this.copy(lookUp(this.#user.document, next.pointer), next.side);
    return this.#copies;
  }

  copy(schema: unknown, side: Side): unknown {
    if (!isNode(schema)) return schema;
    const reference = referenceOf(schema);
    if (reference !== undefined && this.#user.version !== '3.1') return this.#refer(reference, side);
    const discriminated = this.#withDiscriminator(this.#finite && side === 'response' ? this.#thatEnds(schema) : schema);
    const copy = mapChildren(
      discriminated,
      'schema',
      ({ value }) => this.copy(value, side),
      (value, key) => (key === '$ref' ? value : this.copyData(value)),
    );
    if (reference !== undefined) copy.$ref = (this.#refer(reference, side) as Node).$ref;
    this.#dropHidden(copy, schema, side);
    return this.#tidy(copy, schema);
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
    return { $ref: `${this.#container}${name}` };
  }

  /** Properties of the other side are not asked for in a request, and not there in a response. */
  #dropHidden(copy: Record<string, unknown>, schema: Node, side: Side): void {
    const hidden = this.#flagged(schema, side === 'request' ? 'readOnly' : 'writeOnly');
    if (Array.isArray(copy.required)) copy.required = copy.required.filter((name) => !hidden.has(name as string));
    if (side === 'response' && isNode(copy.properties))
      copy.properties = Object.fromEntries(Object.entries(copy.properties).filter(([name]) => !hidden.has(name)));
    if (!Array.isArray(copy.allOf)) return;
    // The property may stand in one part and be required by another.
    for (const part of copy.allOf)
      if (isNode(part) && Array.isArray(part.required))
        (part as Record<string, unknown>).required = part.required.filter((name) => !hidden.has(name as string));
  }

  #flagged(schema: unknown, flag: 'readOnly' | 'writeOnly', names = new Set<string>()): Set<string> {
    const whole = this.#behind(schema);
    if (!isNode(whole)) return names;
    for (const [name, property] of Object.entries(isNode(whole.properties) ? whole.properties : {}))
      if (isNode(property) && (property[flag] === true || (this.#behind(property) as Node | undefined)?.[flag] === true))
        names.add(name);
    if (Array.isArray(whole.allOf)) for (const part of whole.allOf) this.#flagged(part, flag, names);
    return names;
  }

  #behind(schema: unknown): unknown {
    const reference = referenceOf(schema);
    return reference === undefined ? schema : this.#behind(lookUp(this.#user.document, reference));
  }

  /** The schema without what leads back to it: optional properties, items, alternatives. */
  #thatEnds(schema: Node): Node {
    const leadsBack = (part: unknown): boolean => this.#reach(part).has(schema);
    const cut: Record<string, unknown> = { ...schema };
    const required = listOf(schema.required);
    if (isNode(schema.properties)) {
      const kept = Object.entries(schema.properties).flatMap(([name, property]): [string, unknown][] => {
        if (!leadsBack(property)) return [[name, property]];
        const list = this.#behind(property);
        if (!required.includes(name)) return [];
        return [[name, isNode(list) && list.type === 'array' && !list.minItems ? { type: 'array', maxItems: 0 } : property]];
      });
      cut.properties = Object.fromEntries(kept);
    }
    if (leadsBack(schema.additionalProperties)) cut.additionalProperties = false;
    if (schema.type === 'array' && !schema.minItems && leadsBack(schema.items)) cut.maxItems = 0;
    for (const keyword of ['anyOf', 'oneOf'] as const) {
      const ending = listOf(schema[keyword]).filter((part) => !leadsBack(part));
      if (ending.length > 0) cut[keyword] = ending;
    }
    return cut;
  }

  /** Every schema that a schema leads to. */
  #reach(schema: unknown): ReadonlySet<unknown> {
    if (!isNode(schema)) return none;
    const known = this.#reached.get(schema);
    if (known) return known;
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
      const told = (schema[parts] as unknown[]).map((part) => {
        const reference = referenceOf(part);
        const values = reference === undefined ? [] : valuesOf(own, reference);
        return values.length === 0 ? part : { allOf: [part, oneValueOf(own.property, values)] };
      });
      return { ...schema, [parts]: told };
    }
    if (own) {
      const values = Object.keys(own.mapping);
      return values.length === 0 ? schema : { ...schema, allOf: [...listOf(schema.allOf), oneValueOf(own.property, values)] };
    }
    return this.#withInherited(schema);
  }

  /** `allOf` with a schema that has a discriminator: this is one of the schemas that it tells apart. */
  #withInherited(schema: Node): Node {
    for (const part of listOf(schema.allOf)) {
      const base = this.#behind(part);
      const inherited = isNode(base) ? discriminatorOf(base) : undefined;
      if (!inherited || !isNode(base) || base.oneOf || base.anyOf) continue;
      const reference = this.#referenceTo(schema);
      const values = reference === undefined ? [] : valuesOf(inherited, reference);
      if (values.length > 0) return { ...schema, allOf: [...listOf(schema.allOf), oneValueOf(inherited.property, values)] };
    }
    return schema;
  }

  #referenceTo(schema: Node): string | undefined {
    const { components, definitions } = this.#user.document as { components?: Node; definitions?: Node };
    const [place, named] = definitions ? ['#/definitions/', definitions] : ['#/components/schemas/', components?.schemas];
    const name = Object.entries(isNode(named) ? named : {}).find(([, known]) => known === schema)?.[0];
    return name === undefined ? undefined : `${place}${name}`;
  }

  #tidy(copy: Record<string, unknown>, schema: Node): Record<string, unknown> {
    for (const keyword of ['readOnly', 'writeOnly', 'discriminator', '$schema', '$id', 'id', '$comment', 'xml', 'externalDocs'])
      delete copy[keyword];
    for (const [keyword, value] of Object.entries(copy))
      if (value === null && keyword !== 'default' && keyword !== 'const' && keyword !== 'example') delete copy[keyword];
    if (typeof copy.required === 'boolean') delete copy.required;
    if (copy.type === 'file') copy.type = 'string';
    if (copy.type === 'any') delete copy.type;
    if (typeof copy.pattern === 'string') copy.pattern = unicodePattern(copy.pattern);
    if ('example' in copy) {
      if (copy.examples === undefined) copy.examples = [copy.example];
      delete copy.example;
    }
    if (!Array.isArray(copy.examples)) delete copy.examples;
    // Beside alternatives Prism looks for this one alone.
    else if (copy.examples.length > 0 && hasParts(copy)) [copy.example] = copy.examples;
    const sample = samples[copy.format as string];
    if (sample !== undefined && copy.type === 'string' && !given.some((keyword) => keyword in copy)) copy.examples = [sample];
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

  /** In 3.1 `nullable` says nothing; in 3.0 Prism reads it only beside a single type. */
  #withNull(copy: Record<string, unknown>, { nullable, type }: Node): Record<string, unknown> {
    if (nullable === undefined) return copy;
    if (this.#user.version === '3.0' && typeof type === 'string') return copy;
    delete copy.nullable;
    return this.#user.version === '3.0' && nullable === true && type === undefined && Object.keys(copy).length > 0
      ? { anyOf: [copy, { type: 'null', enum: [null] }] }
      : copy;
  }
}

/** Turns data back that `copyData` has changed. */
export function restoreData(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(restoreData);
  if (!isNode(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key === DATA_REF ? '$ref' : key, restoreData(inner)]));
}

interface Discriminator {
  readonly property: string;
  readonly mapping: Readonly<Record<string, unknown>>;
}

/** In Swagger 2.0 it is the property's name alone. */
function discriminatorOf({ discriminator }: Node): Discriminator | undefined {
  if (typeof discriminator === 'string') return { property: discriminator, mapping: {} };
  if (!isNode(discriminator) || typeof discriminator.propertyName !== 'string') return undefined;
  return { property: discriminator.propertyName, mapping: isNode(discriminator.mapping) ? discriminator.mapping : {} };
}

/** The values that mean a schema: those of the mapping, else its name. */
function valuesOf({ mapping }: Discriminator, reference: string): string[] {
  const name = reference.split('/').at(-1) as string;
  const mapped = Object.keys(mapping).filter((value) => mapping[value] === reference || mapping[value] === name);
  return mapped.length > 0 ? mapped : [name];
}

const oneValueOf = (property: string, values: readonly string[]): Node => ({
  type: 'object',
  required: [property],
  properties: { [property]: { type: 'string', enum: values } },
});

/** Formats of which Prism makes no value. */
const samples: Readonly<Record<string, string>> = { byte: 'c3RyaW5n', duration: 'P1D' };
/** What says what a value may be. */
const given = ['default', 'const', 'enum', 'examples', 'pattern'];

const none: ReadonlySet<unknown> = new Set();

const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);
