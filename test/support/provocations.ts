// For every case that is reached by state: the calls that bring about that state in the default scenario, and the
// request that is then answered with it. Not one of them forces a case by name.
import type { OperationId } from '../../src/spec/cases.gen.js';

export interface Sent {
  readonly method: string;
  readonly target: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

export interface Provocation {
  /** `operation.case`, or the bare name of a case that no operation owns. */
  readonly case: string;
  readonly steps?: readonly Sent[];
  readonly request: Sent;
}

type Caller = 'owner' | 'admin' | 'editor' | 'viewer' | 'member' | 'outsider';

function as(caller: Caller) {
  const headers = { 'x-api-key': `ak_${caller}` };
  const json = { ...headers, 'content-type': 'application/json' };
  const text = (body: unknown) => (typeof body === 'string' ? body : JSON.stringify(body));
  return {
    get: (target: string): Sent => ({ method: 'GET', target, headers }),
    post: (target: string, body?: unknown): Sent =>
      body === undefined ? { method: 'POST', target, headers } : { method: 'POST', target, headers: json, body: text(body) },
    patch: (target: string, body: unknown): Sent => ({ method: 'PATCH', target, headers: json, body: text(body) }),
    delete: (target: string): Sent => ({ method: 'DELETE', target, headers }),
  };
}

export const owner = as('owner');
export const admin = as('admin');
export const editor = as('editor');
export const viewer = as('viewer');
export const member = as('member');
export const outsider = as('outsider');

const space = '/v1/spaces/space_abc123';
const noSpace = '/v1/spaces/space_invalid';
const org = '/v1/organizations/org_xyz789';
const slices = `${org}/knowledge/slices`;
const spaceBody = { organization_id: 'org_xyz789', name: 'Product Knowledge Base' };
const sliceBody = { name: 'New slice', owner_type: 'organization', owner_id: 'org_xyz789' };

/** A request that the operation answers with success, by its owner. */
export const accepted: Readonly<Record<OperationId, Sent>> = {
  createSpace: owner.post('/v1/spaces/', spaceBody),
  listSpaces: owner.get('/v1/spaces/?organization_id=org_xyz789'),
  getSpace: owner.get(space),
  updateSpace: owner.patch(space, { name: 'Launch room 2', access_mode: 'organization' }),
  deleteSpace: owner.delete(space),
  addVectorStoreToSpace: owner.post(`${space}/vector-stores/vs_def456`),
  listSpaceVectorStores: owner.get(`${space}/vector-stores`),
  removeVectorStoreFromSpace: owner.delete(`${space}/vector-stores/vs_attached`),
  addThreadToSpace: owner.post(`${space}/threads/thrd_def456`),
  listSpaceThreads: owner.get(`${space}/threads`),
  removeThreadFromSpace: owner.delete(`${space}/threads/thrd_in_space`),
  createThread: owner.post('/v1/threads', { organization_id: 'org_xyz789' }),
  getThread: owner.get('/v1/threads/thrd_def456'),
  listMessages: owner.get('/v1/threads/thrd_def456/messages'),
  createSlice: owner.post(slices, sliceBody),
  getSlice: owner.get(`${slices}/kslice_abc123`),
  createStoreInSlice: owner.post(`${slices}/kslice_abc123/stores`, { name: 'API Documentation Store' }),
  listStoresInSlice: owner.get(`${slices}/kslice_abc123/stores`),
  getStore: owner.get(`${org}/knowledge/stores/vs_def456`),
  createVectorStore: owner.post(`${org}/vector-stores`, { name: 'Product catalogue' }),
  getVectorStore: owner.get(`${org}/vector-stores/vs_def456`),
};

const credentials: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  authentication_required: {},
  invalid_api_key: { 'x-api-key': 'ak_nobody' },
  api_key_expired: { 'x-api-key': 'ak_expired' },
  api_key_deactivated: { 'x-api-key': 'ak_deactivated' },
  api_key_paused: { 'x-api-key': 'ak_paused' },
  token_invalid: { authorization: 'Bearer tok_nobody' },
  token_expired: { authorization: 'Bearer tok_expired' },
  token_missing_subject: { authorization: 'Bearer tok_no_subject' },
};

