// Rows that are changed, added and removed over the control plane: the world stays sound, or stays as it was.
import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import { ControlClient } from '../../src/control/client.js';
import type { ControlError } from '../../src/control/client-answer.js';
import { createUnderstudy, type Understudy } from '../../src/index.js';
import type { JsonObject } from '../../src/spec/message.js';
import type { TableName } from '../../src/world/world.js';
import { patchOf, rowsOf } from '../support/random-rows.js';
import { whole } from '../support/sample.js';

let understudy: Understudy;
let control: ControlClient;
beforeEach(() => {
  understudy = createUnderstudy();
  control = new ControlClient('http://understudy.local', {
    fetch: (url, init) => understudy.fetch(url, init),
  });
});

const snapshot = () => structuredClone({ ...understudy.world.snapshot() });
const get = async (path: string, key = 'ak_owner') => {
  const response = await understudy.fetch(path, { headers: { 'X-API-Key': key } });
  return { status: response.status, body: JSON.parse(await response.text()) };
};
const refusal = (work: Promise<unknown>): Promise<ControlError> =>
  work.then(
    () => {
      throw new Error('It was not refused.');
    },
    (error) => error as ControlError,
  );

describe('a row that is patched', () => {
  it('is what the API answers with, is seen in compare, and is as before after a rewind', async () => {
    await get('/v1/spaces/space_abc123');
    await control.forkWorld('default', 'before');
    expect((await get('/v1/spaces/space_abc123', 'ak_member')).status).toBe(403);
    const row = await control.patchRow('default', 'spaces', 'space_abc123', {
      access_mode: 'organization',
      name: 'Open to all',
    });
    expect(row).toMatchObject({ id: 'space_abc123', name: 'Open to all' });
    expect(await control.row('default', 'spaces', 'space_abc123')).toEqual(row);
    const { body } = await get('/v1/spaces/space_abc123', 'ak_member');
    expect(body.name).toBe('Open to all');
    const { text } = await control.compareWorlds('before', 'default');
    expect(text).toContain('~ spaces space_abc123 access_mode: "private" → "organization"');
    await control.rewindWorld('default', 2);
    expect((await control.compareWorlds('before', 'default')).text).toBe('no difference\n');
  });

  it('keeps its time, its place and all other rows', async () => {
    const before = snapshot();
    await control.patchRow('default', 'users', 'usr_member1', { name: 'Mel' });
    const users = (before.users as JsonObject[]).map((user) =>
      user.id === 'usr_member1' ? { ...user, name: 'Mel' } : user,
    );
    expect(snapshot()).toEqual({ ...before, users });
  });

  it('loses what is null, and merges what is an object', async () => {
    const patch = (fields: JsonObject) =>
      control.patchRow('default', 'threads', 'thrd_pinned', fields);
    expect(await patch({ pinned_at: null, metadata: { a: 1, b: { c: 2 } } })).toMatchObject({
      pinned_at: null,
    });
    expect((await patch({ metadata: { a: null, b: { d: [3] } }, title: null })).metadata).toEqual({
      b: { c: 2, d: [3] },
    });
    expect((await patch({ metadata: null })).metadata).toBeNull();
    const space = await control.patchRow('default', 'spaces', 'space_lobby', {
      vector_store_id: null,
      last_activity_at: null,
    });
    expect(space).toMatchObject({ vector_store_id: null, last_activity_at: null });
  });

  it('takes what follows from it along', async () => {
    const slice = await control.patchRow('default', 'slices', 'kslice_abc123', {
      archived_at: '2026-02-01T10:00:00+01:00',
      archived_by: 'usr_owner1',
    });
    expect(slice).toMatchObject({ status: 'archived', archived_at: '2026-02-01T09:00:00Z' });
    await control.patchRow('default', 'threads', 'thrd_empty', {
      deleted_at: '2026-02-26T10:00:00Z',
    });
    expect((await control.state('default', 'deletedRows')).rows).toContainEqual({
      id: 'threads/thrd_empty',
      table: 'threads',
      row_id: 'thrd_empty',
    });
  });

  it('stands where its new time puts it, as in a world that is loaded', async () => {
    const { rows } = await control.state('default', 'threads', { limit: 1000 });
    await control.patchRow('default', 'threads', rows.at(-1)?.id as string, {
      created_at: '2020-01-01T00:00:00Z',
    });
    const after = await control.state('default', 'threads', { limit: 1000 });
    expect(after.rows[0]?.id).toBe(rows.at(-1)?.id);
  });

  it('is a credential alone, though its caller has two', async () => {
    await control.patchRow('default', 'credentials', 'ak_viewer', { state: 'paused' });
    expect((await get('/v1/threads', 'ak_viewer')).status).toBe(401);
    const response = await understudy.fetch('/v1/threads', {
      headers: { Authorization: 'Bearer tok_viewer' },
    });
    expect(response.status).toBe(200);
  });

  it('is an embedding, done or not', async () => {
    const [{ id = '' } = {}] = (await control.state('default', 'embeddings')).rows as [
      { id: string },
    ];
    const failed = { status: 'failed', error: 'It was too long.' };
    expect(await control.patchRow('default', 'embeddings', id, failed)).toMatchObject(failed);
  });

  it('keeps the order of what was made within one second, on a real clock too', async () => {
    understudy = createUnderstudy({ clock: 'real' });
    for (const space of ['space_lobby', 'space_abc123', 'space_writers'])
      await understudy.fetch(`/v1/spaces/${space}/threads/thrd_def456`, {
        method: 'POST',
        headers: { 'X-API-Key': 'ak_owner' },
      });
    const before = snapshot();
    const links = before.spaceThreads as JsonObject[];
    const { id = '' } = links.find(({ space_id }) => space_id === 'space_abc123') as { id: string };
    await control.patchRow('default', 'spaceThreads', id, { added_by: 'usr_editor1' });
    const after = links.map((row) => (row.id === id ? { ...row, added_by: 'usr_editor1' } : row));
    expect(snapshot()).toEqual({ ...before, spaceThreads: after });
  });

  it('changes no frozen clock', async () => {
    await control.moveClock('default', { frozen: true });
    await control.patchRow('default', 'threads', 'thrd_empty', {
      created_at: '2020-01-01T00:00:00Z',
    });
    expect((await control.world('default')).frozen).toBe(true);
  });

  it.each([
    [
      'spaces',
      'space_abc123',
      { vector_store_id: 'vs_none' },
      'vector_store_id',
      /no vector store vs_none/,
    ],
    [
      'spaces',
      'space_abc123',
      { vector_store_id: 'vs_lobby' },
      'vector_store_id',
      /another space's/,
    ],
    [
      'spaces',
      'space_abc123',
      { vector_store_id: 'vs_other_org' },
      'vector_store_id',
      /belongs to org_abc123/,
    ],
    ['spaces', 'space_abc123', { access_mode: 'secret' }, 'access_mode', /cannot be "secret"/],
    ['spaces', 'space_abc123', { access_users: 7 }, 'access_users', /must be a list/],
    ['spaces', 'space_abc123', { access_users: ['usr_none'] }, 'access_users', /no user usr_none/],
    ['spaces', 'space_abc123', { name: null }, 'name', /name is missing/],
    ['spaces', 'space_abc123', { name: 7, description: 'x' }, 'name', /must be a text/],
    ['spaces', 'space_abc123', { colour: 'red' }, 'colour', /no field colour/],
    ['spaces', 'space_abc123', { __proto__: null, constructor: 1 }, 'constructor', /no field/],
    ['spaces', 'space_abc123', { created_at: '2036-01-01T00:00:00Z' }, 'created_at', /later than/],
    ['spaces', 'space_abc123', { created_at: 'soon' }, 'created_at', /not a valid date/],
    [
      'spaces',
      'space_abc123',
      { deleted_at: '2026-02-26T10:00:00Z' },
      'deleted_at',
      /holds nothing/,
    ],
    ['spaces', 'space_abc123', { id: 'space_other' }, 'id', /stays as it is/],
    ['spaces', 'space_abc123', { id: null }, 'id', /stays as it is/],
    [
      'vectorStores',
      'vs_def456',
      { name: 'x', organization_id: 'org_abc123' },
      'organization_id',
      /usr_owner1 belongs to/,
    ],
    [
      'vectorStores',
      'vs_attached',
      { organization_id: 'org_none' },
      'organization_id',
      /no organization org_none/,
    ],
    ['slices', 'kslice_abc123', { status: 'archived' }, 'status', /not a known key/],
    [
      'slices',
      'kslice_abc123',
      { archived_at: '2026-02-01T10:00:00Z' },
      'archived_at',
      /go together/,
    ],
    [
      'slices',
      'kslice_abc123',
      { member_slice_ids: ['kslice_none'] },
      'member_slice_ids',
      /no slice/,
    ],
    [
      'threads',
      'thrd_in_space',
      { title: 'x', deleted_at: '2026-02-26T10:00:00Z' },
      'deleted_at',
      /is deleted/,
    ],
    ['messages', 'msg_1', { role: 'poet' }, 'role', /cannot be "poet"/],
    ['messages', 'msg_1', { thread_id: 'thrd_none' }, 'thread_id', /not a known key/],
    ['users', 'usr_viewer1', { role_ids: ['role_none'] }, 'role_ids', /no role role_none/],
    ['users', 'usr_viewer1', { role_ids: 7 }, 'role_ids', /must be a list/],
    ['departments', 'dept_optics', { parent_id: 'dept_lasers' }, 'parent_id', /below itself/],
    ['credentials', 'ak_owner', { user_id: 'usr_none' }, 'user_id', /no user usr_none/],
    ['credentials', 'ak_owner', { kind: 'token' }, 'kind', /not a known key/],
    ['credentials', 'ak_owner', { state: 'tired' }, 'state', /cannot be "tired"/],
    ['embeddings', 'emb_1', { message_id: 'msg_1' }, 'message_id', /follows from/],
    ['embeddings', 'emb_1', { status: 'lost' }, 'status', /cannot be "lost"/],
    ['roles', 'role_owner', { capabilities: ['FLY'] }, 'capabilities', /form/],
    ['organizations', 'org_xyz789', { users: [] }, 'users', /no field users/],
  ] as const)('%s %s %j is refused for %s', async (noun, id, patch, field, words) => {
    const before = snapshot();
    const error = await refusal(control.patchRow('default', noun, id, patch as JsonObject));
    expect([error.status, error.code, error.details.field]).toEqual([422, 'ROW_REFUSED', field]);
    expect(error.message).toMatch(words);
    expect(snapshot()).toEqual(before);
  });

  it('names the rows that would be wrong, all of them', async () => {
    const error = await refusal(
      control.patchRow('default', 'spaces', 'space_abc123', { organization_id: 'org_abc123' }),
    );
    const problems = error.details.problems as unknown as JsonObject[];
    expect(new Set(problems.map(({ noun }) => noun)).size).toBeGreaterThan(1);
    expect(problems).toContainEqual({
      noun: 'spaces',
      id: 'space_abc123',
      field: 'vector_store_id',
      what: 'the vector store vs_abc123 belongs to org_xyz789, not to org_abc123',
      fix: 'refer to a vector store of org_abc123',
    });
  });

  it('may name what the world took without looking it up, as before', async () => {
    await understudy.fetch('/v1/spaces/space_abc123', {
      method: 'PATCH',
      headers: { 'X-API-Key': 'ak_owner', 'content-type': 'application/json' },
      body: '{"access_users":["usr_unknown"]}',
    });
    const row = await control.patchRow('default', 'spaces', 'space_abc123', { name: 'Still' });
    expect(row).toMatchObject({ name: 'Still', access_users: ['usr_unknown'] });
  });
});

