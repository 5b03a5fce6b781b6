import { describe, expect, it } from 'vitest';
import { describeDrifts, driftsOf } from '../../src/drift/drifts.js';
import { createUnderstudy, type Drift, type JournalEntry, UnknownDrift } from '../../src/index.js';
import { rules } from '../../src/rules/rules.js';
import { loadSpec } from '../../src/shipped/document.js';
import { call } from '../support/call.js';
import { attachStore as attach, owner, viewer } from '../support/requests.js';

const spec = loadSpec();
const drifts = [...driftsOf(spec).values()];
const ofKind = (kind: Drift['kind']): readonly Drift[] =>
  drifts.filter((drift) => drift.kind === kind);

const space = '/v1/spaces/space_abc123';

/** A mock server with a drift, and what it wrote down. */
function planted(drift: string) {
  const written: JournalEntry[] = [];
  const understudy = createUnderstudy({ drift, onExchange: (entry) => written.push(entry) });
  return { understudy, written };
}

describe('the drifts', () => {
  it('of one operation are all that its page in the document, read by a person, gives rise to', () => {
    const credentials = [
      'authentication_required',
      'invalid_api_key',
      'api_key_expired',
      'api_key_deactivated',
      'api_key_paused',
      'token_invalid',
      'token_expired',
      'token_missing_subject',
    ];
    const faults = ['invalid_parameter', 'repeated_parameter'];
    const refusals = ['edit_access_required', 'space_not_found'];
    // What each refusal must have of the envelope, as far as its cases speak for it.
    const envelope = ['/success', '/error', '/error/status', '/error/trace_id', '/error/timestamp'];
    const fields = {
      401: [...envelope, '/error/code', '/error/message'],
      403: [...envelope, '/error/code'],
      404: [...envelope, '/error/code', '/error/message', '/error/system_message', '/error/type'],
      422: envelope,
    };
    const everyField = Object.entries(fields).flatMap(([status, pointers]) =>
      pointers.map((pointer) => `${status}${pointer}`),
    );
    const status = [401, 403, 404, 422].map((of) => `${of}.equal/error/status`);
    const expected: Readonly<Record<string, readonly string[]>> = {
      guard: refusals,
      credential: credentials,
      request: faults,
      ignore: ['query.organization_id'],
      status: ['deleted', ...credentials, ...refusals, ...faults],
      code: [...credentials, ...refusals],
      relation: [...status, '403.equal/error/details/space_id', '404.equal/error/details/space_id'],
      drop: everyField,
      null: everyField,
      retype: everyField,
    };
    const names = Object.entries(expected).flatMap(([kind, all]) =>
      all.map((name) => `${kind}:deleteSpace.${name}`),
    );
    const own = drifts.filter(
      ({ kind, operations }) => !['hand', 'vary'].includes(kind) && operations[0] === 'deleteSpace',
    );
    expect(own.map(({ name }) => name).sort()).toEqual(['write:deleteSpace', ...names].sort());
  });

  it('touch every operation in every way that all operations have', () => {
    const ids = [...spec.operations.keys()].sort();
    const touched = (kind: Drift['kind']) =>
      [...new Set(ofKind(kind).flatMap(({ operations }) => operations))].sort();
    for (const kind of [
      'credential',
      'status',
      'code',
      'relation',
      'drop',
      'null',
      'retype',
    ] as const)
      expect(touched(kind), kind).toEqual(ids);
    expect(touched('guard')).toEqual(ids.filter((id) => Object.keys(rules[id].guards).length > 0));
    expect(touched('write')).toEqual(ids.filter((id) => spec.operations.get(id)?.method !== 'GET'));
  });

  it('have names that say kind and operation, words, and operations of the document', () => {
    for (const { name, kind, operations, does } of drifts) {
      expect(name).toMatch(new RegExp(`^${kind}:[\\w./*]+$`));
      if (operations.length === 1 && kind !== 'vary')
        expect(name).toMatch(new RegExp(`^${kind}:${operations[0]}\\b`));
      expect(does).not.toBe('');
      expect(operations.every((id) => spec.operations.has(id))).toBe(true);
    }
  });

  it('count some made by hand, and more than fifteen variations', () => {
    expect(ofKind('hand').length).toBeGreaterThan(200);
    expect(ofKind('vary').length).toBeGreaterThan(15);
  });

  it('each change the documented example that they are about', () => {
    // A sample of a list may have no rows.
    const shown = drifts.filter(
      ({ kind, name }) =>
        ['status', 'code', 'drop', 'null', 'retype'].includes(kind) && !name.includes('*'),
    );
    expect(shown.length).toBeGreaterThan(4800);
    for (const drift of shown) {
      const operation = [...spec.operations.values()].find(({ id }) => id === drift.operations[0]);
      const examples = [...(operation?.cases.values() ?? [])].filter((documented) =>
        drift.case ? documented.name === drift.case : documented.status === drift.status,
      );
      const changed = examples.map((documented) => {
        const body =
          documented.value === undefined ? {} : { body: JSON.stringify(documented.value) };
        const response = { status: documented.status, headers: {}, ...body };
        const request = { path: {}, query: {}, requestBody: undefined };
        const honest = {
          spec,
          operation: operation as NonNullable<typeof operation>,
          documented,
          request,
          userId: undefined,
          response,
        };
        return JSON.stringify(drift.plant().rewrite?.(honest)) !== JSON.stringify(response);
      });
      expect(changed, drift.name).toContain(true);
    }
  });

  it('are listed by kind, each with its words', () => {
    const listed = describeDrifts(spec);
    for (const { name, does } of drifts) expect(listed).toContain(`  ${name}  ${does}\n`);
    expect(listed.split('\n')[0]).toBe(
      `guard: a guard of a rule that lets everything pass (${ofKind('guard').length})`,
    );
  });

  it('know the nearest name to one that nobody has', () => {
    const wrong = () =>
      createUnderstudy({ drift: 'guard:addVectorStoreToSpace.edit_acces_required' });
    expect(wrong).toThrow(UnknownDrift);
    expect(wrong).toThrow('did you mean guard:addVectorStoreToSpace.edit_access_required?');
  });
});

