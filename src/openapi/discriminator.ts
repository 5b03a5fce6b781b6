// Writes the values of a discriminator into the schemas that it tells apart.
import { dereferenced, isNode, listOf, type Node, referenceOf } from './shape.js';

interface Discriminator {
  readonly property: string;
  readonly mapping: Readonly<Record<string, unknown>>;
}

/** Prism knows no discriminator: its values are written into the schemas that it tells apart. */
export function withDiscriminator(document: Node, schema: Node): Node {
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
  return withInherited(document, schema);
}

/**
 * `allOf` with a schema that has a discriminator: this is one of the schemas that it tells apart.
 */
function withInherited(document: Node, schema: Node): Node {
  for (const part of listOf(schema.allOf)) {
    const base = dereferenced(document, part);
    const inherited = isNode(base) ? discriminatorOf(base) : undefined;
    if (!inherited || !isNode(base) || base.oneOf || base.anyOf) continue;
    const reference = referenceTo(document, schema);
    const values = reference === undefined ? [] : valuesOf(inherited, reference);
    if (values.length > 0)
      return {
        ...schema,
        allOf: [...listOf(schema.allOf), oneValueOf(inherited.property, values)],
      };
  }
  return schema;
}

function referenceTo(document: Node, schema: Node): string | undefined {
  const { components, definitions } = document as {
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
