// The fields of a component, each with what its schema allows: for code that makes values or names
// places in a body.
import type { Spec } from './document.js';
import type { Json } from './message.js';
import { pointerTokens } from './pointer.js';

export type JsonType = 'null' | 'boolean' | 'integer' | 'number' | 'string' | 'array' | 'object';

export interface Field {
  /** From the body's root; `*` stands for every row of a list. */
  readonly pointer: string;
  readonly required: boolean;
  readonly types: readonly JsonType[];
  /** The only values allowed, where the schema lists them. */
  readonly values?: readonly Json[];
  readonly format?: string;
  /** How every sample begins, of a text that no pattern binds. */
  readonly begins?: readonly string[];
}

interface Schema {
  readonly $ref?: string;
  readonly type?: JsonType | readonly JsonType[];
  readonly const?: Json;
  readonly enum?: readonly Json[];
  readonly format?: string;
  readonly 'x-begins'?: readonly string[];
  readonly required?: readonly string[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly items?: Schema;
  readonly additionalProperties?: Schema | boolean;
  readonly allOf?: readonly Schema[];
  readonly anyOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
}

const schemasOf = new WeakMap<Spec, Readonly<Record<string, Schema>>>();

/**
 * Every named field of a component, those of nested objects and of list rows included; what a
 * free-form object holds has no name. A component inside itself, such as a tree's branches, is not
 * entered again.
 */
export function fieldsOf(spec: Spec, component: string): readonly Field[] {
  return fieldsIn(schemasIn(spec), { $ref: component }, '');
}

/** Where a pointer leaves what a component can hold. */
export interface Stray {
  /** The part of the pointer that leads there. */
  readonly within: string;
  readonly token: string;
  /** What may stand there instead. */
  readonly known: readonly string[];
}

/**
 * Nothing where a component can hold something at the pointer; in it, a number stands for a row,
 * and `*` for every row.
 */
export function strayOf(spec: Spec, component: string, pointer: string): Stray | undefined {
  const schemas = schemasIn(spec);
  let at: readonly Schema[] = [{ $ref: component }];
  let within = '';
  for (const token of pointerTokens(pointer)) {
    const open = at.flatMap((schema) => variantsOf(schemas, schema));
    at = open.flatMap((schema) => below(schema, token));
    if (at.length === 0) {
      const known = open.flatMap(({ properties = {}, items }) => [
        ...Object.keys(properties),
        ...(items ? ['*'] : []),
      ]);
      return { within, token, known: [...new Set(known)] };
    }
    within += `/${token}`;
  }
  return undefined;
}

/** The schema itself, and those that it is put together from. */
function variantsOf(schemas: Readonly<Record<string, Schema>>, schema: Schema): readonly Schema[] {
  const own = resolved(schemas, schema);
  const parts = [...(own.allOf ?? []), ...(own.anyOf ?? []), ...(own.oneOf ?? [])];
  return [own, ...parts.flatMap((part) => variantsOf(schemas, part))];
}

/** What may stand at a key or a row of a value; a schema that says nothing of it leaves it open. */
function below(schema: Schema, token: string): readonly Schema[] {
  const { type, properties, items, additionalProperties: others } = schema;
  const types = [type ?? []].flat();
  const isWhole =
    types.length === 0 && !properties && !items && !schema.allOf && !schema.anyOf && !schema.oneOf;
  if (isWhole) return schema.const === undefined && schema.enum === undefined ? [{}] : [];
  const own = properties && Object.hasOwn(properties, token) ? properties[token] : undefined;
  if (own) return [own];
  if (/^(\*|\d+)$/.test(token) && (items || types.includes('array'))) return [items ?? {}];
  if (typeof others === 'object') return [others];
  const isFree =
    others === true || (others === undefined && !properties && types.includes('object'));
  return isFree && token !== '*' ? [{}] : [];
}

function schemasIn(spec: Spec): Readonly<Record<string, Schema>> {
  let schemas = schemasOf.get(spec);
  if (!schemas) {
    schemas = (JSON.parse(spec.text) as { components: { schemas: Record<string, Schema> } })
      .components.schemas;
    schemasOf.set(spec, schemas);
  }
  return schemas;
}

function fieldsIn(
  schemas: Readonly<Record<string, Schema>>,
  schema: Schema,
  at: string,
  within: readonly string[] = [],
): readonly Field[] {
  const { $ref } = schema;
  if ($ref !== undefined && within.includes($ref)) return [];
  const inside = $ref === undefined ? within : [...within, $ref];
  const { properties = {}, items, required = [] } = resolved(schemas, schema);
  const own = Object.entries(properties).flatMap(([name, property]) => {
    const pointer = `${at}/${name}`;
    return [
      fieldOf(resolved(schemas, property), pointer, required.includes(name)),
      ...fieldsIn(schemas, property, pointer, inside),
    ];
  });
  return items ? [...own, ...fieldsIn(schemas, items, `${at}/*`, inside)] : own;
}

function fieldOf(
  { type = [], const: only, enum: values, format, 'x-begins': begins }: Schema,
  pointer: string,
  required: boolean,
): Field {
  const allowed = only === undefined ? values : [only];
  return {
    pointer,
    required,
    types: [type].flat() as readonly JsonType[],
    ...(allowed === undefined ? {} : { values: allowed }),
    ...(format === undefined ? {} : { format }),
    ...(begins === undefined ? {} : { begins }),
  };
}

function resolved(schemas: Readonly<Record<string, Schema>>, schema: Schema): Schema {
  return schema.$ref === undefined
    ? schema
    : resolved(schemas, schemas[schema.$ref.split('/').at(-1) as string] as Schema);
}
