// K2, K3, K5, K10, K11, K13, K15 (slices and stores) and V2, V3, V5 (vector stores), all below one
// organization.
import { canReachSlice, canReachStore, hasCapability, isMember } from './access.mjs';
import { checkBody, oneOf, orNull, queryInteger, required, text, textList } from './checks.mjs';
import * as errors from './errors.mjs';
import { skipPage, skipQuery } from './paging.mjs';
import { addStore, dropStore, newId } from './state.mjs';

/** @typedef {import('./server.mjs').Context} Context */

const MANAGE_SLICES = 'manage_knowledge_slices'; // also for creating (K-C1)
const accessMode = () => oneOf(['private', 'public', 'department', 'organization']);

const SLICE_SHAPE = {
  name: required(text(1, 255)),
  description: orNull(text()),
  type: oneOf(['chat_space', 'personal', 'standard']),
  owner_type: required(oneOf(['user', 'group', 'department', 'organization'])),
  owner_id: required(text(1)),
  access_mode: accessMode(),
  access_target_ids: orNull(textList()),
};

const SLICE_STORE_SHAPE = {
  name: required(text(1, 255)),
  description: text(), // null is named for the other shapes only (K10)
  access_mode: accessMode(),
};

const VECTOR_STORE_SHAPE = {
  ...SLICE_STORE_SHAPE,
  description: orNull(text()),
  access_departments: orNull(textList()),
  access_users: orNull(textList()),
  flowplate_project_id: orNull(text()),
  flow_id: orNull(text()),
};

/** K2 @param {Context} context */
export function createSlice(context) {
  const { state, caller, params } = context;
  const fields = checkBody(context, SLICE_SHAPE);
  checkOrganization(context);
  checkManagesSlices(context, { organization_id: params.organization_id });
  if (!ownerExists(context, fields))
    throw context.invalid('owner_id', 'owner_id does not name an existing owner');

  const now = state.now();
  const slice = {
    id: newId('kslice'),
    description: null,
    type: 'standard',
    is_composite: false,
    status: 'active',
    member_slice_ids: [],
    organization_id: params.organization_id,
    created_by: caller.id,
    access_mode: 'organization',
    access_target_ids: null,
    created_at: now,
    updated_at: now,
    archived_at: null,
    archived_by: null,
    ...fields,
  };
  state.slices.set(slice.id, slice);
  return { status: 201, body: renderSlice(state, slice) };
}

// A `group` owner cannot be looked up anywhere, so any id will do (K-C14).
function ownerExists({ state, params }, fields) {
  const { owner_type, owner_id } = fields;
  const here = params.organization_id;
  if (owner_type === 'organization') return owner_id === here;
  if (owner_type === 'department') return state.departments.get(owner_id)?.organization_id === here;
  if (owner_type === 'user') return state.users.get(owner_id)?.organization_id === here;
  return true;
}

/** K3 @param {Context} context */
export function getSlice(context) {
  checkOrganization(context);
  return { status: 200, body: renderSlice(context.state, reachableSlice(context)) };
}

/** K5: once more is no mistake and changes nothing. @param {Context} context */
export function archiveSlice(context) {
  const { state, caller, params } = context;
  checkOrganization(context);
  checkManagesSlices(context, { slice_id: params.slice_id });
  const slice = existingSlice(context);
  if (slice.status !== 'archived') {
    const now = state.now();
    Object.assign(slice, {
      status: 'archived',
      archived_at: now,
      archived_by: caller.id,
      updated_at: now,
    });
  }
  return { status: 200, body: renderSlice(state, slice) };
}

/** K10 @param {Context} context */
export function createStoreInSlice(context) {
  const { state, caller, params } = context;
  const fields = checkBody(context, SLICE_STORE_SHAPE);
  checkOrganization(context);
  checkManagesSlices(context, { slice_id: params.slice_id });
  const slice = reachableSlice(context);
  if (slice.is_composite) throw context.invalid('slice_id', 'slice_id names a composite slice');
  if (slice.status === 'archived')
    throw context.invalid('slice_id', 'slice_id names an archived slice');

  const store = addStore(state, {
    ...fields,
    slice_id: slice.id,
    organization_id: slice.organization_id,
    created_by: caller.id,
  });
  return { status: 201, body: renderKnowledgeStore(store) };
}

/** K11: newest first, only what the caller may reach. @param {Context} context */
export function listStoresOfSlice(context) {
  const { state, caller } = context;
  const query = skipQuery(context);
  checkOrganization(context);
  const stores = storesOf(state, reachableSlice(context))
    .filter((store) => canReachStore(state, caller, store))
    .sort((a, b) => (a.created_at < b.created_at ? 1 : -1))
    .map(renderKnowledgeStore);
  return { status: 200, body: skipPage(query, stores) };
}

const newestFirst = (rows) => rows.sort((a, b) => (a.created_at < b.created_at ? 1 : -1));
const inOrganization = ({ params }, rows) =>
  [...rows.values()].filter(({ organization_id }) => organization_id === params.organization_id);

/** @param {Context} context @param {(slice: any) => boolean} isListed */
function pageOfSlices(context, isListed) {
  const { state, caller } = context;
  const query = skipQuery(context);
  checkOrganization(context);
  const slices = inOrganization(context, state.slices).filter(
    (slice) => isListed(slice) && canReachSlice(caller, slice),
  );
  const items = newestFirst(slices).map((slice) => renderSlice(state, slice));
  return { status: 200, body: skipPage(query, items) };
}

