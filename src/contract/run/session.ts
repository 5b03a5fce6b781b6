// The conversation of one play with the target: requests are filled in, sent and judged, and their
// exchanges kept in order.
import type { Operation, OperationId } from '../../spec/document.js';
import type { Json, PlainResponse } from '../../spec/message.js';
import { type Expectation, type Judged, judge, type ToJudge } from '../judge/judge.js';
import type { CallerName } from '../tables/caller.js';
import { templateOf } from '../tables/compile.js';
import type { RequestTemplate } from '../tables/steps.js';
import type { Call } from '../tables/table.js';
import { type Creation, creations } from './creations.js';
import { type Exchanged, isGone, isSuccess } from './exchanged.js';
import type { Filled } from './filled.js';
import { httpRequest, type Sending } from './http-request.js';
import { pagesFrom } from './pages.js';
import { type SessionParts, selectionOf } from './parts.js';
import { NotExercised, PreparationFailed } from './reason.js';
import { Sender } from './sender.js';
import { listsFor, viewersFor } from './stock.js';
import type { Subject } from './subject.js';
import { Values } from './values.js';

/** Pages of a list that are read to see what was there before the run. */
const STOCK_PAGES = 20;

export class Session {
  readonly values: Values;
  readonly sender: Sender;
  /** What made the slices that other plays have handed on. */
  readonly origins: Exchanged[] = [];
  /** Their ids. */
  readonly taken = new Set<string>();
  readonly #parts: SessionParts;
  /** Requests that no finding is about. */
  #aside = 0;

  constructor(parts: SessionParts) {
    this.#parts = parts;
    this.values = new Values(parts);
    this.sender = new Sender(parts);
  }

  get exchanges(): readonly Exchanged[] {
    return this.sender.exchanges;
  }

  get requests(): number {
    return this.exchanges.length + this.#aside;
  }

  /** The requests of another session are this play's too. */
  countAside({ requests }: Session): void {
    this.#aside += requests;
  }

  /**
   * `answer` is what `$response.body` stands for. Throws NotExercised where the profile lacks
   * something.
   */
  fill(template: RequestTemplate, answer?: Json): Filled {
    return this.values.fillRequest(template, answer);
  }

