// Puts the rooms together: a document, a world, the engine, and `fetch`. What reads files or opens
// ports is around it, in server.ts; a browser runs all of this.
import type { ConsoleFile } from '../control/console-page.js';
import type { ShippedScenario, StartSettings } from '../control/control.js';
import type { ProcessUse } from '../control/metrics.js';
import { type ControlPlane, type ControlSpec, createControlPlane } from '../control/plane.js';
import type { Answerer } from '../engine/answerer.js';
import { Engine, type EngineOptions } from '../engine/engine.js';
import type { Interceptor } from '../engine/interceptor.js';
import { createJournal, type JournalEntry } from '../engine/journal.js';
import { withoutOwnHeaders } from '../engine/own-headers.js';
import { JOURNAL_BODY_LIMIT } from '../engine/record.js';
import type { Form } from '../files/form.js';
import { ScenarioError } from '../files/problem.js';
import { freddyApi } from '../freddy/api.js';
import { limitHeaders } from '../freddy/limit-headers.js';
import { KeptRequests } from '../lint/kept.js';
import { RequestTally } from '../metrics/tally.js';
import { pagesOf } from '../pages/pages.js';
import type { Shown } from '../pages/shown.js';
import type { Caller } from '../rules/callers.js';
import { addMessage, type NewMessage } from '../rules/memory.js';
import type { Fault } from '../scenario/faults.js';
import type { ReadScenario } from '../scenario/form.js';
import type { ScenarioSource } from '../scenario/generator.js';
import { buildScenario, type LoadedScenario } from '../scenario/load.js';
import type { Scenario } from '../scenario/scenario.js';
import type { RecordedCase } from '../spec/atlas.js';
import type { Operation, Spec } from '../spec/document.js';
import type { PlainRequest, PlainResponse } from '../spec/message.js';
import type { Validators } from '../validation/validators.js';
import { Why } from '../why/why.js';
import { realClock, virtualClock } from '../world/clock.js';
import { createIdMaker } from '../world/ids.js';
import type { Embedding } from '../world/nouns/embeddings.js';
import type { Message } from '../world/nouns/messages.js';
import { KEEP_DELETED, type World } from '../world/world.js';
import { DEFAULT_WORLD } from '../world/world-names.js';
import type { EmbeddingFilter } from '../worlds/embeddings.js';
import type { Reloaded } from '../worlds/form.js';
import { Worlds } from '../worlds/worlds.js';
import { type Codings, DEFAULT_BODY_LIMIT } from './body.js';
import { type FaultChange, FaultsAndLimits } from './faults-and-limits.js';
import { createFetchHandler, type FetchHandler } from './fetch-shell.js';
import type { MockServerOptions } from './mock-server-options.js';

/** A mock server in this process. */
export interface MockServer {
  /** Answers without a socket. */
  readonly fetch: FetchHandler;
  readonly spec: Spec;
  readonly scenario: Scenario;
  /**
   * The live state of the default world; its tables are read freely and written at your own risk.
   */
  readonly world: World;
  /** Of the default world. */
  readonly journal: readonly JournalEntry[];
  /** All of them, the default one too. */
  readonly worlds: Worlds;
  /**
   * The messages queued for embedding into the spaces of the default world, one per message and
   * space, and how far they are; no operation of the API shows them.
   */
  embeddings(filter?: EmbeddingFilter): Embedding[];
  /**
   * Adds a message to a thread, as a model's answer would; no operation of the API can. Throws on
   * an unknown thread.
   */
  addMessage(message: NewMessage): Message;
}

/** A document of the user's own, served in place of ours. */
export interface OwnDocument {
  readonly text: string;
  /** Has it an operation of ours, so that our world is of use? */
  readonly isOurs: boolean;
  readonly operations: ReadonlyMap<string, Operation<string>>;
  answererFor(options: EngineOptions<World, Caller> & { readonly pages: Pages }): Answerer;
}

type Pages = (request: PlainRequest, world: World) => PlainResponse | undefined;

