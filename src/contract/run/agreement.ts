// Do the answers of one play agree on what they show? The same object is read by itself, in lists, and in
// the answers to writes. A field that no request has touched in between must read alike in all of them, so
// that values are compared wherever they show, and no request is made for it.

import { isSafe } from '../../client/target.js';
import { vouchesFor } from '../../spec/case.js';
import type { OperationId } from '../../spec/document.js';
import { same, show } from '../../spec/json.js';
import { isJsonObject, type Json, type JsonObject } from '../../spec/message.js';
import { LASTING, MOVING, RENDERING, TIMES, UNRELATED } from '../dialect.js';
import { isSerious } from '../judge/deviation.js';
import { type Exchanged, isSuccess } from './exchanged.js';

/** Two answers that say something else of the same field. */
export interface Contradiction {
  /** The later answer. */
  readonly by: Exchanged;
  readonly pointer: string;
  readonly expected: string;
  readonly got: string;
}

/** What a write that was accepted may change in what was read before; undefined where nobody has said. */
export type Changes = (operation: OperationId) => readonly string[] | undefined;

interface Fact {
  readonly value: Json;
  readonly by: Exchanged;
}

/** One object of an answer, and where it stands there. */
interface Seen {
  readonly id: string;
  readonly pointer: string;
  readonly object: JsonObject;
}

/** In the order of the exchanges. */
export function contradictionsIn(
  exchanges: readonly Exchanged[],
  changes: Changes,
): readonly Contradiction[] {
  const agreement = new Agreement(exchanges, changes);
  return exchanges.flatMap((exchanged) => agreement.take(exchanged));
}

class Agreement {
  readonly #changes: Changes;
  readonly #targets: readonly string[];
  /** The ids that the answers to writes have named. */
  readonly #made = new Set<string>();
  /** By who reads, the object's id and the field. */
  readonly #facts = new Map<string, Fact>();
  /** The latest of each time, whatever has been written since. */
  readonly #latest = new Map<string, Fact>();

  constructor(exchanges: readonly Exchanged[], changes: Changes) {
    this.#changes = changes;
    this.#targets = exchanges.map(({ request }) => decodeURIComponent(request.target));
  }

  take(exchanged: Exchanged): readonly Contradiction[] {
    const isWrite = !isSafe(exchanged.request.method);
    if (isWrite) this.#forget(exchanged);
    const { judged } = exchanged;
    // What is wrong with an answer by itself has been said.
    const isSound = judged?.deviations.every((one) => !isSerious(one));
    if (!isSound || !isSuccess(exchanged) || RENDERING.test(exchanged.request.target)) return [];
    const seen = objectsIn(judged?.body, '');
    if (isWrite) for (const { id } of seen) this.#made.add(id);
    return seen.filter(({ id }) => this.#isOwn(id)).flatMap((one) => this.#compare(one, exchanged));
  }

  /** Others may change meanwhile what this play does not name. */
  #isOwn(id: string): boolean {
    return this.#made.has(id) || this.#targets.some((target) => target.includes(id));
  }

  /** A refusal changes nothing, unless the request had been sent before and may have been accepted. */
  #forget({ operation, request, response }: Exchanged): void {
    const status = response?.status ?? 0;
    if (status >= 400 && status < 500 && response?.repeated === undefined) return;
    const named = status > 0 && status < 300 ? this.#changes(operation) : undefined;
    const touched = named && new Set([...named, ...keysOf(request.body), ...TIMES]);
    for (const key of [...this.#facts.keys()]) {
      const field = key.slice(key.lastIndexOf(' ') + 1);
      if (touched ? touched.has(field) : !LASTING.includes(field)) this.#facts.delete(key);
    }
  }

  #compare({ id, pointer, object }: Seen, by: Exchanged): readonly Contradiction[] {
    const documented = by.judged?.documented;
    return Object.entries(object).flatMap(([field, value]) => {
      const at = `${pointer}/${field}`;
      const isOpen =
        MOVING.includes(field) ||
        UNRELATED.includes(field) ||
        isHolder(value) ||
        by.judged?.deviations.some((deviation) => deviation.pointer === at) ||
        (documented && !vouchesFor(documented, at));
      if (isOpen) return [];
      const back = TIMES.includes(field)
        ? this.#movedBack(`${id} ${field}`, { value, by })
        : undefined;
      if (back !== undefined)
        return [{ by, pointer: at, expected: `no time before ${back}`, got: show(value) }];
      const reader = LASTING.includes(field) ? 'anybody' : by.caller;
      const key = `${reader} ${id} ${field}`;
      const known = this.#facts.get(key);
      if (known === undefined) this.#facts.set(key, { value, by });
      if (known === undefined || isAlike(known.value, value)) return [];
      const expected = `${show(known.value)} at ${at} of ${id}, as ${known.by.operation} answered before`;
      return [{ by, pointer: at, expected, got: show(value) }];
    });
  }

  /** What was answered before, where it is later than this. */
  #movedBack(key: string, fact: Fact): string | undefined {
    const known = this.#latest.get(key);
    const [before, now] = [instant(known?.value ?? null), instant(fact.value)];
    if (before - now >= SECOND)
      return `${show(known?.value)}, as ${known?.by.operation} answered before`;
    if (!(now < before)) this.#latest.set(key, fact);
    return undefined;
  }
}

/** Every object with an id of its own, at any depth. */
function objectsIn(value: Json | undefined, pointer: string): readonly Seen[] {
  if (Array.isArray(value))
    return value.flatMap((item: Json, i) => objectsIn(item, `${pointer}/${i}`));
  if (!isJsonObject(value)) return [];
  const inner = Object.entries(value).flatMap(([key, item]) =>
    objectsIn(item, `${pointer}/${key}`),
  );
  return typeof value.id === 'string'
    ? [{ id: value.id, pointer, object: value }, ...inner]
    : inner;
}

/** Objects inside are compared by themselves. */
const isHolder = (value: Json): boolean =>
  Array.isArray(value) && value.some((item) => isJsonObject(item) && typeof item.id === 'string');

const keysOf = (body: Uint8Array): readonly string[] => {
  try {
    return Object.keys(JSON.parse(new TextDecoder().decode(body)) as object);
  } catch {
    return [];
  }
};

const isEmpty = (value: Json): boolean =>
  value === null || (typeof value === 'object' && Object.keys(value).length === 0);

/** Nothing is as good as null; times are compared by the second, in whichever way they are written. */
function isAlike(left: Json, right: Json): boolean {
  if (same(left, right) || (isEmpty(left) && isEmpty(right))) return true;
  if (Array.isArray(left) && Array.isArray(right)) return same(sorted(left), sorted(right));
  return Math.abs(instant(left) - instant(right)) < SECOND;
}

const SECOND = 1000;

/** Not a number for what is no time. */
const instant = (value: Json): number =>
  typeof value === 'string' && /^\d{4}-\d\d-\d\dT/.test(value) ? Date.parse(value) : Number.NaN;

const sorted = (items: readonly Json[]): Json[] =>
  [...items].sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));