describe('a planted drift', () => {
  it('takes a guard away', async () => {
    const { understudy } = planted('guard:addVectorStoreToSpace.edit_access_required');
    expect(await call(understudy, viewer.post(`${space}/vector-stores/vs_def456`))).toMatchObject({
      status: 201,
    });
    expect(understudy.world.spaceVectorStores.count('store', 'vs_def456')).toBe(1);
  });

  it('makes an answer up where the guard was all that stood before a missing fact', async () => {
    const { understudy } = planted('guard:addVectorStoreToSpace.vector_store_not_found');
    const before = understudy.world.snapshot();
    const { status, body } = await call(understudy, owner.post(`${space}/vector-stores/vs_nobody`));
    expect([status, body.space_id, body.vector_store_id]).toEqual([
      201,
      'space_abc123',
      'vs_nobody',
    ]);
    expect(understudy.world.snapshot()).toEqual(before);
  });

  it('leaves the other guards and operations as they are', async () => {
    const { understudy } = planted('guard:addVectorStoreToSpace.edit_access_required');
    expect(
      (await call(understudy, owner.post('/v1/spaces/space_none/vector-stores/vs_def456'))).status,
    ).toBe(404);
    expect((await call(understudy, viewer.patch(space, { name: 'Mine' }))).status).toBe(403);
  });

  it('does not look at a credential', async () => {
    const { understudy } = planted('credential:getSpace.api_key_expired');
    const headers = { 'x-api-key': 'ak_expired' };
    expect(await call(understudy, { method: 'GET', target: space, headers })).toMatchObject({
      status: 200,
      body: { id: 'space_abc123' },
    });
    expect(
      (
        await call(understudy, {
          method: 'GET',
          target: space,
          headers: { 'x-api-key': 'ak_none' },
        })
      ).status,
    ).toBe(401);
  });

  it('does not look at a request', async () => {
    const { understudy } = planted('request:createSpace.invalid_body');
    const nameless = { organization_id: 'org_xyz789', name: '' };
    expect(await call(understudy, owner.post('/v1/spaces/', nameless))).toMatchObject({
      status: 201,
      body: { name: '' },
    });
    expect((await call(understudy, owner.post('/v1/spaces/', {}))).status).toBe(403);
  });

  it('answers a write and changes nothing', async () => {
    const { understudy } = planted('write:addVectorStoreToSpace');
    const before = understudy.world.snapshot();
    expect((await call(understudy, attach)).status).toBe(201);
    expect((await call(understudy, attach)).status).toBe(201);
    expect(understudy.world.snapshot()).toEqual(before);
  });

  it('does not read a parameter or a field', async () => {
    const limited = owner.get('/v1/spaces/?organization_id=org_xyz789&limit=1');
    expect(
      (await call(planted('ignore:listSpaces.query.limit').understudy, limited)).body.spaces,
    ).toHaveLength(2);
    const described = owner.patch(space, { description: 'New' });
    expect(
      (await call(planted('ignore:updateSpace.body.description').understudy, described)).body
        .description,
    ).not.toBe('New');
  });

  it('answers a case with another status, in the body too', async () => {
    const { understudy } = planted('status:getSpace.space_not_found');
    const { status, body } = await call(understudy, owner.get('/v1/spaces/space_none'));
    expect([status, body.error.status, body.error.code]).toEqual([400, 400, 'RESOURCE_NOT_FOUND']);
  });

  it('answers a case with another code', async () => {
    const { body } = await call(
      planted('code:getSpace.space_not_found').understudy,
      owner.get('/v1/spaces/space_none'),
    );
    expect(body.error.code).toBe('REQUEST_FAILED');
  });

  it.each([
    [
      'relation:getSpace.200.equal/id',
      '/id',
      (id: string) => id !== 'space_abc123' && id.length === 'space_abc123'.length,
    ],
    [
      'relation:getSpace.200.not_before/updated_at',
      '/updated_at',
      (time: string) => time < '2026-02-20T09:00:00Z',
    ],
    ['drop:getSpace.200/name', '/name', (name: unknown) => name === undefined],
    ['null:getSpace.200/name', '/name', (name: unknown) => name === null],
    ['retype:getSpace.200/name', '/name', (name: unknown) => typeof name === 'number'],
  ])('breaks one thing about an answer: %s', async (name, pointer, isBroken) => {
    const honest = await call(createUnderstudy(), owner.get(space));
    const { body } = await call(planted(name).understudy, owner.get(space));
    const field = pointer.slice(1);
    expect(isBroken(body[field])).toBe(true);
    expect({ ...body, [field]: honest.body[field] }).toEqual(honest.body);
  });

  it('breaks every row of a list', async () => {
    const { body } = await call(
      planted('drop:listSpaces.200/spaces/*/name').understudy,
      owner.get('/v1/spaces/?organization_id=org_xyz789'),
    );
    expect(body.spaces).toHaveLength(2);
    expect(body.spaces.some((row: object) => 'name' in row)).toBe(false);
  });

  it('made by hand shows what another organization owns, by its id and in a list', async () => {
    const foreign = owner.get('/v1/organizations/org_xyz789/knowledge/stores/vs_other_org');
    expect(await call(planted('hand:getStore.leaks_foreign').understudy, foreign)).toMatchObject({
      status: 200,
      body: { id: 'vs_other_org' },
    });
    const listed = owner.get('/v1/organizations/org_xyz789/knowledge/stores');
    const { body } = await call(planted('hand:listStores.leaks_foreign').understudy, listed);
    expect(body.items.map((row: { organization_id: string }) => row.organization_id)).toContain(
      'org_abc123',
    );
  });

  it.each([
    ['hand:methods_taken', 200, 'GET, HEAD, PATCH, DELETE, OPTIONS'],
    ['hand:allow_missing', 405, null],
    ['hand:allow_wrong', 405, 'OPTIONS'],
  ])('made by hand answers a method that no path has: %s', async (name, status, allow) => {
    const { status: got, headers } = await call(planted(name).understudy, {
      ...owner.get(space),
      method: 'PUT',
    });
    expect([got, headers.get('allow')]).toEqual([status, allow]);
  });

  it('made by hand is flaky from its own first request on, in each mock server anew', async () => {
    for (let again = 0; again < 2; again++) {
      const { understudy } = planted('hand:getSpace.flaky');
      const answers = [];
      for (let i = 0; i < 4; i++)
        answers.push(
          (await understudy.fetch(space, { headers: { 'x-api-key': 'ak_owner' } })).status,
        );
      expect(answers).toEqual([200, 200, 500, 200]);
    }
  });

  it('made by hand refuses and does it all the same', async () => {
    const { understudy } = planted('hand:addVectorStoreToSpace.refused_but_done');
    expect((await call(understudy, viewer.post(`${space}/vector-stores/vs_def456`))).status).toBe(
      403,
    );
    expect(understudy.world.spaceVectorStores.count('store', 'vs_def456')).toBe(1);
  });

  it('made by hand remembers a refusal, counts one of several grants, and loses what it says it kept', async () => {
    const { understudy } = planted('hand:addVectorStoreToSpace.already_attached_for_ever');
    await call(understudy, attach);
    expect((await call(understudy, attach)).status).toBe(409);
    await call(understudy, owner.delete(`${space}/vector-stores/vs_def456`));
    expect((await call(understudy, attach)).status).toBe(409);

    const grants = planted('hand:getSpace.first_of_access_users').understudy;
    const users = ['usr_member1', 'usr_viewer1'];
    await call(grants, owner.patch(space, { access_users: users }));
    expect((await call(grants, viewer.get(space))).status).toBe(403);
    await call(grants, owner.patch(space, { access_users: users.toReversed() }));
    expect((await call(grants, viewer.get(space))).status).toBe(200);

    const lossy = planted('hand:updateSpace.loses_description_of_4').understudy;
    const many = { name: 'A name', description: 'Lost', access_mode: 'public', access_users: [] };
    expect((await call(lossy, owner.patch(space, many))).body.description).toBe('Lost');
    expect((await call(lossy, owner.get(space))).body).toMatchObject({
      name: 'A name',
      description: 'Private; the space of seeds 000 and 001',
    });

    const tidy = planted('hand:updateSpace.name_one_blank').understudy;
    expect((await call(tidy, owner.patch(space, { name: 'two  blanks' }))).body.name).toBe(
      'two blanks',
    );
  });

  it('passes our own check first: the journal keeps the honest case, and names the drift', async () => {
    const { understudy, written } = planted('status:getSpace.retrieved');
    expect((await call(understudy, owner.get(space))).status).toBe(201);
    expect(written[0]).toMatchObject({
      status: 200,
      case: 'retrieved',
      drift: 'status:getSpace.retrieved',
    });
    await call(understudy, owner.get(`${space}/threads`));
    expect(written[1]).not.toHaveProperty('drift');
  });

  it('is told by the mock server, and none is without one', () => {
    expect(planted('hand:getSpace.flaky').understudy.drift?.name).toBe('hand:getSpace.flaky');
    expect(createUnderstudy()).not.toHaveProperty('drift');
  });
});

