// Worlds with as many rows as asked for, and the requests whose cost must not follow that number.
import { createUnderstudy } from '../dist/index.js';

const org = 'org_xyz789';
const time = '2026-02-26T15:30:00Z';
/** One row in so many is for the member, who sees few; at most `FEW` of them. */
const FEW = 40;
const isForMember = (i, rows) => i % Math.max(1, Math.floor(rows / FEW)) === 0;
const get = (path, caller = 'owner', status = 200) => [
  { path, headers: { 'x-api-key': `ak_${caller}` }, status },
];
const send = (method, path, status, body) => ({
  method,
  path,
  headers: { 'x-api-key': 'ak_owner', 'content-type': 'application/json' },
  ...(body ? { body: JSON.stringify(body) } : {}),
  status,
});

export const scenario = {
  scenario: 'crowd',
  description: 'Filled by the bench.',
  time,
  organizations: [
    {
      id: org,
      name: 'Crowd',
      roles: [{ id: 'role_a', name: 'A', capabilities: ['manage_knowledge_slices'] }],
      departments: [{ id: 'dept_a', name: 'A' }],
      users: [
        { id: 'usr_owner', name: 'Owner', role_ids: ['role_a'] },
        { id: 'usr_member', name: 'Member', department_ids: ['dept_a'] },
      ],
    },
  ],
  callers: ['owner', 'member'].map((name) => ({
    api_key: `ak_${name}`,
    user_id: `usr_${name}`,
    note: name,
  })),
};

const empty = () => createUnderstudy({ scenario, keepDeleted: 10_000 });

const dates = { created_at: time, updated_at: time };
const owned = (i, rows) => ({
  organization_id: org,
  created_by: isForMember(i, rows) ? 'usr_member' : 'usr_owner',
});

export const makers = {
  spaces: (i, rows) => ({
    id: `space_${i}`,
    ...owned(i, rows),
    name: `Space ${i}`,
    description: null,
    vector_store_id: null,
    access_mode: 'private',
    access_users: null,
    access_departments: null,
    editable_by_users: null,
    editable_by_roles: null,
    visible_to_roles: null,
    last_activity_at: null,
    ...dates,
    deleted_at: null,
  }),
  vectorStores: (i, rows) => ({
    id: `vs_${i}`,
    ...owned(i, rows),
    name: `Store ${(i * 7919) % rows}`,
    description: null,
    slice_id: i % 2 ? 'kslice_0' : null,
    is_active: i % 3 > 0,
    access_mode: i % 2 ? 'private' : 'department',
    access_departments: i % 2 || !isForMember(i, rows) ? null : ['dept_a'],
    access_users: null,
    flowplate_project_id: null,
    flow_id: isForMember(i, rows) ? 'flow_few' : 'flow_many',
    file_count: 0,
    data_size: i % 10,
    ...dates,
  }),
  slices: (i, rows) => ({
    id: `kslice_${i}`,
    ...owned(i, rows),
    name: `Slice ${i}`,
    description: null,
    type: i % 2 ? 'standard' : 'personal',
    is_composite: i % 5 === 0,
    owner_type: 'organization',
    owner_id: org,
    member_slice_ids: [],
    access_mode: 'private',
    access_target_ids: null,
    status: i % 3 ? 'active' : 'archived',
    archived_at: null,
    archived_by: null,
    ...dates,
  }),
  threads: (i, rows) => ({
    id: `thrd_${i}`,
    organization_id: org,
    user_id: isForMember(i, rows) ? 'usr_member' : 'usr_owner',
    title: `Thread ${i}`,
    metadata: {},
    assistant_id: i % 7 ? null : 'asst_a',
    status: 'inactive',
    visible_in_ui: true,
    last_model_used: null,
    pinned_at: i % 2 ? time : null,
    last_message_at: time,
    ...dates,
    deleted_at: null,
  }),
  messages: (i) => ({
    id: `msg_${i}`,
    thread_id: 'thrd_0',
    role: 'user',
    content: `Message ${i}`,
    metadata: {},
    created_at: time,
    updated_at: null,
  }),
};

