// Prism's library, in this process: it answers the operations of a user's document that have no
// rule here.
import { AsyncLocalStorage } from 'node:async_hooks';
import { isDeepStrictEqual } from 'node:util';
import {
  carrierOf,
  isJson,
  type OneOperation,
  oneOperation,
  type Reading,
} from '../openapi/one-operation.js';
import type { UserOperation } from '../openapi/operations.js';
import { type Cut, restoreData, withDefinitions } from '../openapi/schemas.js';
import { isNode, type Node, type UserDocument } from '../openapi/shape.js';
import type { PlainRequest } from '../spec/message.js';
import { uncompilable } from '../validation/compile.js';
import { drawValue } from './drawn-value.js';
import { toXml } from './xml.js';

/** What Prism said. A problem is its own: the request or the document does not allow an answer. */
export interface PrismAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  /** How the answer breaks its own schema. */
  readonly breaches: readonly string[];
}

export interface PrismOptions {
  readonly seed: string;
  readonly checkAnswer: boolean;
}

export interface Prism {
  answer(
    operation: UserOperation,
    values: Readonly<Record<string, string>>,
    request: PlainRequest,
    options: PrismOptions,
  ): Promise<PrismAnswer>;
}

/** What is used of `@stoplight/prism-http`. */
interface Library {
  getHttpOperationsFromSpec(document: object): Promise<HttpOperation[]>;
  createInstance(
    config: object,
    components: Components,
  ): { request(input: object, operations: object[], config: object): Task };
}
interface Components {
  readonly logger: object;
  /** Gives what is validated as the answer, in place of Prism's own. */
  readonly mock?: () => () => { _tag: 'Right'; right: Outcome['output'] };
}
type Task = () => Promise<{ _tag: 'Right'; right: Outcome } | { _tag: 'Left'; left: Failure }>;
interface Outcome {
  readonly output: { statusCode: number; headers?: Record<string, unknown>; body?: unknown };
  readonly validations: { readonly output: readonly Diagnostic[] };
}
interface Diagnostic {
  readonly path?: readonly string[];
  readonly severity: number;
  readonly message: string;
}
interface Failure extends Error {
  readonly status?: number;
  readonly detail?: string;
  readonly additional?: Record<string, unknown>;
}
type Parameters = readonly { readonly name: string }[];
interface HttpResponse {
  readonly code: string;
  readonly contents?: readonly { readonly mediaType: string; readonly schema?: object }[];
}
interface HttpOperation {
  readonly __bundled__?: unknown;
  readonly request?: {
    readonly query?: Parameters | undefined;
    readonly headers?: Parameters | undefined;
  };
  readonly responses: readonly HttpResponse[];
}

const errors = 'https://stoplight.io/prism/errors#';
/**
 * Characters of an operation's document up to which values are drawn: what a schema draws has no
 * bound of its own.
 */
const SMALL = 50_000;
const TRIES = 3;

/** The library is loaded when the first answer is asked of it: that takes seconds. */
export function createPrism(user: UserDocument, load: () => unknown): Prism {
  let library: Library | undefined;
  const prepared = new Map<UserOperation, Promise<Prepared>>();
  return {
    answer: async (operation, values, request, options) => {
      try {
        library ??= loadQuiet(load);
        const ready = prepared.get(operation) ?? prepare(library, user, operation);
        prepared.set(operation, ready);
        return await answer(library, await ready, { values, request }, options);
      } catch (error) {
        const what = (error as Error).message.split('\n', 1)[0] as string;
        return problem(
          500,
          'UNKNOWN',
          'Prism cannot answer this operation',
          `${what} (${user.place(operation.pointer)})`,
        );
      }
    },
  };
}

/** Prism's sampler tells the console what it thinks of a schema: in a log of ours that is noise. */
const quiet = new AsyncLocalStorage<true>();

function loadQuiet(load: () => unknown): Library {
  const { warn } = console;
  console.warn = (...texts) => {
    if (!quiet.getStore()) warn(...texts);
  };
  return load() as Library;
}

interface Prepared {
  readonly one: OneOperation;
  readonly http: HttpOperation;
  /** The same without what its answers need not have; made when it is wanted. */
  readonly cut: (cut: Cut) => Promise<HttpOperation>;
  /** Small enough for the random generator. */
  readonly isSmall: boolean;
}