/** Where the data comes from, and what differs between Node and a browser. */
export interface MockServerParts {
  readonly spec: Spec;
  readonly validators: Validators;
  readonly readScenario: (given: string | ScenarioSource) => ReadScenario;
  /** Told of each world that others start from. */
  readonly onLoad?: (world: World) => void;
  readonly faultsForm: Form;
  readonly codings: Codings;
  readonly toYaml?: Shown['toYaml'];
  readonly interceptors?: readonly Interceptor<World, Caller>[];
  readonly document?: OwnDocument | undefined;
  /** The document of the control plane, and the scenarios that it offers. */
  readonly control: () => ControlSpec;
  readonly scenarios: () => readonly ShippedScenario[];
  /** The calls that lead to each case; a bundle does without. */
  readonly recordedCases?: () => readonly RecordedCase[];
  /** What the process takes, where there is one. */
  readonly processUse?: () => ProcessUse;
  /** A file of the console by its name, where there is one. */
  readonly consoleFile?: (name: string) => ConsoleFile | undefined;
}

/** Exchanges that the journal of a world with a name keeps; there may be hundreds of worlds. */
const NAMED_CAPACITY = 200;

/** What was read from files, read again while requests come. */
export interface Reloading {
  /** Throws a ScenarioError; what it gives puts the scenario in place. */
  scenario(name: string): () => Reloaded;
  /** Throws a FileError of `faults`. */
  faults(faults: readonly Fault[]): () => FaultChange;
  document(document: OwnDocument): () => void;
}

interface MockServerInside {
  readonly reloading: Reloading;
  readonly answerer: Answerer;
  readonly control: ControlPlane | undefined;
  /** Resolves when all that the scenario asks for is loaded. */
  readonly loaded: () => Promise<void> | undefined;
}

/**
 * Throws a ScenarioError that lists every problem of the scenario. `answerer` is what `fetch` asks.
 */
