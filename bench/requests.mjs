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

const createStoreWithoutName = {
  method: 'POST',
  path: `${organization}/knowledge/slices/kslice_abc123/stores`,
  headers: json,
  body: JSON.stringify({ name: '' }),
  status: 422,
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
 * counts once.
 */
export const requests = [
  {
    key: 'get_200',
    title: 'GET a space, 200',
    prepare: (_port, connections) => Array(connections).fill([getSpace]),
  },
  { key: 'attach_201', title: 'attach 201 + detach 204, the pair', prepare: prepareAttach },
  {
    key: 'post_422',
    title: 'POST a store with an empty name, 422',
    prepare: (_port, connections) => Array(connections).fill([createStoreWithoutName]),
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
