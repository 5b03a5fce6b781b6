// What a server makes: ids and times. They differ from one run to the next, and an id comes back in
// later requests.
import { isJsonObject, type Json } from '../spec/message.js';

/**
 * Words of letters, digits, `_` and `-`, which is what an id is; an escape before one is none of it.
 */
const WORDS = /%[\da-f]{2}|\\u[\da-f]{4}|\\.|[\w-]+/gi;
const isWord = (text: string): boolean => /^[\w-]+$/.test(text);
const isNumber = (text: string): boolean => /^\d+$/.test(text);

const TIMES = /\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:?\d\d)?/g;
const withoutTimes = (text: string): string => text.replace(TIMES, '<time>');
const namesTime = (key: string): boolean =>
  /(?:^|_)(?:at|time|timestamp|created|updated|expires|until)$|(?:At|Time|Timestamp)$/.test(key);
/** Seconds or milliseconds since 1970, in our time. */
const isEpoch = (value: number): boolean => value > 1e9 && value < 1e13;

const namesId = (key: string): boolean =>
  /(?:^|_)(?:id|ids|uuid|guid|by|cursor|token)$|(?:Id|Ids|Cursor|Token)$/.test(key);
/** `space_056ihe9sq15v`, or a UUID; a word of an enumeration has no digit. */
const looksLikeId = (text: string): boolean =>
  /^[a-z]+_(?=\w*\d)[A-Za-z\d]{4,}$/.test(text) ||
  /^[\da-f]{8}-[\da-f]{4}-[\da-f]{4}-[\da-f]{4}-[\da-f]{12}$/i.test(text);
const kindOf = (id: string): string => /^[a-z]+_/.exec(id)?.[0] ?? '';

/** A value at the name under which it stands; that of an item is its list's. */
export interface Leaf {
  readonly key: string;
  readonly value: Json;
}

export class Made {
  /** From an id of the recording to the one here. */
  readonly #ids: Map<string, string>;
  readonly #here: Set<string>;
  /** Texts that the recorded client has sent: nobody made those for it. */
  readonly #sent = new Set<string>();

  /** `known` are ids of the recording, and what they are here. */
  constructor(known: Readonly<Record<string, string>> = {}) {
    this.#ids = new Map(Object.entries(known));
    this.#here = new Set(this.#ids.values());
  }

  get size(): number {
    return this.#ids.size;
  }

  /** The path and query of a recorded request, or its body, with the ids of here. */
  request(target: string, body: string): { readonly target: string; readonly body: string } {
    for (const text of [decoded(target), body]) {
      for (const word of text.match(WORDS) ?? []) this.#sent.add(word);
      for (const time of text.match(TIMES) ?? []) this.#sent.add(time);
    }
    const [path = '', query] = target.split(/\?(.*)/s);
    const segments = path
      .split('/')
      .map((one) => (isNumber(one) ? this.#idHere(one) : this.text(one)));
    const odd = [...this.#ids].filter(([id]) => !isWord(id));
    const whole = (text: string, inUrl: (id: string) => string): string =>
      odd.reduce((done, [id, here]) => done.replaceAll(inUrl(id), inUrl(here)), this.text(text));
    return {
      target:
        segments.join('/') + (query === undefined ? '' : `?${whole(query, encodeURIComponent)}`),
      body: whole(body, (id) => id),
    };
  }

  /** A text with the ids of here in it. */
  text(text: string): string {
    return text.replace(WORDS, (word) => (isNumber(word) ? word : this.#idHere(word)));
  }

  #idHere(id: string): string {
    return this.#ids.get(id) ?? id;
  }

  /**
   * Takes in which ids stand for which. An id that both answers have stands for itself, and so does
   * one that the client has sent before.
   */
  learn(pairs: readonly (readonly [recorded: Leaf, here: Leaf])[]): void {
    const ids = (side: 0 | 1): Set<string> =>
      new Set(pairs.flatMap((pair) => (isId(pair[side]) ? [String(pair[side].value)] : [])));
    const [before, now] = [ids(0), ids(1)];
    for (const [recorded, here] of pairs) {
      if (!isId(recorded) || !isId(here) || typeof recorded.value !== typeof here.value) continue;
      const [id, other] = [String(recorded.value), String(here.value)];
      const isMade = !this.#ids.has(id) && !this.#sent.has(id) && !now.has(id);
      const isFree = !this.#here.has(other) && !this.#sent.has(other) && !before.has(other);
      if (!isMade || !isFree || kindOf(id) !== kindOf(other)) continue;
      this.#ids.set(id, other);
      this.#here.add(other);
    }
  }

  /** Whether a value is the same here, but for what was made. */
  isSame(recorded: Leaf, here: Leaf): boolean {
    const [value, other] = [recorded.value, here.value];
    if (value === other) return true;
    if (typeof value === 'number' && typeof other === 'number')
      return (
        (isId(recorded) && this.#ids.get(String(value)) === String(other)) ||
        (namesTime(recorded.key) &&
          isEpoch(value) &&
          isEpoch(other) &&
          !this.#sent.has(String(value)))
      );
    if (typeof value !== 'string' || typeof other !== 'string') return false;
    const expected = this.#ids.get(value) ?? this.text(value);
    if (expected === other) return true;
    const isOfClient = (value.match(TIMES) ?? []).some((time) => this.#sent.has(time));
    return !isOfClient && withoutTimes(expected) === withoutTimes(other);
  }
}

function isId({ key, value }: Leaf): boolean {
  if (typeof value === 'number') return Number.isInteger(value) && namesId(key);
  if (typeof value !== 'string' || value === '' || /\s/.test(value)) return false;
  return namesId(key) || looksLikeId(value);
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** Values that stand at the same place in both; items of lists of the same length in turn. */
export function* pairsOf(recorded: Leaf, here: Leaf): Generator<readonly [Leaf, Leaf]> {
  const [value, other] = [recorded.value, here.value];
  if (Array.isArray(value) && Array.isArray(other)) {
    if (value.length !== other.length) return;
    for (const [i, item] of value.entries())
      yield* pairsOf({ ...recorded, value: item }, { ...here, value: other[i] });
  } else if (isJsonObject(value) && isJsonObject(other)) {
    for (const key of Object.keys(value))
      if (Object.hasOwn(other, key))
        yield* pairsOf({ key, value: value[key] as Json }, { key, value: other[key] as Json });
  } else yield [recorded, here];
}
