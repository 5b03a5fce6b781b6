// What the vendor's own testers saw of the true server, and where the mock server answers alike.
import { describe, expect, it } from 'vitest';
import { createUnderstudy } from '../../src/index.js';
import { call } from '../support/call.js';
import { outsider, owner, type Sent } from '../support/requests.js';

const space = { organization_id: 'org_xyz789', name: 'New' };
const createSpace = (body: object): Sent => owner.post('/v1/spaces/', body);

describe('an unknown field in the body of createSpace', () => {
  it.each([
    ['one', { colour: 'red' }, 'colour'],
    ['one whose value is nested', { settings: { colour: 'red' } }, 'settings'],
    ['one that is null', { colour: null }, 'colour'],
    ['a known field in another spelling', { accessMode: 'private' }, 'accessMode'],
    ['a field of the answer', { id: 'space_mine' }, 'id'],
    ['several, of which the first is named', { size: 1, colour: 'red' }, 'size'],
    ['one beside a value that is no good', { access_mode: 'secret', colour: 'red' }, 'colour'],
  ])('is refused, and nothing is made: %s', async (_, more, field) => {
    const understudy = createUnderstudy();
    const before = JSON.stringify(understudy.world.snapshot());
    const refused = await call(understudy, createSpace({ ...space, ...more }));
    expect([refused.status, refused.case]).toEqual([422, 'createSpace.unknown_field']);
    expect(refused.body.error).toMatchObject({
      code: 'VALIDATION_ERROR',
      details: { field, message: `${field} is not a field of this request` },
    });
    expect(JSON.stringify(understudy.world.snapshot())).toBe(before);
  });

  it('is not refused before a field that is missing', async () => {
    const { case: name, body } = await call(
      createUnderstudy(),
      createSpace({ name: 'New', colour: 'red' }),
    );
    expect([name, body.error.details.field]).toEqual([
      'createSpace.invalid_body',
      'organization_id',
    ]);
  });

  it.each([
    [
      'createThread',
      owner.post('/v1/threads', { organization_id: 'org_xyz789', colour: 'red' }),
      201,
    ],
    ['updateSpace', owner.patch('/v1/spaces/space_abc123', { colour: 'red' }), 200],
    [
      'createVectorStore',
      owner.post('/v1/organizations/org_xyz789/vector-stores', { name: 'New', colour: 'red' }),
      201,
    ],
  ])('is passed over on another operation, such as %s', async (_, request, status) => {
    const understudy = createUnderstudy();
    expect((await call(understudy, request)).status).toBe(status);
    expect(understudy.journal.at(-1)?.ignored).toEqual(['body.colour']);
  });

  it('is not one that April documents', async () => {
    const { status, body } = await call(
      createUnderstudy(),
      createSpace({ ...space, vector_store_ids: ['vs_def456'] }),
    );
    expect([status, body.additional_vector_store_ids]).toEqual([201, ['vs_def456']]);
  });
});

describe('a caller outside the organization', () => {
  it.each([
    ['createSpace', outsider.post('/v1/spaces/', space)],
    ['listSpaces', outsider.get('/v1/spaces/?organization_id=org_xyz789')],
    ['createSpace', createSpace({ ...space, organization_id: 'org_nobody' })],
    ['listSpaces', owner.get('/v1/spaces/?organization_id=not-an-id')],
  ])('has too few permissions for %s', async (operation, request) => {
    const refused = await call(createUnderstudy(), request);
    expect([refused.status, refused.case]).toEqual([
      403,
      `${operation}.organization_access_denied`,
    ]);
    expect(refused.body.error.code).toBe('INSUFFICIENT_PERMISSIONS');
    expect(refused.body.error.details.organization_id).toMatch(
      /^(org_xyz789|org_nobody|not-an-id)$/,
    );
  });

  it('is denied the organization where it stands in the path', async () => {
    const refused = await call(
      createUnderstudy(),
      outsider.get('/v1/organizations/org_xyz789/knowledge/slices'),
    );
    expect([refused.status, refused.body.error.code]).toEqual([403, 'ORGANIZATION_ACCESS_DENIED']);
  });
});

