// What can stand for one object in a path.
import type { Json } from '../../spec/message.js';

/**
 * One segment of a path, whoever puts it there: nothing that a server, or a proxy before it, could
 * read as more or less.
 */
export const isId = (value: unknown): value is string =>
  typeof value === 'string' && /^(?!\.+$)[\w.~:@+=,-]{1,200}$/.test(value);

/** Any value, for a message. */
export const short = (value: Json | undefined): string => {
  const text = JSON.stringify(value) ?? 'absent';
  return text.length > 100 ? `${text.slice(0, 100)}…` : text;
};
