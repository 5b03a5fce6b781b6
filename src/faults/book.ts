// The faults of all worlds, and what they do to a request: an interceptor of the engine.
import type { Hand, Outcome } from '../decide/rule.js';
import type { Delivery, DeliveryEnd } from '../engine/delivery.js';
import type { Arrival } from '../engine/exchange.js';
import type { Instead, Interceptor } from '../engine/interceptor.js';
import type { Caller } from '../rules/callers.js';
import type { Fault, FaultEffect } from '../scenario/faults.js';
import type { Case } from '../spec/case.js';
import type { Operation } from '../spec/document.js';
import type { World } from '../world/world.js';
import { latencyOf } from './draw.js';
import { type Asking, type FaultStatus, Planted } from './planted.js';

/** What happens to one request. */
interface Met {
  readonly faults: Planted[];
  /** The one that answers in place of the service, or loses the answer. */
  deciding?: Planted;
}

/** The faults of one world, in the order in which they are asked. */
export class WorldFaults {
  readonly #seed: number;
  #planted: readonly Planted[] = [];

  constructor(seed: number) {
    this.#seed = seed;
  }

  get planted(): readonly Planted[] {
    return this.#planted;
  }

  list(now: string): readonly FaultStatus[] {
    return this.#planted.map((one) => one.status(now));
  }

  /** All of these in place of all that there were. */
  replace(faults: readonly Fault[]): void {
    this.#planted = [];
    for (const fault of faults) this.put(fault);
  }

  /** Others in place of those of every world; whatever stays is counted on. */
  exchange(before: readonly Fault[], after: readonly Fault[]): void {
    const all = this.#planted;
    const own = all.filter(({ fault }) => !before.includes(fault));
    this.#planted = own;
    for (const fault of after) {
      const known = all.find((one) => one.fault === fault);
      const planted = known ?? new Planted(fault.name ?? this.#freeName(), fault, this.#seed);
      const isTaken = own.some(({ name }) => name === planted.name);
      if (!isTaken) this.#planted = [...this.#planted, planted];
    }
    this.#planted = [...this.#planted.slice(own.length), ...own];
  }

  /** One of the same name is replaced, and counted anew. */
  put(fault: Fault): string {
    const name = fault.name ?? this.#freeName();
    const planted = new Planted(name, fault, this.#seed);
    const known = this.#planted.some((one) => one.name === name);
    this.#planted = known
      ? this.#planted.map((one) => (one.name === name ? planted : one))
      : [...this.#planted, planted];
    return name;
  }

  remove(name: string): void {
    this.#planted = this.#planted.filter((one) => one.name !== name);
  }

  #freeName(): string {
    let number = this.#planted.length + 1;
    while (this.#planted.some(({ name }) => name === `fault-${number}`)) number += 1;
    return `fault-${number}`;
  }
}

export class FaultBook implements Interceptor<World, Caller> {
  readonly kind = 'fault';
  readonly name = 'fault';
  readonly #seed: number;
  /** By world, so that they go when it goes. */
  readonly #worlds = new WeakMap<World, WorldFaults>();
  readonly #met = new WeakMap<Arrival<World>, Met>();

  constructor(seed: number) {
    this.#seed = seed;
  }

  of(world: World): WorldFaults {
    let faults = this.#worlds.get(world);
    if (!faults) {
      faults = new WorldFaults(this.#seed);
      this.#worlds.set(world, faults);
    }
    return faults;
  }

  credential(_refusal: string, asking: Asking): Instead | undefined {
    return this.admit(asking);
  }

  admit(asking: Asking): Instead | undefined {
    const deciding = this.#meet(asking, undefined);
    return deciding && !deciding.carriesOut ? insteadOf(deciding, asking.operation) : undefined;
  }

  replace(asking: Asking, documented: Case | undefined): Instead | undefined {
    const deciding = this.#meet(asking, documented?.name ?? '');
    return deciding?.carriesOut ? insteadOf(deciding, asking.operation) : undefined;
  }

  handsIn({ arrival }: { readonly arrival: Arrival<World> }): readonly Hand[] {
    const faults = this.#met.get(arrival)?.faults ?? [];
    return faults.map(({ name }) => ({ kind: 'fault', name }));
  }

  deliver(honest: Delivery, { arrival }: { readonly arrival: Arrival<World> }): Delivery {
    const met = this.#met.get(arrival);
    if (!met || met.faults.length === 0) return honest;
    return met.faults.reduce(delivered, honest);
  }

  /** Asks the faults of the world, and gives the one that decides. */
  #meet(asking: Asking, name: string | undefined): Planted | undefined {
    const { arrival, operation } = asking;
    const met = this.#met.get(arrival) ?? { faults: [] };
    this.#met.set(arrival, met);
    for (const one of this.of(arrival.world.state).planted) {
      if (one.looksAtCase !== (name !== undefined)) continue;
      const decides = isDeciding(one.effect);
      if (!canForce(one.effect, operation)) continue;
      if (!one.takes(asking, name, decides && met.deciding !== undefined)) continue;
      met.faults.push(one);
      if (decides) met.deciding = one;
    }
    return met.deciding;
  }
}

const isDeciding = ({ case: name, status, end }: FaultEffect): boolean =>
  name !== undefined || status !== undefined || end !== undefined;

const canForce = ({ case: name }: FaultEffect, operation: Operation<string>): boolean =>
  name === undefined || operation.cases.has(name);

/** The gateway's answer stands for a request that was lost: nobody sees it, but the journal. */
const LOST = 503;

/** What is answered in place of the service; undefined where only the answer is lost. */
function insteadOf(
  { name: fault, effect, carriesOut }: Planted,
  { cases }: Operation<string>,
): Instead | undefined {
  const { status, retry_after } = effect;
  const hand: Hand = { kind: 'fault', name: fault };
  const documented =
    effect.case === undefined
      ? [...cases.values()].find((one) => one.status === status)
      : cases.get(effect.case);
  if (documented && effect.body === undefined) return { ...refused(documented, retry_after), hand };
  if (status === undefined && carriesOut) return undefined;
  return {
    kind: 'invented',
    status: status ?? LOST,
    headers: retry_after === undefined ? {} : { 'retry-after': String(retry_after) },
    body: effect.body,
    hand,
  };
}

const refused = ({ name }: Case, retry_after: number | undefined): Outcome => ({
  kind: 'refusal',
  case: name,
  ...(retry_after === undefined ? {} : { details: { retry_after } }),
});

function delivered(delivery: Delivery, one: Planted): Delivery {
  const { latency, content_type } = one.effect;
  const { response, delayMs = 0 } = delivery;
  const earlier = response.headers['x-understudy-fault'];
  const headers = {
    ...response.headers,
    'x-understudy-fault': earlier === undefined ? one.name : `${earlier}, ${one.name}`,
    ...(content_type === undefined ? {} : { 'content-type': content_type }),
  };
  const end = delivery.end ?? endOf(one.effect);
  const waits = delayMs + (latency ? latencyOf(latency, one.drawn) : 0);
  return {
    response: { ...response, headers },
    ...(waits === 0 ? {} : { delayMs: waits }),
    ...(end === undefined ? {} : { end }),
  };
}

function endOf({ end, cut_after, drip }: FaultEffect): DeliveryEnd | undefined {
  if (end !== undefined) return end;
  if (cut_after !== undefined) return { cutAt: cut_after };
  return drip && { drip: drip.bytes, everyMs: drip.every_ms };
}
