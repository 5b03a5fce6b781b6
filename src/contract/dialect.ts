// The habits of the vendor's API that the document describes operation by operation and the kit
// needs as such: its errors, its lists, its organizations and its credentials. Nothing else in the
// kit knows these words; a test holds that.
import { isJsonObject, type Json } from '../spec/message.js';

/** The edition that the contracts are written for. */
export const EDITION = '2026-02';

// Errors

export type ErrorField = 'code' | 'type' | 'details';

/** Where a refusal says what is wrong. */
export const errorAt = (field: ErrorField): string => `/error/${field}`;

/** Whether a place in an answer is the error, or a part of it. */
export const isInError = (pointer: string): boolean => /^\/error(\/|$)/.test(pointer);

/** What a refusal says; nothing where the body is none. */
export function errorIn(
  body: Json | undefined,
): Readonly<Partial<Record<ErrorField, Json>>> | undefined {
  return isJsonObject(body) && isJsonObject(body.error) ? body.error : undefined;
}

// Organizations

/** Under this name a path, a query, a body and a profile say which organization is meant. */
export const ORGANIZATION = 'organization_id';
/** The slot that the contracts fill it from. Where nothing fills the slot, the profile has it. */
export const ORGANIZATION_SLOT = 'organization';
/** Its name in the profile. */
export const KNOWN_ORGANIZATION = `known.${ORGANIZATION}`;
/** What the profile says of a caller, beside the credential. */
export const CALLER_FIELDS = ['user_id', ORGANIZATION] as const;

// Lists

type Query = Readonly<Record<string, Json>>;

/** How many rows a page has where nobody asks for another number. */
export const USUAL_PAGE = 20;
/** The largest page of most lists, and of those that count it otherwise. */
export const LARGEST_PAGE: Query = { limit: 100 };
export const LARGEST_TAKE: Query = { take: 100 };

/** How many rows a query asks for, under the name of most lists. */
export const pageSizeIn = <T>({ limit }: Readonly<Record<string, T>>): T | undefined => limit;

/** The same query, asking for so many rows. */
export const ofPageSize = (query: Query, size: number): Query =>
  query.take === undefined ? { ...query, limit: size } : { ...query, take: size };

/** The most rows that may be asked for at once. */
export const MOST_OF_A_PAGE = Number(LARGEST_PAGE.limit);

/** What says whether a page is the last. */
export const END_OF_LIST = /^\/(has_more|next_cursor)$/;

/** Whether a page says that another comes after it, in one of the ways that `isSaid` lets count. */
export const saysMore = (body: Json | undefined, isSaid: (pointer: string) => boolean): boolean =>
  isJsonObject(body) &&
  ((body.has_more === true && isSaid('/has_more')) ||
    (typeof body.next_cursor === 'string' && isSaid('/next_cursor')));

/** Pointers to what may be new in every answer, though the list is the same. */
export const CURSORS: readonly string[] = ['/next_cursor'];

/** The rows of a list, whatever it calls them. */
export function rowsIn(body: Json | undefined): readonly Json[] {
  const [rows = []] = isJsonObject(body)
    ? Object.values(body).filter((value) => Array.isArray(value))
    : [];
  return rows as readonly Json[];
}

/** How many rows a list has on all its pages, where it says so. */
export const totalIn = (body: Json | undefined): Json | undefined =>
  isJsonObject(body) ? body.total : undefined;

/**
 * What asks for the page after this one, where the answer says that there is one. `query` asked for
 * this one.
 */
export function pageAfter(body: Json | undefined, query: Query = {}): Query | undefined {
  if (!isJsonObject(body)) return undefined;
  const rows = rowsIn(body);
  // In February, the list of spaces has no has_more; nothing comes after a page without rows.
  if (typeof body.next_cursor === 'string' && rows.length > 0) return { cursor: body.next_cursor };
  // Nor has the list of vector stores, nor anything else that says what comes after a page that is
  // full.
  const { take, skip = 0 } = query;
  if (
    body.has_more === undefined &&
    typeof take === 'number' &&
    rows.length > 0 &&
    rows.length >= take
  )
    return { skip: Number(skip) + rows.length };
  if (body.has_more !== true) return undefined;
  if (typeof body.last_id === 'string') return { after: body.last_id };
  if (typeof body.skip !== 'number' || rows.length === 0) return undefined;
  return { skip: body.skip + rows.length };
}

// Fields of objects

