// JSON values: are two the same, and how a long one is shown.
import type { Json } from './message.js';

/** Whatever the order of an object's fields. */
export function same(left: Json | undefined, right: Json | undefined): boolean {
  if (left === right) return true;
  if (typeof left !== 'object' || typeof right !== 'object' || left === null || right === null)
    return false;
  if (Array.isArray(left) !== Array.isArray(right)) return false;
  const [own, other] = [left as Fields, right as Fields];
  const keys = Object.keys(own);
  return (
    keys.length === Object.keys(other).length &&
    keys.every((key) => Object.hasOwn(other, key) && same(own[key], other[key]))
  );
}

type Fields = Readonly<Record<string, Json>>;

/** The beginning of a long text. */
export const shorten = (text: string, longest: number): string =>
  text.length > longest ? `${text.slice(0, longest)}…` : text;

/** Any value for a message; `absent` stands for one that is not there. */
export const show = (value: unknown, { longest = 200, absent = 'absent' } = {}): string =>
  shorten(JSON.stringify(value) ?? absent, longest);
