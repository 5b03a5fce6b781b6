// Is a request well formed? Parses the query and the body by the document and lists what breaks it.
import type { ValidateFunction } from 'ajv';
import type { Operation, Parameter } from '../spec/document.js';
import { isJsonObject, type Json, type PlainRequest } from '../spec/message.js';
import { pointerToken } from '../spec/pointer.js';
import type { Validators } from './validators.js';
import { fromAjv, type Violation } from './violation.js';

/** A request as the document reads it; defaults are filled in, unknown parameters left out. */
export interface CheckedRequest {
  readonly query: Readonly<Record<string, Json>>;
  readonly body: Json | undefined;
  /** In the order in which a server would meet them; empty when the request is well formed. */
  readonly violations: readonly Violation[];
  /** Unknown fields that are ignored (S-C27, X1), such as `query.color` or `body.colour`. */
  readonly ignored: readonly string[];
}

/** Levels of arrays and objects that a body may have. The document's own bodies have three. */
export const DEPTH_LIMIT = 64;

/**
 * Violations and ignored names that are kept of one part of a request, and the characters kept of a
 * name.
 */
const LIST_LIMIT = 100;
const NAME_LIMIT = 100;

const utf8 = new TextDecoder('utf-8', { fatal: true });

interface Part<Value> {
  readonly value: Value;
  readonly violations: readonly Violation[];
  readonly ignored: readonly string[];
}

export function checkRequest(
  operation: Operation<string>,
  validators: Validators,
  request: PlainRequest,
): CheckedRequest {
  const query = checkQuery(operation, validators, request.target);
  const body = operation.body
    ? checkBody(operation.body, validators, request)
    : { value: undefined, violations: [], ignored: request.body.length > 0 ? ['body'] : [] };
  return {
    query: query.value,
    body: body.value,
    violations: [...query.violations, ...body.violations],
    ignored: [...query.ignored, ...body.ignored],
  };
}

/** What a reader of the query needs to know of a parameter. */
type QueryParameter = Pick<Parameter, 'name' | 'type' | 'default'> & { readonly in: string };

/**
 * The values of declared query parameters, coerced to their types; repeated and unclean ones are
 * violations.
 */
function readQuery(
  parameters: readonly QueryParameter[],
  target: string,
): Part<Record<string, Json>> {
  const sent = parseQuery(target);
  if (!sent) return { value: defaultsOf(parameters), violations: [], ignored: [] };
  const declared = parameters.filter((parameter) => parameter.in === 'query');
  const value: Record<string, Json> = {};
  const violations: Violation[] = [];
  for (const parameter of declared) {
    const pointer = `/${parameter.name}`;
    const [text, ...more] = sent.getAll(parameter.name);
    if (more.length > 0)
      violations.push({ in: 'query', pointer, keyword: 'repeated', expected: 'one value' });
    else if (text !== undefined && !isCleanText(text))
      violations.push(uncleanText('query', pointer));
    else if (text !== undefined) value[parameter.name] = coerce(text, parameter.type);
    else if (parameter.default !== undefined) value[parameter.name] = parameter.default;
  }
  const names = new Set(declared.map((parameter) => parameter.name));
  const ignored = namesOf(
    'query',
    [...new Set(sent.keys())].filter((name) => !names.has(name)),
  );
  return { value, violations, ignored };
}

function defaultsOf(parameters: readonly QueryParameter[]): Record<string, Json> {
  const value: Record<string, Json> = {};
  for (const parameter of parameters)
    if (parameter.in === 'query' && parameter.default !== undefined)
      value[parameter.name] = parameter.default;
  return value;
}

function checkQuery(
  operation: Operation<string>,
  validators: Validators,
  target: string,
): Part<Record<string, Json>> {
  const { value, violations, ignored } = readQuery(operation.parameters, target);
  const undeclared = operation.parameters.every((parameter) => parameter.in !== 'query');
  if (violations.length > 0 || undeclared) return { value, violations, ignored };
  const validate = validators(`query_${operation.id}`);
  return { value, violations: breaches('query', validate, value), ignored };
}

/**
 * Nothing where there is no query. Escapes that are not UTF-8 become NUL, which no text may hold; read
 * as they are, they would pass for U+FFFD.
 */
function parseQuery(target: string): URLSearchParams | undefined {
  const at = target.indexOf('?');
  if (at < 0) return undefined;
  const text = target.slice(at);
  return new URLSearchParams(
    text.replace(/(?:%[\da-f]{2})+/gi, (escapes) => (isEncodedText(escapes) ? escapes : '%00')),
  );
}

function isEncodedText(escapes: string): boolean {
  try {
    decodeURIComponent(escapes);
    return true;
  } catch {
    return false;
  }
}

/**
 * A hostile body can break its schema half a million times over. The first says why it is refused.
 */
function breaches(part: string, validate: ValidateFunction, value: Json): Violation[] {
  if (validate(value)) return [];
  const errors = validate.errors ?? [];
  if (errors.length > LIST_LIMIT) validate({}); // ajv keeps the errors of its last call, on its inner functions too
  return fromAjv(part, errors.slice(0, LIST_LIMIT));
}

