// What programs call a running mock server's control plane with: a method for each of its
// operations.
import type { JournalEntry } from '../engine/journal.js';
import type { FaultStatus } from '../faults/planted.js';
import type { LintReport } from '../lint/report.js';
import type { NewMessage } from '../rules/memory.js';
import type { Fault, RateLimitSettings } from '../scenario/faults.js';
import type { ScenarioSource } from '../scenario/generator.js';
import type { Scenario } from '../scenario/scenario.js';
import type { JsonObject } from '../spec/message.js';
import type { Expectation, Verdict } from '../verify/verify.js';
import type { CaseDetails, CaseSummary } from '../why/cases.js';
import type { Explanation } from '../why/explanation.js';
import type { WaysOut } from '../why/ways-out.js';
import type { Backfill } from '../world/backfill.js';
import type { WorldDifference } from '../world/compare.js';
import type { Embedding } from '../world/nouns/embeddings.js';
import type { Message } from '../world/nouns/messages.js';
import type { TableName } from '../world/world.js';
import type { EmbeddingFilter } from '../worlds/embeddings.js';
import type { WorldSummary } from '../worlds/form.js';
import type { ClockMove } from '../worlds/time.js';
import { dataOf, fileIn } from './client-answer.js';
import type {
  EmbeddingPage,
  Har,
  LimitStatus,
  LintScope,
  MovedEmbeddings,
  Paging,
  RequestFilter,
  SnapshotSummary,
  WorldReplay,
  WorldSettings,
} from './client-types.js';
import type { Settings, ShippedScenario } from './control.js';
import { type JournalEvent, readEvents } from './event-stream.js';

export type { JournalEntry } from '../engine/journal.js';
export type { FaultStatus } from '../faults/planted.js';
export type { LintFinding, LintReport } from '../lint/report.js';
export type { Fault, RateLimitSettings } from '../scenario/faults.js';
export type { ScenarioSource } from '../scenario/generator.js';
export type { Scenario } from '../scenario/scenario.js';
export type { Expectation, Verdict } from '../verify/verify.js';
export type { Explanation } from '../why/explanation.js';
export type { WaysOut } from '../why/ways-out.js';
export type { WorldSummary } from '../worlds/form.js';
export { ControlError } from './client-answer.js';
export type {
  EmbeddingPage,
  Har,
  LimitStatus,
  LintScope,
  MovedEmbeddings,
  RequestFilter,
  SnapshotSummary,
  WorldSettings,
} from './client-types.js';
export type { JournalEvent } from './event-stream.js';

export interface ControlOptions {
  /** That of `--admin-token`, or the one that the server printed. */
  readonly token?: string | undefined;
  /** `fetch` of a mock server in this process, for example. */
  readonly fetch?: ((url: string, init: RequestInit) => Promise<Response>) | undefined;
}

/**
 * @example
 * const control = new ControlClient('http://127.0.0.1:4010');
 * await control.createWorld('checkout', 'default');
 * await control.resetWorld('checkout');
 */
export class ControlClient {
  readonly #base: string;
  readonly #options: ControlOptions;

  /** `url` is that of the mock server, as `serve` prints it. */
  constructor(url: string, options: ControlOptions = {}) {
    this.#base = `${url.replace(/\/+$/, '')}/__admin`;
    this.#options = options;
  }

  health = () => this.#ask<{ status: string }>('GET', ['health']);
  ready = () => this.#ask<{ status: string; scenario: string; worlds: number }>('GET', ['ready']);
  version = () => this.#ask<{ understudy: string; document: string }>('GET', ['version']);

  async scenarios(): Promise<readonly ShippedScenario[]> {
    return (await this.#ask<{ scenarios: ShippedScenario[] }>('GET', ['scenarios'])).scenarios;
  }

  async worlds(): Promise<readonly WorldSummary[]> {
    return (await this.#ask<{ worlds: WorldSummary[] }>('GET', ['worlds'])).worlds;
  }

  /** From the scenario of its rule, from a shipped one by name, or from one that is given. */
  createWorld(name: string, scenario?: string | ScenarioSource): Promise<WorldSummary> {
    return this.#ask('POST', ['worlds'], {
      body: { name, ...(scenario === undefined ? {} : { scenario }) },
    });
  }

