// Three paging dialects: opaque cursors, skip with limit, and the ids of rows (S-C17, K 7.4). Never
// one list schema.

import { fromBase64Url, toBase64Url } from '../spec/base64.js';
import type { Position, Row } from '../world/indexes.js';
import type { Verdict } from './rule.js';

/**
 * Which list a cursor belongs to, such as `spaces/org_xyz789`; a cursor of another list is not
 * accepted.
 */
export type CursorScope = string;

const encode = (scope: CursorScope, position: Position): string =>
  toBase64Url(`${scope}#${position}`);

/**
 * The position a cursor stands for: the newest end without one, undefined when this list did not
 * make it.
 */
export function readCursor(cursor: string | undefined, scope: CursorScope): Position | undefined {
  if (cursor === undefined) return Number.POSITIVE_INFINITY;
  const text = fromBase64Url(cursor) ?? '';
  const at = text.lastIndexOf('#');
  const position = Number(text.slice(at + 1));
  return text.slice(0, at) === scope &&
    Number.isSafeInteger(position) &&
    encode(scope, position) === cursor
    ? position
    : undefined;
}

export interface CursorPage<R> {
  readonly rows: readonly R[];
  readonly next_cursor: string | null;
  readonly has_more: boolean;
}

/** One page of rows that come newest first; reads no further than the page needs. */
export function cursorPage<R extends Row>(
  rows: Iterable<R>,
  {
    scope,
    limit,
    position,
  }: {
    readonly scope: CursorScope;
    readonly limit: number;
    readonly position: (id: string) => Position;
  },
): CursorPage<R> {
  const page: R[] = [];
  for (const row of rows) {
    if (page.length === limit) {
      const last = page.at(-1) as R;
      return { rows: page, next_cursor: encode(scope, position(last.id)), has_more: true };
    }
    page.push(row);
  }
  return { rows: page, next_cursor: null, has_more: false };
}

/** Rows in order, found by their place; not read as long as nobody asks for them. */
export interface Listed<R> {
  readonly size: number;
  slice(start: number, end: number): readonly R[];
  /** -1 for a row that is not there. */
  placeOf(id: string): number;
}

/** The rows that pass; all have to be read. */
export function matching<R extends Row>(rows: Iterable<R>, passes: (row: R) => boolean): Listed<R> {
  const found = [...rows].filter(passes);
  return {
    size: found.length,
    slice: (start, end) => found.slice(start, end),
    placeOf: (id) => found.findIndex((row) => row.id === id),
  };
}

/** The rows whose name has the text in it, whatever the case of the letters. */
export function namedLike<R extends Row & { readonly name: string }>(
  rows: Listed<R> & Iterable<R>,
  text = '',
): Listed<R> {
  const wanted = text.toLowerCase();
  return wanted === '' ? rows : matching(rows, ({ name }) => name.toLowerCase().includes(wanted));
}

/** The rows of one list and then those of another. */
export function inTurn<R>(first: Listed<R>, second: Listed<R>): Listed<R> {
  const later = (place: number): number => Math.max(0, place - first.size);
  return {
    size: first.size + second.size,
    slice: (start, end) => [
      ...first.slice(start, Math.min(end, first.size)),
      ...second.slice(later(start), later(end)),
    ],
    placeOf: (id) => {
      const place = first.placeOf(id);
      if (place >= 0) return place;
      const after = second.placeOf(id);
      return after < 0 ? after : first.size + after;
    },
  };
}

export interface SkipPage<R> {
  readonly items: R[];
  readonly total: number;
  readonly skip: number;
  readonly limit: number;
  readonly has_more: boolean;
}

export function skipPage<R>(
  rows: Listed<R>,
  { skip, limit }: { readonly skip: number; readonly limit: number },
): SkipPage<R> {
  const items = [...rows.slice(skip, skip + limit)];
  return { items, total: rows.size, skip, limit, has_more: skip + items.length < rows.size };
}

export interface IdPage<R> {
  readonly data: readonly R[];
  readonly first_id: string | null;
  readonly last_id: string | null;
  readonly has_more: boolean;
}

/**
 * Pages by the ids of rows: `after` begins behind a row, `before` ends in front of one and takes
 * the rows nearest to it.
 */
export function idPage<R extends Row>(
  rows: Listed<R>,
  {
    after,
    before,
    limit,
  }: { readonly after?: string; readonly before?: string; readonly limit: number },
): IdPage<R> {
  const start = after === undefined ? 0 : rows.placeOf(after) + 1;
  const end = Math.max(start, before === undefined ? rows.size : rows.placeOf(before));
  const backwards = before !== undefined && after === undefined;
  const data = backwards
    ? rows.slice(Math.max(start, end - limit), end)
    : rows.slice(start, Math.min(end, start + limit));
  return {
    data,
    first_id: data.at(0)?.id ?? null,
    last_id: data.at(-1)?.id ?? null,
    has_more: end - start > data.length,
  };
}

/** Whether `after` and `before` name rows of this list. */
export function knowsCursors(
  rows: Listed<Row>,
  query: { readonly after?: string; readonly before?: string },
): Verdict {
  const unknown = (['after', 'before'] as const).find((field) => {
    const id = query[field];
    return id !== undefined && rows.placeOf(id) < 0;
  });
  return unknown ? { fault: { field: unknown, keyword: 'unknown_cursor' } } : true;
}