export function createMockServer(
  options: MockServerOptions,
  parts: MockServerParts,
): MockServer & MockServerInside {
  const { scenario: given = 'default', seed = 1, clock = 'virtual', onExchange } = options;
  const { spec } = parts;
  let { document } = parts;
  const interceptors = [...(parts.interceptors ?? [])];
  const served = { operations: document?.operations ?? spec.operations };
  const faultsAndLimits = new FaultsAndLimits({
    served,
    form: parts.faultsForm,
    seed,
    interceptors,
    everywhere: options.faults,
    limits: options.rateLimit === undefined ? undefined : { rate: options.rateLimit },
    limitHeaders,
  });
  const load = (scenario: string | ScenarioSource): LoadedScenario => {
    const read = parts.readScenario(scenario);
    const loaded = buildScenario(read, {
      clock: clock === 'real' ? realClock : virtualClock,
      ids: createIdMaker(seed),
      backfill: options.backfill,
      ...(options.keepDeleted === undefined ? {} : { keepDeleted: options.keepDeleted }),
    });
    const { faults = [], limits } = loaded.scenario;
    if (faults.length === 0 && limits === undefined) return loaded;
    // Before the first request to a world that it makes.
    void faultsAndLimits.load();
    const problems = faultsAndLimits.problemsOf({ faults }, loaded.world);
    if (problems.length > 0)
      throw new ScenarioError(
        problems.map(({ pointer, what, fix }) => read.at(pointer, what, fix)),
      );
    return loaded;
  };
  const { keepRequests = 0 } = options;
  const kept = keepRequests > 0 ? new KeptRequests(keepRequests) : undefined;
  const tally = options.admin === false ? undefined : new RequestTally();
  const worlds = new Worlds({
    scenario: given,
    load: (scenario) => {
      const loaded = load(scenario);
      parts.onLoad?.(loaded.world);
      return loaded;
    },
    rules: Object.entries(options.worldScenarios ?? {}).map(([name, scenario]) => ({
      worlds: name,
      scenario,
    })),
    createJournal: (name, onWritten) =>
      createJournal({
        bodyLimit: options.journalBodyLimit,
        onWrite: (entry) => {
          onWritten(entry.number);
          tally?.count(entry);
          kept?.keep(name, entry);
          onExchange?.(entry);
        },
        ...(name === DEFAULT_WORLD ? {} : { capacity: NAMED_CAPACITY }),
      }),
    strict: options.strictWorlds,
    max: options.maxWorlds,
    onWorld: options.onWorld,
    companion: faultsAndLimits,
  });
  faultsAndLimits.checkEverywhere(worlds.get(DEFAULT_WORLD));
  const world = worlds.get(DEFAULT_WORLD);
  const shown = (): string => document?.text ?? spec.text;
  const api = freddyApi(spec, parts.validators);
  const common = {
    api,
    seed,
    selfCheck: options.selfCheck ?? 'strict',
    bodyLimit: options.bodyLimit ?? DEFAULT_BODY_LIMIT,
    interceptors,
  };
  const engineFor = (own: OwnDocument | undefined): Answerer => {
    const engineOptions = {
      ...common,
      worlds: own && !own.isOurs ? worlds.resolveDefault : worlds.resolve,
      pages: pagesOf({
        document: shown,
        servesWorlds: own === undefined || own.isOurs,
        toYaml: parts.toYaml,
        hasConsole: parts.consoleFile !== undefined && options.admin !== false,
      }),
    };
    return own ? own.answererFor(engineOptions) : new Engine(engineOptions);
  };
  let current = engineFor(document);
  // Only a document of the user's own may become another one.
  const engine: Answerer = document
    ? {
        bodyLimit: current.bodyLimit,
        answer: (request) => current.answer(request),
        answerUnreadable: (name, about) => current.answerUnreadable(name, about),
      }
    : current;
  const withFaults = faultsAndLimits.before(engine);
  const product = options.ownHeaders === false ? withoutOwnHeaders(withFaults) : withFaults;
  const control =
    tally === undefined
      ? undefined
      : createControlPlane({
          tally,
          processUse: parts.processUse,
          worlds,
          kept,
          why: new Why(api, worlds),
          load,
          scenarios: parts.scenarios,
          recordedCases: parts.recordedCases,
          document: parts.control,
          product: spec,
          served,
          faults: faultsAndLimits,
          shown,
          bodyLimit: common.bodyLimit,
          settings: settingsOf(options, { ...common, clock }),
          consoleFile: parts.consoleFile,
          token: options.adminToken,
          allowedHosts: options.allowedHosts,
        });
  const answerer = control?.beside(product) ?? product;
  return {
    answerer,
    control,
    loaded: () => faultsAndLimits.loading,
    reloading: {
      scenario: (name) => worlds.reloading(name),
      faults: (faults) =>
        faultsAndLimits.replacing(faults, () => worlds.list().map(({ name }) => worlds.get(name))),
      document: (own) => {
        const next = engineFor(own);
        return () => {
          document = own;
          current = next;
        };
      },
    },
    fetch: createFetchHandler(answerer, parts.codings),
    spec,
    scenario: worlds.scenario(DEFAULT_WORLD),
    world,
    journal: worlds.journal(DEFAULT_WORLD),
    worlds,
    embeddings: (filter) => worlds.embeddings(DEFAULT_WORLD).list(filter),
    addMessage: (message) => world.atomically(() => addMessage(world, message)),
  };
}

/** As the control plane shows them. */
function settingsOf(
  options: MockServerOptions,
  {
    seed,
    clock,
    selfCheck,
    bodyLimit,
  }: Required<Pick<MockServerOptions, 'seed' | 'clock' | 'selfCheck' | 'bodyLimit'>>,
): StartSettings {
  const nameOf = (scenario: string | Pick<Scenario, 'scenario'>): string =>
    typeof scenario === 'string' ? scenario : scenario.scenario;
  return {
    scenario: nameOf(options.scenario ?? 'default'),
    world_scenarios: Object.entries(options.worldScenarios ?? {}).map(([worlds, scenario]) => ({
      worlds,
      scenario: nameOf(scenario),
    })),
    seed,
    clock,
    backfill: options.backfill ?? null,
    self_check: selfCheck,
    keep_deleted: options.keepDeleted ?? KEEP_DELETED,
    body_limit: bodyLimit,
    journal_body_limit: options.journalBodyLimit ?? JOURNAL_BODY_LIMIT,
    allowed_hosts: options.allowedHosts ?? [],
  };
}