  world = (name: string) => this.#ask<WorldSummary>('GET', ['worlds', name]);
  deleteWorld = (name: string) => this.#ask<WorldSummary>('DELETE', ['worlds', name]);
  resetWorld = (name: string) => this.#ask<WorldSummary>('POST', ['worlds', name, 'reset']);

  forkWorld(from: string, to: string): Promise<WorldSummary> {
    return this.#ask('POST', ['worlds', from, 'fork'], { body: { name: to } });
  }

  /** As if a request and all after it had never been. */
  rewindWorld(name: string, request: number): Promise<WorldSummary> {
    return this.#ask('POST', ['worlds', name, 'rewind'], { body: { request } });
  }

  /** `text` is the same for people. */
  compareWorlds(before: string, after: string): Promise<WorldDifference & { text: string }> {
    return this.#ask('GET', ['worlds', before, 'compare', after]);
  }

  /** By a duration such as `2h`, to a time that is not earlier, or to a stop. */
  moveClock(
    world: string,
    how: { readonly advance: string } | { readonly to: string } | { readonly frozen: boolean },
  ): Promise<ClockMove & { frozen: boolean }> {
    return this.#ask('POST', ['worlds', world, 'clock'], { body: how });
  }

  requests(
    world: string,
    query: Paging & RequestFilter & { readonly after?: number } = {},
  ): Promise<{ requests: JournalEntry[]; next_after: number | null; lost: number }> {
    return this.#ask('GET', ['worlds', world, 'requests'], { query });
  }

  /** The same as a HAR 1.2 file. */
  async har(world: string, query: RequestFilter & { readonly after?: number } = {}): Promise<Har> {
    const path = ['worlds', world, 'har'];
    return fileIn<Har>(await this.#send('GET', path, { query }), 'log');
  }

  /** The OpenAPI document that is served. */
  async product(): Promise<JsonObject> {
    return fileIn<JsonObject>(await this.#send('GET', ['product.json']), 'paths');
  }

  /** By its number, or by the trace id of its answer. */
  request(world: string, request: number | string): Promise<JournalEntry> {
    return this.#ask('GET', ['worlds', world, 'requests', String(request)]);
  }

  /** The messages that spaces take in, how many are how far, and the same for each thread. */
  embeddings(
    world: string,
    query: Paging & EmbeddingFilter & { readonly offset?: number } = {},
  ): Promise<EmbeddingPage> {
    return this.#ask('GET', ['worlds', world, 'embeddings'], { query });
  }

  /** From queued to running, or from running to done. */
  stepEmbeddings(world: string, filter: EmbeddingFilter = {}): Promise<MovedEmbeddings> {
    return this.#ask('POST', ['worlds', world, 'embeddings', 'step'], { body: filter });
  }

  drainEmbeddings(world: string, filter: EmbeddingFilter = {}): Promise<MovedEmbeddings> {
    return this.#ask('POST', ['worlds', world, 'embeddings', 'drain'], { body: filter });
  }

  failEmbeddings(
    world: string,
    how: EmbeddingFilter & { readonly error?: string } = {},
  ): Promise<MovedEmbeddings> {
    return this.#ask('POST', ['worlds', world, 'embeddings', 'fail'], { body: how });
  }

  /** As a model's answer would come; each space that has the thread queues it. */
  addMessage(
    world: string,
    message: NewMessage,
  ): Promise<{ message: Message; embeddings: Embedding[] }> {
    return this.#ask('POST', ['worlds', world, 'messages'], { body: message });
  }

  settings = () => this.#ask<Settings>('GET', ['settings']);

  /** What can be changed while the server runs. */
  changeSettings(
    patch: Partial<Pick<Settings, 'strict_worlds' | 'max_worlds'>>,
  ): Promise<Settings> {
    return this.#ask('PATCH', ['settings'], { body: patch });
  }

  worldSettings = (world: string) => this.#ask<WorldSettings>('GET', ['worlds', world, 'settings']);

  changeWorldSettings(
    world: string,
    patch: { readonly backfill?: Backfill },
  ): Promise<WorldSettings> {
    return this.#ask('PATCH', ['worlds', world, 'settings'], { body: patch });
  }

  /**
   * The journal so far, and then each exchange as it comes, until the server or the signal ends it.
   */
  async *events(
    world: string,
    { after = 0, signal }: { readonly after?: number; readonly signal?: AbortSignal } = {},
  ): AsyncGenerator<JournalEvent> {
    const response = await this.#send('GET', ['worlds', world, 'events'], {
      query: { after },
      signal,
    });
    const { body } = response;
    if (response.ok && body) yield* readEvents(body);
    else await dataOf(response);
  }