describe('a row that is added', () => {
  it.each([
    ['organizations', { id: 'org_new', name: 'New', users: [{ id: 'usr_new', name: 'N' }] }],
    [
      'users',
      { organization_id: 'org_xyz789', id: 'usr_new', name: 'N', role_ids: ['role_owner'] },
    ],
    ['roles', { organization_id: 'org_xyz789', id: 'role_new', name: 'N' }],
    ['departments', { organization_id: 'org_xyz789', id: 'dept_new', name: 'N' }],
    ['credentials', { api_key: 'ak_new', user_id: 'usr_owner1', note: 'new' }],
    [
      'slices',
      { id: 'ks_new', organization_id: 'org_xyz789', created_by: 'usr_owner1', name: 'N' },
    ],
    [
      'vectorStores',
      { id: 'vs_new', organization_id: 'org_xyz789', created_by: 'usr_owner1', name: 'N' },
    ],
    [
      'spaces',
      {
        id: 'space_new',
        organization_id: 'org_xyz789',
        created_by: 'usr_owner1',
        name: 'N',
        vector_store_id: null,
      },
    ],
    [
      'threads',
      {
        id: 'thrd_new',
        organization_id: 'org_xyz789',
        user_id: 'usr_owner1',
        messages: [{ id: 'msg_new', role: 'user', content: 'Hello' }],
      },
    ],
    [
      'messages',
      {
        thread_id: 'thrd_in_space',
        id: 'msg_new',
        role: 'user',
        content: 'Hello',
        created_at: '2026-02-26T10:30:00Z',
      },
    ],
    [
      'spaceVectorStores',
      { space_id: 'space_abc123', vector_store_id: 'vs_def456', added_by: 'usr_owner1' },
    ],
    [
      'spaceThreads',
      { space_id: 'space_abc123', thread_id: 'thrd_def456', added_by: 'usr_owner1' },
    ],
  ] as const)('to %s is there, and removed again', async (noun, item) => {
    const before = snapshot();
    const [row, ...more] = await control.createRow('default', noun, item as never);
    expect(more).toEqual([]);
    const id = row?.id as string;
    const known = Object.entries(item).filter(([field]) => row && field in row);
    expect(row).toMatchObject(Object.fromEntries(known));
    expect(await control.row('default', noun, id)).toEqual(row);
    if (noun !== 'organizations') {
      await control.deleteRow('default', noun, id);
      expect(snapshot()).toEqual({ ...before, minted: expect.any(Number) });
    }
  });

  it('is new to whoever calls', async () => {
    await control.createRow('default', 'credentials', {
      api_key: 'ak_new',
      token: 'tok_new',
      user_id: 'usr_member1',
      note: 'new',
    });
    expect((await get('/v1/spaces/space_lobby', 'ak_new')).status).toBe(200);
  });

  it.each([
    [
      'spaces',
      {
        id: 'space_abc123',
        organization_id: 'org_xyz789',
        created_by: 'usr_owner1',
        name: 'N',
        vector_store_id: null,
      },
      'id',
      /defined twice/,
    ],
    [
      'spaces',
      {
        id: 'space_new',
        organization_id: 'org_none',
        created_by: 'usr_owner1',
        name: 'N',
        vector_store_id: null,
      },
      'organization_id',
      /no organization/,
    ],
    ['spaces', {}, 'created_by', /created_by is missing/],
    [
      'messages',
      { thread_id: 'thrd_empty', id: 7, role: 'user', content: '' },
      'id',
      /must be a text/,
    ],
    [
      'messages',
      { thread_id: 'thrd_none', id: 'm', role: 'user', content: '' },
      'thread_id',
      /no thread thrd_none/,
    ],
    ['messages', { id: 'm', role: 'user', content: '' }, 'thread_id', /thread_id is missing/],
    ['users', { organization_id: ['x'], id: 'u', name: '' }, 'organization_id', /no organization/],
    [
      'spaceThreads',
      { space_id: 'space_abc123', thread_id: 'thrd_in_space', added_by: 'usr_owner1' },
      'thread_id',
      /twice/,
    ],
    ['credentials', { note: 'x' }, 'id', /neither api_key nor token/],
    ['deletedRows', { id: 'x' }, 'noun', /follows from/],
  ] as const)('%s %j is refused for %s', async (noun, item, field, words) => {
    const before = snapshot();
    const error = await refusal(control.createRow('default', noun, item as never));
    expect([error.status, error.code, error.details.field]).toEqual([422, 'ROW_REFUSED', field]);
    expect(error.message).toMatch(words);
    expect(snapshot()).toEqual(before);
  });
});

