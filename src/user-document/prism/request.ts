// Turns a request into one that Prism takes, around what Prism's validation gets wrong.
import { carrierOf, type Reading } from '../../openapi/one-operation.js';
import { isNode, type Node } from '../../openapi/shape.js';
import type { PlainRequest } from '../../spec/message.js';
import type { HttpOperation, Parameters, Prepared } from './library.js';

type Body = { readonly value: unknown } | Error;

export const isMediaType = (text: string): boolean =>
  /^\s*[\w!#$&^.+*'-]+\/[\w!#$&^.+*'-]+\s*(;\s*[\w-]+=[^;]*)*;?\s*$/.test(text);

/**
 * JSON as a value, anything else as text; a body without a content type is taken for JSON where it
 * is some.
 */
export function bodyOf({ headers, body }: PlainRequest): Body {
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
export interface Read {
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
export function translate({ one, http }: Prepared, { values, request, query: search, body }: Read) {
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
