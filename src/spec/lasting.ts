// Values that nobody changes any more, such as what the view of a row says: the JSON of each is made
// once.
import type { Json } from './message.js';

const texts = new WeakMap<object, { text?: string }>();

/** From now on it stays as it is. */
export function lasting<Value extends object>(value: Value): Readonly<Value> {
  texts.set(Object.freeze(value), {});
  return value;
}

export const isLasting = (value: unknown): value is object =>
  typeof value === 'object' && value !== null && texts.has(value);

/** What `JSON.stringify` gives, put together from what is known of lasting values in an object or a list. */
export function textOf(value: Json): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const known = texts.get(value);
  if (known) {
    known.text ??= JSON.stringify(value);
    return known.text;
  }
  if (Array.isArray(value))
    return isLasting(value[0]) ? `[${addedUp(value.map(textOf))}]` : JSON.stringify(value);
  if (!Object.values(value).some(hasLasting)) return JSON.stringify(value);
  const fields = Object.entries(value).filter(([, field]) => field !== undefined);
  return `{${addedUp(fields.map(([name, field]) => `${JSON.stringify(name)}:${textOf(field)}`))}}`;
}

/** With commas between them: `join` would copy all of it, and it is copied again when it leaves. */
function addedUp(texts: readonly string[]): string {
  let all = '';
  for (const text of texts) all += all === '' ? text : `,${text}`;
  return all;
}

const hasLasting = (value: Json): boolean => isLasting(Array.isArray(value) ? value[0] : value);
