/*
 * A small HTTP server for part of the Spaces and Knowledge API, February 2026 edition.
 *
 * Served
 *   S1-S11            /v1/spaces: spaces, their extra vector stores, their threads
 *   K2 K3 K5 K10 K11 K13 K15  /v1/organizations/{id}/knowledge: slices and stores
 *   V2 V3 V5          /v1/organizations/{id}/vector-stores
 *   T1 T3 M1          /v1/threads: create, retrieve, list messages
 * and, for whoever takes away what they made, without every filter: the lists of threads, slices,
 * composites and stores, and the deletion of a thread
 *
 * Run it        node server.mjs --port 0      (prints the URL, then a test profile as JSON)
 * Or embed it   const { profile, listen, close } = createServer(); await listen(0);
 * Try it        node smoke.mjs
 *
 * Needs Node 20 and nothing else. State lives in memory and starts from seed.mjs. There is no
 * control interface: what a test needs beyond the seed, it makes through the API.
 *
 * The answers are meant to be correct without being typical: microseconds in timestamps, long
 * upper-case ids, fields and headers that no description mentions, its own wording where wording
 * is free. A test that trips over one of these asserts more than the contract says.
 *
 * Marks such as S-C5 or K-C37 name entries of the fact sheets behind this server.
 */
import { randomUUID } from 'node:crypto';
import { realpathSync } from 'node:fs';
import http from 'node:http';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { identify, makeToken } from './auth.mjs';
import * as errors from './errors.mjs';
import * as knowledge from './knowledge.mjs';
import { known, people, seed } from './seed.mjs';
import * as spaces from './spaces.mjs';
import { createState, timestampNow } from './state.mjs';
import * as threads from './threads.mjs';

/**
 * What a handler gets to see of a request.
 * @typedef {object} Context
 * @property {import('./state.mjs').State} state
 * @property {any} caller the calling user
 * @property {Record<string, string>} params from the path
 * @property {URLSearchParams} query
 * @property {Buffer} rawBody
 * @property {string} contentType empty when nothing was said, which is taken for JSON
 * @property {(field: string, message: string) => errors.ApiError} invalid makes the 422 of a field
 */

/**
 * @typedef {{ status: number, body?: object }} Reply
 * @typedef {(context: Context) => Reply} Handler
 */

const MAX_BODY_BYTES = 1024 * 1024;

/** Path pattern to handlers by method. @type {Record<string, Record<string, Handler>>} */
const ROUTES = {
  '/v1/spaces': { GET: spaces.listSpaces, POST: spaces.createSpace },
  '/v1/spaces/{space_id}': {
    GET: spaces.getSpace,
    PATCH: spaces.updateSpace,
    DELETE: spaces.deleteSpace,
  },
  '/v1/spaces/{space_id}/vector-stores': { GET: spaces.listStores },
  '/v1/spaces/{space_id}/vector-stores/{vector_store_id}': {
    POST: spaces.attachStore,
    DELETE: spaces.detachStore,
  },
  '/v1/spaces/{space_id}/threads': { GET: spaces.listThreads },
  '/v1/spaces/{space_id}/threads/{thread_id}': {
    POST: spaces.addThread,
    DELETE: spaces.removeThread,
  },
  '/v1/organizations/{organization_id}/knowledge/slices': {
    GET: knowledge.listSlices,
    POST: knowledge.createSlice,
  },
  '/v1/organizations/{organization_id}/knowledge/composites': { GET: knowledge.listComposites },
  '/v1/organizations/{organization_id}/knowledge/stores': { GET: knowledge.listStores },
  '/v1/organizations/{organization_id}/knowledge/slices/{slice_id}': { GET: knowledge.getSlice },
  '/v1/organizations/{organization_id}/knowledge/slices/{slice_id}/archive': {
    POST: knowledge.archiveSlice,
  },
  '/v1/organizations/{organization_id}/knowledge/slices/{slice_id}/stores': {
    GET: knowledge.listStoresOfSlice,
    POST: knowledge.createStoreInSlice,
  },
  '/v1/organizations/{organization_id}/knowledge/stores/{store_id}': {
    GET: knowledge.getStore,
    DELETE: knowledge.deleteStore,
  },
  '/v1/organizations/{organization_id}/vector-stores': {
    GET: knowledge.listVectorStores,
    POST: knowledge.createVectorStore,
  },
  '/v1/organizations/{organization_id}/vector-stores/{vector_store_id}': {
    GET: knowledge.getVectorStore,
    DELETE: knowledge.deleteVectorStore,
  },
  '/v1/threads': { GET: threads.listThreads, POST: threads.createThread },
  '/v1/threads/{thread_id}': { GET: threads.getThread, DELETE: threads.deleteThread },
  '/v1/threads/{thread_id}/messages': { GET: threads.listMessages },
};

