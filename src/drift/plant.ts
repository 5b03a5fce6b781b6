// A drift as an interceptor: what it does to a mock server, at the points where the engine can be
// wrapped.
import { type Decision, decidedWithoutRule, type Outcome } from '../decide/rule.js';
import type { Delivery } from '../engine/delivery.js';
import type { Exchange } from '../engine/exchange.js';
import type { Interceptor } from '../engine/interceptor.js';
import type { Caller } from '../rules/callers.js';
import type { Call } from '../rules/rule.js';
import { shippedValidators } from '../shipped/validators.js';
import type { Case } from '../spec/case.js';
import type { Operation, Spec } from '../spec/document.js';
import type { PlainResponse } from '../spec/message.js';
import { checkRequest } from '../validation/check-request.js';
import type { World } from '../world/world.js';
import { driftNamed } from './drifts.js';
import { type Drift, invented, type Wrapper } from './form.js';

export interface Planted {
  readonly drift: Drift;
  readonly interceptor: Interceptor<World, Caller>;
}

/** Plants a drift by its name. Throws an UnknownDrift that says which name is near. */
export function plant(spec: Spec, name: string): Planted {
  const drift = driftNamed(spec, name);
  return { drift, interceptor: interceptorOf(spec, drift, drift.plant()) };
}

/**
 * What the wrapper does not mention stays as it is, and so does every operation that the drift is
 * not about.
 */
function interceptorOf(spec: Spec, drift: Drift, wrapper: Wrapper): Interceptor<World, Caller> {
  const hand = { kind: 'drift', name: drift.name } as const;
  const concerns = (operation: Operation<string>): operation is Operation =>
    drift.operations.some((id) => id === operation.id);
  /**
   * Only answers of an operation itself are rewritten, and refusals of a method that a path does
   * not have.
   */
  const rewritten = (
    response: Delivery['response'],
    { operation, path, input, caller }: Exchange<World, Caller>,
    documented: Case | undefined,
  ): Delivery['response'] => {
    if (!documented || !isText(response)) return response;
    if (documented.name === 'method_not_allowed')
      return wrapper.refuseMethod?.(response) ?? response;
    if (
      !wrapper.rewrite ||
      !operation ||
      !concerns(operation) ||
      !operation.cases.has(documented.name)
    )
      return response;
    const request = { path, query: input.query, requestBody: input.body };
    return wrapper.rewrite({
      spec,
      operation,
      documented,
      request,
      userId: caller?.user_id,
      response,
    });
  };
  return {
    ...hand,
    credential: (refusal, { operation, path, arrival }) => {
      if (!concerns(operation) || !wrapper.forgets?.(refusal)) return undefined;
      const { query, body } = checkRequest(operation, shippedValidators, arrival.request);
      return invented(operation, { path, query, requestBody: body });
    },
    request: (refusal, { operation }) => concerns(operation) && wrapper.forgets?.(refusal) === true,
    decide: (next, call, { operation }) => {
      if (!wrapper.decide || !concerns(operation)) return next(call);
      let last: Decision | undefined;
      const ask = (given: Call, options?: { readonly without?: string }): Outcome => {
        last = next(given, options);
        return last.outcome;
      };
      const outcome = wrapper.decide(ask, call as unknown as Call, operation.id);
      return outcome === last?.outcome ? { ...last, by: hand } : decidedWithoutRule(outcome, hand);
    },
    deliver: (honest, exchange, documented) => {
      const response = rewritten(honest.response, exchange, documented);
      const delayMs = wrapper.delay?.() ?? 0;
      if (response === honest.response && delayMs === 0) return honest;
      return { ...honest, response, ...(delayMs === 0 ? {} : { delayMs }) };
    },
  };
}

const isText = (response: Delivery['response']): response is PlainResponse =>
  response.body === undefined || typeof response.body === 'string';
