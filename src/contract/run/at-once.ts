// What holds when many ask at once: of twenty who attach one store, one is accepted; twenty
// creations make twenty objects, each with an id and a name of its own.
import type { OperationId } from '../../spec/document.js';
import { isJsonObject, type Json } from '../../spec/message.js';
import { atPointer } from '../../spec/pointer.js';
import { KNOWN_ORGANIZATION, MAKERS, ORGANIZATION, rowsIn } from '../dialect.js';
import type { Deviation } from '../judge/deviation.js';
import type { CallerName } from '../tables/caller.js';
import { lastParameterOf } from '../tables/compile.js';
import type { Call } from '../tables/table.js';
import { type Creation, creations } from './creations.js';
import { asTool, type Exchanged, isSuccess } from './exchanged.js';
import { type Finding, findingOf } from './finding.js';
import { isId } from './id.js';
import { valueIn } from './needs.js';
import { type SessionParts, selectionOf } from './parts.js';
import { type Played, playedOut } from './play.js';
import { NotExercised } from './reason.js';
import { Session } from './session.js';
import type { Subject } from './subject.js';

/** How many ask at once. */
export const MANY = 20;

/** How many write to one object at once, each something else. */
export const SEVERAL = 12;

const inOrganization = { [ORGANIZATION]: `$${KNOWN_ORGANIZATION}` };

/** The creations whose answer says what was asked for, and their bodies. */
export const named: Readonly<Partial<Record<OperationId, (name: string) => Json>>> = {
  createSpace: (name) => ({ ...inOrganization, name }),
  createThread: (title) => ({ ...inOrganization, title }),
  createVectorStore: (name) => ({ name }),
};

export class AtOnce {
  readonly #parts: SessionParts;
  readonly #subject: Subject;
  /** For what is sent by itself, and for names. */
  readonly #session: Session;
  readonly #findings: Finding[] = [];
  #requests = 0;
  /** By their ids, the creations that were sent at once. */
  readonly #made = new Map<string, Exchanged[]>();
  /** Why one of many was not sent. */
  #thrown: unknown;

  constructor(parts: SessionParts, subject: Subject) {
    this.#parts = parts;
    this.#subject = subject;
    this.#session = new Session(parts);
  }

