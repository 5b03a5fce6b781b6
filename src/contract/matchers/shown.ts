// What the clients of tests return, as a plain exchange: the Response of fetch, the response of
// supertest and superagent, that of axios.
import type { PlainResponse } from '../../spec/message.js';
import { requestOf } from './observe.js';

/** What the test says of a request; it goes before what the response carries. */
export interface RequestOptions {
  readonly method?: string;
  /** The path with its query, or a whole address. */
  readonly path?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** As it was sent, or as JSON. */
  readonly body?: unknown;
}

export interface ShownExchange {
  readonly method: string | undefined;
  readonly target: string | undefined;
  /** Absent where the response does not carry them. */
  readonly headers: Readonly<Record<string, string>> | undefined;
  readonly body: Uint8Array | undefined;
  readonly response: PlainResponse;
}

/** A TypeError whose message says what to write instead. */
const misuse = (text: string): TypeError => new TypeError(text);

/** Of a Response, whose body is still to be read, later; of the others, at once. */
export function shownIn(
  received: unknown,
  options: RequestOptions,
): ShownExchange | Promise<ShownExchange> {
  const own = ownRequest(options);
  if (isResponse(received)) return ofFetch(received).then((shown) => ({ ...shown, ...own }));
  const shown = isObject(received) ? (ofAxios(received) ?? ofSuperagent(received)) : undefined;
  if (shown) return { ...shown, ...own };
  throw misuse(
    `The value is no response: ${typeof received === 'object' ? `an object with ${Object.keys(received ?? {}).join(', ') || 'nothing in it'}` : String(received)}. Expect the Response of fetch, or the whole response of supertest or axios, not its body. Has it been awaited?`,
  );
}

type Loose = Readonly<Record<string, unknown>>;

const isObject = (value: unknown): value is Loose =>
  (typeof value === 'object' && value !== null) || typeof value === 'function';

// fetch

const isResponse = (value: unknown): value is Response =>
  isObject(value) && typeof value.clone === 'function' && typeof value.text === 'function';

/** The bodies of responses that were read, so that each can be expected again. */
const texts = new WeakMap<Response, Promise<string>>();

async function ofFetch(response: Response): Promise<ShownExchange> {
  const request = await requestOf(response);
  const text = texts.get(response) ?? textOf(request?.copy ?? response);
  texts.set(response, text);
  return {
    method: request?.method,
    target: targetOf(request?.url ?? (response.url || undefined)),
    headers: request?.headers,
    body: request?.body,
    response: plain(response.status, Object.fromEntries(response.headers), await text),
  };
}

async function textOf(response: Response): Promise<string> {
  if (response.bodyUsed)
    throw misuse(
      'The body of the response has been read already. Expect the response before its body is read, or fetch with observe(fetch), which keeps a copy.',
    );
  return response.clone().text();
}

// axios

function ofAxios({ config, request, status, headers, data }: Loose): ShownExchange | undefined {
  if (!isObject(config) || typeof status !== 'number') return undefined;
  const sent = isObject(request) ? request : {};
  const url = [sent.path, sent.responseURL, sent.url].find((one) => typeof one === 'string' && one);
  return {
    method: textIn(sent.method ?? config.method)?.toUpperCase(),
    target: targetOf(textIn(url) ?? addressIn(config)),
    headers: headersOf(sentHeaders(sent) ?? config.headers),
    body: bytesOf(config.data),
    response: plain(status, headersOf(headers) ?? {}, answerOf(data)),
  };
}

/** Where only the configuration says what was asked, as with an adapter of the test's own. */
function addressIn({ url, baseURL = '', params }: Loose): string | undefined {
  if (typeof url !== 'string') return undefined;
  const whole = /^https?:/.test(url)
    ? url
    : `${String(baseURL).replace(/\/$/, '')}/${url.replace(/^\//, '')}`;
  const pairs = isObject(params) ? Object.entries(params) : [];
  const query = String(
    new URLSearchParams(pairs.map(([name, value]): [string, string] => [name, String(value)])),
  );
  return query === '' ? whole : `${whole}${whole.includes('?') ? '&' : '?'}${query}`;
}

