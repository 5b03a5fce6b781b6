// Requests that are tried in a copy of a world, through the engine that answers all others.
import type { Api } from '../engine/api.js';
import { Engine } from '../engine/engine.js';
import { onlyWorld } from '../engine/exchange.js';
import { createJournal } from '../engine/journal.js';
import type { Caller } from '../rules/callers.js';
import type { OperationId } from '../spec/cases.gen.js';
import { isJsonObject, type Json, type JsonObject, type PlainRequest } from '../spec/message.js';
import type { World } from '../world/world.js';
import { credentialOf } from './credentials.js';

/** A call of the API, by a user. */
export interface Call {
  readonly operation: OperationId;
  readonly user_id: string;
  readonly method: string;
  readonly target: string;
  /** Null where there is none. */
  readonly body: Json;
}

/** A call that was tried. */
export interface TriedCall extends Call {
  readonly status: number;
  readonly case: string;
  /** The id of what it has made. */
  readonly made: string | null;
}

const encoder = new TextEncoder();

export class Trial {
  readonly #api: Api<World, Caller>;
  readonly #engine: Engine<World, Caller>;
  /** That of the request that is under way. */
  #world: World | undefined;
  #tried = 0;

  constructor(api: Api<World, Caller>) {
    const journal = createJournal({ capacity: 0 });
    this.#api = api;
    this.#engine = new Engine<World, Caller>({
      api,
      worlds: (request) => onlyWorld(this.#world as World, journal)(request),
      seed: 1,
      selfCheck: 'strict',
      bodyLimit: Number.POSITIVE_INFINITY,
    });
  }

  /** How many requests were sent. */
  get tried(): number {
    return this.#tried;
  }

  /** By operation and the values of its path. */
  call(operation: OperationId, by: string, path: JsonObject, body: Json = null): Call {
    const { method, template } = this.#api.spec.operations.get(operation) as {
      method: string;
      template: string;
    };
    const target = template.replace(/\{(\w+)\}/g, (_, name: string) =>
      encodeURIComponent(String(path[name])),
    );
    return { operation, user_id: by, method, target, body };
  }

  /** The world keeps what the request has changed. */
  send(world: World, call: Call): TriedCall {
    this.#tried += 1;
    const credential = credentialOf(world, call.user_id);
    if (!credential) return { ...call, status: 401, case: 'no_credential', made: null };
    const [name, value] = credential;
    const text = call.body === null ? '' : JSON.stringify(call.body);
    const request: PlainRequest = {
      method: call.method,
      target: call.target,
      headers: { [name]: value, ...(text === '' ? {} : { 'content-type': 'application/json' }) },
      body: encoder.encode(text),
    };
    this.#world = world;
    const { response } = this.#engine.answer(request);
    const { status, headers } = response;
    const body = response.body ? (JSON.parse(String(response.body)) as Json) : null;
    return {
      ...call,
      status,
      case: (headers['x-understudy-case'] ?? '').split('.').at(-1) as string,
      made: madeBy(call, body),
    };
  }
}

function madeBy({ target }: Call, body: Json): string | null {
  if (!isJsonObject(body)) return null;
  const { id } = isJsonObject(body.data) ? body.data : body;
  // What the path names was there before.
  return typeof id === 'string' && !target.includes(id) ? id : null;
}