async function prepare(
  library: Library,
  user: UserDocument,
  operation: UserOperation,
): Promise<Prepared> {
  const one = oneOperation(user, operation);
  const isSmall = JSON.stringify([one.document, one.definitions]).length < SMALL;
  const read = async ({ document, definitions }: OneOperation): Promise<HttpOperation> => {
    const [operation] = await library.getHttpOperationsFromSpec(document);
    if (!operation) throw new Error('it finds no operation there');
    return withDefinitions(operation, definitions);
  };
  const http = await read(one);
  // Prism takes a schema that cannot be compiled for one that everything keeps.
  const faults = schemasOf(http).flatMap((schema) => uncompilable(schema));
  if (faults.length > 0)
    throw new Error(`a schema cannot be used: ${[...new Set(faults)].join('; ')}`);
  const cuts = new Map<Cut, Promise<HttpOperation>>();
  return {
    one,
    http,
    isSmall,
    cut: (cut) => {
      const made = cuts.get(cut) ?? read(oneOperation(user, operation, cut));
      cuts.set(cut, made);
      return made;
    },
  };
}

/** Every schema of an operation that Prism validates with, each with what it refers to. */
function schemasOf(http: HttpOperation): object[] {
  const found = new Set<object>();
  const bundle = http.__bundled__;
  const walk = (node: unknown): void => {
    if (Array.isArray(node)) node.forEach(walk);
    else if (isNode(node))
      for (const [key, value] of Object.entries(node)) {
        if (key === 'schema' && isNode(value)) found.add({ ...value, __bundled__: bundle });
        else if (key !== '__bundled__' && key !== 'examples') walk(value);
      }
  };
  walk({ ...http });
  return [...found];
}

interface Answered {
  readonly output: Outcome['output'];
  readonly breaches: readonly string[];
}
type Result = { readonly failure: Failure } | Answered;
/** `output`: judged as it is, where Prism is not to make one. */
type Ask = (mock: object, operation?: HttpOperation, output?: Outcome['output']) => Promise<Result>;

const silent: Record<string, unknown> = { child: () => silent };
for (const level of ['trace', 'debug', 'info', 'success', 'warn', 'error', 'fatal'])
  silent[level] = () => {};

async function answer(
  library: Library,
  prepared: Prepared,
  { values, request }: Pick<Read, 'values' | 'request'>,
  { seed, checkAnswer }: PrismOptions,
): Promise<PrismAnswer> {
  const query = new URLSearchParams(request.target.split('?').slice(1).join('?'));
  const wishes = readWishes(request.headers.prefer, query);
  if ('refused' in wishes)
    return problem(422, 'UNPROCESSABLE_ENTITY', 'Invalid request', wishes.refused);
  const type = request.headers['content-type'];
  if (type !== undefined && request.body.length > 0 && !isMediaType(type))
    return problem(415, 'INVALID_CONTENT_TYPE', 'Invalid content type', `${type} is no media type`);
  const body = bodyOf(request);
  if (body instanceof Error) return problem(400, 'UNKNOWN', 'Invalid JSON', body.message);
  const { input, adapt } = translate(prepared, { values, request, query, body });
  const ask: Ask = async (mock, operation = prepared.http, output = undefined) => {
    const config = {
      isProxy: false,
      checkSecurity: true,
      validateRequest: true,
      validateResponse: checkAnswer,
      errors: false,
      mock: { dynamic: false, seed, ...mock },
    };
    const given = output && { mock: () => () => ({ _tag: 'Right', right: output }) as const };
    const instance = library.createInstance(config, { logger: silent, ...given });
    const result = await quiet.run(true, instance.request(input, [adapt(operation)], config));
    if (result._tag === 'Left') return { failure: result.left };
    return { output: result.right.output, breaches: breachesOf(result.right) };
  };
  const isFree = !('dynamic' in wishes.mock) && !('exampleKey' in wishes.mock);
  const whole = await ask(wishes.mock);
  // Prism makes no value with more than 2,500 properties.
  const isTooMuch =
    'failure' in whole && isFree && whole.failure.name === `${errors}SCHEMA_TOO_COMPLEX`;
  const first = isTooMuch ? await ask(wishes.mock, await prepared.cut('optional')) : whole;
  if ('failure' in first) return problemOf(first.failure);
  const best =
    first.breaches.length > 0 && isFree
      ? await improve(first, { prepared, mock: wishes.mock, ask, seed })
      : first;
  return render(best.output, best.breaches, prepared.one, wishes.applied);
}