describe('a variation', () => {
  const read = async (name: string, sent = owner.get(space)) =>
    call(planted(name).understudy, sent);

  it('says the same with other keys first, other words and other times', async () => {
    const honest = await call(createUnderstudy(), owner.get(space));
    const turned = await read('vary:key_order');
    expect(turned.body).toEqual(honest.body);
    expect(Object.keys(turned.body)).toEqual(Object.keys(honest.body).reverse());
    expect((await read('vary:offset_times')).body.created_at).toBe(
      honest.body.created_at.replace('Z', '+00:00'),
    );
    const worded = await read('vary:other_wording', owner.get('/v1/spaces/space_none'));
    expect(worded.body.error).toMatchObject({
      code: 'RESOURCE_NOT_FOUND',
      message: 'Said in other words',
    });
  });

  it('adds fields to every object, and to no map that is the caller’s', async () => {
    const { body } = await read('vary:extra_fields', owner.get('/v1/threads'));
    expect(body).toHaveProperty('added_lately');
    expect(body.data.every((row: object) => 'added_lately' in row)).toBe(true);
    expect(body.data.some((row: { metadata: object }) => 'added_lately' in row.metadata)).toBe(
      false,
    );
  });

  it('refuses the first request of an operation with 429 and Retry-After, and does nothing', async () => {
    const { understudy, written } = planted('vary:one_429');
    const refused = await call(understudy, attach);
    expect([refused.status, refused.headers.get('retry-after')]).toEqual([429, '1']);
    expect((await call(understudy, attach)).status).toBe(201);
    expect(written[0]).toMatchObject({ case: 'rate_limit_exceeded', drift: 'vary:one_429' });
  });

  it('takes its time, through every way in', async () => {
    const { understudy } = planted('vary:slow');
    const { url, close } = await understudy.listen({ port: 0 });
    const started = performance.now();
    for (let i = 0; i < 100; i++)
      await fetch(`${url}${space}`, { headers: { 'x-api-key': 'ak_owner' } });
    expect(performance.now() - started).toBeGreaterThan(490);
    await close();
  });

  it('tells the other of two reasons to refuse', async () => {
    const both = viewer.post(`${space}/vector-stores/vs_nobody`);
    expect((await call(createUnderstudy(), both)).case).toBe(
      'addVectorStoreToSpace.edit_access_required',
    );
    expect((await read('vary:checks_reordered', both)).case).toBe(
      'addVectorStoreToSpace.vector_store_not_found',
    );
  });
});
