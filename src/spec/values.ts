// Values inside a body, by pointer.
import { isJsonObject, type Json } from './message.js';
import { pointerTokens } from './pointer.js';

/** The values at a pointer, in which `*` stands for every row. */
export function valuesAt(body: Json | undefined, pointer: string): Json[] {
  let values: Json[] = body === undefined ? [] : [body];
  for (const token of pointer.split('/').slice(1)) {
    values = values.flatMap((value) => {
      if (token === '*') return Array.isArray(value) ? value : [];
      const next = Array.isArray(value)
        ? value[Number(token)]
        : isJsonObject(value)
          ? value[token]
          : undefined;
      return next === undefined ? [] : [next];
    });
  }
  return values;
}

/**
 * Changes what stands at a pointer, in which `*` is every row; undefined takes it away. What is not
 * there stays so.
 */
export function changeAt(
  body: Json,
  pointer: string,
  change: (value: Json) => Json | undefined,
): Json {
  return changeIn(body, pointerTokens(pointer), change) ?? null;
}

function changeIn(
  value: Json,
  [token, ...rest]: readonly string[],
  change: (value: Json) => Json | undefined,
): Json | undefined {
  if (token === undefined) return change(value);
  if (Array.isArray(value)) {
    return value.flatMap((item: Json, i) => {
      const changed = token === '*' || token === String(i) ? changeIn(item, rest, change) : item;
      return changed === undefined ? [] : [changed];
    });
  }
  if (!isJsonObject(value) || !Object.hasOwn(value, token)) return value;
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, item]) => {
      const changed = key === token ? changeIn(item, rest, change) : item;
      return changed === undefined ? [] : [[key, changed]];
    }),
  );
}
