// What is asked. Every step names the status that must come back.
import { askFor } from './ask.mjs';

const credential = { 'x-api-key': 'ak_owner' };
const json = { ...credential, 'content-type': 'application/json' };
const organization = '/v1/organizations/org_xyz789';
const space = '/v1/spaces/space_abc123';

export const getSpace = { method: 'GET', path: space, headers: credential, status: 200 };

const createVectorStore = {
  method: 'POST',
  path: `${organization}/vector-stores`,
  headers: json,
  body: JSON.stringify({ name: 'Bench' }),
  status: 201,
};

const stores = `${organization}/knowledge/slices/kslice_abc123/stores`;
const createStore = {
  method: 'POST',
  path: stores,
  headers: json,
  body: JSON.stringify({ name: 'Bench' }),
  status: 201,
};
const createStoreWithoutName = { ...createStore, body: JSON.stringify({ name: '' }), status: 422 };

const getPrivateSpace = { ...getSpace, headers: { 'x-api-key': 'ak_member' }, status: 403 };

/** Of the ten thousand spaces of the scenario `crowded`. */
export const listSpaces = {
  method: 'GET',
  path: '/v1/spaces/?organization_id=org_xyz789&limit=50',
  headers: credential,
  status: 200,
};

/**
 * An attach is fresh only once, so the detach that makes it fresh again is part of what is counted.
 */
const attachAndDetach = (storeId) => {
  const path = `${space}/vector-stores/${storeId}`;
  return [
    { method: 'POST', path, headers: credential, status: 201 },
    { method: 'DELETE', path, headers: credential, status: 204 },
  ];
};

/**
 * What is measured. `prepare` gives each connection the steps that it repeats; a round of them
 * counts once. What is `crowded` is asked of servers with many rows.
 */
export const requests = [
  {
    key: 'get_200',
    title: 'GET a space, 200',
    prepare: (_port, connections) => Array(connections).fill([getSpace]),
  },
  {
    key: 'refused_403',
    title: 'GET a space that the caller may not see, 403',
    prepare: (_port, connections) => Array(connections).fill([getPrivateSpace]),
  },
  { key: 'attach_201', title: 'attach 201 + detach 204, the pair', prepare: prepareAttach },
  {
    key: 'store_201',
    title: 'POST a store, 201',
    prepare: (_port, connections) => Array(connections).fill([createStore]),
  },
  {
    key: 'post_422',
    title: 'POST a store with an empty name, 422',
    prepare: (_port, connections) => Array(connections).fill([createStoreWithoutName]),
  },
  {
    key: 'page_of_50',
    title: 'GET a page of 50 of 10,000 spaces, 200',
    crowded: true,
    prepare: (_port, connections) => Array(connections).fill([listSpaces]),
  },
];

/** A store of its own for each connection: two connections at one store would refuse each other. */
async function prepareAttach(port, connections) {
  const pairs = [];
  for (let i = 0; i < connections; i++) {
    const { text } = await askFor(port, createVectorStore);
    pairs.push(attachAndDetach(JSON.parse(text).data.id));
  }
  return pairs;
}

/** The first right answer of a cold start: the status, and a body that is a space. */
export function isSpace({ status, text }) {
  return status === getSpace.status && /^space_/.test(JSON.parse(text).id);
}

/** The same of a crowded one. */
export function isPage({ status, text }) {
  return status === listSpaces.status && JSON.parse(text).spaces.length > 0;
}
