// One row at a time: makes its state, sends its request, looks at what it left, takes everything away again.

import { setTimeout as sleep } from 'node:timers/promises';
import { type Answer, isSafe, type Target, TargetError } from '../../client/target.js';
import type { Operation, OperationId, Spec } from '../../spec/document.js';
import { isJsonObject, type Json, type PlainRequest, type PlainResponse } from '../../spec/message.js';
import { atPointer } from '../../spec/pointer.js';
import type { ReadJson } from '../judge/json.js';
import { type AskedFor, type Deviation, type Expectation, type Judged, judge } from '../judge/judge.js';
import { type CallerName, letIn, schemeOf } from '../tables/caller.js';
import type { Call, Contracts, Recipe } from '../tables/table.js';
import { type Creation, creations, listsOf } from './creations.js';
import type { Ending } from './ending.js';
import { Guard } from './guard.js';
import { isId, short } from './id.js';
import { nameOf } from './names.js';
import { valueIn } from './needs.js';
import { pagesFrom } from './pages.js';
import { isLost, type PossiblyMade } from './possibly-made.js';
import type { Profile } from './profile.js';
import { RateLimits, type Wait } from './rate-limit.js';
import { Ended, NotExercised, PreparationFailed, Withheld } from './reason.js';
import type { Subject } from './subject.js';

/** One exchange, for findings and their repeat chains. */
export interface Exchanged {
  readonly operation: OperationId;
  readonly caller: CallerName;
  readonly request: PlainRequest;
  readonly response?: Answer;
  readonly judged?: Judged;
  /** Why there is no response. */
  readonly error?: TargetError;
  /** Why the same was sent again: a rate limit was waited out. */
  readonly sentAgain?: string;
}

export const isSuccess = ({ response }: Exchanged): boolean =>
  response !== undefined && response.status >= 200 && response.status < 300;

/** Characters of an answer that are kept while others are asked for. */
const KEPT = 32_768;

/** A run keeps every exchange of a row, and those of every finding; a server may send megabytes each time. */
export function thin(exchanged: Exchanged): Exchanged {
  const { response, judged } = exchanged;
  if (response?.body === undefined || response.body.length <= KEPT) return exchanged;
  // A slice of a text keeps the whole in memory; a copy does not.
  const body = Buffer.from(response.body.slice(0, KEPT)).toString();
  return { ...exchanged, response: { ...response, body }, ...(judged ? { judged: { ...judged, body: undefined } } : {}) };
}

/** Without what was judged: of a tool, nothing is expected but that it answers. */
export const asTool = ({ judged: _, ...exchanged }: Exchanged): Exchanged => exchanged;

export interface Prepared {
  readonly call: Call;
  readonly caller: CallerName;
  /** Sent in place of the call's body. */
  readonly raw?: Uint8Array;
  /** In place of JSON's; `none` says nothing. */
  readonly content_type?: string;
}

export interface Selection {
  /** Which operations are played, and judged. Others are tools, of which nothing is expected. */
  readonly include: (operation: OperationId) => boolean;
  /** Which operations may be called at all. */
  readonly allow: (operation: OperationId) => boolean;
}

/** All operations where nothing is selected; what may not be called is not played either. */
export function selectionOf({ include = () => true, allow = () => true }: Partial<Selection>): Selection {
  return { include: (operation) => allow(operation) && include(operation), allow };
}

interface PutOff {
  readonly made: string;
  /** Says what there is to say where it is kept still, and how many requests that took. */
  readonly takeAway: () => Promise<{ readonly kept: string | undefined; readonly sent: number }>;
}

