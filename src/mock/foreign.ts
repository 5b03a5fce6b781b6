// Operations that have no rule: answered from the document's examples, else from its schemas, and marked as such.
import { generateSync } from 'json-schema-faker';
import {
  type ForeignDocument,
  type ForeignOperation,
  type ForeignResponse,
  readForeignDocument,
} from '../spec/foreign-document.js';
import type { PlainRequest } from '../spec/message.js';
import { coerce, readJsonBody, readQuery } from '../validation/check-request.js';
import { compileSchemas, type SchemaAt } from '../validation/compile.js';
import { fromAjv, type Violation } from '../validation/violation.js';
import { readWishes } from './prefer.js';

/** A document of somebody else's, ready to answer from. */
export interface Foreign extends ForeignDocument {
  answer(
    operation: ForeignOperation,
    path: Readonly<Record<string, string>>,
    request: PlainRequest,
    seed: number,
  ): ForeignOutcome;
}

interface Compiled extends ForeignDocument {
  readonly compiled: SchemaAt;
}

/** Loads an OpenAPI 3.1 file of one piece. Throws a DocumentError that lists every problem. */
export function loadForeign(file: string): Foreign {
  const read = readForeignDocument(file);
  const compiled = compileSchemas(read.document);
  // A schema that cannot be compiled stops the start instead of letting everything pass.
  for (const operation of read.operations) {
    for (const { schema } of [...operation.parameters, ...(operation.body ? [operation.body] : [])]) compiled(schema);
    for (const { schema } of operation.responses) if (schema !== undefined) compiled(schema);
  }
  const foreign: Compiled = { ...read, compiled };
  return { ...read, answer: (operation, path, request, seed) => answerForeign(foreign, operation, path, request, seed) };
}

export interface ForeignAnswer {
  readonly status: number;
  readonly mediaType?: string;
  readonly text?: string;
  /** Where the body comes from. */
  readonly source: 'example' | 'generated' | 'empty';
}

export type ForeignOutcome =
  | { readonly kind: 'answer'; readonly answer: ForeignAnswer }
  /** The request breaks the document, which has no answer to that. */
  | { readonly kind: 'violation'; readonly violation: Violation }
  | { readonly kind: 'unknown_preference'; readonly asked: string; readonly cases: readonly string[] };

function answerForeign(
  foreign: Compiled,
  operation: ForeignOperation,
  path: Readonly<Record<string, string>>,
  request: PlainRequest,
  seed: number,
): ForeignOutcome {
  const wishes = readWishes(request.headers.prefer);
  if (wishes.size > 0) {
    const response = operation.responses.find(
      ({ status, examples }) =>
        (wishes.get('code') ?? String(status)) === String(status) &&
        (!wishes.has('example') || examples.has(wishes.get('example') as string)),
    );
    if (response) return { kind: 'answer', answer: render(foreign, response, seed, wishes.get('example')) };
    const cases = operation.responses.flatMap(({ status, examples }) => [
      String(status),
      ...[...examples.keys()].map((name) => `${status} ${name}`),
    ]);
    return { kind: 'unknown_preference', asked: [...wishes].map(([name, value]) => `${name}=${value}`).join(', '), cases };
  }
  const [violation] = violationsOf(foreign, operation, path, request);
  if (violation) {
    const refusal =
      operation.responses.find(({ status }) => status === 422) ?? operation.responses.find(({ status }) => status === 400);
    return refusal ? { kind: 'answer', answer: render(foreign, refusal, seed) } : { kind: 'violation', violation };
  }
  const success = operation.responses.find(({ status }) => status < 300) ??
    operation.responses[0] ?? { status: 200, examples: new Map() };
  return { kind: 'answer', answer: render(foreign, success, seed) };
}

function violationsOf(
  { compiled }: Compiled,
  operation: ForeignOperation,
  path: Readonly<Record<string, string>>,
  request: PlainRequest,
): Violation[] {
  const query = readQuery(operation.parameters, request.target);
  const violations: Violation[] = [...query.violations];
  for (const { name, in: part, type, required, schema } of operation.parameters) {
    const text = part === 'path' ? path[name] : part === 'header' ? request.headers[name.toLowerCase()] : undefined;
    const value = part === 'query' ? query.value[name] : text === undefined ? undefined : coerce(text, type);
    if (value === undefined && required && part !== 'path')
      violations.push({ in: part, pointer: `/${name}`, keyword: 'required', expected: 'to be present' });
    const validate = compiled(schema);
    if (value !== undefined && !validate(value))
      violations.push(...fromAjv(part, validate.errors ?? []).map((v) => ({ ...v, pointer: `/${name}${v.pointer}` })));
  }
  if (operation.body && (request.body.length > 0 || operation.body.required)) {
    const body = readJsonBody(request);
    violations.push(...body.violations);
    const validate = compiled(operation.body.schema);
    if (body.violations.length === 0 && !validate(body.value)) violations.push(...fromAjv('body', validate.errors ?? []));
  }
  return violations;
}

function render({ document }: Compiled, response: ForeignResponse, seed: number, name?: string): ForeignAnswer {
  const { status, mediaType, schema, examples } = response;
  const base = { status, ...(mediaType === undefined ? {} : { mediaType }) };
  const example = name === undefined ? [...examples.values()][0] : examples.get(name);
  const asText = (value: unknown): string =>
    typeof value === 'string' && !/json/.test(mediaType ?? '') ? value : JSON.stringify(value);
  if (example !== undefined) return { ...base, text: asText(example), source: 'example' };
  if (schema === undefined) return { ...base, source: 'empty' };
  return { ...base, text: JSON.stringify(generateSync({ ...document, $ref: schema } as never, { seed })), source: 'generated' };
}