const operationIds = Object.keys(accepted) as OperationId[];

/** The same request with another credential. */
export function withCredential(sent: Sent, credential: Readonly<Record<string, string>>): Sent {
  const { 'x-api-key': _, ...headers } = sent.headers ?? {};
  return { ...sent, headers: { ...headers, ...credential } };
}

const withoutCredentials: Provocation[] = operationIds.flatMap((id) =>
  Object.entries(credentials).map(([name, credential]) => ({
    case: `${id}.${name}`,
    request: withCredential(accepted[id], credential),
  })),
);

/** A query that breaks the document, for each operation with query parameters. */
const badQueries: Provocation[] = operationIds
  .filter(
    (id) =>
      ![
        'createSpace',
        'createThread',
        'getThread',
        'createSlice',
        'getSlice',
        'createStoreInSlice',
        'getStore',
        'createVectorStore',
        'getVectorStore',
      ].includes(id),
  )
  .map((id) => {
    const sent = accepted[id];
    const paged = ['listSpaces', 'listSpaceThreads', 'listMessages', 'listStoresInSlice'].includes(id);
    const broken = paged ? 'limit=101' : 'organization_id=org_xyz789&organization_id=org_xyz789';
    return {
      case: `${id}.invalid_parameter`,
      request: { ...sent, target: `${sent.target}${sent.target.includes('?') ? '&' : '?'}${broken}` },
    };
  });

/** Bodies that break the document, for each operation with a body. */
const badBodies: Provocation[] = operationIds
  .filter((id) => accepted[id].body !== undefined)
  .flatMap((id) => {
    const send = (body: string): Sent => ({ ...accepted[id], body });
    const wrong = id === 'createThread' ? '{"organization_id":7}' : '{"name":""}';
    return [
      { case: `${id}.invalid_body`, request: send(wrong) },
      { case: `${id}.malformed_json`, request: send('{"name": ') },
      { case: `${id}.body_not_an_object`, request: send('["name"]') },
    ];
  });

const successes: Provocation[] = [
  ['createSpace', 'created'],
  ['listSpaces', 'listed'],
  ['getSpace', 'retrieved'],
  ['updateSpace', 'updated'],
  ['deleteSpace', 'deleted'],
  ['addVectorStoreToSpace', 'attached'],
  ['listSpaceVectorStores', 'listed'],
  ['removeVectorStoreFromSpace', 'detached'],
  ['addThreadToSpace', 'added'],
  ['listSpaceThreads', 'listed'],
  ['removeThreadFromSpace', 'removed'],
  ['createThread', 'created'],
  ['getThread', 'retrieved'],
  ['listMessages', 'listed'],
  ['createSlice', 'created'],
  ['getSlice', 'retrieved'],
  ['createStoreInSlice', 'created'],
  ['listStoresInSlice', 'listed'],
  ['getStore', 'retrieved'],
  ['createVectorStore', 'created'],
  ['getVectorStore', 'retrieved'],
].map(([id, name]) => ({ case: `${id}.${name}`, request: accepted[id as OperationId] }));

const provoke = (name: string, request: Sent, steps?: readonly Sent[]): Provocation => ({
  case: name,
  request,
  ...(steps ? { steps } : {}),
});

