// A file in which one thing is odd, once for each thing in it: whoever reads it must say so, and
// not fall over it.

/** The value with each of its parts in turn replaced. */
export function* withOdd(value: unknown, odd: unknown): Generator<unknown> {
  yield odd;
  if (Array.isArray(value))
    for (const [i, item] of value.entries())
      for (const other of withOdd(item, odd)) yield value.with(i, other);
  else if (typeof value === 'object' && value !== null)
    for (const [key, item] of Object.entries(value))
      for (const other of withOdd(item, odd)) yield { ...value, [key]: other };
}
