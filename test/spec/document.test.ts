import { readFileSync } from 'node:fs';
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { describe, expect, it } from 'vitest';
import { loadSpec } from '../../src/shipped/document.js';
import type { Json } from '../../src/spec/message.js';
import { atPointer } from '../../src/spec/pointer.js';
import { type Relation, relationKinds, statementsOf } from '../../src/spec/relation.js';
import { requestKeywords } from '../support/request-keywords.js';

// The document is read here without the mock server's own reader, so that the two cannot be wrong
// together.
type Node = { readonly [key: string]: Node } & { readonly $ref?: string };
interface Provenance {
  readonly basis: string;
  readonly source: string;
  readonly reached_by: string;
  readonly not_vouched?: readonly string[];
  readonly violation?: { readonly in?: string; readonly keyword?: string };
}
interface Example {
  readonly name: string;
  readonly operation: string;
  readonly status: number;
  readonly schema?: string;
  readonly provenance: Provenance;
  readonly value?: Json;
}
type Envelope = {
  readonly error?: {
    readonly status: number;
    readonly details?: { readonly field?: string; readonly message?: string };
  };
};

const text = readFileSync(new URL('../../generated/document.json', import.meta.url), 'utf8');
const document = JSON.parse(text) as Node;
const schemas = document.components?.schemas as Node;
const fieldMessages = document['x-field-messages'] as unknown as Record<string, string>;
const errorRelations = document['x-error-relations'] as unknown as Relation[];

const resolve = (node: Node): Node =>
  node.$ref === undefined ? node : resolve(atPointer(document as Json, node.$ref.slice(1)) as Node);
const entries = (node: Node | undefined): [string, Node][] =>
  Object.entries(node ?? {}) as [string, Node][];
const bodySchema = (message: Node): string | undefined =>
  message.content?.['application/json']?.schema?.$ref?.split('/').at(-1);

const operations = entries(document.paths).flatMap(([path, item]) =>
  entries(item)
    .filter(([method]) => /^(get|post|put|patch|delete)$/.test(method))
    .map(([, operation]) => ({
      id: String(operation.operationId),
      path,
      parameters: [item.parameters, operation.parameters]
        .flatMap((list) => (list as unknown as Node[] | undefined) ?? [])
        .map(
          (parameter) =>
            resolve(parameter) as unknown as { name: string; in: string; schema: Node },
        ),
      requestBody: operation.requestBody && resolve(operation.requestBody),
      responses: entries(operation.responses).map(([status, response]) => ({
        status: Number(status),
        response: resolve(response),
      })),
    })),
);

function examplesOf(operation: string, status: number, response: Node): Example[] {
  const schema = bodySchema(response);
  const withBody = entries(response.content?.['application/json']?.examples).map(
    ([name, reference]) => {
      const example = resolve(reference);
      const provenance = example['x-case'] as unknown as Provenance;
      return {
        name,
        operation,
        status,
        provenance,
        value: example.value as Json,
        ...(schema === undefined ? {} : { schema }),
      };
    },
  );
  const bodiless = entries(response['x-cases']).map(([name, provenance]) => ({
    name,
    operation,
    status,
    provenance: provenance as unknown as Provenance,
  }));
  return [...withBody, ...bodiless];
}

const routed = operations.flatMap(({ id, responses }) =>
  responses.flatMap(({ status, response }) => examplesOf(id, status, response)),
);
const unrouted = entries(document['x-unrouted']).flatMap(([status, response]) =>
  examplesOf('unrouted', Number(status), response),
);
const examples = [...routed, ...unrouted];
const nameOf = ({ operation, name }: Example): string => `${operation}.${name}`;

function validators(components: unknown): (schema: string) => ValidateFunction {
  const ajv = new Ajv2020({ allErrors: true, strict: true, allowUnionTypes: true });
  ajv.addVocabulary(['x-edition', 'x-known-values', 'x-begins']);
  addFormats.default(ajv);
  ajv.addSchema(
    JSON.parse(
      JSON.stringify({ $id: 'document', $defs: components }).replaceAll(
        '#/components/schemas/',
        '#/$defs/',
      ),
    ),
  );
  return (schema) =>
    ajv.getSchema(`document#/$defs/${schema}`) ?? expect.fail(`no schema ${schema}`);
}