  /** The same for a call that no row has. */
  fillCall(call: Call): Filled {
    return this.fill(templateOf(this.#parts.spec, this.#parts.contracts, call));
  }

  /**
   * Deletes what a play without steps has made. What a rate limit keeps from being deleted is put
   * off to the end of the run.
   */
  async takeAway(call: Call): Promise<void> {
    const filled = this.fillCall(call);
    this.beginToClean();
    await this.exchange(filled);
    this.putOff(Object.values(call.path ?? {}).join(' '), async () =>
      isGone(await this.exchange(filled)) ? undefined : '',
    );
  }

  /** What was made is deleted from now on; a rate limit is not waited out where that can be put off. */
  beginToClean(): void {
    this.sender.cleaning = true;
    this.sender.hurries = this.#parts.putOff !== undefined;
  }

  /**
   * Where a rate limit has just kept something from being deleted, that is tried once more at the end
   * of the run: `takeAway` gives what there is to say where it is kept still. Says whether it was so.
   */
  putOff(made: string, takeAway: () => Promise<string | undefined>): boolean {
    const { putOff } = this.#parts;
    if (!putOff || this.exchanges.at(-1)?.response?.status !== 429) return false;
    this.sender.putAside('429, sent again at the end of the run');
    putOff.push({
      made,
      takeAway: async () => {
        const before = this.requests;
        this.sender.cleaning = true;
        this.sender.hurries = false;
        return { kept: await takeAway(), sent: this.requests - before };
      },
    });
    return true;
  }

  /** Sends and judges. */
  async exchange(
    filled: Filled,
    expected: Expectation = {},
    sending: Sending = {},
  ): Promise<Exchanged> {
    const { spec, profile } = this.#parts;
    const { caller } = filled;
    const operation = this.#operation(filled);
    const { request, asked } = httpRequest(operation, filled, profile, sending);
    await this.takeStock(filled);
    const exchanged = await this.sender.send({
      operation: operation.id,
      caller,
      request,
      judge: (response, read, isLast) =>
        this.#judge({ spec, operation, asked, response, read }, isLast ? expected : {}),
    });
    this.#parts.spares?.note(filled, exchanged);
    return exchanged;
  }

  /** Of what it is answered, nothing is said later, unless the server failed. */
  async exchangeAsTool(filled: Filled): Promise<Exchanged> {
    const exchanged = await this.exchange(filled);
    if ((exchanged.response?.status ?? 0) < 500) this.sender.forgetWhatWasJudged();
    return exchanged;
  }

  #judge(exchange: ToJudge, expected: Expectation): Judged {
    const { canary, number } = this.#parts;
    const { id } = exchange.operation;
    const judged = (this.#parts.judge ?? judge)(exchange, expected);
    if (selectionOf(this.#parts).include(id))
      canary?.offer(`${number} ${this.requests} ${id}`, exchange, expected, judged);
    return judged;
  }

  /** Sends a method that the path of an operation does not have. */
  async exchangeMethod(
    method: string,
    filled: Filled,
    judgeRefusal: (response: PlainResponse) => Judged,
  ): Promise<Exchanged> {
    const { spec, profile } = this.#parts;
    const operation = this.#operation(filled);
    const { request, asked } = httpRequest(operation, filled, profile);
    return this.sender.send({
      operation: operation.id,
      caller: filled.caller,
      request: { ...request, method },
      judge: (response, read, isLast) =>
        isLast ? judgeRefusal(response) : judge({ spec, operation, asked, response, read }),
    });
  }

  /** What another play has done with, as the creation would have made it; nothing where none is. */
  async handedOn(filled: Filled): Promise<Exchanged | undefined> {
    return this.#parts.spares?.take(filled, this);
  }

  mayCall(call: OperationId): boolean {
    return selectionOf(this.#parts).allow(call);
  }

  /** A call that the play builds on; a refusal means that the play cannot be judged. */
  async mustSucceed(filled: Filled): Promise<Exchanged> {
    const exchanged = await this.exchange(filled);
    if (isSuccess(exchanged)) return exchanged;
    const { response, judged } = exchanged;
    const reason = `${filled.call} by ${exchanged.caller}, needed for this row, was answered with ${response?.status ?? 'nothing'}`;
    // What the accounts hold already, such as pinned threads, is their own.
    if (response?.status === 409 && judged?.documented) throw new NotExercised(reason);
    throw new PreparationFailed(reason, response === undefined || response.status >= 500);
  }

  /**
   * For what the profile knows and the owner need not own: the first of the holders who may make
   * the call changes places with the owner for the rest of the play. Throws NotExercised where none
   * may.
   */
  async giveTo(holders: readonly CallerName[], template: RequestTemplate): Promise<Exchanged> {
    const ofOwner = { ...template, caller: 'owner' as const };
    const asked = holders.filter((holder) => this.#parts.profile.callers[holder] !== undefined);
    for (const [i, holder] of asked.entries()) {
      this.values.holder = holder;
      if (i === asked.length - 1) break;
      const exchanged = await this.exchange(this.fill(ofOwner));
      if (isSuccess(exchanged)) return exchanged;
    }
    return this.mustSucceed(this.fill(ofOwner));
  }

  /** The subject with the names of those who changed places. */
  asPlayed<T extends Subject>(subject: T): T {
    if (this.values.holder === 'owner' || subject.caller === undefined) return subject;
    const caller = this.values.inPlaceOf(subject.caller);
    return {
      ...subject,
      caller,
      title: subject.title.replace(` by ${subject.caller} `, ` by ${caller} `),
    };
  }

  #operation({ call }: Filled): Operation {
    return this.#parts.spec.operations.get(call) as Operation;
  }

  /** Before the run makes the first of a kind. */
  async takeStock({ call, caller }: Filled): Promise<void> {
    const kind = creations[call]?.kind;
    const { guard } = this.sender;
    for (const viewer of kind ? viewersFor(caller) : []) {
      const key = `${kind} ${viewer}`;
      const reading = guard.stocked.get(key) ?? this.#readStock(kind as Creation['kind'], viewer);
      guard.stocked.set(key, reading);
      await reading.catch((error) => {
        guard.stocked.delete(key);
        throw error;
      });
    }
  }

  async #readStock(kind: Creation['kind'], viewer: CallerName): Promise<void> {
    const { guard, limits } = this.sender;
    const aside = new Session({ ...this.#parts, guard, limits });
    try {
      for (const list of listsFor(kind, viewer, this.#parts))
        await aside.#readList(aside.fillCall(list));
    } finally {
      this.countAside(aside);
    }
  }

  async #readList(list: Filled): Promise<void> {
    const send = (page: Filled): Promise<Exchanged> => this.exchange(page);
    for await (const _ of pagesFrom(await send(list), list, send, STOCK_PAGES));
  }
}
