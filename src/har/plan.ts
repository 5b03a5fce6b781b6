// Which requests of a recording are for the API, and how they go out again.
import { createMatcher, type Routable } from '../spec/match.js';
import type { PlainRequest } from '../spec/message.js';
import type { RecordedExchange } from './read.js';

/** Why a request is not sent. */
export type LeftOut =
  /** Another server, or another path of this one. */
  | 'other_origin'
  | 'no_operation'
  /** A page, an image, a script. */
  | 'asset'
  | 'preflight'
  /** The file has no body of it, or not all. */
  | 'body_missing'
  /** Nothing but reads may be sent. */
  | 'write';

export interface Planned {
  readonly recorded: RecordedExchange;
  /** As it was sent, but for what is about the connection. */
  readonly request: PlainRequest;
  readonly operation?: Routable;
}

export interface Plan {
  readonly requests: readonly Planned[];
  readonly origins: readonly string[];
  readonly leftOut: Readonly<Partial<Record<LeftOut, number>>>;
  /** Origins with paths of the API that are left out; `origins` takes them in. */
  readonly otherOrigins: readonly string[];
  /** Places in the file of those without a body. */
  readonly withoutBody: readonly number[];
}

export interface PlanOptions {
  readonly operations: readonly Routable[];
  /** The servers of the API; otherwise the one with the most requests for it. */
  readonly origins?: readonly string[] | undefined;
  readonly readOnly?: boolean | undefined;
}

export function planReplay(
  exchanges: readonly RecordedExchange[],
  { operations, origins: wanted, readOnly = false }: PlanOptions,
): Plan {
  const placed = exchanges.map((recorded) => ({ recorded, place: placeOf(recorded, operations) }));
  const found = countsOf(
    placed.flatMap(({ recorded, place }) =>
      place?.operation && !objectionTo(recorded) ? [recorded.url.origin] : [],
    ),
  );
  const most = Math.max(...found.values());
  const isWanted = (origin: string): boolean =>
    wanted?.includes(origin) ?? found.get(origin) === most;
  const requests: Planned[] = [];
  const left: LeftOut[] = [];
  const withoutBody: number[] = [];
  for (const { recorded, place } of placed) {
    const why = reasonOf({ recorded, place, isWanted, readOnly });
    if (why === undefined && place) requests.push(planned(recorded, place));
    else left.push(why ?? 'no_operation');
    if (why === 'body_missing') withoutBody.push(recorded.index);
  }
  return {
    requests,
    origins: [...new Set(requests.map(({ recorded }) => recorded.url.origin))],
    leftOut: Object.fromEntries(countsOf(left)),
    otherOrigins: [...found.keys()].filter((origin) => !isWanted(origin)),
    withoutBody,
  };
}

interface Place {
  /** From the base path of the API on, with the query. */
  readonly target: string;
  readonly operation?: Routable;
}

interface Considered {
  readonly recorded: RecordedExchange;
  readonly place: Place | undefined;
  isWanted(origin: string): boolean;
  readonly readOnly: boolean;
}

function reasonOf({ recorded, place, isWanted, readOnly }: Considered): LeftOut | undefined {
  const { method, url, body } = recorded;
  if (!isWanted(url.origin)) return 'other_origin';
  const objection = objectionTo(recorded);
  if (objection) return objection;
  if (!place) return 'no_operation';
  if (body.isMissing) return 'body_missing';
  return readOnly && method !== 'GET' && method !== 'HEAD' ? 'write' : undefined;
}

/**
 * Behind any base path, the first part of a path that the document knows; or what is unknown
 * beside its paths, such as `/v1/none`.
 */
function placeOf(
  { method, url }: RecordedExchange,
  operations: readonly Routable[],
): Place | undefined {
  const match = matcherFor(operations);
  const { pathname, search } = url;
  const ends = [...pathname.matchAll(/\//g)].map(({ index }) => pathname.slice(index));
  for (const path of ends) {
    const matched = match(method, path);
    if (matched.kind === 'operation')
      return { target: path + search, operation: matched.operation };
    if (matched.kind === 'method_not_allowed') return { target: path + search };
  }
  const roots = new Set(operations.map(({ template }) => template.split('/')[1] as string));
  const beside = ends.find((path) => roots.has(path.split('/')[1] as string));
  return beside === undefined ? undefined : { target: beside + search };
}

const matchers = new WeakMap<readonly Routable[], ReturnType<typeof createMatcher>>();

function matcherFor(operations: readonly Routable[]): ReturnType<typeof createMatcher> {
  const match = matchers.get(operations) ?? createMatcher(operations);
  matchers.set(operations, match);
  return match;
}

/** What a browser asks an API for. */
const isCall = (resourceType: string): boolean =>
  ['xhr', 'fetch', 'other', 'beacon', 'ping', 'eventsource'].includes(resourceType);
const isAsset = (mimeType: string): boolean =>
  /^(?:image|font|audio|video)\/|^text\/(?:html|css|javascript)|javascript|^application\/(?:wasm|font)/.test(
    mimeType,
  );

function objectionTo({ method, resourceType, response }: RecordedExchange): LeftOut | undefined {
  if (method === 'OPTIONS' || resourceType === 'preflight') return 'preflight';
  if (resourceType !== undefined && !isCall(resourceType)) return 'asset';
  // A gateway refuses with pages of its own, which are answers all the same.
  return response.status < 400 && isAsset(response.mimeType) ? 'asset' : undefined;
}

/** About the connection, the browser, the cache or a world, which are others here. */
const isDropped = (name: string): boolean =>
  /^(?:host|connection|keep-alive|te|trailer|transfer-encoding|upgrade|expect|via|forwarded|content-length|content-encoding|accept-encoding|cookie|origin|referer|user-agent|dnt|priority|pragma|cache-control|range|if-.*|sec-.*|proxy-.*|x-forwarded-.*|x-understudy-.*|x-mock-world)$/.test(
    name,
  );

function planned(recorded: RecordedExchange, { target, operation }: Place): Planned {
  const { method, headers, body } = recorded;
  const kept = Object.entries(headers).filter(([name]) => !isDropped(name));
  return {
    recorded,
    request: {
      method,
      target,
      headers: Object.fromEntries(kept),
      body: new TextEncoder().encode(body.text ?? ''),
    },
    ...(operation ? { operation } : {}),
  };
}

function countsOf<Key>(keys: readonly Key[]): ReadonlyMap<Key, number> {
  const counts = new Map<Key, number>();
  for (const key of keys) counts.set(key, (counts.get(key) ?? 0) + 1);
  return counts;
}
