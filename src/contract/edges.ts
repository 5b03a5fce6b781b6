// The edges of every schema, from the document: values just inside a bound are accepted, values just outside are refused with
// the case that the document has for that violation. One constraint at a time, so that a finding says which.
import type { OpenAPIV3_1 } from 'openapi-types';
import { type Case, caseOfViolation } from '../spec/case.js';
import type { Operation, OperationId, Spec } from '../spec/document.js';
import { isJsonObject, type Json } from '../spec/message.js';
import type { Contracts, Row, Table } from './table.js';

type Schema = OpenAPIV3_1.SchemaObject & { $ref?: string; 'x-edition'?: string };

interface Edge {
  /** In words, for the row's place. */
  readonly about: string;
  /** Undefined: the field is left out. */
  readonly value: Json | undefined;
  /** The broken keyword; none for a value inside the bounds. */
  readonly breaks?: string;
}

/** The contracts with rows for every edge added to each table; a table needs a row that succeeds, whose request is varied. */
export function withEdges(spec: Spec, contracts: Contracts): Contracts {
  const document = JSON.parse(spec.text) as OpenAPIV3_1.Document;
  return {
    ...contracts,
    tables: contracts.tables.map((table) => ({ ...table, rows: [...table.rows, ...edgesOf(spec, document, table)] })),
  };
}

function edgesOf(spec: Spec, document: OpenAPIV3_1.Document, table: Table): Row[] {
  const operation = spec.operations.get(table.operation) as Operation;
  const base = table.rows.find((row) => row.caller === 'owner' && succeeds(operation, row) && row.raw_body === undefined);
  if (!base) return [];
  const body = base.body ?? table.body;
  const query = base.query ?? table.query ?? {};
  const rows: Row[] = [];
  const add = (part: 'body' | 'query', field: string, edge: Edge, change: Partial<Row>): void => {
    const violated =
      edge.breaks === undefined
        ? undefined
        : caseOfViolation(operation.cases.values(), { in: part, field, keyword: edge.breaks });
    if (edge.breaks !== undefined && !violated) return;
    const { then: _, place: __, ...rest } = base;
    rows.push({
      ...rest,
      ...change,
      expect: violated?.name ?? base.expect,
      place: `${spec.place(operation.id)}:1`,
      edge: `${field} ${edge.about}`,
    });
  };
  const schema = operation.body && resolve(document, document.components?.schemas?.[operation.body.schema] as Schema);
  for (const [field, property] of Object.entries(schema?.properties ?? {})) {
    const required = schema?.required?.includes(field) ?? false;
    // A February server may not look at a field of April's at all.
    if ((property as Schema)['x-edition']) continue;
    for (const edge of edgesOfValue(resolve(document, property as Schema), required)) {
      // What a text names must exist: only its bounds are edges, not its meaning.
      if (edge.breaks === undefined && table.coupled?.includes(field)) continue;
      if (edge.breaks === undefined && required && isReference(isJsonObject(body) ? body[field] : undefined)) continue;
      const changed = { ...(isJsonObject(body) ? body : {}) } as Record<string, Json>;
      if (edge.value === undefined) delete changed[field];
      else changed[field] = edge.value;
      add('body', field, edge, { body: changed });
    }
  }
  for (const { name, schema: own, required } of queryOf(document, operation.id)) {
    for (const edge of edgesOfValue(own, required).filter((e) => typeof e.value !== 'object')) {
      if (own.type === 'string' && !own.enum && edge.value !== undefined) continue;
      const changed = { ...query } as Record<string, Json>;
      if (edge.value === undefined) delete changed[name];
      else changed[name] = edge.value;
      add('query', name, edge, { query: changed });
    }
  }
  return rows;
}

const isReference = (value: Json | undefined): boolean => typeof value === 'string' && /^\$(known|slot|callers)\./.test(value);

function succeeds(operation: Operation, { expect }: Row): boolean {
  return [expect].flat().every((name) => ((operation.cases.get(name) as Case | undefined)?.status ?? 500) < 400);
}

function edgesOfValue(schema: Schema, required: boolean): Edge[] {
  const types = [schema.type ?? []].flat() as string[];
  const edges: Edge[] = [];
  const inside = (about: string, value: Json): void => void edges.push({ about, value });
  const outside = (about: string, breaks: string, value: Json | undefined): void => void edges.push({ about, breaks, value });
  if (required) outside('left out', 'required', undefined);
  if (schema.enum) {
    for (const value of schema.enum as Json[]) if (value !== null) inside(`is ${JSON.stringify(value)}`, value);
    outside('outside its values', 'enum', 'understudy-none');
    return edges;
  }
  if (types.includes('string') && types.length <= 2 && !types.includes('array')) {
    const { minLength, maxLength } = schema;
    outside('is a number', 'type', 7);
    if (minLength) {
      inside(`has ${minLength} characters`, 'x'.repeat(minLength));
      outside('is too short', 'minLength', 'x'.repeat(minLength - 1));
    }
    if (maxLength !== undefined) {
      inside(`has ${maxLength} characters`, 'x'.repeat(maxLength));
      outside('is too long', 'maxLength', 'x'.repeat(maxLength + 1));
    }
  }
  if (types.includes('integer')) {
    const { minimum, maximum } = schema;
    outside('is no number', 'type', 'many');
    if (minimum !== undefined) {
      inside('at its minimum', minimum);
      outside('below its minimum', 'minimum', minimum - 1);
    }
    if (maximum !== undefined) {
      inside('at its maximum', maximum);
      outside('above its maximum', 'maximum', maximum + 1);
    }
  }
  if (types.includes('boolean')) {
    for (const value of [true, false]) inside(`is ${value}`, value);
    outside('is neither', 'type', 'perhaps');
  }
  if (types.includes('array')) {
    const { maxItems, minItems } = schema as { maxItems?: number; minItems?: number };
    outside('is no list', 'type', 'one');
    outside('holds a number', 'type', [7]);
    if (maxItems !== undefined)
      outside(
        'has too many items',
        'maxItems',
        Array.from({ length: maxItems + 1 }, (_, i) => `x${i}`),
      );
    if (minItems) outside('has too few items', 'minItems', []);
  }
  return edges;
}

function queryOf(document: OpenAPIV3_1.Document, id: OperationId): { name: string; schema: Schema; required: boolean }[] {
  for (const item of Object.values(document.paths ?? {})) {
    for (const operation of [item?.get, item?.post, item?.patch, item?.delete]) {
      if (!item || operation?.operationId !== id) continue;
      const parameters = [...(item.parameters ?? []), ...(operation.parameters ?? [])].map(
        (p) => resolve(document, p as Schema) as unknown as OpenAPIV3_1.ParameterObject,
      );
      return parameters
        .filter((parameter) => parameter.in === 'query')
        .map(({ name, schema, required = false }) => ({ name, schema: resolve(document, schema as Schema), required }));
    }
  }
  return [];
}

function resolve(document: OpenAPIV3_1.Document, node: Schema): Schema {
  if (node?.$ref === undefined) return node;
  const found = node.$ref
    .split('/')
    .slice(1)
    .reduce<unknown>((at, token) => (at as Record<string, unknown>)[token], document);
  return resolve(document, found as Schema);
}
