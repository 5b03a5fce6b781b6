// Three of the list dialects: cursor, skip/limit and after/before. They share no answer shape
// (S-C17).
import { queryInteger, queryText } from './checks.mjs';

/**
 * One page of a list sorted newest first. A cursor holds the sort key of the last item handed
 * out, so items added or removed between two calls neither repeat nor hide others. It also holds
 * the name of its list, so that it cannot be used on another one.
 * @param {import('./server.mjs').Context} context
 * @param {string} list
 * @param {any[]} items
 * @param {(item: any) => [string, string]} keyOf time and id
 */
export function cursorPage(context, list, items, keyOf) {
  const { limit, after } = cursorQuery(context, list);
  const sorted = [...items].sort((a, b) => compareKeys(keyOf(b), keyOf(a)));
  const rest = after ? sorted.filter((item) => compareKeys(keyOf(item), after) < 0) : sorted;
  const page = rest.slice(0, limit);
  const has_more = rest.length > page.length;
  return { page, has_more, next_cursor: has_more ? writeCursor(list, keyOf(page.at(-1))) : null };
}

/** Checks `limit` and `cursor`; also called ahead of look-ups so that shape faults come first. */
export function cursorQuery(context, list) {
  const limit = queryInteger(context, 'limit', { min: 1, max: 100, fallback: 50 });
  const cursor = queryText(context, 'cursor');
  return { limit, after: cursor === null ? null : readCursor(context, list, cursor) };
}

function compareKeys([timeA, idA], [timeB, idB]) {
  if (timeA !== timeB) return timeA < timeB ? -1 : 1;
  if (idA === idB) return 0;
  return idA < idB ? -1 : 1;
}

function writeCursor(list, key) {
  return Buffer.from(JSON.stringify([list, ...key])).toString('base64url');
}

function readCursor(context, list, cursor) {
  let parts = null;
  try {
    parts = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'));
  } catch {
    // reported below
  }
  const usable =
    Array.isArray(parts) &&
    parts.length === 3 &&
    parts[0] === list &&
    parts.every((part) => typeof part === 'string');
  if (!usable) throw context.invalid('cursor', 'cursor is not one of this list');
  return /** @type {[string, string]} */ ([parts[1], parts[2]]);
}

export function skipQuery(context) {
  const skip = queryInteger(context, 'skip', { min: 0, fallback: 0 });
  const limit = queryInteger(context, 'limit', { min: 1, max: 100, fallback: 20 });
  return { skip, limit };
}

export function skipPage({ skip, limit }, all) {
  const items = all.slice(skip, skip + limit);
  return { items, total: all.length, skip, limit, has_more: skip + items.length < all.length };
}

/**
 * The items next to an id in a sorted list: the first ones behind `after`, or the last ones
 * ahead of `before`, or the first ones of all.
 */
export function neighbourPage(context, items, limit) {
  const start = positionOf(context, items, 'after');
  const end = positionOf(context, items, 'before');
  const range = items.slice(start === null ? 0 : start + 1, end ?? items.length);
  const backwards = end !== null && start === null;
  const page = backwards ? range.slice(-limit) : range.slice(0, limit);
  return { page, has_more: range.length > page.length };
}

function positionOf(context, items, name) {
  const id = queryText(context, name);
  if (id === null) return null;
  const position = items.findIndex((item) => item.id === id);
  if (position === -1) throw context.invalid(name, `${name} is not an id of this list`);
  return position;
}
