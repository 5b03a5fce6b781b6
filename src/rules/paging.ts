// Three paging dialects: opaque cursors, skip with limit, and the ids of rows (S-C17, K 7.4). Never one list schema.
import type { Position } from '../world/filed.js';
import type { Row, Table } from '../world/table.js';
import type { Verdict } from './rule.js';

/** Which list a cursor belongs to, such as `spaces/org_xyz789`; a cursor of another list is not accepted. */
export type CursorScope = string;

const encode = (scope: CursorScope, position: Position): string => Buffer.from(`${scope}#${position}`).toString('base64url');

/** The position a cursor stands for: the newest end without one, undefined when this list did not make it. */
export function readCursor(cursor: string | undefined, scope: CursorScope): Position | undefined {
  if (cursor === undefined) return Number.POSITIVE_INFINITY;
  const text = Buffer.from(cursor, 'base64url').toString('utf8');
  const at = text.lastIndexOf('#');
  const position = Number(text.slice(at + 1));
  return text.slice(0, at) === scope && Number.isSafeInteger(position) && encode(scope, position) === cursor
    ? position
    : undefined;
}

export interface CursorPage<R> {
  readonly rows: readonly R[];
  readonly next_cursor: string | null;
  readonly has_more: boolean;
}

/** One page, newest first, of the rows that pass; reads no further than the page needs. */
export function cursorPage<R extends Row, IndexName extends string>(
  table: Table<R, IndexName>,
  index: IndexName,
  key: string,
  options: {
    readonly scope: CursorScope;
    readonly before: Position;
    readonly limit: number;
    readonly keep?: (row: R) => boolean;
  },
): CursorPage<R> {
  const rows: R[] = [];
  for (const row of table.newestFirst(index, key, options.before)) {
    if (options.keep && !options.keep(row)) continue;
    if (rows.length === options.limit) {
      const last = rows.at(-1) as R;
      return { rows, next_cursor: encode(options.scope, table.position(last.id)), has_more: true };
    }
    rows.push(row);
  }
  return { rows, next_cursor: null, has_more: false };
}

export interface SkipPage<R> {
  readonly items: R[];
  readonly total: number;
  readonly skip: number;
  readonly limit: number;
  readonly has_more: boolean;
}

export function skipPage<R>(rows: readonly R[], { skip, limit }: { readonly skip: number; readonly limit: number }): SkipPage<R> {
  const items = rows.slice(skip, skip + limit);
  return { items, total: rows.length, skip, limit, has_more: skip + items.length < rows.length };
}

export interface IdPage<R> {
  readonly data: readonly R[];
  readonly first_id: string | null;
  readonly last_id: string | null;
  readonly has_more: boolean;
}

/** Pages by the ids of rows: `after` begins behind a row, `before` ends in front of one and takes the rows nearest to it. */
export function idPage<R extends Row>(
  rows: readonly R[],
  { after, before, limit }: { readonly after?: string; readonly before?: string; readonly limit: number },
): IdPage<R> {
  const start = after === undefined ? 0 : rows.findIndex((row) => row.id === after) + 1;
  const end = before === undefined ? rows.length : rows.findIndex((row) => row.id === before);
  const between = rows.slice(start, Math.max(start, end));
  const backwards = before !== undefined && after === undefined;
  const data = backwards ? between.slice(-limit) : between.slice(0, limit);
  return {
    data,
    first_id: data.at(0)?.id ?? null,
    last_id: data.at(-1)?.id ?? null,
    has_more: between.length > data.length,
  };
}

/** Whether `after` and `before` name rows of this list. */
export function knowsCursors(rows: readonly Row[], query: { readonly after?: string; readonly before?: string }): Verdict {
  const unknown = (['after', 'before'] as const).find(
    (field) => query[field] !== undefined && !rows.some((row) => row.id === query[field]),
  );
  return unknown ? { fault: { field: unknown, keyword: 'unknown_cursor' } } : true;
}
