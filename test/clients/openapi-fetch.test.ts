// A client made from the generated types, over a socket and without one.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createUnderstudy } from '../../src/index.js';
import { connect, makeSpace, mistakes, namesOfSpaces, type TypedClient } from './typed-client.js';

const path = { space_id: 'space_abc123', vector_store_id: 'vs_def456' };
const store = '/v1/spaces/{space_id}/vector-stores/{vector_store_id}';

describe.each(['over a socket', 'without a socket'] as const)('a typed client %s', (way) => {
  const understudy = createUnderstudy();
  let as: (apiKey: string) => TypedClient;
  beforeAll(async () => {
    if (way === 'over a socket') {
      const { url: baseUrl } = await understudy.listen({ port: 0 });
      as = (apiKey) => connect({ apiKey, baseUrl });
    } else {
      as = (apiKey) =>
        connect({ apiKey, baseUrl: 'http://understudy.local', fetch: understudy.fetch });
    }
  });
  afterAll(() => understudy.close());

  it('makes a space, attaches a store, and reads both back', async () => {
    const { space, stores } = await makeSpace(as('ak_owner'), 'Typed', ['vs_def456']);
    expect(space).toMatchObject({ name: 'Typed', additional_vector_store_ids: ['vs_def456'] });
    expect(stores).toEqual(['vs_def456']);
  });

  it('follows the cursor from page to page', async () => {
    const [one, all] = [
      await namesOfSpaces(as('ak_owner'), 1),
      await namesOfSpaces(as('ak_owner'), 100),
    ];
    expect(one).toEqual(all);
    expect(all).toContain('Launch room');
  });

  it('gets a refusal as a typed error', async () => {
    const client = as('ak_owner');
    expect((await client.POST(store, { params: { path } })).response.status).toBe(201);
    const { data, error, response } = await client.POST(store, { params: { path } });
    expect(data).toBeUndefined();
    expect(response.status).toBe(409);
    expect(error?.error.code).toBe('RESOURCE_ALREADY_EXISTS');
    expect(error?.error.details).toEqual(path);
    const { error: forbidden } = await as('ak_viewer').POST(store, { params: { path } });
    expect(forbidden?.error).toMatchObject({
      code: 'INSUFFICIENT_PERMISSIONS',
      system_message: 'Edit access required',
    });
  });

  it('gets no data and no error from an answer without a body', async () => {
    const { data, error, response } = await as('ak_owner').DELETE(store, {
      params: { path: { ...path, vector_store_id: 'vs_attached' } },
    });
    expect(response.status).toBe(204);
    expect([data, error]).toEqual([undefined, undefined]);
  });

  it('sends a body, and asks for a case by name', async () => {
    const stores = '/v1/organizations/{organization_id}/knowledge/slices/{slice_id}/stores';
    const init = {
      params: { path: { organization_id: 'org_xyz789', slice_id: 'kslice_abc123' } },
      body: { name: 'API Documentation Store', access_mode: 'organization' },
    } as const;
    const { data } = await as('ak_owner').POST(stores, init);
    expect(data).toMatchObject({
      name: 'API Documentation Store',
      slice_id: 'kslice_abc123',
      file_count: 0,
    });
    const { error, response } = await as('ak_owner').POST(stores, {
      ...init,
      headers: { prefer: 'example=slice_archived' },
    });
    expect(error?.error.status).toBe(422);
    expect(response.headers.get('x-understudy-case')).toBe('createStoreInSlice.slice_archived');
  });

  it('is refused what the compiler would have refused', async () => {
    const refusals = await Promise.all(mistakes(as('ak_owner')));
    expect(
      refusals.map(
        ({ response }) => `${response.status} ${response.headers.get('x-understudy-case')}`,
      ),
    ).toEqual([
      '404 unknown_path',
      '405 method_not_allowed',
      '404 getSpace.space_not_found',
      '422 listSpaces.invalid_parameter',
      '422 listSpaces.invalid_parameter',
      '422 createSpace.invalid_body',
      '422 createStoreInSlice.invalid_body',
      '422 createStoreInSlice.invalid_access_mode',
    ]);
  });
});