describe('the scheme of a token', () => {
  const asking = (authorization: string): Sent => ({
    method: 'GET',
    target: '/v1/spaces/space_abc123',
    headers: { authorization },
  });
  it.each(['Bearer tok_owner', 'Bearer   tok_owner', '  Bearer tok_owner  '])(
    'is taken as "%s"',
    async (authorization) => {
      expect((await call(createUnderstudy(), asking(authorization))).status).toBe(200);
    },
  );
  it.each([
    'bearer tok_owner',
    'BEARER tok_owner',
    'bEaReR tok_owner',
    'Bearer\ttok_owner',
    'Bearertok_owner',
  ])('is no credential as "%s"', async (authorization) => {
    expect((await call(createUnderstudy(), asking(authorization))).case).toBe(
      'getSpace.authentication_required',
    );
  });
});

describe('credentials', () => {
  it('are looked at before the body', async () => {
    for (const body of ['{"colour":', '[]', '{"colour":"red"}']) {
      const { case: name } = await call(createUnderstudy(), {
        method: 'POST',
        target: '/v1/spaces/',
        body,
      });
      expect(name).toBe('createSpace.authentication_required');
    }
  });
});

describe('the type of a body', () => {
  const typed = (type: string | undefined): Sent => ({
    method: 'POST',
    target: '/v1/spaces/',
    headers: { 'x-api-key': 'ak_owner', ...(type === undefined ? {} : { 'content-type': type }) },
    body: new TextEncoder().encode(JSON.stringify(space)),
  });
  it('need not be said', async () => {
    expect((await call(createUnderstudy(), typed(undefined))).status).toBe(201);
  });
  it.each([
    'text/plain',
    'application/xml',
    'text/xml',
    'multipart/form-data; boundary=x',
    'application/x-www-form-urlencoded',
  ])('is refused as %s', async (type) => {
    expect((await call(createUnderstudy(), typed(type))).case).toBe(
      'createSpace.unsupported_content_type',
    );
  });
});

describe('a path that nobody has', () => {
  it.each([
    ['/v1/space/space_abc123', '/v1/spaces/{space_id}'],
    ['/v1/spaces/space_abc123/', '/v1/spaces/{space_id}'],
    ['/v1/spaces/space_abc123/vector_stores', '/v1/spaces/{space_id}/vector-stores'],
    ['/spaces/space_abc123', '/v1/spaces/{space_id}'],
    ['/api/v1/threads', '/v1/threads'],
    ['/v1/Threads/thrd_1/pin', '/v1/threads/{thread_id}/pin'],
    ['/v1/organizations/org_xyz789/stores', '/v1/organizations/{organization_id}/knowledge/stores'],
    [
      '/v1/organizations/org_xyz789/vector-stores/vs_1/usage',
      '/v1/organizations/{organization_id}/vector-stores/usage',
    ],
  ])('is answered by the framework; %s is near %s', async (target, nearest) => {
    const understudy = createUnderstudy();
    const { status, body, headers, case: name } = await call(understudy, owner.get(target));
    expect([status, name, body]).toEqual([404, 'unknown_path', { detail: 'Not Found' }]);
    expect(headers.get('content-type')).toBe('application/json');
    expect(headers.get('x-understudy-nearest-path')).toBe(nearest);
    expect(headers.get('access-control-expose-headers')).toContain('x-understudy-nearest-path');
    expect(understudy.journal.at(-1)?.nearest).toBe(nearest);
  });

  it.each([
    '/v1/nowhere',
    '/nowhere',
    '/v1',
    '/favicon.txt',
    `/v1/${'spaces/'.repeat(500)}`,
    `/v1/${'s'.repeat(5000)}`,
    '/v1//%00',
  ])('is near nothing where it shares no name with any: %#', async (target) => {
    const understudy = createUnderstudy();
    const { body, headers } = await call(understudy, owner.get(target));
    expect(body).toEqual({ detail: 'Not Found' });
    expect(headers.has('x-understudy-nearest-path')).toBe(false);
    expect(understudy.journal.at(-1)).not.toHaveProperty('nearest');
  });
});
