// The public surface for embedding.
import type { Drift } from './drift/form.js';
import { plant } from './drift/plant.js';
import { aText, checkOptions } from './files/options.js';
import { createServer, type Server, type ServerOptions, serverOptions } from './http/server.js';
import { loadSpec } from './shipped/document.js';

export { UnknownDrift } from './drift/drifts.js';
export type { Drift } from './drift/form.js';
export type { SelfCheck } from './engine/answer.js';
export type { JournalEntry } from './engine/journal.js';
export { DocumentError, type Problem, ScenarioError } from './files/problem.js';
export type { Fetch, FetchHandler } from './http/fetch-shell.js';
export {
  type CloseOptions,
  ListenError,
  type Listening,
  type ListenOptions,
  type Timeouts,
} from './http/listen.js';
export type { NewMessage } from './rules/memory.js';
export type { Generator, ScenarioSource } from './scenario/generator.js';
export type { Scenario } from './scenario/scenario.js';
export type { Case } from './spec/case.js';
export type { Operation, OperationId, Spec } from './spec/document.js';
export { MissingPrism } from './user-document/user-document.js';
export type { Backfill, EmbeddingStatus } from './world/backfill.js';
export { describeDifference, type RowDifference, type WorldDifference } from './world/compare.js';
export type { Embedding } from './world/nouns/embeddings.js';
export type { Message } from './world/nouns/messages.js';
export type { World, WorldSnapshot } from './world/world.js';
export type { EmbeddingFilter, EmbeddingQueue } from './worlds/embeddings.js';
export { WorldError, type WorldEvent, type WorldSummary } from './worlds/form.js';
export { ClockError, type ClockMove } from './worlds/time.js';
export type { Worlds } from './worlds/worlds.js';

export interface UnderstudyOptions extends ServerOptions {
  /**
   * A planted drift or a harmless variation, by name; `understudy serve --drift list` prints them
   * all.
   */
  readonly drift?: string;
}

/**
 * A mock server in this process.
 *
 * @example
 * const understudy = createUnderstudy(); const response = await
 * understudy.fetch('/v1/spaces/space_abc123', { headers: { 'X-API-Key': 'ak_owner' } });
 * response.status; // 200
 */
export interface Understudy extends Server {
  /** The drift that was planted. */
  readonly drift?: Drift;
}

/**
 * Starts a mock server in this process. Throws a ScenarioError or a DocumentError that lists every
 * problem of the file, an UnknownDrift, a MissingPrism, or a TypeError that names every option that
 * is unknown or of the wrong type.
 */
export function createUnderstudy(options: UnderstudyOptions = {}): Understudy {
  checkOptions('createUnderstudy', options, { ...serverOptions, drift: aText });
  const planted = options.drift === undefined ? undefined : plant(loadSpec(), options.drift);
  const { reloading: _, ...server } = createServer(options, planted ? [planted.interceptor] : []);
  return planted ? { ...server, drift: planted.drift } : server;
}
