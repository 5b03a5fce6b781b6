// S1 to S11: everything under /v1/spaces.
import { createHash } from 'node:crypto';
import { canEdit, canView, isMember, isOwner } from './access.mjs';
import { checkBody, oneOf, orNull, queryText, required, text, textList } from './checks.mjs';
import * as errors from './errors.mjs';
import { cursorPage, cursorQuery } from './paging.mjs';
import { addStore, dropStore, newId, storeLinksOf, threadLinksOf } from './state.mjs';
import { renderThread } from './threads.mjs';

/** @typedef {import('./server.mjs').Context} Context */

const ACCESS_FIELDS = {
  access_mode: oneOf(['organization', 'private', 'public']), // no `custom` (S-C3)
  access_users: orNull(textList()),
  access_departments: orNull(textList()),
  editable_by_users: orNull(textList()),
  editable_by_roles: orNull(textList()),
  visible_to_roles: orNull(textList()),
};

const UPDATE_SHAPE = {
  name: text(1, 255),
  description: orNull(text()),
  ...ACCESS_FIELDS,
};

const CREATE_SHAPE = {
  organization_id: required(text(1)),
  ...UPDATE_SHAPE,
  name: required(UPDATE_SHAPE.name),
};

/** S1 @param {Context} context */
export function createSpace(context) {
  const { state, caller } = context;
  const fields = checkBody(context, CREATE_SHAPE, { closed: true });
  if (!isMember(caller, fields.organization_id)) throw errors.notAMember(fields.organization_id);
  checkGroups(context, fields, fields.organization_id);

  const memory = addStore(state, {
    name: `${fields.name} memory`,
    organization_id: fields.organization_id,
    created_by: caller.id,
    access_mode: 'private',
  });
  const now = state.now();
  const space = {
    id: newId('space'),
    created_by: caller.id,
    description: null,
    vector_store_id: memory.id,
    access_mode: 'private',
    access_users: null,
    access_departments: null,
    editable_by_users: null,
    editable_by_roles: null,
    visible_to_roles: null,
    last_activity_at: null,
    created_at: now,
    updated_at: now,
    deleted_at: null,
    ...fields,
  };
  state.spaces.set(space.id, space);
  return { status: 201, body: renderSpace(state, space) };
}

/** S2 @param {Context} context */
export function listSpaces(context) {
  const { state, caller } = context;
  const organizationId = queryText(context, 'organization_id');
  if (!organizationId) throw context.invalid('organization_id', 'organization_id is required');
  const list = `spaces ${organizationId}`;
  cursorQuery(context, list);
  if (!isMember(caller, organizationId)) throw errors.notAMember(organizationId);

  const visible = [...state.spaces.values()].filter(
    (space) =>
      space.organization_id === organizationId && !space.deleted_at && canView(caller, space),
  );
  const { page, has_more, next_cursor } = cursorPage(context, list, visible, (space) => [
    space.created_at,
    space.id,
  ]);
  const spaces = page.map((space) => renderSpace(state, space));
  return { status: 200, body: { object: 'list', spaces, next_cursor, has_more } };
}

/** S3 @param {Context} context */
export function getSpace(context) {
  return { status: 200, body: renderSpace(context.state, viewableSpace(context)) };
}

/** S4 @param {Context} context */
export function updateSpace(context) {
  const { state } = context;
  const changes = checkBody(context, UPDATE_SHAPE);
  const space = findSpace(context);
  checkMayChange(context, space, changes);
  checkGroups(context, changes, space.organization_id);
  if (Object.keys(changes).length > 0) {
    Object.assign(space, changes);
    touch(space, state.now());
  }
  return { status: 200, body: renderSpace(state, space) };
}

// A request with both kinds of field needs both levels, and fails as a whole. An update of
// nothing still is an edit.
function checkMayChange({ caller }, space, changes) {
  const fields = Object.keys(changes);
  const sharing = fields.filter((field) => Object.hasOwn(ACCESS_FIELDS, field));
  const onlySharing = fields.length > 0 && sharing.length === fields.length;
  if (!onlySharing && !canEdit(caller, space)) throw errors.editRequired(space.id);
  if (sharing.length > 0 && !isOwner(caller, space)) throw errors.ownerRequired(space.id);
}

// Roles and departments must exist in the organization; user ids go unchecked (S-C23).
function checkGroups(context, fields, organizationId) {
  const { roles, departments } = context.state;
  const tables = {
    access_departments: departments,
    editable_by_roles: roles,
    visible_to_roles: roles,
  };
  for (const [field, table] of Object.entries(tables)) {
    const unknown = (fields[field] ?? []).find(
      (id) => table.get(id)?.organization_id !== organizationId,
    );
    if (unknown !== undefined)
      throw context.invalid(field, `${field} contains an unknown id: ${unknown}`);
  }
}

/** S5: edit access is enough (S-C1). @param {Context} context */
export function deleteSpace(context) {
  const { state } = context;
  const space = editableSpace(context);
  space.deleted_at = state.now();
  state.storeLinks = state.storeLinks.filter((link) => link.space_id !== space.id);
  state.threadLinks = state.threadLinks.filter((link) => link.space_id !== space.id);
  dropStore(state, space.vector_store_id);
  return { status: 204 };
}