/**
 * What Prism makes of a schema may break it; what stands in an example is the document's own fault,
 * and is left.
 */
async function improve(
  first: Answered,
  {
    prepared,
    mock,
    ask,
    seed,
  }: {
    readonly prepared: Prepared;
    readonly mock: object;
    readonly ask: Ask;
    readonly seed: string;
  },
): Promise<Answered> {
  const made = await ask({ ...mock, ignoreExamples: true });
  if (!('output' in made) || !isDeepStrictEqual(made.output.body, first.output.body)) return first;
  for (const cut of ['endless', 'optional'] as const) {
    const short = await ask(mock, await prepared.cut(cut));
    const judged = 'output' in short ? await ask(mock, prepared.http, short.output) : short;
    if ('output' in judged && judged.breaches.length === 0) return judged;
  }
  for (let i = 0; prepared.isSmall && i < TRIES; i++) {
    const dynamic = await ask({ ...mock, dynamic: true, seed: `${seed}/${i}` });
    if ('output' in dynamic && dynamic.breaches.length === 0) return dynamic;
    const body = drawValue(
      schemaOf(prepared.http, first.output),
      prepared.http.__bundled__,
      `${seed}/${i}`,
    );
    const drawn =
      body === undefined ? dynamic : await ask(mock, prepared.http, { ...first.output, body });
    if ('output' in drawn && drawn.breaches.length === 0) return drawn;
  }
  return first;
}

/** The schema that an answer's body is to keep. */
function schemaOf(
  { responses }: HttpOperation,
  { statusCode, headers }: Outcome['output'],
): unknown {
  const status = String(statusCode);
  const codes = [status, `${status[0]}XX`, 'default'];
  const response = codes.map((code) => responses.find((one) => one.code === code)).find(Boolean);
  return response?.contents?.find(({ mediaType }) => mediaType === headers?.['Content-type'])
    ?.schema;
}

interface Wishes {
  readonly mock: Readonly<Record<string, unknown>>;
  readonly applied: string;
}

/**
 * `Prefer: code=404, example=gone, dynamic=true, seed=7`, or the same as `__code=404` in the query,
 * as Prism's users know it.
 */
function readWishes(
  header: string | undefined,
  query: URLSearchParams,
): Wishes | { readonly refused: string } {
  const given = new Map<string, string>();
  for (const part of header?.split(/[,;]/) ?? []) {
    const [key = '', value = ''] = part
      .split('=')
      .map((text) => text.trim().replace(/^"(.*)"$/, '$1'));
    given.set(key.toLowerCase(), value);
  }
  if (header === undefined)
    for (const key of ['code', 'example', 'dynamic', 'seed']) {
      const value = query.get(`__${key}`);
      if (value !== null) given.set(key, value);
    }
  const [code, example, dynamic, seed] = ['code', 'example', 'dynamic', 'seed'].map((key) =>
    given.get(key),
  );
  if (code !== undefined && !/^[2-5]\d\d$/.test(code))
    return { refused: `code must be a status from 200 to 599, not ${code}` };
  if (dynamic !== undefined && !/^(true|false)$/.test(dynamic))
    return { refused: `dynamic must be true or false, not ${dynamic}` };
  const mock = {
    ...(code === undefined ? {} : { code: Number(code) }),
    ...(example === undefined ? {} : { exampleKey: example }),
    ...(dynamic === undefined ? {} : { dynamic: dynamic === 'true' }),
    ...(seed === undefined ? {} : { seed }),
  };
  const applied = ['code', 'example', 'dynamic', 'seed']
    .filter((key) => given.has(key))
    .map((key) => `${key}=${given.get(key)}`);
  return { mock, applied: applied.join(', ') };
}

type Body = { readonly value: unknown } | Error;

