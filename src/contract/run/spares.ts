// Slices that plays hand on to one another. The API can only archive a slice, so one that a play has
// done with is changed into what the next one asks for, in place of making another.

import type { OperationId } from '../../spec/document.js';
import { same } from '../../spec/json.js';
import { isJsonObject, type Json, type JsonObject, type PlainRequest } from '../../spec/message.js';
import { atPointer } from '../../spec/pointer.js';
import { isArchived, MOVING, TIMES, UNRELATED } from '../dialect.js';
import { isSerious } from '../judge/deviation.js';
import type { Step } from '../tables/steps.js';
import { type Creation, creations, listsOf } from './creations.js';
import { asTool, type Exchanged, isSuccess } from './exchanged.js';
import type { Filled } from './filled.js';
import { isId } from './id.js';
import type { Ledger } from './ledger.js';
import { Withheld } from './reason.js';

/** Whoever goes on with what another has made. */
interface Taker {
  /** What made it. */
  readonly origins: Exchanged[];
  /** The ids of what was handed on to it. */
  readonly taken: Set<string>;
  readonly mayCall: (call: OperationId) => boolean;
  readonly exchangeAsTool: (filled: Filled) => Promise<Exchanged>;
}

/** How a slice came to be. */
interface Making {
  /** Equal where slices differ only in what can be changed. */
  readonly key: string;
  readonly creation: Creation;
  /** By it, whoever repeats what is done with the slice makes one. */
  readonly exchanged: Exchanged;
  /** What made the slices that it was made of, in the order in which they were made. */
  readonly before: readonly Exchanged[];
  /** As the answer showed it. */
  readonly shown: JsonObject;
}

/** Those of a run. */
export class Spares {
  readonly #ledger: Ledger;
  /** By id, those that are known to be as they were asked for. */
  readonly #made = new Map<string, Making>();
  /** The ids of those that no play uses. */
  readonly #free = new Set<string>();

  constructor(ledger: Ledger) {
    this.#ledger = ledger;
  }