  /**
   * Why a request was answered as it was, by the `X-Understudy-Request` of its answer, by its
   * number or by its trace id.
   */
  why(request: string | number, world?: string): Promise<Explanation> {
    const path = world === undefined ? [] : ['worlds', world];
    return this.#ask('GET', [...path, 'requests', String(request), 'why']);
  }

  /** Every documented case. */
  async cases(): Promise<readonly CaseSummary[]> {
    return (await this.#ask<{ cases: CaseSummary[] }>('GET', ['cases'])).cases;
  }

  /** One of them, with the calls that bring it about. */
  caseOf(operation: string, name: string): Promise<CaseDetails> {
    return this.#ask('GET', ['cases', operation, name]);
  }

  /** The shortest calls that make a refused request pass. */
  waysOut(request: string | number, world?: string): Promise<WaysOut> {
    const path = world === undefined ? [] : ['worlds', world];
    return this.#ask('GET', [...path, 'requests', String(request), 'ways-out']);
  }

  /** Rows of a table; `where` has the values that their fields must have. */
  state(
    world: string,
    noun: TableName,
    { where, ...page }: Paging & { readonly offset?: number; readonly where?: JsonObject } = {},
  ): Promise<{ rows: JsonObject[]; total: number; next_offset: number | null }> {
    const query = where === undefined ? page : { ...page, where: JSON.stringify(where) };
    return this.#ask('GET', ['worlds', world, 'state', noun], { query });
  }

  /** One row, as it is kept. */
  row(world: string, noun: TableName, id: string): Promise<JsonObject> {
    return this.#ask('GET', ['worlds', world, 'state', noun, id]);
  }

  /** An item as a scenario has it; of a message with its `thread_id`. Gives the new rows. */
  async createRow(world: string, noun: TableName, item: JsonObject): Promise<JsonObject[]> {
    const path = ['worlds', world, 'state', noun];
    return (await this.#ask<{ rows: JsonObject[] }>('POST', path, { body: item })).rows;
  }

  /** A JSON merge patch: null takes a value away. */
  patchRow(world: string, noun: TableName, id: string, patch: JsonObject): Promise<JsonObject> {
    return this.#ask('PATCH', ['worlds', world, 'state', noun, id], { body: patch });
  }

  deleteRow(world: string, noun: TableName, id: string): Promise<JsonObject> {
    return this.#ask('DELETE', ['worlds', world, 'state', noun, id]);
  }

  async snapshots(world: string): Promise<readonly SnapshotSummary[]> {
    const path = ['worlds', world, 'snapshots'];
    return (await this.#ask<{ snapshots: SnapshotSummary[] }>('GET', path)).snapshots;
  }

  snapshot = (world: string, name: string) =>
    this.#ask<SnapshotSummary>('GET', ['worlds', world, 'snapshots', name]);
  takeSnapshot = (world: string, name: string) =>
    this.#ask<SnapshotSummary>('PUT', ['worlds', world, 'snapshots', name]);
  deleteSnapshot = (world: string, name: string) =>
    this.#ask<SnapshotSummary>('DELETE', ['worlds', world, 'snapshots', name]);
  restoreSnapshot = (world: string, name: string) =>
    this.#ask<WorldSummary>('POST', ['worlds', world, 'snapshots', name, 'restore']);

  /** In the order in which they are asked, with their counts. */
  async faults(world: string): Promise<readonly FaultStatus[]> {
    return this.#faults('GET', world);
  }

  /** These in place of all that there were; those of the world are counted anew. */
  replaceFaults(world: string, faults: readonly Fault[]): Promise<readonly FaultStatus[]> {
    return this.#faults('PUT', world, { faults });
  }

  clearFaults = (world: string) => this.#faults('DELETE', world);

  addFault(world: string, fault: Fault): Promise<FaultStatus> {
    return this.#ask('POST', ['worlds', world, 'faults'], { body: fault });
  }

  fault = (world: string, name: string) =>
    this.#ask<FaultStatus>('GET', ['worlds', world, 'faults', name]);

  /** One of this name is replaced. */
  putFault(world: string, name: string, fault: Fault): Promise<FaultStatus> {
    return this.#ask('PUT', ['worlds', world, 'faults', name], { body: fault });
  }

  deleteFault = (world: string, name: string) =>
    this.#ask<FaultStatus>('DELETE', ['worlds', world, 'faults', name]);

  /** Whether what came is what is expected; `after` is the number of a request that is behind. */
  verify(
    world: string,
    expect: readonly Expectation[],
    after?: number,
  ): Promise<{ holds: boolean; results: Verdict[]; lost: number }> {
    const body = { expect, ...(after === undefined ? {} : { after }) };
    return this.#ask('POST', ['worlds', world, 'verify'], { body });
  }

  /** The bugs of the clients of all worlds or of one, and what they have not met of the API. */
  lint({ world, ignore = [] }: LintScope = {}): Promise<LintReport> {
    const path = world === undefined ? ['lint'] : ['worlds', world, 'lint'];
    const query = ignore.length > 0 ? { ignore: ignore.join(',') } : {};
    return this.#ask('GET', path, { query });
  }

  async limits(world: string): Promise<LimitStatus | null> {
    return (await this.#limits('GET', world)).limits;
  }

  /** Each key may send so many, such as `{ rate: '60/m' }`. */
  async setLimits(world: string, limits: RateLimitSettings): Promise<LimitStatus | null> {
    return (await this.#limits('PUT', world, { body: limits })).limits;
  }

  async clearLimits(world: string): Promise<LimitStatus | null> {
    return (await this.#limits('DELETE', world)).limits;
  }

  #limits(method: string, world: string, sent = {}): Promise<{ limits: LimitStatus | null }> {
    return this.#ask(method, ['worlds', world, 'limits'], sent);
  }

  async #faults(method: string, world: string, body?: object): Promise<readonly FaultStatus[]> {
    const path = ['worlds', world, 'faults'];
    const sent = body === undefined ? {} : { body };
    return (await this.#ask<{ faults: FaultStatus[] }>(method, path, sent)).faults;
  }

  /** The requests of a HAR, of ours or of any program, sent to the world one after the other. */
  replayHar(world: string, har: object): Promise<WorldReplay> {
    return this.#ask('POST', ['worlds', world, 'har'], { body: har });
  }

  exportScenario = (world: string) => this.#ask<Scenario>('GET', ['worlds', world, 'scenario']);

  /** All of it, in place of all that is in the world, or nothing. */
  importScenario(world: string, scenario: ScenarioSource): Promise<WorldSummary> {
    return this.#ask('PUT', ['worlds', world, 'scenario'], { body: scenario });
  }

  async #ask<Data>(method: string, path: readonly string[], sent?: Sent): Promise<Data> {
    return dataOf<Data>(await this.#send(method, path, sent));
  }

  async #send(
    method: string,
    path: readonly string[],
    { query = {}, body, signal }: Sent = {},
  ): Promise<Response> {
    const { fetch = globalThis.fetch, token } = this.#options;
    const search = new URLSearchParams(
      Object.fromEntries(Object.entries(query).map(([name, value]) => [name, String(value)])),
    );
    const url = `${this.#base}/${path.map(encodeURIComponent).join('/')}`;
    return fetch(search.size > 0 ? `${url}?${search}` : url, {
      method,
      headers: {
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      ...(signal === undefined ? {} : { signal }),
    });
  }
}

interface Sent {
  readonly query?: object;
  readonly body?: object;
  readonly signal?: AbortSignal | undefined;
}
