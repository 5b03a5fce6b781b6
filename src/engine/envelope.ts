// From a decided case to the body of an error. Every word of it stands in the document; here only
// ids, times and fields go in.
import type { FieldFault, Outcome } from '../decide/rule.js';
import type { Case } from '../spec/case.js';
import { isJsonObject, type Json, type JsonObject } from '../spec/message.js';
import { fieldName, type Violation } from '../validation/violation.js';

/** What is filled into an example. */
export interface Filling {
  /**
   * Of the request, by name; a `details` key of the same name takes the value where it is an id.
   */
  readonly fields: Readonly<Record<string, Json | undefined>>;
  readonly traceId: string;
  readonly now: string;
  readonly details?: JsonObject | undefined;
  /** Ids that an error calls otherwise than the request does. */
  readonly aliases?: Readonly<Record<string, string>> | undefined;
}

/** The error body of a case: the example's words, this request's ids, this moment's time. */
export function renderError(documented: Pick<Case, 'value'>, filling: Filling): Json {
  // The framework's own errors have no envelope, and nothing in them to fill in.
  if (!isJsonObject(documented.value) || !isJsonObject(documented.value.error))
    return documented.value as Json;
  const error: Record<string, Json> = Object.assign({}, documented.value.error);
  if ('details' in error) error.details = fillDetails(error.details, filling);
  if ('trace_id' in error) error.trace_id = filling.traceId;
  if ('timestamp' in error) error.timestamp = filling.now;
  return Object.assign({}, documented.value, { error });
}

function fillDetails(samples: Json | undefined, filling: Filling): Json {
  const details: Record<string, Json> = {};
  for (const [key, sample] of Object.entries(isJsonObject(samples) ? samples : {})) {
    const given = filling.details?.[key];
    // Null is a value too: there is nothing, where the example has something.
    details[key] = given === undefined ? (idOf(filling, key) ?? sample) : given;
  }
  return details;
}

function idOf({ fields, aliases = {} }: Filling, key: string): Json | undefined {
  const value = fields[key] ?? fields[aliases[key] ?? key];
  return typeof value === 'string' ? value : undefined;
}

/** Everything a request says by name: body fields, then the query, then the path, which wins. */
export function fieldsOfRequest(
  path: JsonObject,
  query: JsonObject,
  body: Json | undefined,
): Filling['fields'] {
  return Object.assign({}, isJsonObject(body) ? body : {}, query, path);
}

export type FieldMessages = Readonly<Record<string, string>>;

export function violationDetails(
  violation: Violation,
  messages: FieldMessages,
): Readonly<Record<string, string>> {
  const field = fieldName(violation);
  const allowed =
    violation.allowed &&
    `{${violation.allowed.map((value) => (typeof value === 'string' ? `'${value}'` : JSON.stringify(value))).join(', ')}}`;
  return {
    field,
    message: message(messages, violation.keyword, {
      field,
      allowed,
      limit: violation.expected,
      expected: violation.expected,
    }),
  };
}

function faultDetails({ field, keyword, value }: FieldFault, messages: FieldMessages): JsonObject {
  return { field, message: message(messages, keyword, { field, value }) };
}

export function refusalDetails(
  outcome: Extract<Outcome, { kind: 'refusal' }>,
  messages: FieldMessages,
): JsonObject | undefined {
  return outcome.fault ? faultDetails(outcome.fault, messages) : outcome.details;
}

function message(
  messages: FieldMessages,
  keyword: string,
  values: Record<string, string | undefined>,
): string {
  const template = messages[keyword] ?? (messages.other as string);
  const all: Record<string, string | undefined> = Object.assign({}, values, { keyword });
  return template.replace(/\{(\w+)\}/g, (_, name: string) => all[name] ?? `{${name}}`);
}