  async createMany(): Promise<Played> {
    const { operation, expected } = this.#subject;
    const { id: pointer, read, undo } = creations[operation] as Creation;
    const bodyOf = named[operation] as (name: string) => Json;
    const names = Array.from({ length: MANY }, () => this.#session.values.newName());
    const makers = this.#makers();
    // What is there already is read first, so that all are sent at once.
    for (const caller of makers)
      await this.#session.takeStock(this.#session.fillCall({ call: operation, caller }));
    const made = await this.#all(
      names.map((name, i) => ({
        call: operation,
        caller: makers[i % makers.length] as CallerName,
        body: bodyOf(name),
      })),
      expected,
    );
    const byId = this.#made;
    for (const one of made) {
      const id = atPointer(one.judged?.body, pointer);
      if (!isSuccess(one) || !isId(id)) continue;
      byId.set(id, [...(byId.get(id) ?? []), one]);
      this.#judgeMaker(one, pointer.slice(0, -'/id'.length));
    }
    const parameter = lastParameterOf(this.#parts.spec, undo);
    const pathOf = (id: string): Record<string, string> => ({ [parameter]: id });
    const makerOf = (id: string): CallerName => byId.get(id)?.[0]?.caller ?? 'owner';
    for (const [, same] of byId)
      if (same.length > 1)
        this.#report(
          same.at(-1) as Exchanged,
          'an id of its own',
          `one id for ${same.length} objects`,
        );
    const ids = [...byId.keys()];
    const reads = await this.#all(
      ids.map((id) => ({ call: read, caller: makerOf(id), path: pathOf(id) })),
      ['retrieved'],
    );
    for (const one of reads.filter(isSuccess)) {
      const id = ids.find((candidate) => one.request.target.includes(candidate)) ?? '';
      const sent = textOf((byId.get(id) as Exchanged[])[0]?.request.body);
      const name = names.find((candidate) => sent.includes(`"${candidate}"`)) ?? '';
      if (!one.response?.body?.includes(`"${name}"`))
        this.#report(one, `the object that was named ${name} when ${id} was made`, 'another one');
    }
    await this.#takeAway(ids.map((id) => ({ call: undo, caller: makerOf(id), path: pathOf(id) })));
    return this.#played();
  }

  attachMany(): Promise<Played> {
    const { operation, expected } = this.#subject;
    return this.#playedWith(async (undos) => {
      const path = {
        space_id: await this.#make('createSpace', undos),
        vector_store_id: await this.#make('createVectorStore', undos),
      };
      const answers = await this.#all(Array(MANY).fill({ call: operation, path }), expected);
      const accepted = answers.filter(isSuccess);
      const refused = answers.filter(({ response }) => response?.status === 409).length;
      const isWhole = accepted.length + refused === MANY;
      const first = accepted.at(-1) ?? answers[0];
      if (first && (accepted.length > 1 || (isWhole && accepted.length === 0)))
        this.#report(
          first,
          `of ${MANY} requests at once, one 201 and ${MANY - 1} times 409`,
          `${accepted.length} times ${first.response?.status}, ${refused} times 409`,
        );
      const { list, stores } = await this.#storesOf(path.space_id);
      const links = stores.filter((id) => id === path.vector_store_id).length;
      if (list && isSuccess(list) && accepted.length > 0 && links !== 1)
        this.#report(list, 'one link to the store', `${links} links`);
    });
  }

  /** Each attaches another store to one space. */
  attachEach(): Promise<Played> {
    const { operation, expected } = this.#subject;
    return this.#playedWith(async (undos) => {
      const space_id = await this.#make('createSpace', undos);
      const made: string[] = [];
      while (made.length < SEVERAL) made.push(await this.#make('createVectorStore', undos));
      const attached = await this.#all(
        made.map((vector_store_id) => ({ call: operation, path: { space_id, vector_store_id } })),
        expected,
      );
      const { list, stores } = await this.#storesOf(space_id);
      const accepted = attached.filter(isSuccess).map(({ request }) => request.target);
      const lost = made.filter(
        (id) => accepted.some((target) => target.includes(id)) && !stores.includes(id),
      );
      const by = attached.find(({ request }) => request.target.includes(lost[0] ?? ' '));
      if (by && list && isSuccess(list))
        this.#report(by, `links to ${accepted.length} stores`, `none to ${lost.length} of them`);
    });
  }

  /** Each sets another key of the metadata of one thread. */
  mergeEach(): Promise<Played> {
    const { operation, expected } = this.#subject;
    return this.#playedWith(async (undos) => {
      const path = { thread_id: await this.#make('createThread', undos) };
      const keys = Array.from({ length: SEVERAL }, (_, i) => `key_${i}`);
      const updated = await this.#all(
        keys.map((key) => ({ call: operation, path, body: { metadata: { [key]: key } } })),
        expected,
      );
      const [read] = await this.#all([{ call: 'getThread', path }], ['retrieved']);
      const kept = atPointer(read?.judged?.body, '/metadata');
      const lost = keys.filter((key) => !(isJsonObject(kept) && kept[key] === key));
      const by = updated.at(-1);
      if (by && read && isSuccess(read) && updated.every(isSuccess) && lost.length > 0)
        this.#report(by, `all ${SEVERAL} keys in /metadata`, `not ${lost.join(', ')}`);
    });
  }

  /** Whatever comes of the work, what it has made is taken away. */
  async #playedWith(work: (undos: Call[]) => Promise<void>): Promise<Played> {
    const undos: Call[] = [];
    try {
      await work(undos);
    } finally {
      await this.#takeAway(undos);
    }
    return this.#played();
  }

  /** The stores that are attached to a space, by its list. */
  async #storesOf(space_id: string) {
    const [list] = await this.#all(
      [{ call: 'listSpaceVectorStores', path: { space_id } }],
      ['listed'],
    );
    const stores = rowsIn(list?.judged?.body).map(
      (row) => isJsonObject(row) && row.vector_store_id,
    );
    return { list, stores };
  }

  /** Who takes turns: whoever answers for one caller must not answer for another. */
  #makers(): readonly CallerName[] {
    const { profile } = this.#parts;
    const isKnown = (name: CallerName): boolean =>
      valueIn(profile, `callers.${name}.user_id`) !== undefined;
    return isKnown('owner') && isKnown('admin') ? ['owner', 'admin'] : ['owner'];
  }

  /** Whoever asked is named as the one who made it. */
  #judgeMaker(made: Exchanged, at: string): void {
    const own = valueIn(this.#parts.profile, `callers.${made.caller}.user_id`);
    for (const field of MAKERS) {
      const maker = atPointer(made.judged?.body, `${at}/${field}`);
      if (own === undefined || maker === undefined || maker === own) continue;
      this.#report(made, `${field} ${own}, who sent it`, String(maker));
    }
  }

  /** What is needed first; its deletion goes before those of what was there before. */
  async #make(call: OperationId, undos: Call[]): Promise<string> {
    const { id: pointer, undo } = creations[call] as Creation;
    const body = (named[call] as (name: string) => Json)(this.#session.values.newName());
    const made = await this.#session.mustSucceed(this.#session.fillCall({ call, body }));
    const id = atPointer(made.judged?.body, pointer);
    if (!isId(id)) throw new NotExercised(`the answer of ${call} has no id`);
    undos.unshift({ call: undo, path: { [lastParameterOf(this.#parts.spec, undo)]: id } });
    return id;
  }

  /** The answers to all that are sent at once. */
  async #all(calls: readonly Call[], cases: readonly string[]): Promise<readonly Exchanged[]> {
    const sessions = calls.map((call) => ({ call, session: new Session(this.#parts) }));
    const settled = await Promise.allSettled(
      sessions.map(async ({ call, session }) =>
        session.exchange(session.fillCall(call), { cases }),
      ),
    );
    for (const { session } of sessions) {
      this.#requests += session.requests;
      for (const one of session.exchanges) this.#judge(one, cases);
    }
    return settled.flatMap((one) => {
      if (one.status === 'fulfilled') return [one.value];
      this.#thrown ??= one.reason;
      return [];
    });
  }

  async #takeAway(undos: readonly Call[]): Promise<void> {
    for (const group of groupsOf(undos)) {
      const sessions = group.map((call) => ({ call, session: new Session(this.#parts) }));
      await Promise.allSettled(sessions.map(({ call, session }) => session.takeAway(call)));
      for (const { session } of sessions) {
        this.#requests += session.requests;
        for (const one of session.exchanges) this.#judge(one);
      }
    }
  }

  #judge(exchanged: Exchanged, expected?: readonly string[]): void {
    const { include } = selectionOf(this.#parts);
    const judged = include(exchanged.operation) ? exchanged : asTool(exchanged);
    // Whoever repeats it needs the object that it is about.
    const before = [
      ...this.#session.exchanges,
      ...[...this.#made].flatMap(([id, [first]]) =>
        first && exchanged.request.target.includes(id) ? [first] : [],
      ),
    ];
    this.#findings.push(...findingOf(this.#subject, judged, [...before, exchanged], expected));
  }

  #report(by: Exchanged, expected: string, got: string): void {
    const { basis = 'docs', source = '' } = by.judged?.documented ?? {};
    const deviation: Deviation = {
      code: 'STATE_WRONG',
      severity: 'failure',
      pointer: '',
      expected,
      got,
      basis: basis === 'assumed' ? 'docs' : basis,
      source,
    };
    this.#judge({ ...by, judged: { deviations: [deviation], body: undefined } });
  }

  #played(): Played {
    if (this.#thrown !== undefined) throw this.#thrown;
    for (const one of this.#session.exchanges) this.#judge(one);
    return playedOut(this.#subject, this.#findings, this.#requests + this.#session.requests);
  }
}

/** Those that delete the same kind go at once; a kind waits for the one before it. */
const groupsOf = (undos: readonly Call[]): readonly (readonly Call[])[] =>
  [...new Set(undos.map(({ call }) => call))].map((call) =>
    undos.filter((undo) => undo.call === call),
  );

const textOf = (body: Uint8Array | undefined): string => new TextDecoder().decode(body);
