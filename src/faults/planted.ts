// One fault in one world: which requests it is for, how often it was met, and whether it is over.
import type { OperationExchange } from '../engine/exchange.js';
import type { Caller } from '../rules/callers.js';
import { listOf } from '../scenario/fault-check.js';
import type { Fault, FaultCondition, FaultEffect } from '../scenario/faults.js';
import { pathOf } from '../spec/message.js';
import { fits, pathPattern } from '../spec/pattern.js';
import type { World } from '../world/world.js';
import { draw } from './draw.js';

export type Asking = OperationExchange<World, Caller>;

/** A fault as it stands: with its name, and what came of it so far. */
export interface FaultStatus extends Fault {
  readonly name: string;
  /** Requests that it was for, whether or not it was their turn. */
  readonly calls: number;
  /** Requests that it happened to. */
  readonly hits: number;
  /** Whether it is over: after so many hits, or at its time. */
  readonly expired: boolean;
}

export class Planted {
  readonly name: string;
  readonly fault: Fault;
  readonly effect: FaultEffect;
  /** It looks at the answer, so it comes when the request has been carried out. */
  readonly looksAtCase: boolean;
  readonly #seed: number;
  readonly #path: RegExp | undefined;
  #calls = 0;
  #hits = 0;

  constructor(name: string, fault: Fault, seed: number) {
    this.name = name;
    this.fault = fault;
    this.effect = fault.does;
    this.looksAtCase = fault.when?.case !== undefined;
    this.#seed = seed;
    this.#path = fault.when?.path === undefined ? undefined : pathPattern(fault.when.path);
  }

  /** Whether the request is carried out before something else is answered, or nothing. */
  get carriesOut(): boolean {
    return this.looksAtCase || this.effect.carried_out === true;
  }

  /**
   * Whether it happens to this request; `name` is the case that the answer is. Where another one
   * `isAhead`, the request is counted only.
   */
  takes(asking: Asking, name: string | undefined, isAhead: boolean): boolean {
    if (this.isOver(asking.arrival.now) || !this.#concerns(asking, name)) return false;
    this.#calls += 1;
    if (isAhead || !this.#isTurn()) return false;
    this.#hits += 1;
    return true;
  }

  /** Another number for each of the requests that it was for. */
  readonly drawn = (what: string): number => draw(this.#seed, `${this.name}/${what}`, this.#calls);

  status(now: string): FaultStatus {
    const { name, fault } = this;
    return {
      name,
      ...fault,
      calls: this.#calls,
      hits: this.#hits,
      expired: this.isOver(now),
    };
  }

  isOver(now: string): boolean {
    const { after = Number.POSITIVE_INFINITY, at } = this.fault.expires ?? {};
    return this.#hits >= after || (at !== undefined && Date.parse(now) >= Date.parse(at));
  }

  #concerns({ operation, caller, arrival }: Asking, name: string | undefined): boolean {
    const { when = {} } = this.fault;
    const { request, now } = arrival;
    return (
      fitsOne(operation.id, when.operation) &&
      (when.case === undefined || (name !== undefined && fitsOne(name, when.case))) &&
      (when.method === undefined || when.method === methodOf(request.method)) &&
      (this.#path === undefined || this.#path.test(pathOf(request))) &&
      (when.caller === undefined ||
        caller?.user_id === when.caller ||
        isCredential(request.headers, when.caller)) &&
      isWithin(now, when)
    );
  }

  #isTurn(): boolean {
    const { call, every = 1, share = 1 } = this.fault.when ?? {};
    const calls = listOf(call);
    return (
      (calls.length === 0 || calls.includes(this.#calls)) &&
      this.#calls % every === 0 &&
      (share === 1 || this.drawn('share') < share)
    );
  }
}

const fitsOne = (name: string, patterns: FaultCondition['operation']): boolean =>
  patterns === undefined || listOf(patterns).some((pattern) => fits(name, pattern));

/** HEAD is answered like GET. */
const methodOf = (method: string): string => (method === 'HEAD' ? 'GET' : method);

function isCredential(headers: Readonly<Record<string, string>>, caller: string): boolean {
  const bearer = /^Bearer +(\S.*)$/.exec(headers.authorization ?? '')?.[1]?.trim();
  return (bearer ?? headers['x-api-key']) === caller;
}

function isWithin(now: string, { from, until }: FaultCondition): boolean {
  const time = Date.parse(now);
  return (
    (from === undefined || time >= Date.parse(from)) &&
    (until === undefined || time < Date.parse(until))
  );
}
