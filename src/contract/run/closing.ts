// The end of a run: takes away what is left of what it has made, looks for what the writes made to
// which no answer came, and believes nothing to be gone that a read still shows.
import type { OperationId } from '../../spec/document.js';
import { isJsonObject, type Json } from '../../spec/message.js';
import { isArchived, ORGANIZATION, rowsIn } from '../dialect.js';
import type { CallerName } from '../tables/caller.js';
import { lastParameterOf } from '../tables/compile.js';
import { creations, listsOf } from './creations.js';
import { type Exchanged, isSuccess } from './exchanged.js';
import type { Filled } from './filled.js';
import { sideBySide } from './lanes.js';
import {
  creationOf,
  type Entry,
  isLike,
  isMadeBy,
  isOfTime,
  type Ledger,
  mayBeMadeBy,
} from './ledger.js';
import type { Lock } from './lock.js';
import { nextPage, pagesFrom } from './pages.js';
import type { SessionParts } from './parts.js';
import { crashOf } from './play.js';
import { isLost } from './possibly-made.js';
import { NotExercised, Withheld } from './reason.js';
import { Session } from './session.js';
import { State } from './state.js';
import { listsFor } from './stock.js';

export interface Closed {
  readonly leftovers: readonly string[];
  readonly requests: number;
}

/** So many shared states are taken away at a time. */
const SIDE_BY_SIDE = 8;

/** Gives back the lock at last. Throws nothing for what a target does. */
export async function close(parts: SessionParts, lock: Lock | undefined): Promise<Closed> {
  const { putOff = [], held, ledger } = parts;
  const leftovers: string[] = [];
  let requests = 0;
  ledger?.beginClosing();
  // Nothing stands on two of them, and there may be little time.
  await sideBySide(parts.states?.drain() ?? [], {
    limit: SIDE_BY_SIDE,
    lanesOf: () => new Map(),
    work: async (state) => {
      const session = new Session(parts);
      const own = new State(session, parts);
      own.adopt(state, state.part);
      leftovers.push(...(await own.cleanUp(state.undos)));
      requests += session.requests;
      return true;
    },
  });
  for (const { made, takeAway } of putOff.splice(0)) {
    const { kept, sent } = await takeAway();
    requests += sent;
    held?.delete(made);
    if (kept !== undefined) leftovers.push(`${made}${kept}`);
  }
  if (lock)
    leftovers.push(
      ...(await lock.release().catch((error) => [`the lock of this run (${crashOf(error)})`])),
    );
  const taken = await takeAllAway(parts);
  return { leftovers, requests: requests + taken.requests };
}

export interface TakenAway {
  readonly requests: number;
  /** Why not all could be looked at. */
  readonly stopped?: string;
}

/**
 * What is still there, the ledger says. `isLater`: by another process, so that what has an id of the
 * run may be somebody else's by now.
 */
export async function takeAllAway(
  parts: SessionParts,
  { isLater = false }: { readonly isLater?: boolean } = {},
): Promise<TakenAway> {
  const { ledger } = parts;
  if (!ledger || ledger.entries.length === 0) return { requests: 0 };
  const closing = new Closing(parts, ledger, isLater);
  try {
    await closing.close();
    return { requests: closing.requests };
  } catch (error) {
    // Nothing more is answered, or there is no more time: what is not settled stays as it is.
    if (!(error instanceof NotExercised)) throw error;
    return { requests: closing.requests, stopped: error.message };
  }
}

/** What one caller can see of a kind, by id, without what is only archived. */
interface Shown {
  readonly rows: ReadonlyMap<string, Json>;
  /** Every list was read to its end. */
  readonly isWhole: boolean;
}

interface ReadList extends Shown {
  readonly isForbidden: boolean;
}

type Kind = keyof typeof listsOf;

/** What one caller has made of a kind. */
interface Group {
  readonly kind: Kind;
  readonly caller: CallerName;
  readonly entries: readonly Entry[];
}

/** Of those of a kind that no list shows any more, so many are asked for by their ids. */
const ASKED = 5;

class Closing {
  readonly #parts: SessionParts;
  readonly #session: Session;
  readonly #ledger: Ledger;
  readonly #isLater: boolean;
  readonly #lists = new Map<string, ReadList>();

  constructor(parts: SessionParts, ledger: Ledger, isLater: boolean) {
    this.#parts = parts;
    this.#ledger = ledger;
    this.#isLater = isLater;
    this.#session = new Session(parts);
    this.#session.sender.cleaning = true;
  }

  get requests(): number {
    return this.#session.requests;
  }

