// A part of many things of one kind, for tests that have little time: always the same ones,
// whatever is added beside them. With WHOLE_TESTS=true, as in .ci/long, all of them.
import { createHash } from 'node:crypto';
import { describe, it } from 'vitest';

export const whole = process.env.WHOLE_TESTS === 'true';

/** About one in so many, by a hash of its name. */
export function sample<Item>(
  items: readonly Item[],
  nameOf: (item: Item) => string,
  oneIn: number,
): Item[] {
  const hash = (item: Item): number =>
    createHash('sha256').update(nameOf(item)).digest().readUInt32BE();
  return items.filter((item) => whole || hash(item) % oneIn === 0);
}

const unregistered = () => undefined;

/**
 * `it` for one of several tests of a kind, where the others show in little time that the kind works:
 * not there at all but in `.ci/long`.
 */
export const itInFull = (whole
  ? it
  : Object.assign(unregistered, {
      each: () => unregistered,
      for: () => unregistered,
    })) as unknown as typeof it;

/** `describe` for what only `.ci/long` has time for. */
export const describeInFull = (whole ? describe : unregistered) as unknown as typeof describe;

/** `itFirst(3).each`: `it.each` for the first so many; for all of them with WHOLE_TESTS=true. */
export const itFirst = (count: number): Pick<typeof it, 'each'> => ({
  each: ((items: readonly unknown[]) =>
    it.each(whole ? items : items.slice(0, count))) as unknown as typeof it.each,
});