/** An instance with as many rows in one table as asked for. */
export function crowd(table, rows) {
  const understudy = empty();
  const { world } = understudy;
  if (table === 'messages')
    world.threads.insert({ ...makers.threads(1, 1), user_id: 'usr_owner', id: 'thrd_0' });
  if (table === 'vectorStores')
    world.slices.insert(
      /** @type {any} */ ({ ...makers.slices(1, 1), access_mode: 'organization', id: 'kslice_0' }),
    );
  if (table === 'spaces') {
    const store = { ...makers.vectorStores(1, 1), access_mode: 'organization', id: 'vs_0' };
    world.vectorStores.insert(/** @type {any} */ (store));
  }
  world[table].fill(Array.from({ length: rows }, (_, i) => makers[table](i, rows)));
  return understudy;
}

const knowledge = `/v1/organizations/${org}/knowledge`;
const storesInSlice = `${knowledge}/slices/kslice_0/stores`;
const stores = `/v1/organizations/${org}/vector-stores`;

const attachments = '/v1/spaces/space_1/vector-stores/vs_0';

/** What is asked of a large table, as steps; `exempt` names what has to read all. */
export const asked = {
  spaces: (rows) => [
    ['a space', get(`/v1/spaces/space_${rows / 2 + 1}`)],
    ['a space that the caller may not see', get('/v1/spaces/space_1', 'member', 403)],
    [
      'attach and detach a store',
      [send('POST', attachments, 201), send('DELETE', attachments, 204)],
    ],
    ['spaces, by their creator', get(`/v1/spaces?organization_id=${org}&limit=50`)],
    ['spaces, for who sees few', get(`/v1/spaces?organization_id=${org}&limit=20`, 'member')],
  ],
  vectorStores: (rows) => [
    ['a store in a slice', [send('POST', storesInSlice, 201, { name: 'Bench' })]],
    ['a store with an empty name', [send('POST', storesInSlice, 422, { name: '' })]],
    ['stores, active', get(`${knowledge}/stores`)],
    ['stores, for who sees few', get(`${knowledge}/stores`, 'member')],
    [
      'stores, inactive and by name',
      get(`${knowledge}/stores?status=inactive&sort=name&order=asc`),
    ],
    ['stores, by size with many equal', get(`${knowledge}/stores?sort=data_size&order=asc`)],
    [
      'stores of a slice, in the middle',
      get(`${knowledge}/stores?slice_id=kslice_0&skip=${rows / 4}`),
    ],
    ['stores in a slice', get(storesInSlice)],
    ['vector stores of a mode', get(`${stores}?access_mode=department`)],
    ['vector stores of a rare flow', get(`${stores}?flow_id=flow_few`, 'member')],
    ['stores, searched by text', get(`${knowledge}/stores?search=store%201`), 'exempt'],
  ],
  slices: () => [
    ['slices of a type', get(`${knowledge}/slices?type=personal`)],
    ['slices, for who sees few', get(`${knowledge}/slices`, 'member')],
    ['composites', get(`${knowledge}/composites`)],
  ],
  threads: (rows) => [
    ['threads, pinned ones first', get('/v1/threads?include_total=true')],
    ['threads, only pinned ones', get('/v1/threads?is_pinned=true')],
    ['threads of an assistant', get('/v1/threads?assistant_id=asst_a&is_pinned=false')],
    [
      'threads, after one in the middle',
      get(`/v1/threads?after=thrd_${rows / 2 + 1}&include_total=true`),
    ],
    ['threads, for who has few', get('/v1/threads', 'member')],
  ],
  messages: (rows) => [
    ['messages, the first', get('/v1/threads/thrd_0/messages')],
    ['messages, after one in the middle', get(`/v1/threads/thrd_0/messages?after=msg_${rows / 2}`)],
    [
      'messages, before one in the middle',
      get(`/v1/threads/thrd_0/messages?before=msg_${rows / 2}&order=asc`),
    ],
  ],
};