/**
 * Names for the journal, which keeps many exchanges: not more than a few, and none of great length.
 */
function namesOf(part: string, names: readonly string[]): string[] {
  const shown = names
    .slice(0, LIST_LIMIT)
    .map((name) => `${part}.${name.length > NAME_LIMIT ? shorten(name) : name}`);
  return names.length > LIST_LIMIT
    ? [...shown, `${names.length - LIST_LIMIT} more in ${part}`]
    : shown;
}

/** A new string: a slice would keep the whole body in memory. */
const shorten = (name: string): string => `${[...name.slice(0, NAME_LIMIT)].join('')}…`;

/** A text that is no number stays a text, and breaks the schema by its type. */
export function coerce(text: string, type: Parameter['type']): Json {
  if (type === 'number' && /^[+-]?\d{1,15}(\.\d{1,15})?$/.test(text)) return Number(text);
  if (type === 'integer' && /^[+-]?\d{1,308}$/.test(text)) return Number(text);
  if (type === 'boolean' && /^(true|false)$/.test(text)) return text === 'true';
  return text;
}

function checkBody(
  { schema, fields }: NonNullable<Operation['body']>,
  validators: Validators,
  request: PlainRequest,
): Part<Json | undefined> {
  const { value, violations } = readJsonBody(request);
  const [unreadable] = violations.filter((violation) => violation.pointer === '');
  if (unreadable) return { value: undefined, violations: [unreadable], ignored: [] };
  if (!isJsonObject(value))
    return {
      value: undefined,
      violations: [wholeBody('not_an_object', 'a JSON object')],
      ignored: [],
    };
  const ignored = namesOf(
    'body',
    Object.keys(value).filter((name) => !fields.includes(name)),
  );
  if (violations.length > 0) return { value, violations, ignored };
  const validate = validators(`open_${schema}`);
  const broken = breaches('body', validate, value);
  // An unknown field for which the body is refused has been read.
  const refused = broken.some(({ keyword }) => keyword === 'additionalProperties');
  return { value, violations: broken, ignored: refused ? [] : ignored };
}

const wholeBody = (keyword: string, expected: string): Violation => ({
  in: 'body',
  pointer: '',
  keyword,
  expected,
});

/**
 * The JSON of a body, whatever its schema; no body says as much as an empty object, since the
 * missing fields are then named.
 */
function readJsonBody(request: PlainRequest): {
  readonly value?: Json;
  readonly violations: readonly Violation[];
} {
  if (request.body.length > 0 && !isJsonType(request.headers['content-type'])) {
    return { violations: [wholeBody('content_type', 'application/json')] };
  }
  let text: string;
  let value: Json;
  try {
    text = utf8.decode(request.body);
  } catch {
    return { violations: [wholeBody('not_utf8', 'UTF-8')] };
  }
  try {
    value = text.trim() === '' ? {} : (JSON.parse(text) as Json);
  } catch {
    return { violations: [wholeBody('malformed_json', 'JSON')] };
  }
  const texts = inspect(value);
  if (texts === 'too_deep')
    return { violations: [wholeBody('too_deep', `at most ${DEPTH_LIMIT} levels`)] };
  return { value, violations: texts.map((pointer) => uncleanText('body', pointer)) };
}

/**
 * A body without a content type is taken for JSON; the vendor's own client sends none where it
 * sends no body.
 */
function isJsonType(contentType: string | undefined): boolean {
  return (
    contentType === undefined || /^application\/([\w.-]+\+)?json\s*(;|$)/i.test(contentType.trim())
  );
}

/**
 * NUL and halves of surrogate pairs cannot be stored as text by most databases, and cannot be sent
 * back as UTF-8.
 */
function isCleanText(text: string): boolean {
  return !text.includes('\u0000') && text.isWellFormed();
}

const uncleanText = (part: string, pointer: string): Violation => ({
  in: part,
  pointer,
  keyword: 'invalid_text',
  expected: 'text without NUL and half surrogates',
});

/**
 * The pointers of unclean texts, or `too_deep`. Keeps its own stack: a hostile depth must not
 * exhaust ours.
 */
function inspect(body: Json): readonly string[] | 'too_deep' {
  const unclean: string[] = [];
  const left: { value: Json; pointer: string; depth: number }[] = [
    { value: body, pointer: '', depth: 0 },
  ];
  for (let next = left.pop(); next; next = left.pop()) {
    const { value, pointer, depth } = next;
    if (typeof value === 'string' && !isCleanText(value)) unclean.push(pointer);
    if (typeof value !== 'object' || value === null) continue;
    if (depth === DEPTH_LIMIT) return 'too_deep';
    for (const [key, item] of Object.entries(value)) {
      const inner = `${pointer}/${pointerToken(key)}`;
      if (!isCleanText(key)) unclean.push(inner);
      left.push({ value: item, pointer: inner, depth: depth + 1 });
    }
  }
  return unclean.sort();
}
