import { beforeEach, describe, expect, it } from 'vitest';
import { createUnderstudy, type Understudy } from '../../src/index.js';
import { call } from '../support/call.js';
import { admin, editor, member, owner, viewer } from '../support/requests.js';

const org = '/v1/organizations/org_xyz789';
const slices = `${org}/knowledge/slices`;

describe('knowledge', () => {
  let understudy: Understudy;
  beforeEach(() => {
    understudy = createUnderstudy();
  });

  it('counts a new store in its slice, lists it first, and shows one row in both views', async () => {
    const before = (await call(understudy, owner.get(`${slices}/kslice_abc123`))).body.store_count;
    const { body: store } = await call(
      understudy,
      owner.post(`${slices}/kslice_abc123/stores`, { name: 'New' }),
    );
    expect((await call(understudy, owner.get(`${slices}/kslice_abc123`))).body.store_count).toBe(
      before + 1,
    );
    expect(
      (await call(understudy, owner.get(`${slices}/kslice_abc123/stores`))).body.items[0],
    ).toEqual(store);
    expect((await call(understudy, owner.get(`${org}/knowledge/stores/${store.id}`))).body).toEqual(
      store,
    );
    expect(
      (await call(understudy, owner.get(`${org}/vector-stores/${store.id}`))).body.data,
    ).toMatchObject({
      id: store.id,
      name: 'New',
      status: 'active',
    });
  });

  it('counts the stores of its members for a composite', async () => {
    expect((await call(understudy, owner.get(`${slices}/kslice_comp789`))).body).toMatchObject({
      is_composite: true,
      store_count: 3,
    });
  });

  it('makes a store outside any slice, which can be attached to a space', async () => {
    const { body } = await call(
      understudy,
      member.post(`${org}/vector-stores`, { name: 'Loose', access_users: null }),
    );
    expect(body).toMatchObject({
      success: true,
      data: {
        access_mode: 'organization',
        access_users: null,
        access_departments: [],
        total_size_bytes: 0,
      },
    });
    expect(
      (await call(understudy, member.get(`${org}/knowledge/stores/${body.data.id}`))).body.slice_id,
    ).toBe(null);
    expect(
      (await call(understudy, owner.post(`/v1/spaces/space_abc123/vector-stores/${body.data.id}`)))
        .status,
    ).toBe(201);
  });

  it('opens a store by creator, mode, department and override', async () => {
    const status = async (caller: typeof owner, id: string) =>
      (await call(understudy, caller.get(`${org}/knowledge/stores/${id}`))).status;
    expect(await status(owner, 'vs_private')).toBe(200);
    expect(await status(admin, 'vs_private')).toBe(200);
    expect(await status(viewer, 'vs_private')).toBe(403);
    expect(await status(viewer, 'vs_research')).toBe(200);
    expect(await status(member, 'vs_research')).toBe(403);
    expect(await status(member, 'vs_def456')).toBe(200);
  });

  it('opens a slice by owner department, and lists only what the caller may reach', async () => {
    expect((await call(understudy, viewer.get(`${slices}/kslice_research`))).status).toBe(200);
    expect((await call(understudy, editor.get(`${slices}/kslice_research`))).case).toBe(
      'getSlice.access_required',
    );
    expect(
      (await call(understudy, viewer.get(`${slices}/kslice_research/stores`))).body.total,
    ).toBe(1);
    expect(
      (await call(understudy, editor.get(`${slices}/kslice_research/stores`))).body,
    ).toMatchObject({
      items: [],
      total: 0,
      has_more: false,
    });
  });

  it('pages by skip and limit, and is empty beyond the end', async () => {
    const page = async (query: string) =>
      (await call(understudy, owner.get(`${slices}/kslice_abc123/stores?${query}`))).body;
    expect(await page('limit=1')).toMatchObject({ total: 2, skip: 0, limit: 1, has_more: true });
    expect(await page('skip=1&limit=1')).toMatchObject({ has_more: false });
    expect(await page('skip=9')).toMatchObject({ items: [], total: 2, has_more: false });
    expect(
      (await call(understudy, owner.get(`${slices}/kslice_abc123/stores?limit=0`))).body.error
        .details,
    ).toEqual({
      field: 'limit',
      message: 'limit must be at least 1',
    });
  });

  it('gives a department store the departments of its creator', async () => {
    const { body: store } = await call(
      understudy,
      owner.post(`${slices}/kslice_abc123/stores`, { name: 'Team', access_mode: 'department' }),
    );
    expect((await call(understudy, viewer.get(`${org}/knowledge/stores/${store.id}`))).status).toBe(
      403,
    );
  });
});

describe('threads and messages', () => {
  it('start empty, inactive and in no space', async () => {
    const { body } = await call(
      createUnderstudy(),
      owner.post('/v1/threads', { organization_id: 'org_xyz789', visible_in_ui: null }),
    );
    expect(body).toMatchObject({
      title: null,
      metadata: {},
      status: 'inactive',
      message_count: 0,
      visible_in_ui: true,
      is_pinned: false,
      space_ids: [],
    });
    expect(body.last_message_at).toBe(body.created_at);
  });

  it('keep the bounds of the metadata', async () => {
    const metadata = { ['k'.repeat(65)]: 1 };
    const { status, body } = await call(
      createUnderstudy(),
      owner.post('/v1/threads', { organization_id: 'org_xyz789', metadata }),
    );
    expect(status).toBe(422);
    expect(body.error.details.field).toBe('metadata');
  });

  it('are read forwards, backwards and between ids', async () => {
    const understudy = createUnderstudy();
    const ids = async (query: string) => {
      const { body } = await call(
        understudy,
        owner.get(`/v1/threads/thrd_def456/messages?${query}`),
      );
      return [body.data.map((row: { id: string }) => row.id).join(' '), body.has_more];
    };
    expect(await ids('')).toEqual(['msg_1 msg_2 msg_3', false]);
    expect(await ids('order=desc&limit=2')).toEqual(['msg_3 msg_2', true]);
    expect(await ids('after=msg_1&limit=1')).toEqual(['msg_2', true]);
    expect(await ids('before=msg_3&limit=1')).toEqual(['msg_2', true]);
    expect(await ids('after=msg_1&before=msg_3')).toEqual(['msg_2', false]);
    expect(await ids('after=msg_3')).toEqual(['', false]);
  });
});
