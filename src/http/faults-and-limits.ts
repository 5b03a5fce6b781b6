// The faults of a mock server, loaded with the first of them: without one, a request costs nothing
// more.

import { type Rate, readRateLimit } from '../client/rate.js';
import type { FaultDesk } from '../control/control.js';
import type { Answerer } from '../engine/answerer.js';
import type { Interceptor } from '../engine/interceptor.js';
import type { FaultBook } from '../faults/book.js';
import type { LimitBook, LimitHeaders, WorldLimits } from '../faults/limits.js';
import type { Form } from '../files/form.js';
import { FileError } from '../files/problem.js';
import type { Caller } from '../rules/callers.js';
import { checkFaults } from '../scenario/fault-check.js';
import type { Fault, RateLimitSettings } from '../scenario/faults.js';
import type { Scenario } from '../scenario/scenario.js';
import type { Spec } from '../spec/document.js';
import { same } from '../spec/json.js';
import type { Json } from '../spec/message.js';
import type { World } from '../world/world.js';
import type { Companion } from '../worlds/form.js';

export interface FaultsAndLimitsParts {
  /** What is answered, and can go wrong. */
  readonly served: Pick<Spec<string>, 'operations'>;
  readonly form: Form;
  readonly seed: number;
  /** Those of the engine, which asks what is added to them. */
  readonly interceptors: Interceptor<World, Caller>[];
  /** Of every world, before those of its scenario. */
  readonly everywhere?: readonly Fault[] | undefined;
  /** Of every world whose scenario has none of its own. */
  readonly limits?: RateLimitSettings | undefined;
  readonly limitHeaders: LimitHeaders;
}

/** What is wrong with faults, and where. */
export interface FaultProblem {
  readonly pointer: string;
  readonly what: string;
  readonly fix: string;
}

/** Faults of every world that are new, or gone with their counts; a changed one is both. */
export interface FaultChange {
  readonly added: readonly string[];
  readonly gone: readonly string[];
}

const json = (fault: Fault): Json => fault as unknown as Json;

export class FaultsAndLimits implements FaultDesk, Companion {
  readonly #parts: FaultsAndLimitsParts;
  #book: FaultBook | undefined;
  #limits: LimitBook | undefined;
  #makeLimits: ((settings: RateLimitSettings) => WorldLimits) | undefined;
  /** Until it is loaded, requests wait. */
  #loading: Promise<void> | undefined;
  #everywhere: readonly Fault[];
  /** Worlds that have started before it was loaded. */
  #waiting: (() => void)[] = [];
  /** What they have until then. */
  readonly #given = new WeakMap<World, Pick<Scenario, 'faults' | 'limits'>>();

  constructor(parts: FaultsAndLimitsParts) {
    this.#parts = parts;
    this.#everywhere = parts.everywhere ?? [];
  }

  /** Of this document, in this world. */
  problemsOf(given: unknown, world: World): readonly FaultProblem[] {
    const problems: FaultProblem[] = [];
    const { served, form } = this.#parts;
    checkFaults(given, form, { spec: served, world }, (pointer, what, fix) =>
      problems.push({ pointer, what, fix }),
    );
    return problems;
  }

  /** Throws a FileError with all that is wrong with the faults of every world. */
  checkEverywhere(world: World, everywhere = this.#everywhere): void {
    const problems = everywhere.length > 0 ? this.problemsOf({ faults: everywhere }, world) : [];
    if (problems.length > 0)
      throw new FileError(
        problems.map((problem) => ({ file: 'faults', line: 1, column: 1, ...problem })),
      );
  }