  /** First what there is the most to lose by, should the time end on the way. */
  async close(): Promise<void> {
    for (const entry of this.#ledger.entries.toReversed())
      if (entry.state === 'made' && !entry.isTried && (await this.#isOwn(entry)))
        await this.#delete(entry);
    for (const group of this.#groups()) {
      const shown = await this.#shownTo(group);
      await this.#takeNamed(group, shown);
      await this.#verify(group, shown);
    }
    for (const { kind, caller } of this.#groups()) await this.#askForSome(kind, caller);
    await this.#lookForParts();
  }

  /** A server that was set up anew may have given the id to what the run has not made. */
  async #isOwn(entry: Entry): Promise<boolean> {
    if (!this.#isLater) return true;
    const { response } = await this.#send(creationOf(entry).read, entry);
    const text = response?.body ?? '';
    const isOther = response?.status === 200 && !isFrom(entry, text, this.#ledger.run);
    if (isOther)
      this.#ledger.left(entry, 'it has neither the name nor the date of what the run made');
    return !isOther;
  }

  #groups(): readonly Group[] {
    const groups = new Map<string, Entry[]>();
    for (const entry of this.#ledger.entries.toReversed()) {
      const key = `${creationOf(entry).kind} ${entry.caller}`;
      groups.set(key, [...(groups.get(key) ?? []), entry]);
    }
    return [...groups.values()].map((entries) => {
      const [first] = entries as [Entry];
      return { kind: creationOf(first).kind, caller: first.caller, entries };
    });
  }

  /** What carries a name that the run has given, and no answer made known. */
  async #takeNamed({ kind, caller, entries }: Group, { rows, isWhole }: Shown): Promise<void> {
    for (const [id, row] of rows) {
      if (this.#ledger.entryOf(id)) continue;
      const named = entries.filter(({ name }) => name !== undefined && holds(row, name));
      const like = named.find((entry) => entry.id === undefined) ?? named[0];
      if (!like || !this.#claim(id, like)) continue;
      // One creation may have made two.
      const entry = like.id === undefined ? like : this.#ledger.sending(like, like.sent);
      await this.#takeFound(entry, id);
    }
    for (const entry of entries.filter(({ state, name }) => state === 'sent' && !name))
      await this.#takeLike(entry, { rows, isWhole });
    for (const entry of entries)
      if (isWhole && entry.state === 'sent' && entry.name !== undefined)
        this.#ledger.refused(entry);
    const { possiblyMade } = this.#parts;
    for (const lost of possiblyMade?.all ?? []) {
      const isOfGroup = creations[lost.operation]?.kind === kind && lost.caller === caller;
      if (!isOfGroup) continue;
      const name = possiblyMade?.nameIn(lost);
      const alike = entries.filter(
        (entry) => entry.operation === lost.operation && entry.name === name,
      );
      if (alike.every(({ state }) => state !== 'sent')) possiblyMade?.settle(lost);
    }
  }

  /** What gave no name of the run, and can be nothing else. */
  async #takeLike(entry: Entry, { rows, isWhole }: Shown): Promise<void> {
    const maker = this.#parts.profile.callers[entry.caller]?.user_id;
    const canBe = [...rows].filter(
      ([id, row]) =>
        !this.#ledger.entryOf(id) && isLike(entry, row) && mayBeMadeBy(entry, row, maker),
    );
    const own = canBe.filter(([, row]) => isMadeBy(entry, row, maker));
    const [id] = own[0] ?? [];
    // Of two that could be it, nobody knows which one is.
    if (own.length === 1 && id !== undefined && this.#claim(id, entry))
      await this.#takeFound(entry, id);
    else if (isWhole && canBe.length === 0 && entry.values) this.#ledger.refused(entry);
  }

  #claim(id: string, { sent }: Entry): boolean {
    return this.#session.sender.guard.claim(id, sent);
  }

  async #takeFound(entry: Entry, id: string): Promise<void> {
    this.#ledger.made(entry, id);
    await this.#delete(entry);
    await this.#look(entry);
  }

  /** What is said to be gone and is still in a list is deleted once more. */
  async #verify(group: Group, { rows, isWhole }: Shown): Promise<void> {
    const said = group.entries.filter(({ state }) => state === 'deleted');
    const still = said.filter(({ id = '' }) => rows.has(id));
    for (const entry of still) await this.#delete(entry);
    const later = still.length > 0 ? await this.#shownTo(group) : undefined;
    for (const entry of said) {
      if (later?.rows.has(entry.id ?? ''))
        this.#ledger.left(entry, `${this.#saidOf(entry)}, and a list still shows it`);
      else if (!isWhole) await this.#look(entry);
      else if (still.includes(entry)) this.#ledger.gone(entry);
    }
  }

  /** A list may hide what is still there: if one of some is, all are asked for. */
  async #askForSome(kind: Kind, caller: CallerName): Promise<void> {
    const said = this.#ledger.entries.filter(
      (entry) =>
        creationOf(entry).kind === kind && entry.caller === caller && entry.state === 'deleted',
    );
    const some = said.slice(-ASKED);
    for (const entry of some) await this.#look(entry);
    const isHidden = some.some(({ state }) => state === 'made');
    for (const entry of said.slice(0, -ASKED))
      if (isHidden) await this.#look(entry);
      else this.#ledger.gone(entry);
  }