  /** Of a request that was answered. */
  note(filled: Filled, exchanged: Exchanged): void {
    if (!isSuccess(exchanged)) return;
    const { call, body } = filled;
    const id = String(Object.values(filled.path).at(-1));
    const change = this.#made.get(id)?.creation.change;
    if (change?.call === call) {
      if (isJsonObject(body) && typeof body.name === 'string') this.#ledger.renamed(id, body.name);
      // What else was changed of it, nothing may show.
      if (!isOnly(change.fields, body)) this.#made.delete(id);
    }
    const creation = creations[call];
    const { judged } = exchanged;
    const made = creation && atPointer(judged?.body, creation.id);
    const isSound = judged?.deviations.every((one) => !isSerious(one));
    if (!creation?.change || !isSound || !isId(made) || !isJsonObject(judged?.body)) return;
    this.#made.set(made, {
      key: keyOf(creation.change.fields, filled),
      creation,
      exchanged: asTool(exchanged),
      before: this.#makingsOf(idsIn(body)),
      shown: judged.body,
    });
  }

  /** No play uses it any more, and nothing is wrong with it. */
  give(id: string): void {
    if (this.#made.has(id)) this.#free.add(id);
  }

  /**
   * All that a play has made by itself and was handed on. What a composite was once made of may be in
   * use elsewhere.
   */
  giveAll({
    exchanges,
    taken,
  }: Pick<Taker, 'taken'> & { readonly exchanges: readonly Exchanged[] }): void {
    for (const id of taken) this.give(id);
    const requests = new Set(exchanges.map(({ request }) => request));
    for (const [id, { exchanged }] of this.#made)
      if (requests.has(exchanged.request)) this.give(id);
  }

  /** The requests that made what this one would be given. */
  makersLike({ call, ...filled }: Filled): ReadonlySet<PlainRequest> {
    const { change } = creations[call] ?? {};
    const key = change && keyOf(change.fields, { call, ...filled });
    const makings = [...this.#made.values()].filter((making) => making.key === key);
    return new Set(makings.map(({ exchanged }) => exchanged.request));
  }

  /** Whether it need not be archived to be handed on: nothing rests on it. */
  isKept(id: string): boolean {
    const making = this.#made.get(id);
    return making !== undefined && making.creation.change?.links === undefined;
  }

  /**
   * The answer that shows a slice as the creation would have made it; nothing where none can be had.
   * One that does not become so is not used again.
   */
  async take(filled: Filled, taker: Taker): Promise<Exchanged | undefined> {
    const { change, redo } = creations[filled.call] ?? {};
    if (!change || !redo || !taker.mayCall(change.call) || !taker.mayCall(redo)) return undefined;
    const id = this.#freeOne(keyOf(change.fields, filled));
    const making = this.#made.get(id ?? '');
    if (id === undefined || !making) return undefined;
    this.#free.delete(id);
    for (const origin of [...making.before, making.exchanged])
      if (!taker.origins.includes(origin)) taker.origins.push(origin);
    const changed = await this.#renewed(id, making, filled, taker);
    if (changed) taker.taken.add(id);
    else this.#made.delete(id);
    return changed;
  }

  #makingsOf(ids: readonly string[]): readonly Exchanged[] {
    const makings = ids.flatMap((id) => this.#made.get(id) ?? []);
    return [...new Set(makings.flatMap(({ before, exchanged }) => [...before, exchanged]))];
  }

  /** Rather one that was never archived. */
  #freeOne(key: string): string | undefined {
    const fit = [...this.#free].filter((id) => this.#made.get(id)?.key === key);
    return fit.find((id) => !this.#isArchived(id)) ?? fit[0];
  }

  #isArchived(id: string): boolean {
    return this.#ledger.entryOf(id)?.state !== 'made';
  }

  async #renewed(
    id: string,
    { creation, shown }: Making,
    { caller, path, body }: Filled,
    taker: Taker,
  ): Promise<Exchanged | undefined> {
    const { change, redo } = creation as Required<Creation>;
    const ask = { caller, path: { ...path, slice_id: id }, query: {} };
    try {
      if (this.#isArchived(id)) {
        const restored = await taker.exchangeAsTool({ ...ask, call: redo });
        if (!isSuccess(restored)) return undefined;
      }
      const sent = only(change.fields, body);
      const changed = await taker.exchangeAsTool({ ...ask, call: change.call, body: sent });
      const isRight =
        isSuccess(changed) &&
        changed.judged?.deviations.every((one) => !isSerious(one)) &&
        hasBecome(
          changed.judged.body,
          sent,
          without([...change.fields, ...(change.follows ?? [])], shown),
        );
      return isRight ? changed : undefined;
    } catch (error) {
      if (error instanceof Withheld) return undefined;
      throw error;
    }
  }
}

/** Whether what it looks at tells an old slice from a new one. */
export const looksAtAge = (steps: readonly Step[]): boolean =>
  steps.some(
    (step) =>
      step.kind === 'look' &&
      [...listsOf.slice.map(({ call }) => call), 'getSlice'].includes(step.request.call) &&
      step.checks.some(({ kind, pointer }) => kind === 'order' || pointer.endsWith('/created_at')),
  );

const only = (fields: readonly string[], body: Json | undefined): JsonObject =>
  Object.fromEntries(
    Object.entries(isJsonObject(body) ? body : {}).filter(([name]) => fields.includes(name)),
  );

/** The texts of all lists in a body, such as `member_slice_ids`. */
const idsIn = (body: Json | undefined): readonly string[] =>
  Object.values(isJsonObject(body) ? body : {})
    .filter(Array.isArray)
    .flat()
    .filter((item) => typeof item === 'string');

/** What stays as it is. */
const without = (fields: readonly string[], shown: JsonObject): JsonObject =>
  Object.fromEntries(
    Object.entries(shown).filter(
      ([name]) => ![...fields, ...TIMES, ...MOVING, ...UNRELATED].includes(name),
    ),
  );

const isOnly = (fields: readonly string[], body: Json | undefined): boolean =>
  isJsonObject(body) && Object.keys(body).every((name) => fields.includes(name));

/** The rest of what is asked for, and by whom. */
function keyOf(fields: readonly string[], { call, caller, path, body }: Filled): string {
  const rest = Object.entries(isJsonObject(body) ? body : { body: body ?? null }).filter(
    ([name, value]) => !fields.includes(name) && !same(value, creations[call]?.defaults?.[name]),
  );
  return JSON.stringify([call, caller, path, rest.sort(([a], [b]) => (a < b ? -1 : 1))]);
}

/**
 * Whether it shows what was sent, and all that cannot be changed as it was shown before. What can be
 * changed and was not asked for may be as another play has left it.
 */
function hasBecome(body: Json | undefined, sent: JsonObject, shown: JsonObject): boolean {
  if (!isJsonObject(body) || isArchived(body)) return false;
  const isKept = (name: string): boolean =>
    body[name] === undefined || same(body[name], shown[name]);
  return (
    Object.entries(sent).every(([name, value]) => same(body[name], value)) &&
    Object.keys(shown).every(isKept)
  );
}
