// Copies of the headers of responses, as Prism can make values for them.
import type { SchemaCopier } from './schemas.js';
import { dereferenced, isNode, listOf, type Node, type UserDocument } from './shape.js';

export class HeaderCopier {
  readonly #user: UserDocument;
  readonly #schemas: SchemaCopier;

  constructor(user: UserDocument, schemas: SchemaCopier) {
    this.#user = user;
    this.#schemas = schemas;
  }

  #behind(node: unknown): Node {
    return dereferenced(this.#user.document, node) as Node;
  }

  copy({ schema: written, content, example, examples, ...own }: Node): Record<string, unknown> {
    const [media] = Object.values(isNode(content) ? content : {});
    const schema = written ?? (isNode(media) ? media.schema : undefined);
    const [named] = Object.values(isNode(examples) ? examples : {}).map(
      (given) => this.#behind(given).value,
    );
    const value = example ?? named;
    // In Swagger 2.0 a header is its own schema.
    if (own.type === 'array') return { type: 'string', enum: [this.#headerText(own)] };
    const copy = this.#schemas.copyData(own) as Record<string, unknown>;
    if (value !== undefined) copy.example = typeof value === 'object' ? inHeader(value) : value;
    if (isNode(schema)) copy.schema = this.#headerSchema(schema, copy.example);
    return copy;
  }

  /**
   * Prism makes numbers and texts for headers, and fails on anything else: it is given the text.
   */
  #headerSchema(schema: Node, example: unknown): unknown {
    const whole = this.#behind(schema);
    if (whole.type === 'boolean') return { type: 'string', enum: ['true', 'false'] };
    if (whole.type !== 'array' && whole.type !== 'object')
      return this.#schemas.copy(whole, 'response');
    return { type: 'string', enum: [example ?? this.#headerText(whole)] };
  }

  #headerText(schema: Node): string {
    const whole = this.#behind(schema);
    const { items, properties, minItems } = whole;
    const value = [
      whole.default,
      whole.example,
      ...listOf(whole.examples),
      whole.const,
      ...listOf(whole.enum),
    ].find(Boolean);
    if (value !== undefined) return inHeader(value);
    if (whole.type === 'array')
      return Array(Math.max(1, Number(minItems ?? 1)))
        .fill(isNode(items) ? this.#headerText(items) : 'string')
        .join(',');
    if (isNode(properties))
      return Object.entries(properties)
        .flatMap(([name, part]) => [name, isNode(part) ? this.#headerText(part) : ''])
        .join(',');
    return (
      ({ integer: '0', number: '0', boolean: 'true' } as Record<string, string>)[
        String(whole.type)
      ] ?? 'string'
    );
  }
}

/** A list as `1,2`, an object as `a,1,b,2`. */
const inHeader = (value: unknown): string =>
  (isNode(value) ? Object.entries(value).flat() : [value].flat()).join(',');