const isMediaType = (text: string): boolean =>
  /^\s*[\w!#$&^.+*'-]+\/[\w!#$&^.+*'-]+\s*(;\s*[\w-]+=[^;]*)*;?\s*$/.test(text);

/**
 * JSON as a value, anything else as text; a body without a content type is taken for JSON where it
 * is some.
 */
function bodyOf({ headers, body }: PlainRequest): Body {
  if (body.length === 0) return { value: undefined };
  const text = new TextDecoder().decode(body);
  const type = headers['content-type'];
  if (type !== undefined && !/^[^;]*[/+]json\s*(;|$)/i.test(type)) return { value: text };
  try {
    return { value: JSON.parse(text) };
  } catch (error) {
    return type === undefined ? { value: text } : (error as Error);
  }
}

/** A request, taken apart. */
interface Read {
  /** Of its path. */
  readonly values: Readonly<Record<string, string>>;
  readonly request: PlainRequest;
  readonly query: URLSearchParams;
  readonly body: Exclude<Body, Error>;
}

/**
 * The request as Prism takes it: each parameter of the path in a segment of its own, values read as
 * their parameter says.
 */
function translate({ one, http }: Prepared, { values, request, query: search, body }: Read) {
  const headers: Record<string, unknown> = { ...request.headers };
  // Prism fails on a media type that is none.
  const accepted = request.headers.accept?.split(',').filter(isMediaType).join(',');
  if (accepted === undefined || accepted === '') delete headers.accept;
  else headers.accept = accepted;
  if (request.body.length === 0) delete headers['content-type'];
  if (request.body.length > 0) headers['content-length'] = String(request.body.length);
  const query: Record<string, unknown> = {};
  for (const key of new Set(search.keys())) {
    const all = search.getAll(key);
    query[key] = all.length === 1 ? all[0] : all;
  }
  const cookies = readCookies(request.headers.cookie);
  const absent = new Set<string>();
  const waived = new Set<string>();
  const path = new Map(Object.entries(values));
  for (const { name, in: part, as, mayBeEmpty } of one.parameters) {
    if (mayBeEmpty && query[name] === '') waived.add(name);
    else if (part === 'path' && as === 'json')
      headers[carrierOf('path', name)] = readAs(as, values[name]);
    else if (part === 'cookie' && cookies.has(name))
      headers[carrierOf('cookie', name)] = readAs(as, cookies.get(name));
    else if (part === 'header' && headers[name.toLowerCase()] !== undefined)
      headers[name.toLowerCase()] = readAs(as, headers[name.toLowerCase()]);
    else if (part === 'header') absent.add(name);
    else if (part === 'cookie') absent.add(carrierOf('cookie', name));
    else if (part === 'query' && as === 'object' && isAbsent(name, http, query)) absent.add(name);
    else if (part === 'query' && query[name] !== undefined) query[name] = readAs(as, query[name]);
  }
  const segments = one.pathNames.map((name) => encodeURIComponent(path.get(name) ?? ''));
  const type = String(request.headers['content-type'] ?? '');
  const sent =
    typeof body.value === 'string' && /^application\/x-www-form-urlencoded/i.test(type)
      ? joinRepeated(body.value)
      : body.value;
  const input = {
    method: (http as { method?: string }).method,
    url: { path: `/${segments.join('/')}`, query },
    headers,
    body: sent,
  };
  return { input, adapt: (operation: HttpOperation) => adapted(operation, absent, waived) };
}

function readAs(as: Reading['as'], value: unknown): unknown {
  if (typeof value !== 'string') return value;
  if (as === 'list') return value.split(/\s*,\s*/).join(',');
  if (as === 'spaces') return value.replaceAll(' ', '%20');
  if (as !== 'json') return value;
  try {
    return JSON.parse(value);
  } catch {
    return value;
  }
}

function readCookies(header = ''): ReadonlyMap<string, string> {
  const pairs = header.split(/;\s*/).filter((pair) => pair.includes('='));
  return new Map(
    pairs.map((pair) => {
      const [key = '', ...value] = pair.split('=');
      return [key.trim(), value.join('=').trim()];
    }),
  );
}

/** An object in the query is written as its properties, so that its own name is nowhere. */
function isAbsent(
  name: string,
  http: HttpOperation,
  query: Readonly<Record<string, unknown>>,
): boolean {
  if (query[name] !== undefined || Object.keys(query).some((key) => key.startsWith(`${name}[`)))
    return false;
  const spec = http.request?.query?.find((one) => one.name === name) as
    | { style?: string; schema?: Node }
    | undefined;
  const properties = isNode(spec?.schema?.properties) ? Object.keys(spec.schema.properties) : [];
  return spec?.style === 'deepObject' || !properties.some((key) => query[key] !== undefined);
}

/**
 * Prism takes an object that was not sent for an empty one, and fails on a list in a header that
 * was not sent. As a text such a parameter is missing, and refused only where it is required. An
 * empty value that is allowed it takes for a missing one.
 */
function adapted(
  http: HttpOperation,
  absent: ReadonlySet<string>,
  waived: ReadonlySet<string>,
): HttpOperation {
  if (absent.size + waived.size === 0) return http;
  const asText = (specs: Parameters | undefined, style: string) =>
    specs?.map((spec) =>
      absent.has(spec.name) ? { ...spec, style, explode: false, schema: { type: 'string' } } : spec,
    );
  const { request } = http;
  const query = asText(request?.query, 'form')?.filter(({ name }) => !waived.has(name));
  return { ...http, request: { ...request, query, headers: asText(request?.headers, 'simple') } };
}

/** Of a field that is repeated Prism reads the last; joined, it reads them all. */
function joinRepeated(form: string): string {
  const fields = new Map<string, string[]>();
  for (const pair of form.split('&')) {
    const [key = '', ...value] = pair.split('=');
    fields.set(key, [...(fields.get(key) ?? []), value.join('=')]);
  }
  return [...fields].map(([key, all]) => `${key}=${all.join(',')}`).join('&');
}

function breachesOf({ output, validations }: Outcome): string[] {
  const type = String(output.headers?.['Content-type'] ?? '');
  // A text is compared with a schema of what it means: nothing can be said about it.
  const unread = typeof output.body === 'string' && !isJson(type);
  return validations.output
    .filter(({ severity, path }) => severity === 0 && !(unread && path?.[0] === 'body'))
    .map(({ message }) => message);
}

function render(
  { statusCode, headers = {}, body }: Outcome['output'],
  breaches: readonly string[],
  { hasDataRefs }: OneOperation,
  applied: string,
): PrismAnswer {
  const sent: Record<string, string> = {};
  for (const [key, value] of Object.entries(headers)) {
    const text = headerText(value);
    if (text !== undefined) sent[key.toLowerCase()] = text;
  }
  if (applied !== '') sent['preference-applied'] = applied;
  const bodiless = body === undefined || /^(1..|204|205|304)$/.test(String(statusCode));
  if (bodiless) {
    delete sent['content-type'];
    return { status: statusCode, headers: sent, breaches };
  }
  const value = hasDataRefs ? restoreData(body) : body;
  return {
    status: statusCode,
    headers: sent,
    body: serialize(value, sent['content-type'] ?? ''),
    breaches,
  };
}

function serialize(value: unknown, type: string): string {
  if (isJson(type)) return JSON.stringify(value);
  if (typeof value === 'string') return value;
  return /[/+]xml\b/i.test(type) ? toXml(value) : JSON.stringify(value);
}

/** What a header can carry: no line breaks, and nothing beyond ASCII. */
function headerText(value: unknown): string | undefined {
  if (value === null || value === undefined) return undefined;
  const text = Array.isArray(value)
    ? value.join(',')
    : typeof value === 'object'
      ? JSON.stringify(value)
      : String(value);
  return text.replace(/[^\t\x20-\x7e]+/g, (part) => encodeURIComponent(part.toWellFormed()));
}

function problemOf({
  name,
  message,
  status = 500,
  detail = '',
  additional = {},
}: Failure): PrismAnswer {
  const { headers, ...more } = additional;
  const type = name && name !== 'Error' ? name : `${errors}UNKNOWN`;
  const sent = isNode(headers)
    ? Object.entries(headers).map(([key, value]) => [key.toLowerCase(), headerText(value) ?? ''])
    : [];
  return {
    status,
    headers: { 'content-type': 'application/problem+json', ...Object.fromEntries(sent) },
    body: JSON.stringify({ type, title: message, status, detail, ...more }),
    breaches: [],
  };
}

/** A problem in the form in which Prism tells its own. */
export function problem(status: number, type: string, title: string, detail: string): PrismAnswer {
  return {
    status,
    headers: { 'content-type': 'application/problem+json' },
    body: JSON.stringify({ type: `${errors}${type}`, title, status, detail }),
    breaches: [],
  };
}