  /** What comes with something goes with it. */
  async #lookForParts(): Promise<void> {
    const wholes = this.#ledger.entries.filter(
      (entry) => entry.state === 'gone' && entry.with.length > 0,
    );
    const callers = new Set(wholes.map(({ caller }) => caller));
    for (const caller of callers) {
      const { rows } = await this.#shownTo({ kind: 'store', caller });
      for (const whole of wholes)
        for (const id of whole.with)
          if (whole.caller === caller && rows.has(id)) this.#ledger.leftPart(whole, id);
    }
  }

  /** Whether a read by its id shows it. Where it cannot be read, it stays as it is. */
  async #look(entry: Entry): Promise<void> {
    const { read } = creationOf(entry);
    if (this.#parts.allow?.(read) === false) return;
    const { response, judged } = await this.#send(read, entry);
    const isGone = [404, 410].includes(response?.status ?? 0) || isArchived(judged?.body);
    if (isGone && entry.state === 'deleted') this.#ledger.gone(entry);
    else if (response && response.status < 300 && !isGone)
      this.#ledger.left(entry, `${this.#saidOf(entry)}, and ${read} still shows it`);
  }

  async #delete(entry: Entry): Promise<void> {
    const { undo } = creationOf(entry);
    entry.isTried = true;
    if (this.#parts.allow?.(undo) === false) return;
    this.#lists.clear();
    try {
      await this.#send(undo, entry);
      if (entry.state === 'made') this.#ledger.left(entry, this.#saidOf(entry));
    } catch (error) {
      if (!(error instanceof Withheld)) throw error;
      this.#ledger.left(entry, error.message);
    }
  }

  #saidOf(entry: Entry): string {
    return `${creationOf(entry).undo} was answered ${entry.answer ?? 'with nothing'}`;
  }

  /** Throws NotExercised where no answer comes. */
  async #send(call: OperationId, { id = '', caller, organization }: Entry): Promise<Exchanged> {
    const path = { [lastParameterOf(this.#parts.spec, call)]: id };
    const filled = this.#session.fillCall({ call, caller, path });
    const isIn = organization !== undefined && Object.hasOwn(filled.path, ORGANIZATION);
    const whose = isIn ? { [ORGANIZATION]: organization } : {};
    return this.#answered({ ...filled, path: { ...filled.path, ...whose } });
  }

  async #answered(filled: Filled): Promise<Exchanged> {
    const exchanged = await this.#session.exchange(filled);
    const { error, response } = exchanged;
    if (error) throw new NotExercised(error.message);
    if (isLost(response?.status ?? 0)) throw new NotExercised('a gateway has no answer');
    return exchanged;
  }

  /** Who sees what is in the organization of the profile. */
  #others(caller: CallerName): readonly CallerName[] {
    const { callers } = this.#parts.profile;
    return (['owner', 'admin'] as const).filter((name) => name !== caller && callers[name]);
  }

  async #shownTo({ kind, caller }: Pick<Group, 'kind' | 'caller'>): Promise<Shown> {
    const lists = listsFor(kind, caller, this.#parts).map((list) => this.#session.fillCall(list));
    const rows = new Map<string, Json>();
    let isWhole = lists.length === listsOf[kind].length;
    for (const list of lists) {
      const read = await this.#read(list);
      // What somebody made where he may not look stands among what others see there.
      if (read.isForbidden && list.caller === caller) {
        lists.push(...this.#others(caller).map((other) => ({ ...list, caller: other })));
        if (this.#others(caller).length > 0) continue;
      }
      for (const [id, row] of read.rows) rows.set(id, row);
      isWhole &&= read.isWhole;
    }
    return { rows, isWhole };
  }

  /** A list to its end. It stays what it is until something is deleted. */
  async #read(list: Filled): Promise<ReadList> {
    const key = JSON.stringify(list);
    const known = this.#lists.get(key) ?? (await this.#readAgain(list));
    this.#lists.set(key, known);
    return known;
  }

  async #readAgain(list: Filled): Promise<ReadList> {
    const first = await this.#answered(list);
    const rows = new Map<string, Json>();
    let last = first;
    for await (const page of pagesFrom(first, list, (next) => this.#answered(next))) {
      for (const row of rowsIn(page.judged?.body))
        if (isJsonObject(row) && typeof row.id === 'string' && !isArchived(row))
          rows.set(row.id, row);
      last = page;
    }
    const isWhole = isSuccess(last) && nextPage(last, list) === undefined;
    return { rows, isWhole, isForbidden: first.response?.status === 403 };
  }
}

/** Whether an object, as text, has a name of the run, or was made when the ledger says so. */
const isFrom = (entry: Entry, text: string, run: string): boolean =>
  text.includes(`-${run}-`) ||
  [...text.matchAll(/"created_at":\s*"([^"]+)"/g)].some(([, at = '']) => isOfTime(entry, at));

const holds = (row: Json, name: string): boolean =>
  isJsonObject(row) && Object.values(row).includes(name);
