// Interceptors wrap the engine at named points: planted drift, faults and limits. They compose in a
// list, from the inside out: the first one is next to the rule, and sees an answer before the
// others do.
import {
  type Call,
  type Decision,
  decide,
  decidedWithoutRule,
  type Hand,
  type Outcome,
  type Rule,
} from '../decide/rule.js';
import type { Case } from '../spec/case.js';
import type { Delivery } from './delivery.js';
import type { Exchange, OperationExchange } from './exchange.js';

/**
 * The rule's own decision, or that of the interceptor next to it. One guard may be left out on
 * purpose.
 */
export type Decide<World, Who> = (
  call: Call<World, Who>,
  options?: { readonly without?: string },
) => Decision;

/**
 * An error that no document has, for whoever wants to see what a client does about one. It says so
 * in a header, and no answer of ours that is wrong can be taken for it.
 */
export interface Invented {
  readonly kind: 'invented';
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** As it is, in place of the document's envelope. */
  readonly body?: string | undefined;
}

/** What is answered in place of what would have been, and by whom where not by the interceptor. */
export type Instead = (Outcome | Invented) & { readonly hand?: Hand };

/** What stands in the way, with whoever put it there. */
export type Interception = Decision | (Invented & { readonly by: Hand });

export interface Interceptor<World, Who> extends Hand {
  /**
   * The credential was refused with a case: what to answer instead, or undefined to let the refusal
   * stand.
   */
  credential?(refusal: string, exchange: OperationExchange<World, Who>): Instead | undefined;
  /**
   * The caller is known: a limit that is reached, or a fault, answers in place of all that follows.
   */
  admit?(exchange: OperationExchange<World, Who>): Instead | undefined;
  /** The request breaks the document, and is to be refused with a case: true lets it pass. */
  request?(refusal: string, exchange: OperationExchange<World, Who>): boolean;
  /**
   * Decides, by `next` or otherwise. What it decides otherwise says so in `by`, and is not checked
   * against the document.
   */
  decide?(
    next: Decide<World, Who>,
    call: Call<World, Who>,
    exchange: OperationExchange<World, Who>,
  ): Decision;
  /**
   * The answer is known, and what was asked for is done: another answer in place of that one, which
   * `documented` names.
   */
  replace?(
    exchange: OperationExchange<World, Who>,
    documented: Case | undefined,
  ): Instead | undefined;
  /**
   * Sends something else than the honest answer, or that one untouched. `documented` is absent for
   * what is no case.
   */
  deliver?(
    honest: Delivery,
    exchange: Exchange<World, Who>,
    documented: Case | undefined,
  ): Delivery;
  /** Whoever had a hand in a delivery, where the interceptor stands for several. */
  handsIn?(exchange: Exchange<World, Who>): readonly Hand[];
}

/** The list as one, for the engine. Nobody copies it: what is added to it later is asked too. */
export class Interceptors<World, Who> {
  readonly #list: readonly Interceptor<World, Who>[];

  constructor(list: readonly Interceptor<World, Who>[]) {
    this.#list = list;
  }

  credential(refusal: string, exchange: OperationExchange<World, Who>): Interception | undefined {
    return this.#first((one) => one.credential?.(refusal, exchange));
  }

  admit(exchange: OperationExchange<World, Who>): Interception | undefined {
    return this.#first((one) => one.admit?.(exchange));
  }

  replace(
    exchange: OperationExchange<World, Who>,
    documented: Case | undefined,
  ): Interception | undefined {
    return this.#first((one) => one.replace?.(exchange, documented));
  }

  /** Whether a refusal of the request stands. */
  stands(refusal: string, exchange: OperationExchange<World, Who>): boolean {
    return !this.#list.some((one) => one.request?.(refusal, exchange));
  }

  decide(
    rule: Rule<World, Who>,
    call: Call<World, Who>,
    exchange: OperationExchange<World, Who>,
  ): Decision {
    let chain: Decide<World, Who> = (given, options) => decide(rule, given, options);
    for (const one of this.#list) if (one.decide) chain = around(chain, one, exchange);
    return chain(call);
  }

  /** What leaves, and whoever changed it. */
  deliver(
    honest: Delivery,
    exchange: Exchange<World, Who>,
    documented: Case | undefined,
  ): { readonly delivery: Delivery; readonly hands: readonly Hand[] } {
    let delivery = honest;
    const hands: Hand[] = [];
    for (const one of this.#list) {
      const sent = one.deliver?.(delivery, exchange, documented) ?? delivery;
      if (sent !== delivery) hands.push(...(one.handsIn?.(exchange) ?? [one]));
      delivery = sent;
    }
    return { delivery, hands };
  }

  #first(ask: (one: Interceptor<World, Who>) => Instead | undefined): Interception | undefined {
    for (const one of this.#list) {
      const instead = ask(one);
      if (!instead) continue;
      const { hand: by = one, ...answer } = instead;
      return answer.kind === 'invented' ? { ...answer, by } : decidedWithoutRule(answer, by);
    }
    return undefined;
  }
}

function around<World, Who>(
  next: Decide<World, Who>,
  one: Interceptor<World, Who>,
  exchange: OperationExchange<World, Who>,
): Decide<World, Who> {
  return (call, options) =>
    one.decide?.((given, own = options) => next(given, own), call, exchange) ?? next(call, options);
}