const PATTERNS = Object.entries(ROUTES).map(([pattern, handlers]) => ({
  segments: pattern.split('/'),
  handlers,
}));

/** @param {{ host?: string }} [options] */
export function createServer(options = {}) {
  const host = options.host ?? '127.0.0.1';
  const state = createState(seed);
  const profile = makeProfile();
  const server = http.createServer((request, response) => serve(state, request, response));

  /**
   * Resolves to the profile once requests are accepted. @param {number} [port] 0 takes a free one
   */
  async function listen(port = 0) {
    await new Promise((resolve, reject) => {
      server.once('error', reject);
      server.listen(port, host, () => resolve(undefined));
    });
    const address = /** @type {import('node:net').AddressInfo} */ (server.address());
    profile.base_url = `http://${host.includes(':') ? `[${host}]` : host}:${address.port}`;
    return profile;
  }

  async function close() {
    const closed = new Promise((resolve) => {
      server.close(resolve);
    });
    server.closeAllConnections();
    await closed;
  }

  return { server, state, profile, listen, close };
}

function makeProfile() {
  const token = (name) => makeToken(seed.tokens[name], seed.token_secret);
  const keyFor = (test) => seed.api_keys.find(test)?.key;
  const usable = (entry) => entry.state === 'active' && !entry.expires_at;
  /** @type {Record<string, Record<string, string | undefined>>} */
  const callers = {};
  for (const [name, user_id] of Object.entries(people)) {
    callers[name] = {
      api_key: keyFor((entry) => entry.user_id === user_id && usable(entry)),
      user_id,
    };
  }
  callers.owner.bearer = token('owner');
  callers.lower_case_bearer = { bearer: token('owner') };
  callers.outsider.organization_id = known.other_organization_id;
  callers.expired_key = { api_key: keyFor((entry) => entry.expires_at) };
  callers.deactivated_key = { api_key: keyFor((entry) => entry.state === 'deactivated') };
  callers.paused_key = { api_key: keyFor((entry) => entry.state === 'paused') };
  callers.expired_token = { bearer: token('expired') };
  return { base_url: '', edition: '2026-02', callers, known: { ...known } };
}

async function serve(state, request, response) {
  const started = performance.now();
  const headers = {
    'x-request-id': randomUUID(),
    'freddy-api-version': '2025-01-01',
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
    vary: 'authorization, x-api-key',
  };
  try {
    const rawBody = await readBody(request);
    const { status, body } = handle(state, request, rawBody, headers);
    send(response, status, body, headers, started);
  } catch (error) {
    if (request.destroyed && !request.complete) return;
    const failure = error instanceof errors.ApiError ? error : errors.unexpected();
    if (failure !== error) console.error(error);
    // What no route takes is answered by the framework, not by the API (X4).
    const body =
      failure instanceof errors.NoRoute ? { detail: failure.message } : errorBody(failure);
    send(response, failure.status, body, { ...headers, ...failure.headers }, started);
  }
}

async function readBody(request) {
  const chunks = [];
  let size = 0;
  for await (const chunk of request) {
    size += chunk.length;
    if (size <= MAX_BODY_BYTES) chunks.push(chunk);
  }
  if (size > MAX_BODY_BYTES) throw errors.bodyTooLarge();
  return Buffer.concat(chunks);
}

