// Rate limits: a bucket of tokens for each key of a world, filled by the world's clock. An
// interceptor of the engine.
import type { Rate } from '../client/rate.js';
import type { Delivery } from '../engine/delivery.js';
import type { Exchange } from '../engine/exchange.js';
import type { Instead, Interceptor } from '../engine/interceptor.js';
import type { Caller } from '../rules/callers.js';
import type { RateLimitSettings } from '../scenario/faults.js';
import type { World } from '../world/world.js';
import type { Asking } from './planted.js';

/** Where a key stands. */
export interface Standing {
  readonly limit: number;
  readonly remaining: number;
  /** Until the next request is taken, or until all of them are there again. */
  readonly seconds: number;
}

/** What the service says of it in headers. */
export type LimitHeaders = (standing: Standing, now: string) => Readonly<Record<string, string>>;

interface Bucket {
  /** In parts of a token, of which there are as many as the rate has milliseconds: whole numbers. */
  readonly parts: number;
  /** Milliseconds of the world's clock. */
  readonly at: number;
}

export class WorldLimits {
  readonly settings: RateLimitSettings;
  readonly capacity: number;
  #refused = 0;
  readonly #rate: Rate;
  readonly #buckets = new Map<string, Bucket>();

  constructor(settings: RateLimitSettings, rate: Rate) {
    this.settings = settings;
    this.capacity = settings.burst ?? rate.requests;
    this.#rate = rate;
  }

  status() {
    return { ...this.settings, keys: this.#buckets.size, refused: this.#refused };
  }

  /** Takes a token; or the seconds until there is one. */
  take(key: string, now: number): number | undefined {
    const { milliseconds: token } = this.#rate;
    const { parts } = this.#filled(key, now);
    if (parts >= token) {
      this.#buckets.set(key, { parts: parts - token, at: now });
      return undefined;
    }
    this.#refused += 1;
    return this.#secondsUntil(token - parts);
  }

  standing(key: string, now: number): Standing {
    const { parts } = this.#filled(key, now);
    return {
      limit: this.capacity,
      remaining: Math.floor(parts / this.#rate.milliseconds),
      seconds: this.#secondsUntil(this.#full - parts),
    };
  }

  get #full(): number {
    return this.capacity * this.#rate.milliseconds;
  }

  #secondsUntil(missing: number): number {
    return secondsOf(missing / this.#rate.requests);
  }

  /** A clock that was put back has never seen the bucket. */
  #filled(key: string, now: number): Bucket {
    const full = { parts: this.#full, at: now };
    const { parts, at } = this.#buckets.get(key) ?? full;
    if (now < at) return full;
    return { parts: Math.min(full.parts, parts + (now - at) * this.#rate.requests), at: now };
  }
}

/** Whole seconds, as headers have them; less than one is one. */
const secondsOf = (milliseconds: number): number => Math.max(1, Math.ceil(milliseconds / 1000));

export class LimitBook implements Interceptor<World, Caller> {
  readonly kind = 'limit';
  readonly name = 'rate';
  readonly #headers: LimitHeaders;
  /** By world, so that they go when it goes. */
  readonly #worlds = new WeakMap<World, WorldLimits>();

  constructor(headers: LimitHeaders) {
    this.#headers = headers;
  }

  of(world: World): WorldLimits | undefined {
    return this.#worlds.get(world);
  }

  set(world: World, limits: WorldLimits | undefined): void {
    if (limits) this.#worlds.set(world, limits);
    else this.#worlds.delete(world);
  }

  admit({ arrival, operation }: Asking): Instead | undefined {
    const { world, request, now } = arrival;
    const limits = this.of(world.state);
    const seconds = limits?.take(keyOf(request.headers), Date.parse(now));
    if (seconds === undefined) return undefined;
    const documented = [...operation.cases.values()].find(isRateLimit);
    return documented
      ? { kind: 'refusal', case: documented.name, details: { retry_after: seconds } }
      : { kind: 'invented', status: 429, headers: { 'retry-after': String(seconds) } };
  }

  deliver(honest: Delivery, { arrival, operation, caller }: Exchange<World, Caller>): Delivery {
    const { world, request, now } = arrival;
    const limits = this.of(world.state);
    const { response } = honest;
    if (!limits || !operation || !caller) return honest;
    const standing = limits.standing(keyOf(request.headers), Date.parse(now));
    // A 429 says of itself how long to wait.
    const wait = Number(response.headers['retry-after'] ?? standing.seconds);
    const reached = { ...standing, remaining: 0, seconds: wait };
    const told = this.#headers(response.status === 429 ? reached : standing, now);
    return { ...honest, response: { ...response, headers: { ...response.headers, ...told } } };
  }

  /** Headers that are right are nobody's hand in an answer. */
  handsIn(): readonly [] {
    return [];
  }
}

const isRateLimit = ({ reached_by }: { readonly reached_by: string }): boolean =>
  reached_by === 'rate_limit';

const keyOf = (headers: Readonly<Record<string, string>>): string =>
  headers.authorization ?? headers['x-api-key'] ?? '';