/** Never another value, whatever is written and whoever reads. */
export const LASTING: readonly string[] = [
  'created_at',
  'created_by',
  'organization_id',
  'user_id',
  'owner_type',
  'owner_id',
  'is_composite',
  'role',
];
/** Who made it. */
export const MAKERS: readonly string[] = ['created_by', 'user_id'];
/** Any write may move them, and never back. */
export const TIMES: readonly string[] = ['updated_at', 'last_activity_at'];
/** What a server moves by itself, such as the size of a store that embeds files. */
export const MOVING: readonly string[] = ['file_count', 'data_size', 'last_activity_at'];
/** What says something of the answer, not of the object that it shows. */
export const UNRELATED: readonly string[] = ['object', 'message'];
/** In the query of a request whose answer shows objects in another form. */
export const RENDERING = /[?&]output_mode=/;

/** It is in no list any more, save where archived ones are asked for. */
export const isArchived = (row: Json | undefined): boolean =>
  isJsonObject(row) && row.status === 'archived';

// Rate limits

/** What the headers of an answer say of the limit; nothing where they say it otherwise. */
export function limitIn(
  headers: Readonly<Record<string, string>>,
  now: number,
): {
  /** Requests a minute. */
  readonly limit?: number;
  readonly remaining?: number;
  /** Milliseconds until it begins anew. */
  readonly resetsIn?: number;
} {
  const read = (name: string): number | undefined => {
    const text = headers[`x-ratelimit-${name}-requests`] ?? headers[`x-ratelimit-${name}`];
    return text !== undefined && /^\d{1,12}$/.test(text) ? Number(text) : undefined;
  };
  const [limit, remaining, reset] = [read('limit'), read('remaining'), read('reset')];
  // Unix seconds, or seconds from now: the unit of one of the two headers is not documented.
  const resetsIn =
    reset === undefined ? undefined : reset > 1_000_000 ? reset * 1000 - now : reset * 1000;
  return {
    ...(limit === undefined || limit === 0 ? {} : { limit }),
    ...(remaining === undefined ? {} : { remaining }),
    ...(resetsIn === undefined || resetsIn <= 0 ? {} : { resetsIn }),
  };
}

// Credentials

/** What a caller shows: a key, where there is one, and a token where that is asked for. */
export interface Credential {
  readonly api_key?: string;
  readonly bearer?: string;
}

export const API_KEY = 'X-API-Key';
export const TOKEN = 'Authorization';
/** Whether a header of that name carries a credential, of this API or of a gateway before it. */
export const isForCredentials = (name: string): boolean =>
  /authorization|api-?key|token|secret|session/i.test(name);
/** Of the form of a good one, and nobody's. */
export const UNKNOWN_KEY: Credential = { api_key: 'ak_understudy_unknown' };
export const UNKNOWN_TOKEN: Credential = { bearer: 'understudy-unknown-token' };

/** The header that carries a credential, in lower case; none for a caller who has none. */
export function headersOf(
  { api_key, bearer }: Credential,
  scheme = 'Bearer',
): Readonly<Record<string, string>> {
  if (api_key !== undefined) return { [API_KEY.toLowerCase()]: api_key };
  return bearer === undefined ? {} : { [TOKEN.toLowerCase()]: `${scheme} ${bearer}` };
}

/** Whether a caller can show either of two credentials. */
export const hasBoth = ({ api_key, bearer }: Credential): boolean =>
  api_key !== undefined && bearer !== undefined;

/** The token of a caller who has a key as well. */
export const tokenOf = ({ bearer }: Credential): Credential =>
  bearer === undefined ? {} : { bearer };

/** The credential that a request shows, as its header has it. */
export const credentialIn = (headers: Readonly<Record<string, string>>): string | undefined =>
  headers[TOKEN.toLowerCase()] ?? headers[API_KEY.toLowerCase()];

/** What is wrong with how a request shows a credential; nothing where its form is right. */
export function credentialFault(
  headers: Readonly<Record<string, string>>,
): { readonly header: string; readonly expected: string; readonly got: string } | undefined {
  const header = TOKEN.toLowerCase();
  const token = headers[header];
  if (token === undefined)
    return credentialIn(headers) === undefined
      ? { header, expected: `${API_KEY}, or ${TOKEN} with a bearer token`, got: 'neither' }
      : undefined;
  // The server tells `bearer` from `Bearer`, though HTTP does not. The token itself is not shown.
  const [scheme] = token.split(' ');
  return /^Bearer \S/.test(token)
    ? undefined
    : {
        header,
        expected: 'Bearer, in this spelling, and a token',
        got: token.includes(' ') ? `${scheme} and something` : 'no scheme',
      };
}
