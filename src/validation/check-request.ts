// Is a request well formed? Parses the query and the body by the document and lists what breaks it.
import type { Operation, Parameter } from '../spec/document.js';
import { isJsonObject, type Json, type PlainRequest } from '../spec/message.js';
import { validatorNamed } from './validators.js';
import { fromAjv, type Violation } from './violation.js';

/** A request as the document reads it; defaults are filled in, unknown parameters left out. */
export interface CheckedRequest {
  readonly query: Readonly<Record<string, Json>>;
  readonly body: Json | undefined;
  /** In the order in which a server would meet them; empty when the request is well formed. */
  readonly violations: readonly Violation[];
}

const decoder = new TextDecoder();

export function checkRequest(operation: Operation, request: PlainRequest): CheckedRequest {
  const query = checkQuery(operation, request.target);
  const body = operation.bodySchema === undefined ? { violations: [] } : checkBody(operation.bodySchema, request.body);
  return { query: query.values, body: body.value, violations: [...query.violations, ...body.violations] };
}

function checkQuery(operation: Operation, target: string): { values: Record<string, Json>; violations: Violation[] } {
  const declared = operation.parameters.filter((parameter) => parameter.in === 'query');
  const values: Record<string, Json> = {};
  if (declared.length === 0) return { values, violations: [] };
  const at = target.indexOf('?');
  const sent = new URLSearchParams(at < 0 ? '' : target.slice(at + 1));
  const violations: Violation[] = [];
  for (const parameter of declared) {
    const [text, ...more] = sent.getAll(parameter.name);
    if (more.length > 0)
      violations.push({ in: 'query', pointer: `/${parameter.name}`, keyword: 'repeated', expected: 'one value' });
    else if (text !== undefined) values[parameter.name] = coerce(text, parameter.type);
    else if (parameter.default !== undefined) values[parameter.name] = parameter.default;
  }
  if (violations.length > 0) return { values, violations };
  const validate = validatorNamed(`query_${operation.id}`);
  return { values, violations: validate(values) ? [] : fromAjv('query', validate.errors ?? []) };
}

/** A text that is no number stays a text, and breaks the schema by its type. */
function coerce(text: string, type: Parameter['type']): Json {
  if (type === 'integer' && /^[+-]?\d{1,15}$/.test(text)) return Number(text);
  if (type === 'boolean' && /^(true|false)$/.test(text)) return text === 'true';
  return text;
}

function checkBody(schema: string, bytes: Uint8Array): { value?: Json; violations: Violation[] } {
  const whole = (keyword: string, expected: string) => ({ violations: [{ in: 'body', pointer: '', keyword, expected }] });
  const text = decoder.decode(bytes);
  let value: Json;
  try {
    // No body says as much as an empty object: the missing fields are then named.
    value = text === '' ? {} : (JSON.parse(text) as Json);
  } catch {
    return whole('malformed_json', 'JSON');
  }
  if (!isJsonObject(value)) return whole('not_an_object', 'a JSON object');
  const validate = validatorNamed(`open_${schema}`);
  return { value, violations: validate(value) ? [] : fromAjv('body', validate.errors ?? []) };
}
