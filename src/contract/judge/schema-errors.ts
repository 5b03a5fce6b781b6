// What breaks the schema of a body. However large and faulty the body is, judging it takes a
// bounded time: a validator that reports everything needs the square of the number of faulty rows.

import { isJsonObject, type Json } from '../../spec/message.js';
import { keyOfToken } from '../../spec/pointer.js';
import type { Validator } from '../../validation/validators.js';
import { fromAjv, type Violation } from '../../validation/violation.js';

/** Items of a list that are judged at a time; longer ones than that no honest answer has. */
const WINDOW = 1000;
/** Of a very long list only so many items, from its beginning, are judged. */
const MOST_WINDOWS = 10;
const MOST_VIOLATIONS = 10_000;

/** Those of fields that the document does not know come last. */
export function violationsOf(validate: Validator, body: Json | undefined): readonly Violation[] {
  const known: Violation[] = [];
  const unknown: Violation[] = [];
  const windows = Math.min(Math.ceil(longestListIn(body) / WINDOW), MOST_WINDOWS);
  for (let window = 0; window < Math.max(windows, 1); window++) {
    const starts = new Map<Json, number>();
    const part = windows > 1 ? partOf(body, window, starts) : body;
    if (validate(part)) continue;
    for (const error of validate.errors ?? []) {
      const all = error.keyword === 'additionalProperties' ? unknown : known;
      if (all.length >= MOST_VIOLATIONS) continue;
      const [violation] = fromAjv('body', [error]) as [Violation];
      all.push(
        starts.size === 0
          ? violation
          : { ...violation, pointer: inWhole(part, violation.pointer, starts) },
      );
    }
    if (known.length + unknown.length >= MOST_VIOLATIONS) break;
  }
  return windows > 1 ? withoutEqual([...known, ...unknown]) : [...known, ...unknown];
}

function longestListIn(value: Json | undefined): number {
  if (Array.isArray(value)) return Math.max(value.length, ...longestOf(value));
  return isJsonObject(value) ? Math.max(0, ...longestOf(Object.values(value))) : 0;
}

/** Not by `Math.max(...)`, which takes only so many arguments. */
const longestOf = (values: readonly Json[]): readonly number[] => [
  values.reduce<number>((longest, value) => Math.max(longest, longestListIn(value)), 0),
];

/**
 * The body with one window of each long list; the last window of a shorter one stands again. Tells
 * where each begins.
 */
function partOf(
  value: Json | undefined,
  window: number,
  starts: Map<Json, number>,
): Json | undefined {
  if (Array.isArray(value)) {
    const start = Math.max(0, Math.min(window * WINDOW, value.length - WINDOW));
    const items = value
      .slice(start, start + WINDOW)
      .map((item) => partOf(item, window, starts) as Json);
    starts.set(items, start);
    return items;
  }
  if (!isJsonObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [key, partOf(item, window, starts) as Json]),
  );
}

/** Where in the whole body a pointer into a part of it points. */
function inWhole(
  part: Json | undefined,
  pointer: string,
  starts: ReadonlyMap<Json, number>,
): string {
  let at = part;
  const tokens = pointer.split('/').map((token, i) => {
    if (i === 0) return token;
    const start = at === undefined ? undefined : starts.get(at);
    at = Array.isArray(at)
      ? at[Number(token)]
      : isJsonObject(at)
        ? at[keyOfToken(token)]
        : undefined;
    return start === undefined ? token : String(start + Number(token));
  });
  return tokens.join('/');
}

/** What stands beside a long list is judged with each of its windows. */
function withoutEqual(violations: readonly Violation[]): readonly Violation[] {
  const seen = new Map(
    violations.map((violation) => [
      `${violation.keyword} ${violation.pointer} ${violation.expected}`,
      violation,
    ]),
  );
  return [...seen.values()];
}
