// Values inside a body, by pointer.
import { isJsonObject, type Json } from './message.js';

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
