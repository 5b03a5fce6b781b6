// JSON pointers (RFC 6901): their tokens, and what stands at one.
import { isJsonObject, type Json } from './message.js';

/** A key as a part of a pointer. */
export const pointerToken = (key: string): string =>
  key.replaceAll('~', '~0').replaceAll('/', '~1');

/** The key that a part of a pointer means. */
export const keyOfToken = (token: string): string =>
  token.replaceAll('~1', '/').replaceAll('~0', '~');

export const pointerTokens = (pointer: string): readonly string[] =>
  pointer.split('/').slice(1).map(keyOfToken);

/** `/items/0/name` as a program writes it, `items[0].name`; nothing for the whole value. */
export function asWritten(pointer: string): string | undefined {
  const [first, ...rest] = pointerTokens(pointer);
  if (first === undefined) return undefined;
  return first + rest.map((token) => (/^\d+$/.test(token) ? `[${token}]` : `.${token}`)).join('');
}

/** The pointer that these keys and positions lead to. */
export const pointerOf = (keys: readonly (string | number)[]): string =>
  keys.map((key) => `/${pointerToken(String(key))}`).join('');

export const atPointer = (value: Json | undefined, pointer: string): Json | undefined =>
  atTokens(value, pointerTokens(pointer));

export function atTokens(value: Json | undefined, tokens: readonly string[]): Json | undefined {
  let at: Json | undefined = value;
  for (const token of tokens) {
    if (Array.isArray(at)) at = at[Number(token)];
    else if (isJsonObject(at) && Object.hasOwn(at, token)) at = at[token];
    else return undefined;
  }
  return at;
}
