// The mock server for browsers, workers and whatever else has `fetch`: no file is read, no port is
// opened, and all the data is in the bundle.
import { checkOptions } from './files/options.js';
import { createMockServer, type MockServer } from './http/mock-server.js';
import { type MockServerOptions, mockServerOptions } from './http/mock-server-options.js';
import { webCodings } from './http/web-codings.js';
import { CROWDED, CROWDED_DESCRIPTION } from './scenario/crowded.js';
import type { Scenario } from './scenario/scenario.js';
import { createScenarioReader } from './scenario/value.js';
import {
  inlinedControl,
  inlinedFaultsForm,
  inlinedScenarioForm,
  inlinedScenarios,
  inlinedSpec,
  inlinedValidators,
} from './shipped/inlined.js';

export type { SelfCheck } from './engine/answer.js';
export type { JournalEntry } from './engine/journal.js';
export { type Problem, ScenarioError } from './files/problem.js';
export type { Fetch, FetchHandler } from './http/fetch-shell.js';
export type { NewMessage } from './rules/memory.js';
export type { Generator, ScenarioSource } from './scenario/generator.js';
export type { Scenario } from './scenario/scenario.js';
export type { Case } from './spec/case.js';
export type { Operation, OperationId, Spec } from './spec/document.js';
export type { Backfill, EmbeddingStatus } from './world/backfill.js';
export { describeDifference, type RowDifference, type WorldDifference } from './world/compare.js';
export type { Embedding } from './world/nouns/embeddings.js';
export type { Message } from './world/nouns/messages.js';
export type { World, WorldSnapshot } from './world/world.js';
export type { EmbeddingFilter, EmbeddingQueue } from './worlds/embeddings.js';
export { WorldError, type WorldEvent, type WorldSummary } from './worlds/form.js';
export { ClockError, type ClockMove } from './worlds/time.js';
export type { Worlds } from './worlds/worlds.js';

export type UnderstudyOptions = MockServerOptions;
export type Understudy = MockServer;

/**
 * Starts a mock server on this page. Throws a ScenarioError that lists every problem of the
 * scenario, or a TypeError that names every option that is unknown or of the wrong type.
 *
 * @example
 * const understudy = createUnderstudy(); const response = await
 * understudy.fetch('/v1/spaces/space_abc123', { headers: { 'X-API-Key': 'ak_owner' } });
 * response.status; // 200
 */
export function createUnderstudy(options: UnderstudyOptions = {}): Understudy {
  checkOptions('createUnderstudy', options, mockServerOptions);
  const {
    answerer: _,
    control: __,
    loaded: ___,
    reloading: ____,
    ...mockServer
  } = createMockServer(options, {
    spec: inlinedSpec(),
    validators: inlinedValidators,
    readScenario,
    faultsForm: inlinedFaultsForm,
    codings: webCodings,
    control: inlinedControl,
    scenarios,
  });
  return mockServer;
}

const readScenario = createScenarioReader(inlinedScenarioForm, inlinedScenarios);

const scenarios = () =>
  [
    ...[...inlinedScenarios].map(([name, scenario]) => ({
      name,
      description: (scenario as Scenario).description,
    })),
    { name: CROWDED, description: CROWDED_DESCRIPTION },
  ].sort((a, b) => (a.name < b.name ? -1 : 1));