export interface SessionParts extends Partial<Selection> {
  readonly spec: Spec;
  readonly contracts: Contracts;
  readonly profile: Profile;
  readonly target: Target;
  readonly seed: number;
  /** In every name that the run gives; the seed when absent. */
  readonly runId?: string;
  /** Counts plays, so that names never meet. */
  readonly number: number;
  /** Waits so many milliseconds, or until the signal; by the clock when absent. */
  readonly wait?: (milliseconds: number, signal?: AbortSignal) => Promise<void>;
  /** What all sessions of a run know of the target's limits; each session knows its own when absent. */
  readonly limits?: RateLimits;
  /** Told before a rate limit is waited out. */
  readonly onWait?: (wait: Wait) => void;
  /** When the run ends; with its last row when absent. */
  readonly ending?: Ending;
  /** Sees to it that no write does harm. That of the whole run; without one, each play has its own. */
  readonly guard?: Guard;
  /** What was made and has not been taken away, of all plays; so that a report can be made at any time. */
  readonly held?: Set<string>;
  /** What a rate limit has kept from being taken away, of all plays; without it, each play waits on the spot. */
  readonly putOff?: PutOff[];
  /** Writes to which no answer came, of all plays. */
  readonly possiblyMade?: PossiblyMade;
}

/** Whoever is waited for may be waited for too long. */
const sleepUntil = (milliseconds: number, signal?: AbortSignal): Promise<void> =>
  sleep(milliseconds, undefined, { ...(signal ? { signal } : {}) }).catch(() => {});

/** Whether the value of a recipe is an id that a path may name. */
const namesId = ({ value = '', undo }: Recipe): boolean => undo !== undefined || /^\$response\.body#.*[/_]id$/.test(value);

/** The judgement with one more deviation, unless it has said so already. */
function withDeviation(judged: Judged, deviation: Deviation | undefined): Judged {
  if (!deviation || judged.deviations.some(({ pointer }) => pointer === deviation.pointer)) return judged;
  return { ...judged, deviations: [...judged.deviations, deviation] };
}

/** Pages of a list that are read to see what was there before the run. */
const STOCK_PAGES = 20;

interface Undo {
  readonly call: OperationId;
  readonly caller: CallerName;
  readonly slot: string;
  readonly slots: Readonly<Record<string, string>>;
}

export class Session {
  readonly exchanges: Exchanged[] = [];
  readonly slots: Record<string, string> = {};
  readonly #parts: SessionParts;
  readonly #guard: Guard;
  readonly #undos: Undo[] = [];
  readonly #limits: RateLimits;
  /** What was made and cannot be taken away, for want of its id. */
  readonly #lost: string[] = [];
  /** What was made is being taken away, for which there is a little more time. */
  cleaning = false;
  /** Who stands in the owner's place in this play, as the owner stands in theirs. */
  #holder: CallerName = 'owner';
  #names = 0;
  /** No rate limit is waited out: there will be time for that later. */
  #hurries = false;
  /** Requests that no finding is about. */
  #aside = 0;

  constructor(parts: SessionParts) {
    this.#parts = parts;
    this.#limits = parts.limits ?? new RateLimits();
    this.#guard = parts.guard ?? new Guard(parts.spec, parts.profile);
  }

  get requests(): number {
    return this.exchanges.length + this.#aside;
  }

  /** Fills a slot by a recipe. Throws NotExercised where the profile lacks something. */
  async make(slot: string, name: string): Promise<void> {
    const recipe = this.#parts.contracts.recipes[name] as Recipe;
    for (let i = 0; i < (recipe.repeat ?? 1); i++) {
      if (recipe.from !== undefined) await this.make(slot, recipe.from);
      const made =
        recipe.call === undefined ? undefined : await this.mustSucceed({ caller: 'owner', ...recipe, call: recipe.call });
      if (!this.#keep(slot, recipe, recipe.caller ?? 'owner', made?.judged?.body)) {
        const reason = `the answer of ${recipe.call}, needed for this row, has no ${namesId(recipe) ? 'id that can be used at ' : ''}${recipe.value}`;
        throw recipe.undo === undefined ? new NotExercised(reason) : new PreparationFailed(reason, true);
      }
      const [first, ...rest] = recipe.then ?? [];
      try {
        if (first && recipe.held_by) await this.giveTo(recipe.held_by, first);
        else if (first) await this.mustSucceed(first);
        for (const call of rest) await this.mustSucceed(call);
      } catch (error) {
        throw this.#blame(recipe, error);
      }
    }
  }