/** What axios has parsed is written again; a text is what it could not parse. */
function answerOf(data: unknown): string {
  if (data === undefined || data === null) return '';
  if (isObject(data) && typeof data.pipe === 'function')
    throw misuse('The body of the response is a stream. Ask axios for JSON or text to expect it.');
  if (data instanceof ArrayBuffer || data instanceof Uint8Array)
    return new TextDecoder('utf-8', { ignoreBOM: true }).decode(data);
  return typeof data === 'string' ? data : JSON.stringify(data);
}

// supertest and superagent

function ofSuperagent(received: Loose): ShownExchange | undefined {
  const { req, request, status, headers, text, body } = received;
  if (typeof status !== 'number' || !(isObject(req) || isObject(request))) return undefined;
  const sent = isObject(req) ? req : {};
  const asked = isObject(request) ? request : {};
  return {
    method: textIn(sent.method ?? asked.method)?.toUpperCase(),
    target: targetOf(textIn(sent.path ?? sent.url ?? asked.url)),
    headers: headersOf(sentHeaders(sent) ?? asked.header),
    body: asked._formData ? undefined : bytesOf(asked._data),
    response: plain(status, headersOf(headers) ?? {}, textIn(text) ?? answerOf(bufferIn(body))),
  };
}

/** Of an answer without text, superagent makes an empty object. */
const bufferIn = (body: unknown): unknown =>
  isObject(body) && !(body instanceof Uint8Array) && Object.keys(body).length === 0
    ? undefined
    : body;

// What they have in common

function ownRequest({ method, path, headers, body }: RequestOptions): Partial<ShownExchange> {
  return {
    ...(method === undefined ? {} : { method: method.toUpperCase() }),
    ...(path === undefined ? {} : { target: targetOf(path) }),
    ...(headers === undefined ? {} : { headers: headersOf(headers) }),
    ...(body === undefined ? {} : { body: bytesOf(body) }),
  };
}

const plain = (
  status: number,
  headers: Readonly<Record<string, string>>,
  text: string,
): PlainResponse => ({ status, headers, ...(text === '' ? {} : { body: text }) });

const textIn = (value: unknown): string | undefined =>
  typeof value === 'string' ? value : undefined;

/** Path and query of an address. */
function targetOf(address: string | undefined): string | undefined {
  if (address === undefined) return undefined;
  const { pathname, search } = new URL(address, 'http://in-process');
  return pathname + search;
}

/** Those of Node's own request, which has them as they were sent. */
function sentHeaders(request: Loose): unknown {
  return typeof request.getHeaders === 'function' ? request.getHeaders() : undefined;
}

/** In lower case, whatever kind of object has them. */
function headersOf(headers: unknown): Readonly<Record<string, string>> | undefined {
  if (!isObject(headers)) return undefined;
  const entries =
    headers instanceof Headers
      ? [...headers]
      : Object.entries(typeof headers.toJSON === 'function' ? headers.toJSON() : headers);
  return Object.fromEntries(
    entries
      .filter(([, value]) => value !== undefined && value !== null && value !== false)
      .map(([name, value]) => [name.toLowerCase(), String(value)]),
  );
}

function bytesOf(body: unknown): Uint8Array | undefined {
  if (body === undefined || body === null) return new Uint8Array();
  if (body instanceof Uint8Array) return body;
  if (typeof body === 'string') return new TextEncoder().encode(body);
  // A form or a stream is not looked into. Each file of jest has an Object of its own, so that only
  // the name tells them apart.
  const isPlain =
    Array.isArray(body) ||
    (Object.prototype.toString.call(body) === '[object Object]' && !('pipe' in (body as object)));
  return isPlain ? new TextEncoder().encode(JSON.stringify(body)) : undefined;
}
