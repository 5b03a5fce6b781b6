// A small frontend's way to the API: openapi-fetch on the generated types. `npm run types` compiles
// it as strictly as the project itself, and with it the mistakes at the end, each of which has to
// be one.
import createClient, { type Client } from 'openapi-fetch';
import type { components, paths } from '../../src/spec/schema.gen.js';

export type TypedClient = Client<paths>;
type Schemas = components['schemas'];

interface Connection {
  readonly apiKey: string;
  readonly baseUrl: string;
  /** Default: the global fetch, over a socket. */
  readonly fetch?: (request: Request) => Promise<Response>;
}

export function connect({ apiKey, ...options }: Connection): TypedClient {
  const client = createClient<paths>(options);
  client.use({
    onRequest: ({ request }) => {
      request.headers.set('x-api-key', apiKey);
    },
  });
  return client;
}

interface SpaceWithStores {
  readonly space: Schemas['Space'];
  readonly stores: readonly string[];
}

/** Makes a space with these stores attached, and reads both back. */
export async function makeSpace(
  client: TypedClient,
  name: string,
  storeIds: readonly string[],
): Promise<SpaceWithStores> {
  const { data: made, error } = await client.POST('/v1/spaces/', {
    body: { organization_id: 'org_xyz789', name },
  });
  if (error) throw new Error(error.error.message);
  const path = { space_id: made.id };
  for (const vector_store_id of storeIds) {
    const attached = await client.POST('/v1/spaces/{space_id}/vector-stores/{vector_store_id}', {
      params: { path: { ...path, vector_store_id } },
    });
    if (attached.error) throw new Error(attached.error.error.message);
  }
  const { data: space } = await client.GET('/v1/spaces/{space_id}', { params: { path } });
  const { data: attached } = await client.GET('/v1/spaces/{space_id}/vector-stores', {
    params: { path },
  });
  if (!space || !attached) throw new Error('The space that was just made is gone.');
  return { space, stores: attached.vector_stores.map((store) => store.vector_store_id) };
}

/** The names of all spaces, page after page. */
export async function namesOfSpaces(
  client: TypedClient,
  limit: number,
): Promise<readonly string[]> {
  const listing = { organization_id: 'org_xyz789', limit };
  const names: string[] = [];
  let next: { cursor?: string } | undefined = {};
  while (next) {
    const page: Schemas['SpaceList'] | undefined = (
      await client.GET('/v1/spaces/', { params: { query: { ...listing, ...next } } })
    ).data;
    if (!page) throw new Error('The spaces could not be listed.');
    names.push(...page.spaces.map((space) => space.name));
    next = page.next_cursor === null ? undefined : { cursor: page.next_cursor };
  }
  return names;
}

/**
 * Requests that the compiler refuses; were one of them not refused, `npm run types` would fail on
 * the line above it. They are sent all the same, as a program without types would.
 */
export function mistakes(client: TypedClient): readonly Promise<{ readonly response: Response }>[] {
  const space = { space_id: 'space_abc123' };
  const slice = { organization_id: 'org_xyz789', slice_id: 'kslice_abc123' };
  return [
    // @ts-expect-error no such path
    client.GET('/v1/space/{space_id}', { params: { path: space } }),
    // @ts-expect-error no such method on this path
    client.PATCH('/v1/spaces/{space_id}/vector-stores', { params: { path: space } }),
    // @ts-expect-error the path has a parameter
    client.GET('/v1/spaces/{space_id}'),
    // @ts-expect-error a required query parameter is left out
    client.GET('/v1/spaces/', { params: { query: { limit: 1 } } }),
    client.GET('/v1/spaces/', {
      // @ts-expect-error a query parameter of the wrong type
      params: { query: { organization_id: 'org_xyz789', limit: 'all' } },
    }),
    // @ts-expect-error the body lacks its name
    client.POST('/v1/spaces/', { body: { organization_id: 'org_xyz789' } }),
    // @ts-expect-error the body is left out
    client.POST('/v1/organizations/{organization_id}/knowledge/slices/{slice_id}/stores', {
      params: { path: slice },
    }),
    client.POST('/v1/organizations/{organization_id}/knowledge/slices/{slice_id}/stores', {
      params: { path: slice },
      // @ts-expect-error not one of the access modes
      body: { name: 'x', access_mode: 'secret' },
    }),
  ];
}