/** A copy in which a field that is not documented is an error. */
function close(node: unknown): unknown {
  if (Array.isArray(node)) return node.map(close);
  if (typeof node !== 'object' || node === null) return node;
  const copy: Record<string, unknown> = Object.fromEntries(
    Object.entries(node).map(([key, value]) => [key, close(value)]),
  );
  return copy.properties && copy.additionalProperties === undefined
    ? { ...copy, additionalProperties: false }
    : copy;
}

const open = validators(schemas);
const closed = validators(close(schemas));
const breaches = (validate: ValidateFunction, value: unknown): unknown =>
  validate(value) ? [] : validate.errors;

describe('the document', () => {
  it('is read whole: every operation, every case and every unrouted case', () => {
    const spec = loadSpec();
    expect([...spec.operations.keys()].sort()).toEqual(operations.map(({ id }) => id).sort());
    expect(
      [...spec.operations.values()]
        .flatMap((o) => [...o.cases.keys()].map((name) => `${o.id}.${name}`))
        .sort(),
    ).toEqual(routed.map(nameOf).sort());
    expect([...spec.unrouted.keys()].sort()).toEqual(unrouted.map(({ name }) => name).sort());
    expect(spec.text).toBe(text);
  });

  it('names no case twice within an operation', () => {
    expect(new Set(examples.map(nameOf)).size).toBe(examples.length);
  });

  it('knows where every case stands in the source files', () => {
    const { place } = loadSpec();
    for (const example of routed)
      expect(place(example.operation, example.name), nameOf(example)).toMatch(
        /^openapi\/[\w/.-]+:\d+$/,
      );
  });

  it('gives an example for every response with a body, and a case for every one without', () => {
    for (const { id, responses } of operations)
      for (const { status, response } of responses)
        expect(examplesOf(id, status, response).length, `${id} ${status}`).toBeGreaterThan(0);
  });

  it('has examples that keep their response schema, open and closed', () => {
    expect(examples.length).toBeGreaterThan(300);
    for (const example of examples) {
      if (example.schema === undefined) continue;
      expect(breaches(open(example.schema), example.value), `${nameOf(example)}, open`).toEqual([]);
      expect(breaches(closed(example.schema), example.value), `${nameOf(example)}, closed`).toEqual(
        [],
      );
    }
  });

  it('has request examples that keep their request schema, open and closed', () => {
    for (const { id, requestBody } of operations) {
      if (!requestBody) continue;
      const schema = bodySchema(requestBody) as string;
      const values = entries(requestBody.content?.['application/json']?.examples).map(
        ([, example]) => resolve(example).value,
      );
      expect(values.length, `${id} shows a request`).toBeGreaterThan(0);
      for (const value of values) {
        expect(breaches(open(schema), value), `${id}, open`).toEqual([]);
        expect(breaches(closed(schema), value), `${id}, closed`).toEqual([]);
      }
    }
  });

  it('says of every case on what it rests and how it is reached', () => {
    for (const example of examples) {
      const { basis, source, reached_by } = example.provenance;
      expect(['seed', 'docs', 'client', 'assumed'], nameOf(example)).toContain(basis);
      expect(['state', 'rate_limit', 'april'], nameOf(example)).toContain(reached_by);
      expect(String(source ?? '').trim(), nameOf(example)).not.toBe('');
    }
  });

  it('withholds its word only from parts that the example has', () => {
    for (const example of examples) {
      for (const pointer of example.provenance.not_vouched ?? []) {
        if (pointer === 'status') continue;
        expect(pointer, nameOf(example)).toMatch(/^\//);
        expect(atPointer(example.value, pointer), `${nameOf(example)} ${pointer}`).toBeDefined();
      }
    }
  });

  it('repeats the status of the response in every error', () => {
    // The framework's own 404 has no envelope.
    const enveloped = examples.filter(
      ({ status, name }) => status >= 400 && name !== 'unknown_path',
    );
    expect(enveloped.length).toBeGreaterThan(300);
    for (const example of enveloped) {
      expect((example.value as Envelope).error?.status, nameOf(example)).toBe(example.status);
    }
  });

  it('has a 401, a 429 and no server error on every operation', () => {
    for (const { id, responses } of operations) {
      const statuses = responses.map(({ status }) => status);
      expect(statuses, id).toEqual(expect.arrayContaining([401, 429]));
      expect(Math.max(...statuses), id).toBeLessThan(500);
    }
  });

  it('answers a bad query and a bad body with a case of their own, wherever there is a query or a body', () => {
    for (const { id, parameters, requestBody } of operations) {
      const parts = routed
        .filter(({ operation }) => operation === id)
        .map(({ provenance }) => provenance.violation?.in);
      if (parameters.some((parameter) => parameter.in === 'query'))
        expect(parts, id).toContain('query');
      if (requestBody) expect(parts, id).toContain('body');
    }
  });

  it('declares every parameter that a path names, and no other', () => {
    for (const { id, path, parameters } of operations) {
      const named = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
      expect(
        parameters.filter((parameter) => parameter.in === 'path').map(({ name }) => name),
        id,
      ).toEqual(named);
    }
  });
});

describe('the relations of the document', () => {
  const all = operations.flatMap((operation) =>
    operation.responses.flatMap(({ status, response }) =>
      [
        ...(status >= 400 ? errorRelations : []),
        ...((response['x-relations'] as unknown as Relation[]) ?? []),
      ].flatMap((relation) =>
        statementsOf(relation).map(({ kind, operands }) => ({
          operation,
          status,
          response,
          kind,
          operands,
        })),
      ),
    ),
  );

  it('are of a known kind', () => {
    for (const { operation, kind } of all) expect(relationKinds, operation.id).toContain(kind);
  });

  it('look only at parts of the request that are documented', () => {
    for (const { operation, operands } of all) {
      for (const operand of operands.map(String).filter((word) => word.startsWith('$request.'))) {
        const [, part, name] =
          /^\$request\.(path\.|query\.|body#\/)(\w+)$/.exec(operand) ??
          expect.fail(`${operation.id}: ${operand}`);
        const known =
          part === 'body#/'
            ? Object.keys(
                (schemas[bodySchema(operation.requestBody as Node) as string] as Node).properties ??
                  {},
              )
            : operation.parameters
                .filter((parameter) => `${parameter.in}.` === part)
                .map((parameter) => parameter.name);
        expect(known, `${operation.id}: ${operand}`).toContain(name);
      }
    }
  });

  it('look only at parts of the response that every example has', () => {
    for (const { operation, status, response, operands } of all) {
      for (const operand of operands
        .map(String)
        .filter((word) => word.startsWith('$') && !word.startsWith('$request.'))) {
        if (operand === '$statusCode') continue;
        const [, pointer] =
          /^\$response\.body#((?:\/.+)?)$/.exec(operand) ??
          expect.fail(`${operation.id}: ${operand}`);
        for (const example of examplesOf(operation.id, status, response)) {
          expect(
            atPointer(example.value, pointer as string),
            `${nameOf(example)}: ${operand}`,
          ).toBeDefined();
        }
      }
    }
  });
});

describe('the messages about fields', () => {
  const rendered = (template: string, field: string): RegExp =>
    new RegExp(
      `^${template
        .split(/(\{\w+\})/)
        .map((part) =>
          part === '{field}'
            ? field
            : /^\{\w+\}$/.test(part)
              ? '.+'
              : part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'),
        )
        .join('')}$`,
    );

  it('are those of the templates, and of the very keyword where the case names one', () => {
    const about = examples.filter(
      ({ value }) => (value as Envelope | undefined)?.error?.details?.field !== undefined,
    );
    expect(about.length).toBeGreaterThan(100);
    for (const example of about) {
      const { field = '', message = '' } = (example.value as Envelope).error?.details ?? {};
      const keyword = example.provenance.violation?.keyword;
      const { other: _, ...named } = fieldMessages;
      const templates =
        keyword === undefined
          ? Object.values(named)
          : [fieldMessages[keyword] ?? expect.fail(`no template ${keyword}`)];
      expect(
        templates.some((template) => rendered(template, field).test(message)),
        `${nameOf(example)}: ${message}`,
      ).toBe(true);
    }
  });

  it('have a template for every keyword that a request can break', () => {
    const used = requestKeywords(document);
    expect([...used]).toEqual(
      expect.arrayContaining(['type', 'required', 'enum', 'maxLength', 'minimum']),
    );
    expect([...used].filter((keyword) => fieldMessages[keyword] === undefined)).toEqual([]);
  });
});