describe('a row that is removed', () => {
  it('goes with the rows in its lists', async () => {
    const { total } = await control.state('default', 'messages', {
      where: { thread_id: 'thrd_def456' },
    });
    expect(total).toBe(3);
    await control.deleteRow('default', 'threads', 'thrd_def456');
    expect((await control.state('default', 'messages', { where: { id: 'msg_1' } })).total).toBe(0);
  });

  it.each([
    ['users', 'usr_owner1', /there is no user usr_owner1/],
    ['organizations', 'org_xyz789', /there is no user usr_owner1/],
    ['threads', 'thrd_in_space', /there is no thread thrd_in_space/],
    ['embeddings', 'emb_1', /follows from/],
  ] as const)('%s %s has to stay', async (noun, id, words) => {
    const before = snapshot();
    const error = await refusal(control.deleteRow('default', noun, id));
    expect([error.status, error.code, error.details.field]).toEqual([409, 'ROW_IN_USE', 'id']);
    expect(error.message).toMatch(words);
    expect(snapshot()).toEqual(before);
  });
});

it('whatever is patched, the world can be exported and loaded as it is, or is as it was', async () => {
  const rows = rowsOf(understudy.world);
  /** Often a value that the field has in another row. */
  const valueFor = (noun: TableName, field: string) =>
    fc.oneof(
      fc.constantFrom(...rows.filter((one) => one.noun === noun).map(({ row }) => row[field])),
      fc.constantFrom<unknown>(...rows.map(({ row }) => row.id), null, 'x', 3, [], {}),
      fc.jsonValue({ maxDepth: 2 }),
    );
  const patched = fc.constantFrom(...rows).chain((row) => patchOf(row, valueFor));
  let taken = 0;
  await fc.assert(
    fc.asyncProperty(patched, async ({ noun, id, fields }) => {
      const before = snapshot();
      try {
        await control.patchRow('default', noun, id, fields);
        taken += 1;
      } catch (error) {
        expect(error).toMatchObject({ status: 422, details: { field: expect.any(String) } });
        expect(snapshot()).toEqual(before);
      }
      const scenario = await control.exportScenario('default');
      const copy = createUnderstudy({ scenario });
      const { backfill: _, ...tables } = snapshot();
      expect(copy.world.snapshot()).toMatchObject(tables);
    }),
    { numRuns: whole ? 150 : 40, seed: 13 },
  );
  expect(taken).toBeGreaterThan(whole ? 20 : 5);
});
