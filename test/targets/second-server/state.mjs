// Everything the server remembers: one set of tables per server, filled from the seed.
import { randomBytes } from 'node:crypto';

const ID_ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';

/**
 * @typedef {object} State
 * @property {string} tokenSecret
 * @property {Set<string>} organizations
 * @property {Map<string, any>} users
 * @property {Map<string, any>} roles
 * @property {Map<string, any>} departments
 * @property {Map<string, any>} apiKeys
 * @property {Map<string, any>} spaces
 * @property {Map<string, any>} stores
 * @property {Map<string, any>} slices
 * @property {Map<string, any>} threads
 * @property {any[]} messages oldest first
 * @property {any[]} storeLinks space to vector store, in the order of attaching
 * @property {any[]} threadLinks space to thread, in the order of adding
 * @property {() => string} now
 */

/**
 * @param {typeof import('./seed.mjs').seed} seed
 * @returns {State}
 */
export function createState(seed) {
  const copy = structuredClone(seed);
  return {
    tokenSecret: copy.token_secret,
    organizations: new Set(copy.organizations.map((organization) => organization.id)),
    users: byId(copy.users),
    roles: byId(copy.roles),
    departments: byId(copy.departments),
    apiKeys: new Map(copy.api_keys.map((entry) => [entry.key, entry])),
    spaces: byId(copy.spaces),
    stores: byId(copy.stores),
    slices: byId(copy.slices),
    threads: byId(copy.threads),
    messages: copy.messages,
    storeLinks: [],
    threadLinks: [],
    now: createClock(),
  };
}

function byId(records) {
  return new Map(records.map((record) => [record.id, record]));
}

/**
 * Real time in microseconds. Two calls never give the same instant, so creation time alone
 * is a complete sort key.
 */
function createClock() {
  let last = 0;
  return () => {
    const micros = Math.floor((performance.timeOrigin + performance.now()) * 1000);
    last = Math.max(micros, last + 1);
    return stamp(last);
  };
}

function stamp(micros) {
  const millis = Math.floor(micros / 1000);
  const rest = String(micros % 1000).padStart(3, '0');
  return new Date(millis).toISOString().replace('Z', `${rest}Z`);
}

/** The present instant for answers that store nothing, such as errors. */
export function timestampNow() {
  return stamp(Math.floor((performance.timeOrigin + performance.now()) * 1000));
}

/** @param {string} prefix for example `space` */
export function newId(prefix) {
  let rest = '';
  for (let time = Date.now(), i = 0; i < 10; i += 1, time = Math.floor(time / 32)) {
    rest = ID_ALPHABET[time % 32] + rest;
  }
  for (const byte of randomBytes(16)) rest += ID_ALPHABET[byte & 31];
  return `${prefix}_${rest}`;
}

/** @param {State} state @param {string} spaceId */
export function storeLinksOf(state, spaceId) {
  return state.storeLinks.filter((link) => link.space_id === spaceId);
}

/** @param {State} state @param {string} spaceId */
export function threadLinksOf(state, spaceId) {
  return state.threadLinks.filter((link) => link.space_id === spaceId);
}

/**
 * Takes a store away together with every link to it (S-C24). @param {State} state @param {string}
 * storeId
 */
export function dropStore(state, storeId) {
  state.stores.delete(storeId);
  state.storeLinks = state.storeLinks.filter((link) => link.vector_store_id !== storeId);
}

/** The one row behind both store views, `/knowledge` and `/vector-stores`. @param {State} state */
export function addStore(state, fields) {
  const now = state.now();
  const store = {
    id: newId('vs'),
    description: null,
    slice_id: null,
    is_active: true,
    access_mode: 'organization',
    access_departments: null,
    access_users: null,
    file_count: 0,
    data_size: 0,
    created_at: now,
    updated_at: now,
    ...fields,
  };
  state.stores.set(store.id, store);
  return store;
}