/** K1 @param {Context} context */
export function listSlices(context) {
  const status = context.query.get('status') ?? 'active';
  return pageOfSlices(context, (slice) => slice.status === status);
}

/** K7 @param {Context} context */
export function listComposites(context) {
  return pageOfSlices(context, ({ is_composite }) => is_composite);
}

function reachableStores(context) {
  const { state, caller } = context;
  checkOrganization(context);
  const stores = inOrganization(context, state.stores);
  return newestFirst(stores.filter((store) => canReachStore(state, caller, store)));
}

/** K12 @param {Context} context */
export function listStores(context) {
  const query = skipQuery(context);
  const stores = reachableStores(context).map(renderKnowledgeStore);
  return { status: 200, body: skipPage(query, stores) };
}

/** V1 @param {Context} context */
export function listVectorStores(context) {
  const [skip, take] = [
    queryInteger(context, 'skip', { min: 0, fallback: 0 }),
    queryInteger(context, 'take', { min: 1, max: 100, fallback: 50 }),
  ];
  const data = reachableStores(context).slice(skip, skip + take);
  return { status: 200, body: { success: true, message: 'Vector stores retrieved', data } };
}

/** K13 @param {Context} context */
export function getStore(context) {
  const { params } = context;
  checkOrganization(context);
  const store = reachableStore(
    context,
    params.store_id,
    'The requested vector store could not be found.',
  );
  return { status: 200, body: renderKnowledgeStore(store) };
}

/** K15 @param {Context} context */
export function deleteStore(context) {
  const { params } = context;
  checkOrganization(context);
  checkManagesSlices(context, { vector_store_id: params.store_id });
  forgetStore(
    context,
    existingStore(context, params.store_id, 'The requested vector store could not be found.'),
  );
  return { status: 204 };
}

/** V2: no capability is asked for. @param {Context} context */
export function createVectorStore(context) {
  const { state, caller, params } = context;
  const fields = checkBody(context, VECTOR_STORE_SHAPE);
  checkOrganization(context);
  const store = addStore(state, {
    ...fields,
    organization_id: params.organization_id,
    created_by: caller.id,
  });
  return { status: 201, body: wrapped('Vector store has been created', store) };
}

/** V3 @param {Context} context */
export function getVectorStore(context) {
  checkOrganization(context);
  const store = reachableStore(context, context.params.vector_store_id);
  return { status: 200, body: wrapped('Vector store retrieved successfully', store) };
}

/** V5: whoever may reach a store may delete it. @param {Context} context */
export function deleteVectorStore(context) {
  checkOrganization(context);
  forgetStore(context, reachableStore(context, context.params.vector_store_id));
  return { status: 204 };
}

// Shared steps, called in the order organization, capability, existence, access (0.5)

// An organization that does not exist is refused like a foreign one, so that ids do not leak.
function checkOrganization({ caller, params }) {
  if (!isMember(caller, params.organization_id))
    throw errors.organizationDenied(params.organization_id);
}

function checkManagesSlices({ caller, params }, details) {
  if (hasCapability(caller, params.organization_id, MANAGE_SLICES)) return;
  throw errors.forbidden(`Missing capability: ${MANAGE_SLICES}`, details);
}

// A foreign slice or store does not exist as far as this organization's paths go (K-C37).
function existingSlice({ state, params }) {
  const slice = state.slices.get(params.slice_id);
  if (slice?.organization_id !== params.organization_id)
    throw errors.sliceNotFound(params.slice_id);
  return slice;
}

function reachableSlice(context) {
  const slice = existingSlice(context);
  if (!canReachSlice(context.caller, slice))
    throw errors.forbidden('No access to the slice', { slice_id: slice.id });
  return slice;
}

function existingStore({ state, params }, storeId, missingText) {
  const store = state.stores.get(storeId);
  if (store?.organization_id !== params.organization_id)
    throw errors.storeNotFound(storeId, missingText);
  return store;
}

function reachableStore(context, storeId, missingText) {
  const store = existingStore(context, storeId, missingText);
  if (!canReachStore(context.state, context.caller, store)) {
    throw errors.forbidden('No access to the vector store', { vector_store_id: store.id });
  }
  return store;
}

// The links to spaces go too, and a space whose memory it was has none from then on (S-C24).
function forgetStore({ state }, store) {
  dropStore(state, store.id);
  for (const space of state.spaces.values()) {
    if (space.vector_store_id === store.id) space.vector_store_id = null;
  }
}

// A composite reaches the stores of its members.
function storesOf(state, slice) {
  const slices = [slice.id, ...slice.member_slice_ids];
  return [...state.stores.values()].filter((store) => slices.includes(store.slice_id));
}

function renderSlice(state, slice) {
  return { object: 'knowledge.slice', ...slice, store_count: storesOf(state, slice).length };
}

// Seed 002's fields only (K-C7), plus one that no sheet knows.
function renderKnowledgeStore(store) {
  const { access_departments, access_users, flowplate_project_id, flow_id, ...shown } = store;
  return { ...shown, region: 'eu-central' };
}

// Both field sets at once (K-C7) inside the clients' wrapper (K-C8).
function wrapped(message, store) {
  const { slice_id, ...shown } = store;
  const data = {
    flowplate_project_id: null,
    flow_id: null,
    ...shown,
    object: 'vector_store',
    status: 'active',
    total_size_bytes: store.data_size,
  };
  return { success: true, message, data };
}
