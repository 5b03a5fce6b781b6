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
  if (Array.isArray(value)) return isLasting(value[0]) ? listed(value) : JSON.stringify(value);
  if (!Object.values(value).some(hasLasting)) return JSON.stringify(value);
  let fields = '';
  for (const [name, field] of Object.entries(value))
    if (field !== undefined) fields += `${fields && ','}${JSON.stringify(name)}:${textOf(field)}`;
  return `{${fields}}`;
}

/** Added up: `join` would copy all of it, and it is copied again when it leaves. */
function listed(values: readonly Json[]): string {
  let items = '';
  for (const value of values) items += items === '' ? textOf(value) : `,${textOf(value)}`;
  return `[${items}]`;
}

const hasLasting = (value: Json): boolean => isLasting(Array.isArray(value) ? value[0] : value);