  /** Says of which id of the profile it is that a call was refused. */
  #blame(recipe: Recipe, error: unknown): unknown {
    const [, known] = /^\$(known\.\w+)$/.exec(recipe.value ?? '') ?? [];
    if (known === undefined || !(error instanceof NotExercised) || error instanceof Ended) return error;
    if (error instanceof PreparationFailed && error.isFault) return error;
    return new NotExercised(`${known} of the profile, ${this.#lookUp(`$${known}`)}: ${error.message}`);
  }

  /**
   * For what the profile knows and the owner need not own: the first of the holders who may make the call changes places with
   * the owner for the rest of the play. Throws NotExercised where none may.
   */
  async giveTo(holders: readonly CallerName[], call: Call): Promise<Exchanged> {
    const asked = holders.filter((holder) => this.#parts.profile.callers[holder] !== undefined);
    for (const [i, holder] of asked.entries()) {
      this.#holder = holder;
      if (i === asked.length - 1) break;
      const exchanged = await this.exchange({ call, caller: 'owner' });
      if (isSuccess(exchanged)) return exchanged;
    }
    return this.mustSucceed({ ...call, caller: 'owner' });
  }

  /** The subject with the names of those who changed places. */
  asPlayed<T extends Subject>(subject: T): T {
    if (this.#holder === 'owner' || subject.caller === undefined) return subject;
    const caller = this.#inPlaceOf(subject.caller);
    return { ...subject, caller, title: subject.title.replace(` by ${subject.caller} `, ` by ${caller} `) };
  }

  #inPlaceOf(caller: CallerName): CallerName {
    if (caller === 'owner') return this.#holder;
    return caller === this.#holder ? 'owner' : caller;
  }

  /** What an accepted request of the row made fills its slot like the recipe's own, and is taken away like it. */
  adopt(slot: string, name: string, { caller, judged }: Exchanged): void {
    // Whoever has no good credential cannot take away what a careless server let them make.
    const maker = letIn.includes(caller) ? this.#inPlaceOf(caller) : 'owner';
    this.#keep(slot, this.#parts.contracts.recipes[name] as Recipe, maker, judged?.body);
  }

  /** False where the value is not in the answer, or is no id where there must be one. */
  #keep(slot: string, recipe: Recipe, caller: CallerName, body: Json | undefined): boolean {
    const { value, undo } = recipe;
    const found = value === undefined ? this.slots[slot] : this.resolve(value, body);
    const isUsable = namesId(recipe) ? isId(found) : found !== null && found !== undefined;
    if (!isUsable) {
      if (undo !== undefined) this.#lost.push(`${slot} (its id was ${short(found)})`);
      return false;
    }
    this.slots[slot] = String(found);
    if (undo !== undefined) {
      this.#undos.push({ call: undo, caller, slot, slots: { ...this.slots } });
      this.#parts.held?.add(`${slot} ${found}`);
    }
    return true;
  }

  /** A call that the row builds on; a refusal means that the row cannot be judged. */
  async mustSucceed(call: Call): Promise<Exchanged> {
    const exchanged = await this.exchange({ call, caller: call.caller ?? 'owner' });
    if (isSuccess(exchanged)) return exchanged;
    const { response, judged } = exchanged;
    const reason = `${call.call} by ${exchanged.caller}, needed for this row, was answered with ${response?.status ?? 'nothing'}`;
    // What the accounts hold already, such as pinned threads, is their own.
    if (response?.status === 409 && judged?.documented) throw new NotExercised(reason);
    throw new PreparationFailed(reason, response === undefined || response.status >= 500);
  }

  /** Sends and judges. The caller is the one of the contracts, who may have changed places. */
  async exchange(prepared: Prepared, expected: Expectation = {}): Promise<Exchanged> {
    const { spec } = this.#parts;
    const operation = spec.operations.get(prepared.call.call) as Operation;
    const caller = this.#inPlaceOf(prepared.caller);
    const { request, asked } = this.#request(operation, { ...prepared, caller });
    await this.#takeStock(operation.id, caller);
    return this.#sendUntilLetIn(operation.id, caller, request, (response, read, isLast) =>
      judge(spec, operation, asked, response, isLast ? expected : {}, read),
    );
  }

  /** Before the run makes the first of a kind: what is there of it is looked at, so that nothing of that ever counts as made. */
  async #takeStock(operation: OperationId, caller: CallerName): Promise<void> {
    const creation = creations[operation];
    // Whoever has no good credential leaves it to the owner to take away what they made.
    const viewers = new Set<CallerName>(['owner', ...letIn.filter((name) => name === caller)]);
    for (const viewer of creation ? viewers : []) {
      const key = `${creation?.kind} ${viewer}`;
      if (this.#guard.stocked.has(key)) continue;
      const aside = new Session({ ...this.#parts, guard: this.#guard, limits: this.#limits });
      const send = (call: Call): Promise<Exchanged> => aside.exchange({ call, caller: viewer });
      try {
        for (const list of aside.listsFor((creation as Creation).kind, viewer))
          for await (const _ of pagesFrom(await send(list), list, send, STOCK_PAGES));
      } finally {
        this.#aside += aside.requests;
      }
      this.#guard.stocked.add(key);
    }
  }

  /** Those of the lists of a kind that somebody may read. */
  listsFor(kind: Creation['kind'], caller: CallerName): readonly Call[] {
    const { profile, spec, allow = () => true } = this.#parts;
    if (valueIn(profile, `callers.${caller}`) === undefined) return [];
    const isInOrganization = ({ call }: Call): boolean =>
      spec.operations.get(call)?.parameters.some(({ name, required }) => name === 'organization_id' && required) ?? false;
    const isKnown = valueIn(profile, 'known.organization_id') !== undefined;
    return listsOf[kind].filter((list) => allow(list.call) && (isKnown || !isInOrganization(list)));
  }

  /** Sends a method that the path of an operation does not have. */
  async exchangeMethod(
    method: string,
    prepared: Prepared,
    judgeRefusal: (response: PlainResponse) => Judged,
  ): Promise<Exchanged> {
    const { spec } = this.#parts;
    const operation = spec.operations.get(prepared.call.call) as Operation;
    const { request, asked } = this.#request(operation, prepared);
    return this.#sendUntilLetIn(operation.id, prepared.caller, { ...request, method }, (response, read, isLast) =>
      isLast ? judgeRefusal(response) : judge(spec, operation, asked, response, {}, read),
    );
  }

  /** A 429 is waited out, and judged too; the answer that stands is the last one. */
  async #sendUntilLetIn(
    operation: OperationId,
    caller: CallerName,
    request: PlainRequest,
    judgeResponse: (response: PlainResponse, read: ReadJson, isLast: boolean) => Judged,
  ): Promise<Exchanged> {
    const { wait = sleepUntil, ending, onWait } = this.#parts;
    const waits: number[] = [];
    for (;;) {
      let pause: number | undefined;
      const sent = await this.#send(operation, caller, { ...request }, (response, read) => {
        pause = this.#limits.waitAfter(operation, response, waits);
        return judgeResponse(response, read, pause === undefined);
      });
      // What takes away after the end of the run has other things to try in what time is left.
      if (pause === undefined || this.#hurries || (this.cleaning && ending?.ended.aborted)) return sent;
      this.exchanges.splice(-1, 1, { ...sent, sentAgain: `429, sent again after ${pause / 1000} s` });
      const said = sent.response?.headers['retry-after'];
      onWait?.({ operation, milliseconds: pause, ...(said === undefined ? {} : { said }) });
      await wait(pause, ending?.ended);
      waits.push(pause);
    }
  }

  async #send(
    operation: OperationId,
    caller: CallerName,
    request: PlainRequest,
    judgeResponse: (response: PlainResponse, read: ReadJson) => Judged,
  ): Promise<Exchanged> {
    const base = { operation, caller, request };
    // Whoever needed the whole of the last answer has had it.
    this.exchanges.push(...this.exchanges.splice(-1).map(thin));
    const { target, ending } = this.#parts;
    if (ending?.ended.aborted && !this.cleaning) throw new Ended();
    let exchanged: Exchanged;
    try {
      const signal = this.cleaning ? ending?.over : ending?.late;
      const { response, read, deviation } = await this.#guard.send(target, request, signal);
      if (isLost(response.status)) this.#noteLost(base, String(response.status));
      exchanged = { ...base, response, judged: withDeviation(judgeResponse(response, read), deviation) };
    } catch (error) {
      if (!(error instanceof TargetError)) throw error;
      if (!error.unsent) this.#noteLost(base, error.kind === 'gateway' ? 'lost by a gateway' : 'no answer');
      if (error.kind === 'stopped') throw new Ended();
      exchanged = { ...base, error };
    }
    this.exchanges.push(exchanged);
    if (exchanged.error?.kind === 'gateway') throw new NotExercised(exchanged.error.message);
    return exchanged;
  }

  /** What is taken away is not made; what stays of it is left behind. */
  #noteLost({ operation, caller, request }: Exchanged, why: string): void {
    if (isSafe(request.method) || request.method === 'DELETE') return;
    const own = letIn.includes(caller) ? caller : 'owner';
    this.#parts.possiblyMade?.note({ operation, caller: own, request, number: this.#guard.sent, why });
  }

  /** Whether what has a name of the run is the run's, made by the request of that number or a later one. */
  claim(id: string, number: number): boolean {
    return this.#guard.claim(id, number);
  }

  /** Takes away what the recipes made, the last first. Returns what could not be taken away; throws nothing. */
  async cleanUp(): Promise<readonly string[]> {
    const { held, putOff } = this.#parts;
    const left: string[] = this.#lost.splice(0);
    this.cleaning = true;
    this.#hurries = putOff !== undefined;
    for (const undo of this.#undos.splice(0).reverse()) {
      const made = `${undo.slot} ${undo.slots[undo.slot]}`;
      const kept = await this.#takeAway(undo);
      const last = this.exchanges.at(-1);
      if (putOff && kept !== undefined && last?.response?.status === 429) {
        this.exchanges.splice(-1, 1, { ...last, sentAgain: '429, sent again at the end of the run' });
        putOff.push({ made, takeAway: () => this.#takeAwayAtLast(undo) });
        continue;
      }
      held?.delete(made);
      if (kept !== undefined) left.push(`${made}${kept}`);
    }
    for (const made of left) held?.add(made);
    return left;
  }

  async #takeAwayAtLast(undo: Undo): Promise<{ readonly kept: string | undefined; readonly sent: number }> {
    const before = this.exchanges.length;
    this.#hurries = false;
    const kept = await this.#takeAway(undo);
    return { kept, sent: this.exchanges.length - before };
  }

  /** Undefined where it is gone; else what there is to say of it. */
  async #takeAway({ call, caller, slot, slots }: Undo): Promise<string | undefined> {
    if (this.#parts.allow?.(call) === false) return '';
    Object.assign(this.slots, slots);
    try {
      const path = { [this.lastIn(call)]: slots[slot] as string };
      const exchanged = await this.exchange({ call: { call, path }, caller });
      // Gone already is gone: the row itself may have deleted it.
      return isSuccess(exchanged) || exchanged.response?.status === 404 ? undefined : '';
    } catch (error) {
      return error instanceof Withheld ? ` (${error.message})` : '';
    }
  }

  /** The path parameter that names what an operation is about. */
  lastIn(operation: OperationId): string {
    const { template } = this.#parts.spec.operations.get(operation) as Operation;
    return template.match(/\w+(?=\}[^{]*$)/)?.[0] as string;
  }

  /** Replaces `$known.…`, `$callers.….…`, `$slot.…`, `$name`, `$unique` and `$response.body#…` in a value. */
  resolve(value: Json, body?: Json): Json {
    if (Array.isArray(value))
      return (value as readonly Json[]).filter((item) => !this.#isNothing(item)).map((item) => this.resolve(item, body));
    if (isJsonObject(value))
      return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, this.resolve(item, body)]));
    if (typeof value !== 'string' || !value.includes('$')) return value;
    const [, pointer] = /^\$response\.body#(.*)$/.exec(value) ?? [];
    if (pointer !== undefined) return atPointer(body, pointer) ?? null;
    const [, whole] = /^(\$[\w.]+)\??$/.exec(value) ?? [];
    return whole
      ? this.#lookUp(whole)
      : value.replace(/\$(known|callers|slot)\.[\w.]+|\$(name|unique)\b/g, (expression) => this.#lookUp(expression));
  }

  /** An item of a list that need not be there, `$callers.viewer.user_id?`, and that the profile does not have. */
  #isNothing(item: Json): boolean {
    const [, name] = /^\$([\w.]+)\?$/.exec(typeof item === 'string' ? item : '') ?? [];
    return name !== undefined && valueIn(this.#parts.profile, name) === undefined;
  }

  #lookUp(expression: string): string {
    const [root, first = ''] = expression.slice(1).split('.') as [string, string?];
    const { profile, seed, runId = String(seed), number } = this.#parts;
    switch (root) {
      case 'known':
      case 'callers': {
        const place = `callers.${first}.`;
        const name = expression.slice(1).replace(place, `callers.${this.#inPlaceOf(first as CallerName)}.`);
        const found = valueIn(profile, name);
        if (found === undefined) throw new NotExercised(`the profile has no ${name}`);
        return found;
      }
      case 'slot': {
        const found = this.slots[first];
        if (found === undefined) throw new NotExercised(`nothing has filled the slot ${first}`);
        return found;
      }
      case 'name':
      case 'unique':
        this.#names += 1;
        return nameOf(runId, number, this.#names);
      default:
        throw new Error(`${expression} is not an expression of contracts.`);
    }
  }

  #request(
    operation: Operation,
    { call, caller, raw, content_type = 'application/json' }: Prepared,
  ): { request: PlainRequest; asked: AskedFor } {
    const path: Record<string, string> = {};
    for (const { name } of operation.parameters.filter((parameter) => parameter.in === 'path')) {
      const own = call.path?.[name];
      const slot = this.#parts.contracts.slots[name] ?? name;
      const value = own === undefined ? this.#slotOf(slot) : this.resolve(own);
      if (!isId(value)) throw new Withheld(`${operation.id} is not sent: its ${name} would be ${short(value)}, which is no id`);
      path[name] = value;
    }
    const query = this.resolve(call.query ?? {}) as Record<string, Json>;
    const pairs = Object.entries(query).flatMap(([name, value]) =>
      (Array.isArray(value) ? value : [value]).map((item) => [name, String(item)]),
    );
    const search = pairs.length > 0 ? `?${new URLSearchParams(pairs as [string, string][])}` : '';
    const target =
      operation.template.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(path[name] as string)) + search;
    const requestBody = call.body === undefined ? undefined : this.resolve(call.body);
    const bytes = raw ?? new TextEncoder().encode(requestBody === undefined ? '' : JSON.stringify(requestBody));
    const isTyped = (raw !== undefined || requestBody !== undefined) && content_type !== 'none';
    const headers = {
      accept: 'application/json',
      ...this.#credential(caller),
      ...(isTyped ? { 'content-type': content_type } : {}),
    };
    const defaults = Object.fromEntries(
      operation.parameters.filter((p) => p.default !== undefined).map((p) => [p.name, p.default as Json]),
    );
    // A parameter that is sent twice binds nothing.
    const binding = Object.entries({ ...defaults, ...query }).filter(([, value]) => !Array.isArray(value));
    return {
      request: { method: operation.method, target, headers, body: bytes },
      asked: { path, query: Object.fromEntries(binding), requestBody },
    };
  }

  #slotOf(slot: string): string {
    if (this.slots[slot] !== undefined) return this.slots[slot];
    return slot === 'organization' ? this.#lookUp('$known.organization_id') : this.#lookUp(`$slot.${slot}`);
  }

  #credential(caller: CallerName): Record<string, string> {
    switch (caller) {
      case 'none':
        return {};
      case 'unknown_key':
        return { 'x-api-key': 'ak_understudy_unknown' };
      case 'unknown_token':
        return { authorization: 'Bearer understudy-unknown-token' };
      default: {
        const found = this.#parts.profile.callers[caller];
        if (found?.bearer) return { authorization: `${schemeOf(caller)} ${found.bearer}` };
        if (found?.api_key) return { 'x-api-key': found.api_key };
        throw new NotExercised(`the profile has no callers.${caller}`);
      }
    }
  }
}
