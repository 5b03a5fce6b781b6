// What the document asks of the requests of an operation: one schema for the body, one for the
// query, references filled in.
import type { OpenAPIV3_1 } from 'openapi-types';
import type { Operation } from '../../spec/document.js';
import type { Json, JsonObject } from '../../spec/message.js';
import { atPointer } from '../../spec/pointer.js';
import type { Validator, Validators } from '../../validation/validators.js';
import { fromAjv, type Violation } from '../../validation/violation.js';
import { readTemplate, usesIn } from '../tables/expression.js';

/** The keywords of request schemas. */
export interface Schema {
  readonly type?: string | readonly string[];
  readonly enum?: readonly Json[];
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly pattern?: string;
  readonly format?: string;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly items?: Schema;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly uniqueItems?: boolean;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: Schema | boolean;
  readonly propertyNames?: Schema;
  readonly minProperties?: number;
  readonly maxProperties?: number;
  readonly 'x-edition'?: string;
}

export interface RequestSchema {
  readonly part: 'body' | 'query';
  /** As a reader of the document knows it, such as `SliceCreate` or `the query of listSlices`. */
  readonly name: string;
  /** The compiled validator's name. */
  readonly validator: string;
  readonly validate: Validator;
  readonly schema: Schema;
}

/**
 * What an operation takes; empty where it takes neither body nor query. Throws where a schema
 * refers to itself.
 */
export function requestSchemas(
  document: OpenAPIV3_1.Document,
  operation: Operation,
  validators: Validators,
): readonly RequestSchema[] {
  const found: RequestSchema[] = [];
  if (operation.body) {
    const { schema: name } = operation.body;
    const schema = filledIn(document, { $ref: `#/components/schemas/${name}` }, []) as Schema;
    const validator = `open_${name}`;
    found.push({ part: 'body', name, validator, validate: validators(validator), schema });
  }
  const query = queryOf(document, operation);
  if (query.length > 0) {
    const properties = Object.fromEntries(
      query.map(({ name, schema }) => [name, schema as Schema]),
    );
    const required = query.filter((parameter) => parameter.required).map(({ name }) => name);
    const schema: Schema = { type: 'object', properties, required };
    const validator = `query_${operation.id}`;
    const name = `the query of ${operation.id}`;
    found.push({ part: 'query', name, validator, validate: validators(validator), schema });
  }
  return found;
}

/** The types that a schema admits; none stands for any. */
export const typesOf = ({ type }: Schema): readonly string[] =>
  type === undefined ? [] : [type].flat();

function queryOf(
  document: OpenAPIV3_1.Document,
  { template, method }: Operation,
): readonly OpenAPIV3_1.ParameterObject[] {
  const item = document.paths?.[template];
  const own = item?.[method.toLowerCase() as 'get'];
  const parameters = filledIn(
    document,
    [...(item?.parameters ?? []), ...(own?.parameters ?? [])],
    [],
  );
  return (parameters as OpenAPIV3_1.ParameterObject[]).filter(
    (parameter) => parameter.in === 'query',
  );
}

function filledIn(
  document: OpenAPIV3_1.Document,
  node: unknown,
  inside: readonly string[],
): unknown {
  if (Array.isArray(node)) return node.map((item) => filledIn(document, item, inside));
  if (typeof node !== 'object' || node === null) return node;
  const { $ref, ...rest } = node as { $ref?: unknown };
  if (typeof $ref !== 'string')
    return Object.fromEntries(
      Object.entries(node).map(([key, value]) => [key, filledIn(document, value, inside)]),
    );
  if (inside.includes($ref))
    throw new Error(`${$ref} refers to itself, so that no request can be made from it.`);
  const target = $ref
    .split('/')
    .slice(1)
    .reduce<unknown>((at, token) => (at as Record<string, unknown>)[token], document);
  // What stands beside a reference holds too, such as `x-edition`.
  return { ...(filledIn(document, target, [...inside, $ref]) as object), ...rest };
}

/**
 * What breaks the schema: the compiled validator ends at the first. What an expression stands for
 * shows when it is played.
 */
export function violationsOf(
  { part, validate }: RequestSchema,
  value: JsonObject,
): readonly Violation[] {
  if (validate(value)) return [];
  return fromAjv(part, validate.errors ?? []).filter(
    ({ pointer }) => !holdsExpression(atPointer(value, pointer)),
  );
}

/** Whether a value of the contracts is filled in when it is played, as `$slot.name` is. */
export function holdsExpression(value: Json | undefined): boolean {
  return typeof value === 'string' && usesIn(readTemplate(value)).length > 0;
}