const byRule: Provocation[] = [
  provoke('createSpace.organization_access_denied', owner.post('/v1/spaces/', { ...spaceBody, organization_id: 'org_abc123' })),
  provoke('createSpace.unknown_role', owner.post('/v1/spaces/', { ...spaceBody, visible_to_roles: ['role_missing'] })),
  provoke('createSpace.unknown_department', owner.post('/v1/spaces/', { ...spaceBody, access_departments: ['dept_contoso'] })),
  provoke(
    'createSpace.vector_store_not_found',
    owner.post('/v1/spaces/', { ...spaceBody, vector_store_ids: ['vs_def456', 'vs_invalid'] }),
  ),
  provoke('createSpace.other_organization', owner.post('/v1/spaces/', { ...spaceBody, vector_store_ids: ['vs_other_org'] })),
  provoke('listSpaces.organization_access_denied', outsider.get('/v1/spaces/?organization_id=org_xyz789')),
  provoke('listSpaces.unknown_cursor', owner.get('/v1/spaces/?organization_id=org_xyz789&cursor=made-up')),
  provoke('getSpace.view_access_required', member.get(space)),
  provoke('getSpace.space_not_found', owner.get(noSpace)),
  provoke('updateSpace.edit_access_required', viewer.patch(space, { name: 'Mine now' })),
  provoke('updateSpace.owner_access_required', editor.patch(space, { name: 'Ours now', access_mode: 'public' })),
  provoke('updateSpace.space_not_found', owner.patch(noSpace, { name: 'Nothing' })),
  provoke('updateSpace.unknown_role', owner.patch(space, { editable_by_roles: ['role_missing'] })),
  provoke('updateSpace.unknown_department', owner.patch(space, { access_departments: ['dept_missing'] })),
  provoke('deleteSpace.edit_access_required', viewer.delete(space)),
  provoke('deleteSpace.space_not_found', owner.delete(space), [owner.delete(space)]),
  provoke('addVectorStoreToSpace.edit_access_required', viewer.post(`${space}/vector-stores/vs_def456`)),
  provoke('addVectorStoreToSpace.space_not_found', owner.post(`${noSpace}/vector-stores/vs_def456`)),
  provoke('addVectorStoreToSpace.vector_store_not_found', owner.post(`${space}/vector-stores/vs_invalid`)),
  provoke('addVectorStoreToSpace.already_attached', owner.post(`${space}/vector-stores/vs_def456`), [
    owner.post(`${space}/vector-stores/vs_def456`),
  ]),
  provoke('addVectorStoreToSpace.own_dedicated_store', owner.post(`${space}/vector-stores/vs_abc123`)),
  provoke('addVectorStoreToSpace.other_organization', owner.post(`${space}/vector-stores/vs_other_org`)),
  provoke('listSpaceVectorStores.view_access_required', member.get(`${space}/vector-stores`)),
  provoke('listSpaceVectorStores.space_not_found', owner.get(`${noSpace}/vector-stores`)),
  provoke('removeVectorStoreFromSpace.edit_access_required', viewer.delete(`${space}/vector-stores/vs_attached`)),
  provoke('removeVectorStoreFromSpace.space_not_found', owner.delete(`${noSpace}/vector-stores/vs_attached`)),
  provoke('removeVectorStoreFromSpace.not_attached', owner.delete(`${space}/vector-stores/vs_def456`)),
  provoke('addThreadToSpace.already_added', owner.post(`${space}/threads/thrd_in_space`)),
  provoke('addThreadToSpace.edit_access_required', viewer.post(`${space}/threads/thrd_def456`)),
  provoke('addThreadToSpace.space_not_found', owner.post(`${noSpace}/threads/thrd_def456`)),
  provoke('addThreadToSpace.thread_not_found', owner.post(`${space}/threads/thrd_invalid`)),
  provoke('listSpaceThreads.view_access_required', member.get(`${space}/threads`)),
  provoke('listSpaceThreads.space_not_found', owner.get(`${noSpace}/threads`)),
  provoke('listSpaceThreads.unknown_cursor', owner.get(`${space}/threads?cursor=c3BhY2VzL29yZ194eXo3ODkjMA`)),
  provoke('removeThreadFromSpace.edit_access_required', viewer.delete(`${space}/threads/thrd_in_space`)),
  provoke('removeThreadFromSpace.space_not_found', owner.delete(`${noSpace}/threads/thrd_in_space`)),
  provoke('removeThreadFromSpace.thread_not_in_space', owner.delete(`${space}/threads/thrd_empty`)),
  provoke('createThread.organization_access_denied', owner.post('/v1/threads', { organization_id: 'org_abc123' })),
  provoke('getThread.thread_not_found', editor.get('/v1/threads/thrd_def456')),
  provoke('listMessages.thread_not_found', owner.get('/v1/threads/thrd_invalid/messages')),
  provoke('listMessages.unknown_cursor', owner.get('/v1/threads/thrd_def456/messages?after=msg_4')),
  provoke('createSlice.organization_access_denied', outsider.post(slices, sliceBody)),
  provoke('createSlice.capability_required', member.post(slices, sliceBody)),
  provoke('createSlice.unknown_owner', owner.post(slices, { ...sliceBody, owner_type: 'user', owner_id: 'usr_abc123' })),
  provoke('getSlice.organization_access_denied', outsider.get(`${slices}/kslice_abc123`)),
  provoke('getSlice.access_required', member.get(`${slices}/kslice_private`)),
  provoke('getSlice.slice_not_found', owner.get(`${slices}/kslice_foreign`)),
  provoke(
    'createStoreInSlice.invalid_access_mode',
    owner.post(`${slices}/kslice_abc123/stores`, { name: 'A store', access_mode: 'secret' }),
  ),
  provoke('createStoreInSlice.organization_access_denied', outsider.post(`${slices}/kslice_abc123/stores`, { name: 'A store' })),
  provoke('createStoreInSlice.capability_required', member.post(`${slices}/kslice_abc123/stores`, { name: 'A store' })),
  provoke('createStoreInSlice.slice_not_found', owner.post(`${slices}/kslice_invalid/stores`, { name: 'A store' })),
  provoke('createStoreInSlice.slice_archived', owner.post(`${slices}/kslice_archived/stores`, { name: 'A store' })),
  provoke('createStoreInSlice.slice_composite', owner.post(`${slices}/kslice_comp789/stores`, { name: 'A store' })),
  provoke('listStoresInSlice.organization_access_denied', outsider.get(`${slices}/kslice_abc123/stores`)),
  provoke('listStoresInSlice.slice_not_found', owner.get(`${slices}/kslice_invalid/stores`)),
  provoke('getStore.organization_access_denied', outsider.get(`${org}/knowledge/stores/vs_def456`)),
  provoke('getStore.access_required', member.get(`${org}/knowledge/stores/vs_private`)),
  provoke('getStore.vector_store_not_found', owner.get(`${org}/knowledge/stores/vs_other_org`)),
  provoke('createVectorStore.organization_access_denied', outsider.post(`${org}/vector-stores`, { name: 'A store' })),
  provoke('getVectorStore.organization_access_denied', outsider.get(`${org}/vector-stores/vs_def456`)),
  provoke('getVectorStore.access_required', member.get(`${org}/vector-stores/vs_private`)),
  provoke('getVectorStore.vector_store_not_found', owner.get(`${org}/vector-stores/vs_invalid`)),
];

const beforeAnyOperation: Provocation[] = [
  provoke('unknown_path', owner.get('/v1/nowhere')),
  provoke('method_not_allowed', { ...owner.get(space), method: 'PUT' }),
  provoke('body_too_large', owner.post('/v1/spaces/', `"${'x'.repeat(1024 * 1024)}"`)),
  provoke('unknown_preference', { ...owner.get(space), headers: { 'x-api-key': 'ak_owner', prefer: 'code=409' } }),
];

export const provocations: readonly Provocation[] = [
  ...successes,
  ...byRule,
  ...withoutCredentials,
  ...badQueries,
  ...badBodies,
  ...beforeAnyOperation,
];
