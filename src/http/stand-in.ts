// Puts the rooms together: a document, a world, the engine, and three ways in.
import type { Express } from 'express';
import type { Answerer } from '../engine/answerer.js';
import type { SelfCheck } from '../engine/answers.js';
import { Engine, type EngineOptions } from '../engine/engine.js';
import { onlyWorld } from '../engine/exchange.js';
import type { Interceptor } from '../engine/interceptor.js';
import { createJournal, type JournalEntry } from '../engine/journal.js';
import { freddyApi } from '../freddy/api.js';
import { pagesOf } from '../pages/pages.js';
import type { Caller } from '../rules/callers.js';
import { addMessage, type NewMessage } from '../rules/memory.js';
import { loadScenario } from '../scenario/load.js';
import type { Scenario } from '../scenario/scenario.js';
import { loadSpec, type Spec } from '../spec/document.js';
import { aFunction, aText, aTextOrObject, checkOptions, type OptionRule, oneOf, wholeNumber } from '../spec/options.js';
import { aroundEngine, type UserDocumentOptions, withoutEngine } from '../user-document/answerers.js';
import { type DocumentSummary, loadOtherDocument, type OtherDocument } from '../user-document/user-document.js';
import { type ClockKind, realClock, virtualClock } from '../world/clock.js';
import { createIdMaker } from '../world/ids.js';
import type { Embedding } from '../world/nouns/embeddings.js';
import type { Message } from '../world/nouns/messages.js';
import type { World } from '../world/world.js';
import { createExpressApp, createExpressServer } from './express-shell.js';
import { createFetchHandler, type FetchHandler } from './fetch-shell.js';
import {
  type CloseOptions,
  checkListenOptions,
  DEFAULT_BODY_LIMIT,
  type Listening,
  type ListenOptions,
  listen,
} from './listen.js';

export interface StandInOptions {
  /** A shipped scenario's name, the path of a file, or a scenario itself; `default` is the world of the vendor's documentation. */
  readonly scenario?: string | Scenario;
  /** Seed for generated IDs: the same seed gives the same IDs. Default 1. */
  readonly seed?: number;
  /** `virtual` (the default here) starts at the scenario's time and moves one second per accepted write. */
  readonly clock?: ClockKind;
  /**
   * How many softly deleted spaces and threads are kept, for lists that include deleted ones; of more, the one deleted first
   * goes for good, a thread with its messages. Reads answer the same 404 before and after. Default 10,000.
   */
  readonly keepDeleted?: number;
  /** What to do if a response of ours breaks the document. Default `strict`: a 500 that says so. */
  readonly selfCheck?: SelfCheck;
  /** An OpenAPI file served in place of ours: operations of ours keep their rules, Prism answers all others. */
  readonly spec?: string;
  /** Bytes that a request's body may have, inflated. Default 1 MiB. */
  readonly bodyLimit?: number;
  /** Bytes that the journal keeps of each body, of the request and of the answer. Default 4096. */
  readonly journalBodyLimit?: number;
  /** Called after every exchange. */
  readonly onExchange?: (entry: JournalEntry) => void;
}

/** A stand-in in this process. */
export interface StandIn {
  /** Answers without a socket. */
  readonly fetch: FetchHandler;
  /** The Express application, for supertest or to mount. */
  readonly app: Express;
  readonly spec: Spec;
  /** The document of `options.spec`. */
  readonly document?: DocumentSummary;
  readonly scenario: Scenario;
  /** The live state; its tables are read freely and written at your own risk. */
  readonly world: World;
  readonly journal: readonly JournalEntry[];
  /** The messages queued for embedding, one per message and space; no operation of the API shows them. */
  embeddings(filter?: { readonly space_id?: string; readonly message_id?: string }): Embedding[];
  /** Adds a message to a thread, as a model's answer would; no operation of the API can. Throws on an unknown thread. */
  addMessage(message: NewMessage): Message;
  /** Opens a port, 4010 on 127.0.0.1 unless told otherwise. Throws a ListenError. */
  listen(options?: ListenOptions): Promise<Listening>;
  /** Closes every port that was opened. */
  close(options?: CloseOptions): Promise<void>;
}

export const standInOptions: Record<keyof StandInOptions, OptionRule> = {
  scenario: aTextOrObject,
  seed: wholeNumber(0),
  clock: oneOf('real', 'virtual'),
  selfCheck: oneOf('strict', 'report', 'off'),
  keepDeleted: wholeNumber(0),
  spec: aText,
  bodyLimit: wholeNumber(1),
  journalBodyLimit: wholeNumber(0),
  onExchange: aFunction,
};

/** Throws a ScenarioError or a DocumentError that lists every problem of the file, or a MissingPrism. */
export function createStandIn(options: StandInOptions = {}, interceptors: readonly Interceptor<World, Caller>[] = []): StandIn {
  const { scenario: name = 'default', seed = 1, clock = 'virtual', onExchange } = options;
  const spec = loadSpec();
  const other = options.spec === undefined ? undefined : loadOtherDocument(options.spec, spec);
  const { world, scenario } = loadScenario(name, {
    clock: clock === 'real' ? realClock : virtualClock,
    ids: createIdMaker(seed),
    ...(options.keepDeleted === undefined ? {} : { keepDeleted: options.keepDeleted }),
  });
  const journal = createJournal({ bodyLimit: options.journalBodyLimit, onWrite: onExchange });
  const answerer = createAnswerer(
    {
      api: freddyApi(spec),
      worlds: onlyWorld(world),
      journal,
      seed,
      selfCheck: options.selfCheck ?? 'strict',
      bodyLimit: options.bodyLimit ?? DEFAULT_BODY_LIMIT,
      pages: pagesOf(() => other?.text ?? spec.text, other && !other.isOurs ? undefined : world),
      interceptors,
    },
    spec,
    other,
  );
  const app = createExpressApp(answerer);
  const open = new Set<Listening>();
  return {
    fetch: createFetchHandler(answerer),
    app,
    spec,
    ...(other ? { document: other.summary } : {}),
    scenario,
    world,
    journal: journal.entries,
    embeddings: ({ space_id, message_id } = {}) =>
      (space_id === undefined ? world.embeddings.all() : world.embeddings.where('space', space_id)).filter(
        (row) => message_id === undefined || row.message_id === message_id,
      ),
    addMessage: (message) => world.atomically(() => addMessage(world, message)),
    listen: async (where = {}) => {
      checkListenOptions(where);
      const listening = await listen(createExpressServer(app, answerer, where.timeouts), where);
      open.add(listening);
      return listening;
    },
    close: async (options = {}) => {
      checkOptions('close', options, { graceMs: wholeNumber(0) });
      await Promise.all([...open].map((listening) => listening.close(options)));
      open.clear();
    },
  };
}

/** The engine, or what stands around it or in its place for a document of the user's own. */
function createAnswerer(
  options: EngineOptions<World, Caller> & Pick<UserDocumentOptions<World>, 'pages'>,
  spec: Spec,
  document: OtherDocument | undefined,
): Answerer {
  if (!document) return new Engine(options);
  const around = { ...options, spec, document };
  return document.isOurs ? aroundEngine(new Engine({ ...options, operations: document.own }), around) : withoutEngine(around);
}
