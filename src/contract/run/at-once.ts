// What holds when many ask at once: of twenty who attach one store, one is accepted; twenty
// creations make twenty objects, each with an id and a name of its own.
import type { OperationId, Spec } from '../../spec/document.js';
import { isJsonObject, type Json } from '../../spec/message.js';
import { atPointer } from '../../spec/pointer.js';
import { KNOWN_ORGANIZATION, ORGANIZATION, rowsIn } from '../dialect.js';
import type { Deviation } from '../judge/deviation.js';
import { lastParameterOf, templateOf } from '../tables/compile.js';
import type { Call, Contracts } from '../tables/table.js';
import { type Creation, creations } from './creations.js';
import { asTool, type Exchanged, isSuccess } from './exchanged.js';
import { type Finding, findingOf } from './finding.js';
import { isId } from './id.js';
import { lanesOf } from './lanes.js';
import { needsOfRequests } from './needs.js';
import { type SessionParts, selectionOf } from './parts.js';
import { type Play, type Played, playedOut } from './play.js';
import { NotExercised } from './reason.js';
import { Session } from './session.js';
import type { Subject } from './subject.js';

/** How many ask at once. */
const MANY = 20;

const inOrganization = { [ORGANIZATION]: `$${KNOWN_ORGANIZATION}` };

/** The creations whose answer says what was asked for, and their bodies. */
const named: Readonly<Partial<Record<OperationId, (name: string) => Json>>> = {
  createSpace: (name) => ({ ...inOrganization, name }),
  createThread: (title) => ({ ...inOrganization, title }),
  createVectorStore: (name) => ({ name }),
};

type Include = (operation: OperationId) => boolean;

export function planAtOnce(spec: Spec, contracts: Contracts, include: Include): readonly Play[] {
  const made = (Object.keys(named) as OperationId[]).filter(include).map((id): Play => {
    const { undo, read } = creations[id] as Creation;
    const many = (call: OperationId): readonly OperationId[] => Array(MANY).fill(call);
    const title = `${id}, ${MANY} times at once, makes ${MANY} objects`;
    return planOne(
      spec,
      contracts,
      { operation: id, title, expected: ['created'] },
      {
        calls: [...many(id), ...many(read), ...many(undo)],
        play: (parts, subject) => new AtOnce(parts, subject).createMany(),
      },
    );
  });
  const attach: OperationId = 'addVectorStoreToSpace';
  if (!include(attach)) return made;
  const title = `${attach}, ${MANY} times at once for one store, attaches it once`;
  const subject = { operation: attach, title, expected: ['attached', 'already_attached'] };
  const calls: readonly OperationId[] = [
    'createSpace',
    'createVectorStore',
    ...Array<OperationId>(MANY).fill(attach),
    'listSpaceVectorStores',
    'deleteSpace',
    'deleteVectorStore',
  ];
  const play: Playing['play'] = (parts, own) => new AtOnce(parts, own).attachMany();
  return [...made, planOne(spec, contracts, subject, { calls, play })];
}

interface Playing {
  readonly calls: readonly OperationId[];
  readonly play: (parts: SessionParts, subject: Subject) => Promise<Played>;
}

function planOne(
  spec: Spec,
  contracts: Contracts,
  about: Pick<Subject, 'operation' | 'title' | 'expected'>,
  { calls, play }: Playing,
): Play {
  const subject: Subject = {
    ...about,
    kind: 'at_once',
    place: spec.place(about.operation),
    caller: 'owner',
  };
  const touches = new Set(calls);
  const requests = [...touches].map((call) => templateOf(spec, contracts, { call }));
  const needs = {
    ...needsOfRequests([], []),
    calls: touches,
    profile: new Set(['callers.owner', KNOWN_ORGANIZATION]),
  };
  return {
    ...subject,
    needs,
    touches,
    costs: { own: calls, state: [] },
    lanes: lanesOf(spec, { requests, needs }),
    play: (parts) => play(parts, subject),
  };
}

class AtOnce {
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
    const made = await this.#all(
      names.map((name) => ({ call: operation, body: bodyOf(name) })),
      expected,
    );
    const byId = this.#made;
    for (const one of made) {
      const id = atPointer(one.judged?.body, pointer);
      if (isSuccess(one) && isId(id)) byId.set(id, [...(byId.get(id) ?? []), one]);
    }
    const parameter = lastParameterOf(this.#parts.spec, undo);
    const pathOf = (id: string): Record<string, string> => ({ [parameter]: id });
    for (const [, same] of byId)
      if (same.length > 1)
        this.#report(
          same.at(-1) as Exchanged,
          'an id of its own',
          `one id for ${same.length} objects`,
        );
    const ids = [...byId.keys()];
    const reads = await this.#all(
      ids.map((id) => ({ call: read, path: pathOf(id) })),
      ['retrieved'],
    );
    for (const one of reads.filter(isSuccess)) {
      const id = ids.find((candidate) => one.request.target.includes(candidate)) ?? '';
      const sent = textOf((byId.get(id) as Exchanged[])[0]?.request.body);
      const name = names.find((candidate) => sent.includes(`"${candidate}"`)) ?? '';
      if (!one.response?.body?.includes(`"${name}"`))
        this.#report(one, `the object that was named ${name} when ${id} was made`, 'another one');
    }
    await this.#takeAway(ids.map((id) => ({ call: undo, path: pathOf(id) })));
    return this.#played();
  }

  async attachMany(): Promise<Played> {
    const { operation, expected } = this.#subject;
    const undos: Call[] = [];
    try {
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
      const [list] = await this.#all(
        [{ call: 'listSpaceVectorStores', path: { space_id: path.space_id } }],
        ['listed'],
      );
      const isLink = (row: Json): boolean =>
        isJsonObject(row) && row.vector_store_id === path.vector_store_id;
      const links = rowsIn(list?.judged?.body).filter(isLink).length;
      if (list && isSuccess(list) && accepted.length > 0 && links !== 1)
        this.#report(list, 'one link to the store', `${links} links`);
    } finally {
      await this.#takeAway(undos);
    }
    return this.#played();
  }

  /** What is needed first; its deletion goes before those of what was there before. */
  async #make(call: 'createSpace' | 'createVectorStore', undos: Call[]): Promise<string> {
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
