import { beforeEach, describe, expect, it } from 'vitest';
import { createUnderstudy, type Understudy } from '../../src/index.js';
import { call } from '../support/call.js';
import { admin, editor, member, outsider, owner, viewer } from '../support/requests.js';

const list = '/v1/spaces/?organization_id=org_xyz789';
const space = '/v1/spaces/space_abc123';

describe('spaces', () => {
  let understudy: Understudy;
  beforeEach(() => {
    understudy = createUnderstudy();
  });

  it('come with a dedicated store that can be retrieved but is not attached', async () => {
    const { body } = await call(
      understudy,
      owner.post('/v1/spaces/', { organization_id: 'org_xyz789', name: 'New' }),
    );
    expect(body).toMatchObject({
      created_by: 'usr_owner1',
      access_mode: 'private',
      additional_vector_store_ids: [],
      last_activity_at: null,
      access_users: null,
    });
    const store = await call(
      understudy,
      owner.get(`/v1/organizations/org_xyz789/vector-stores/${body.vector_store_id}`),
    );
    expect(store.status).toBe(200);
    expect((await call(understudy, owner.get(`/v1/spaces/${body.id}/vector-stores`))).body).toEqual(
      { vector_stores: [] },
    );
  });

  it('take the stores of April at creation', async () => {
    const { body } = await call(
      understudy,
      owner.post('/v1/spaces/', {
        organization_id: 'org_xyz789',
        name: 'New',
        vector_store_ids: ['vs_def456', 'vs_attached'],
      }),
    );
    expect(body.additional_vector_store_ids).toEqual(['vs_def456', 'vs_attached']);
  });

  it('show an attachment in the space and in its list, and lose both on detaching', async () => {
    await call(understudy, owner.post(`${space}/vector-stores/vs_def456`));
    expect((await call(understudy, owner.get(space))).body.additional_vector_store_ids).toEqual([
      'vs_attached',
      'vs_def456',
    ]);
    const { body } = await call(understudy, owner.get(`${space}/vector-stores`));
    expect(
      body.vector_stores.map((row: { vector_store_id: string }) => row.vector_store_id),
    ).toEqual(['vs_attached', 'vs_def456']);
    await call(understudy, owner.delete(`${space}/vector-stores/vs_def456`));
    expect((await call(understudy, owner.get(space))).body.additional_vector_store_ids).toEqual([
      'vs_attached',
    ]);
  });

  it('are served with and without the final slash, without a redirect', async () => {
    const [slashed, plain] = [
      await call(understudy, owner.get(list)),
      await call(understudy, owner.get(list.replace('/?', '?'))),
    ];
    expect(plain.status).toBe(200);
    expect(plain.body).toEqual(slashed.body);
  });

  it('are listed newest first, each caller their own', async () => {
    const ids = async (caller: typeof owner) =>
      (await call(understudy, caller.get(list))).body.spaces.map((row: { id: string }) => row.id);
    expect(await ids(admin)).toEqual(['space_abc123', 'space_writers', 'space_lobby']);
    expect(await ids(editor)).toEqual(['space_abc123', 'space_writers', 'space_lobby']);
    expect(await ids(viewer)).toEqual(['space_abc123', 'space_writers', 'space_lobby']);
    expect(await ids(owner)).toEqual(['space_abc123', 'space_lobby']);
    expect(await ids(member)).toEqual(['space_lobby']);
  });

  it('are paged by cursor without loss or repeat, also when one is deleted and one is made in between', async () => {
    const made: string[] = [];
    for (let i = 0; i < 7; i++) {
      made.unshift(
        (
          await call(
            understudy,
            owner.post('/v1/spaces/', { organization_id: 'org_xyz789', name: `n${i}` }),
          )
        ).body.id,
      );
    }
    const seen: string[] = [];
    let cursor = '';
    for (let page = 0; page < 10; page++) {
      const { body } = await call(understudy, owner.get(`${list}&limit=2${cursor}`));
      seen.push(...body.spaces.map((row: { id: string }) => row.id));
      if (page === 0) {
        // The row that the cursor stands on goes, and a newer one comes: neither moves the pages
        // behind.
        await call(understudy, owner.delete(`/v1/spaces/${seen.at(-1)}`));
        await call(
          understudy,
          owner.post('/v1/spaces/', { organization_id: 'org_xyz789', name: 'late' }),
        );
      }
      if (!body.has_more) break;
      cursor = `&cursor=${body.next_cursor}`;
    }
    expect(seen).toEqual([...made, 'space_abc123', 'space_lobby']);
  });

  it('refuse strangers with 403, view on reads and edit on writes', async () => {
    expect((await call(understudy, outsider.get(space))).case).toBe(
      'getSpace.view_access_required',
    );
    expect((await call(understudy, outsider.get(`${space}/threads`))).case).toBe(
      'listSpaceThreads.view_access_required',
    );
    expect((await call(understudy, outsider.delete(space))).case).toBe(
      'deleteSpace.edit_access_required',
    );
    expect(
      (await call(understudy, outsider.post(`${space}/vector-stores/vs_other_org`))).case,
    ).toBe('addVectorStoreToSpace.edit_access_required');
  });

  it('are not found under another organization when April clients name one (S-C2)', async () => {
    expect((await call(understudy, owner.get(`${space}?organization_id=org_xyz789`))).status).toBe(
      200,
    );
    expect((await call(understudy, owner.get(`${space}?organization_id=org_abc123`))).case).toBe(
      'getSpace.space_not_found',
    );
  });

  it('keep what an update does not name, replace lists, clear nulls, and stand still on an empty one', async () => {
    const before = (await call(understudy, owner.get(space))).body;
    expect((await call(understudy, owner.patch(space, {}))).body).toEqual(before);
    const { body } = await call(
      understudy,
      owner.patch(space, { description: null, access_users: ['usr_member1'], unknown: 1 }),
    );
    expect(body).toEqual({
      ...before,
      description: null,
      access_users: ['usr_member1'],
      last_activity_at: '2026-02-26T15:30:00Z',
      updated_at: '2026-02-26T15:30:00Z',
    });
  });

  it('ask for owner access as soon as one access field is named, and then change nothing', async () => {
    const before = (await call(understudy, owner.get(space))).body;
    expect((await call(understudy, editor.patch(space, { name: 'x' }))).status).toBe(200);
    expect(
      (await call(understudy, editor.patch(space, { name: 'y', access_mode: 'public' }))).case,
    ).toBe('updateSpace.owner_access_required');
    expect((await call(understudy, viewer.patch(space, { access_mode: 'public' }))).case).toBe(
      'updateSpace.owner_access_required',
    );
    expect((await call(understudy, owner.get(space))).body).toMatchObject({
      name: 'x',
      access_mode: before.access_mode,
    });
  });

  it('take their dedicated store along when deleted, out of other spaces too', async () => {
    await call(understudy, owner.post('/v1/spaces/space_lobby/vector-stores/vs_abc123'));
    expect((await call(understudy, owner.delete(space))).status).toBe(204);
    expect((await call(understudy, owner.get(space))).status).toBe(404);
    expect(
      (await call(understudy, owner.get('/v1/organizations/org_xyz789/vector-stores/vs_abc123')))
        .status,
    ).toBe(404);
    expect(
      (await call(understudy, owner.get('/v1/spaces/space_lobby'))).body
        .additional_vector_store_ids,
    ).toEqual([]);
    expect(
      (await call(understudy, owner.get('/v1/organizations/org_xyz789/vector-stores/vs_attached')))
        .status,
    ).toBe(200);
  });

  it('answer the same 409 three times in a row, as the vendor’s client retries it, and change nothing', async () => {
    await call(understudy, owner.post(`${space}/vector-stores/vs_def456`));
    const before = JSON.stringify(understudy.world.snapshot());
    for (let i = 0; i < 3; i++)
      expect((await call(understudy, owner.post(`${space}/vector-stores/vs_def456`))).status).toBe(
        409,
      );
    expect(JSON.stringify(understudy.world.snapshot())).toBe(before);
  });
});