// The order of checks starts here: path and method, then credentials; the handler does the rest.
function handle(state, request, rawBody, headers) {
  const [path, search = ''] = splitOnce(request.url, '?');
  const { handlers, params } = findRoute(path);
  const handler = Object.hasOwn(handlers, request.method) ? handlers[request.method] : null;
  if (!handler) throw errors.methodNotAllowed(request.method, Object.keys(handlers));
  const caller = identify(state, request.headers);
  headers['aitronos-organization'] = caller.organization_id;

  const isKnowledge = path.startsWith('/v1/organizations/');
  const fieldMessage = isKnowledge ? errors.KNOWLEDGE_FIELD_MESSAGE : errors.GENERAL_FIELD_MESSAGE;
  const invalid = (field, message) => errors.invalidField(field, message, fieldMessage);
  const contentType = request.headers['content-type'] ?? '';
  return handler({
    state,
    caller,
    params,
    query: new URLSearchParams(search),
    rawBody,
    contentType,
    invalid,
  });
}

function splitOnce(text, mark) {
  const at = text.indexOf(mark);
  return at === -1 ? [text] : [text.slice(0, at), text.slice(at + 1)];
}

// Only the spaces collection has a form with a final slash (0.3).
function findRoute(path) {
  const segments = (path === '/v1/spaces/' ? '/v1/spaces' : path).split('/').map(decodeSegment);
  for (const { segments: pattern, handlers } of PATTERNS) {
    const params = matchSegments(pattern, segments);
    if (params) return { handlers, params };
  }
  throw new errors.NoRoute();
}

/** @returns {string} empty, which matches nothing, if the segment is not decodable */
function decodeSegment(segment) {
  try {
    return decodeURIComponent(segment);
  } catch {
    return '';
  }
}

function matchSegments(pattern, segments) {
  if (pattern.length !== segments.length) return null;
  /** @type {Record<string, string>} */
  const params = {};
  for (const [i, expected] of pattern.entries()) {
    const actual = segments[i];
    if (expected.startsWith('{')) {
      if (actual === '') return null;
      params[expected.slice(1, -1)] = actual;
    } else if (expected !== actual) {
      return null;
    }
  }
  return params;
}

function errorBody(error) {
  return {
    success: false,
    error: {
      code: error.code,
      message: error.userMessage,
      system_message: error.message,
      type: error.status >= 500 ? 'server_error' : 'client_error',
      status: error.status,
      details: error.details, // JSON drops it when undefined
      retryable: error.status >= 500,
      trace_id: randomUUID(),
      timestamp: timestampNow(),
    },
  };
}

function send(response, status, body, headers, started) {
  /** @type {Record<string, string>} */
  const all = {
    ...headers,
    'freddy-processing-ms': String(Math.ceil(performance.now() - started)),
  };
  if (body === undefined) {
    response.writeHead(status, all).end();
    return;
  }
  const bytes = Buffer.from(JSON.stringify(body));
  all['content-type'] = 'application/json; charset=utf-8';
  response.writeHead(status, { ...all, 'content-length': bytes.length }).end(bytes);
}

async function main() {
  const { values } = parseArgs({
    options: {
      port: { type: 'string', default: '0' },
      host: { type: 'string', default: '127.0.0.1' },
    },
  });
  const port = Number(values.port);
  if (!Number.isInteger(port) || port < 0 || port > 65535)
    throw new Error(`not a port: ${values.port}`);
  const { profile, listen, close } = createServer({ host: values.host });
  await listen(port);
  console.log(profile.base_url);
  console.log(JSON.stringify(profile, null, 2));
  for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, close);
}

const startedDirectly =
  process.argv[1] && realpathSync(process.argv[1]) === fileURLToPath(import.meta.url);
if (startedDirectly) {
  main().catch((error) => {
    console.error(error.message);
    process.exitCode = 1;
  });
}
