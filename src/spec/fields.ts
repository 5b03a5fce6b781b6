// The fields of a component, each with what its schema allows: for whoever makes values instead of checking them.
import type { Spec } from './document.js';
import type { Json } from './message.js';

export type JsonType = 'null' | 'boolean' | 'integer' | 'number' | 'string' | 'array' | 'object';

export interface Field {
  /** From the body's root; `*` stands for every row of a list. */
  readonly pointer: string;
  readonly required: boolean;
  readonly types: readonly JsonType[];
  /** The only values allowed, where the schema lists them. */
  readonly values?: readonly Json[];
  readonly format?: string;
}

interface Schema {
  readonly $ref?: string;
  readonly type?: JsonType | readonly JsonType[];
  readonly const?: Json;
  readonly enum?: readonly Json[];
  readonly format?: string;
  readonly required?: readonly string[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly items?: Schema;
}

const schemasOf = new WeakMap<Spec, Readonly<Record<string, Schema>>>();

/** Every named field of a component, those of nested objects and of list rows included; what a free-form object holds has no name. */
export function fieldsOf(spec: Spec, component: string): readonly Field[] {
  let schemas = schemasOf.get(spec);
  if (!schemas) {
    schemas = (JSON.parse(spec.text) as { components: { schemas: Record<string, Schema> } }).components.schemas;
    schemasOf.set(spec, schemas);
  }
  return fieldsIn(schemas, { $ref: component }, '');
}

function fieldsIn(schemas: Readonly<Record<string, Schema>>, schema: Schema, at: string): readonly Field[] {
  const { properties = {}, items, required = [] } = resolved(schemas, schema);
  const own = Object.entries(properties).flatMap(([name, property]) => {
    const pointer = `${at}/${name}`;
    return [fieldOf(resolved(schemas, property), pointer, required.includes(name)), ...fieldsIn(schemas, property, pointer)];
  });
  return items ? [...own, ...fieldsIn(schemas, items, `${at}/*`)] : own;
}

function fieldOf({ type = [], const: only, enum: values, format }: Schema, pointer: string, required: boolean): Field {
  const allowed = only === undefined ? values : [only];
  return {
    pointer,
    required,
    types: [type].flat() as readonly JsonType[],
    ...(allowed === undefined ? {} : { values: allowed }),
    ...(format === undefined ? {} : { format }),
  };
}

function resolved(schemas: Readonly<Record<string, Schema>>, schema: Schema): Schema {
  return schema.$ref === undefined ? schema : resolved(schemas, schemas[schema.$ref.split('/').at(-1) as string] as Schema);
}