  /**
   * Others for every world. A fault that stays as it was is counted on. Throws as
   * `checkEverywhere`; what it gives puts them in place.
   */
  replacing(given: readonly Fault[], worlds: () => readonly World[]): () => FaultChange {
    const [world] = worlds();
    if (world) this.checkEverywhere(world, given);
    return () => {
      const before = this.#everywhere;
      const after = given.map(
        (fault) => before.find((one) => same(json(one), json(fault))) ?? fault,
      );
      this.#everywhere = after;
      this.#when(() => {
        for (const one of worlds()) this.book.of(one).exchange(before, after);
      });
      const missing = (from: readonly Fault[], to: readonly Fault[]) =>
        from.filter((fault) => !to.includes(fault)).map(({ name }) => name ?? 'one without a name');
      return { added: missing(after, before), gone: missing(before, after) };
    };
  }

  get book(): FaultBook {
    if (!this.#book) throw new Error('The faults are not loaded yet.');
    return this.#book;
  }

  /** The rate limits of a world. */
  limitsOf(world: World): WorldLimits | undefined {
    return this.#limits?.of(world);
  }

  /** From now on, with full buckets; undefined takes them off. */
  setLimits(world: World, settings: RateLimitSettings | undefined): void {
    this.#limits?.set(world, settings && this.#makeLimits?.(settings));
  }

  /** Undefined where nobody has asked for any. */
  get loading(): Promise<void> | undefined {
    return this.#loading;
  }

  load(): Promise<void> {
    this.#loading ??= this.#load();
    return this.#loading;
  }

  started(world: World, { faults = [], limits = this.#parts.limits }: Scenario): void {
    const all = [...this.#everywhere, ...faults];
    if (all.length === 0 && limits === undefined && !this.#loading) return;
    this.#given.set(world, { faults: all, ...(limits ? { limits } : {}) });
    this.#when(() => {
      this.book.of(world).replace(all);
      this.setLimits(world, limits);
    });
  }

  forked(from: World, to: World): void {
    if (!this.#loading) return;
    this.#given.set(to, this.#of(from));
    this.#when(() => {
      const { faults = [], limits } = this.#of(from);
      this.book.of(to).replace(faults);
      this.setLimits(to, limits);
    });
  }

  /** Those of every world come by themselves. */
  written(world: World): Pick<Scenario, 'faults' | 'limits'> {
    const { faults: all = [], limits } = this.#of(world);
    const faults = all.filter((fault) => !this.#everywhere.includes(fault));
    return {
      ...(faults.length > 0 ? { faults } : {}),
      ...(limits && limits !== this.#parts.limits ? { limits } : {}),
    };
  }

  /** As it is, or will be once all is loaded. */
  #of(world: World): Pick<Scenario, 'faults' | 'limits'> {
    if (!this.#book) return this.#given.get(world) ?? {};
    const limits = this.limitsOf(world)?.settings;
    const faults = this.#book
      .of(world)
      .planted.map(({ name, fault }) =>
        this.#everywhere.includes(fault) ? fault : { ...fault, name },
      );
    return { faults, ...(limits ? { limits } : {}) };
  }

  /** Requests are answered once the faults of their worlds are there. */
  before(answerer: Answerer): Answerer {
    return {
      bodyLimit: answerer.bodyLimit,
      answer: (request) =>
        this.#loading && !this.#book
          ? this.#loading.then(() => answerer.answer(request))
          : answerer.answer(request),
      answerUnreadable: (name, about) => answerer.answerUnreadable(name, about),
    };
  }

  async #load(): Promise<void> {
    const { FaultBook } = await import('../faults/book.js');
    const { LimitBook, WorldLimits } = await import('../faults/limits.js');
    const { seed, limitHeaders, interceptors } = this.#parts;
    this.#book = new FaultBook(seed);
    this.#limits = new LimitBook(limitHeaders);
    this.#makeLimits = (settings) =>
      new WorldLimits(settings, readRateLimit(settings.rate) as Rate);
    // A fault comes after a limit: a request that is refused never gets so far.
    interceptors.push(this.#limits, this.#book);
    for (const act of this.#waiting.splice(0)) act();
  }

  #when(act: () => void): void {
    if (this.#book) {
      act();
      return;
    }
    this.#waiting.push(act);
    void this.load();
  }
}
