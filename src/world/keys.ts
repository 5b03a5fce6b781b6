// The keys under which rows are filed and lists are looked up.

/** Parts of a key: what a list is about, or who may see it. */
export type KeyPart = readonly string[];

/**
 * A key of several parts. It begins with the key of its first parts, and with that of no others.
 */
export const compound = (...parts: readonly string[]): string =>
  parts.reduce((key, part) => `${key}${part.length}:${part}/`, '');

/** The parts of a compound key; of any other key, the key itself. */
export function partsOf(key: string): readonly string[] {
  const parts: string[] = [];
  for (let at = 0; at < key.length; ) {
    const [head, length] = /^(\d+):/.exec(key.slice(at)) ?? [];
    if (head === undefined) return [key];
    const start = at + head.length;
    parts.push(key.slice(start, start + Number(length)));
    at = start + Number(length) + 1;
  }
  return parts;
}

/** The only part that a compound key has beyond those that it begins with. */
export const lastPart = (key: string, beginning: string): string =>
  key.slice(key.indexOf(':', beginning.length) + 1, -1);

/** Each of the scopes with each of the groups. */
export function product(scopes: readonly KeyPart[], groups: readonly KeyPart[]): string[] {
  const ends = groups.map((group) => compound(...group));
  const keys: string[] = [];
  for (const scope of scopes) {
    const beginning = compound(...scope);
    for (const end of ends) keys.push(beginning + end);
  }
  return keys;
}

/** The key of an index over two ids. */
export const pair = (left: string, right: string): string => compound(left, right);

/** The key of a list that has every row. */
export const ALL = '';
