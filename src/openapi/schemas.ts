// Copies of a document's schemas, as a validator of requests or a maker of responses needs them.
import { withDiscriminator } from './discriminator.js';
import { partKeywords } from './faults.js';
import { tidied } from './keywords.js';
import { DATA_REF, SCHEMA_REF } from './markers.js';
import {
  childrenOf,
  dereferenced,
  isNode,
  listOf,
  lookUp,
  mapChildren,
  type Node,
  referenceOf,
  type Side,
  type UserDocument,
} from './shape.js';

/**
 * What a response need not have, and is left out: what leads a schema back to itself, or all of it.
 */
export type Cut = 'endless' | 'optional';

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
    const discriminated = withDiscriminator(
      this.#user.document,

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
    return tidied(copy, schema, { side, version: this.#user.version });
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
    const whole = dereferenced(this.#user.document, schema);
    if (!isNode(whole)) return names;
    for (const [name, property] of Object.entries(isNode(whole.properties) ? whole.properties : {}))
      if (
        isNode(property) &&
        (property[flag] === true ||
          (dereferenced(this.#user.document, property) as Node | undefined)?.[flag] === true)
      )
        names.add(name);
    if (Array.isArray(whole.allOf))
      for (const part of whole.allOf) this.#flagged(part, flag, names);
    return names;
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
          const list = dereferenced(this.#user.document, property);
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
      const whole = dereferenced(this.#user.document, next);
      if (!isNode(whole) || found.has(whole)) continue;
      found.add(whole);
      left.push(...childrenOf(whole, 'schema').children.map(({ value }) => value));
    }
    this.#reached.set(schema, found);
    return found;
  }
}

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