/** S6 @param {Context} context */
export function attachStore(context) {
  const { state, caller, params } = context;
  const space = editableSpace(context);
  const ids = { space_id: space.id, vector_store_id: params.vector_store_id };
  const store = state.stores.get(ids.vector_store_id);
  if (!store) throw errors.storeNotFound(ids.vector_store_id);
  if (store.id === space.vector_store_id) {
    throw errors.invalidReference(
      "Cannot add space's own dedicated vector store as additional",
      ids,
    );
  }
  if (store.organization_id !== space.organization_id) {
    throw errors.invalidReference('Vector store belongs to a different organization', ids);
  }
  if (findStoreLink(state, ids))
    throw errors.alreadyExists('Vector store already attached to space', ids);

  const added_at = state.now();
  state.storeLinks.push({ id: newId('svs'), ...ids, added_by: caller.id, added_at });
  touch(space, added_at);
  const message = 'Vector store added to space';
  return {
    status: 201,
    body: { object: 'space.vector_store', success: true, message, ...ids, added_at },
  };
}

/** S7: additional stores only, oldest link first. @param {Context} context */
export function listStores(context) {
  const space = viewableSpace(context);
  const vector_stores = storeLinksOf(context.state, space.id).map(
    ({ id, vector_store_id, added_by, added_at }) => ({
      id,
      vector_store_id,
      added_by,
      added_at,
      state: 'ready',
    }),
  );
  return { status: 200, body: { object: 'list', vector_stores } };
}

/** S8 @param {Context} context */
export function detachStore(context) {
  const { state, params } = context;
  const space = editableSpace(context);
  const ids = { space_id: space.id, vector_store_id: params.vector_store_id };
  const link = findStoreLink(state, ids);
  if (!link) throw errors.notFound('Vector store not attached to space', ids);
  state.storeLinks = state.storeLinks.filter((other) => other !== link);
  touch(space, state.now());
  return { status: 204 };
}

/**
 * S9: adding again answers the first time's instant and changes nothing (S-C5). @param {Context}
 * context
 */
export function addThread(context) {
  const { state, params } = context;
  const space = editableSpace(context);
  const ids = { space_id: space.id, thread_id: params.thread_id };
  const thread = state.threads.get(ids.thread_id);
  if (thread?.organization_id !== space.organization_id) throw errors.threadNotFound(ids.thread_id);

  const link = findThreadLink(state, ids) ?? linkThread(state, space, ids);
  const message = 'Thread added to space';
  return {
    status: 201,
    body: { object: 'space.thread', success: true, message, ...ids, added_at: link.added_at },
  };
}

function linkThread(state, space, ids) {
  const link = { ...ids, added_at: state.now() };
  state.threadLinks.push(link);
  touch(space, link.added_at);
  return link;
}

/** S10: whole threads, the one added last first. @param {Context} context */
export function listThreads(context) {
  const { state, params } = context;
  const list = `threads ${params.space_id}`;
  cursorQuery(context, list);
  const space = viewableSpace(context);
  const links = threadLinksOf(state, space.id);
  const { page, has_more, next_cursor } = cursorPage(context, list, links, (link) => [
    link.added_at,
    link.thread_id,
  ]);
  const data = page.map((link) => renderListedThread(state, state.threads.get(link.thread_id)));
  return { status: 200, body: { object: 'list', data, has_more, next_cursor } };
}

// The list shows no `space_ids`, and null where a thread has no metadata (4.4).
function renderListedThread(state, thread) {
  const { space_ids, ...shown } = renderThread(state, thread);
  const empty = Object.keys(thread.metadata).length === 0;
  const owner_name = state.users.get(thread.user_id).full_name;
  return { ...shown, metadata: empty ? null : shown.metadata, owner_name };
}

/** S11 @param {Context} context */
export function removeThread(context) {
  const { state, params } = context;
  const space = editableSpace(context);
  const ids = { space_id: space.id, thread_id: params.thread_id };
  const link = findThreadLink(state, ids);
  if (!link) throw errors.notFound('No such thread in the space', ids); // S-C6
  state.threadLinks = state.threadLinks.filter((other) => other !== link);
  touch(space, state.now());
  return { status: 204 };
}

// Shared steps

// A query organization_id is optional, yet must be the space's own when it is sent (S-C2).
function findSpace(context) {
  const { state, params } = context;
  const space = state.spaces.get(params.space_id);
  const asked = queryText(context, 'organization_id');
  const hidden = !space || space.deleted_at || (asked !== null && asked !== space.organization_id);
  if (hidden) throw errors.spaceNotFound(params.space_id);
  return space;
}

// A caller from elsewhere is told that access is missing (S-C4).
function viewableSpace(context) {
  const space = findSpace(context);
  if (!canView(context.caller, space)) throw errors.viewRequired(space.id);
  return space;
}

function editableSpace(context) {
  const space = findSpace(context);
  if (!canEdit(context.caller, space)) throw errors.editRequired(space.id);
  return space;
}

function findStoreLink(state, { space_id, vector_store_id }) {
  return storeLinksOf(state, space_id).find((link) => link.vector_store_id === vector_store_id);
}

function findThreadLink(state, { space_id, thread_id }) {
  return threadLinksOf(state, space_id).find((link) => link.thread_id === thread_id);
}

function touch(space, now) {
  space.updated_at = now;
  space.last_activity_at = now;
}

function renderSpace(state, space) {
  const { deleted_at, ...shown } = space;
  return {
    object: 'space',
    ...shown,
    additional_vector_store_ids: storeLinksOf(state, space.id).map((link) => link.vector_store_id),
    etag: createHash('sha1').update(`${space.id} ${space.updated_at}`).digest('hex').slice(0, 12),
  };
}
