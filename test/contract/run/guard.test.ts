// Nothing is written to that a run did not make, did not invent, and that the profile does not mark
// as disposable.
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { handlerTarget, type Target } from '../../../src/client/target.js';
import { exitCode } from '../../../src/contract/report/verdict.js';
import { Guard } from '../../../src/contract/run/guard.js';
import { isId } from '../../../src/contract/run/id.js';
import type { RunOptions } from '../../../src/contract/run/options.js';
import { type Profile, parseProfile } from '../../../src/contract/run/profile.js';
import { Withheld } from '../../../src/contract/run/reason.js';
import { runContracts } from '../../../src/contract/run/run.js';
import { loadContracts } from '../../../src/contract/tables/load.js';
import type { Contracts } from '../../../src/contract/tables/table.js';
import { createUnderstudy } from '../../../src/index.js';
import { loadSpec } from '../../../src/shipped/document.js';
import type { OperationId } from '../../../src/spec/document.js';
import type { PlainRequest, PlainResponse } from '../../../src/spec/message.js';
import { itFirst, whole } from '../../support/sample.js';

const spec = loadSpec();
const contracts = loadContracts(spec);
const marked = parseProfile(
  readFileSync('contracts/understudy.profile.yaml', 'utf8'),
  'understudy.profile.yaml',
  {},
);
/** As a profile of a server that matters begins: nothing is marked. */
const unmarked: Profile = {
  ...marked,
  disposable: [],
  callers: Object.fromEntries(
    Object.entries(marked.callers).map(([name, { disposable: _, ...caller }]) => [name, caller]),
  ),
};
const only = (...ids: OperationId[]) => ({ include: (id: OperationId) => ids.includes(id) });
const isWrite = ({ method }: PlainRequest) => !['GET', 'PROPFIND'].includes(method);

type Alter = (response: PlainResponse, request: PlainRequest) => PlainResponse | undefined;

/** The mock server with answers that somebody alters, and the writes that it was sent. */
function altered(alter: Alter = () => undefined) {
  const understudy = createUnderstudy();
  const inner = handlerTarget('the mock server', understudy.fetch);
  const writes: string[] = [];
  const requests: PlainRequest[] = [];
  const target: Target = {
    name: inner.name,
    send: async (request, signal) => {
      requests.push(request);
      if (isWrite(request)) writes.push(`${request.method} ${request.target.split('?')[0]}`);
      const response = await inner.send(request, signal);
      return alter(response, request) ?? response;
    },
  };
  return { target, writes, requests, world: understudy.world };
}

const run = (options: Pick<RunOptions, 'target'> & Partial<RunOptions>) =>
  runContracts({
    spec,
    contracts,
    profile: marked,
    wait: async () => {},
    level: whole ? 'full' : 'smoke',
    ...options,
  });

const makesSpace = ({ method, target }: PlainRequest) =>
  method === 'POST' && target === '/v1/spaces/';

/** The answer of a creation with another id, as JSON text. */
const withId =
  (id: string, is: (request: PlainRequest) => boolean = makesSpace): Alter =>
  (response, request) =>
    is(request) && response.status === 201
      ? { ...response, body: (response.body ?? '').replace(/"id":"[^"]*"/, () => `"id":${id}`) }
      : undefined;

describe('an id that is no id', () => {
  const noIds = [
    '""',
    '" "',
    '"."',
    '".."',
    '"..."',
    '"a/b"',
    '"../threads"',
    '"a?b"',
    '"a#b"',
    String.raw`"a\\b"`,
    String.raw`"a\u0000"`,
    String.raw`"a\nb"`,
    '"%2e%2e"',
    '"%2F"',
    String.raw`"\ud83d"`,
    '"é"',
    '7',
    'true',
    'null',
    '{}',
    '["space_1"]',
    JSON.stringify('x'.repeat(5000)),
  ];

  it.each(noIds)('%s is none', (text) => {
    expect(isId(JSON.parse(text))).toBe(false);
  });

  itFirst(2).each([
    'space_abc123',
    '01HZX9Q7W5',
    '8f14e45f-ceea-467f-9c1b-2d1b7e1f9a10',
    'a.b~c',
    '7',
  ])('%s is one', (id) => {
    expect(isId(id)).toBe(true);
  });

  itFirst(2).each(['""', '".."', '"a/b"', String.raw`"\ud83d"`, '7', 'null', '"%2e%2e"'])(
    'as %s in the answer of a creation is a finding, fills no slot, and the run goes on',
    async (id) => {
      const { target, writes } = altered(withId(id));
      const report = await run({
        target,
        profile: unmarked,
        ...only('createSpace', 'getSpace', 'deleteSpace'),
      });
      expect(report.findings).toContainEqual(
        expect.objectContaining({
          code: 'SCHEMA_BROKEN',
          severity: 'failure',
          operation: 'createSpace',
          pointer: '/id',
        }),
      );
      // What was made is found by its name, under the id that the lists have.
      const spaces = writes.filter((write) => write.startsWith('DELETE /v1/spaces'));
      expect(spaces.filter((write) => !/^DELETE \/v1\/spaces\/space_[\w-]+$/.test(write))).toEqual(
        [],
      );
      expect(report.stopped).toBeUndefined();
      expect(report.leftovers.length).toBeGreaterThan(0);
      expect(exitCode(report, 'failure')).toBe(1);
    },
  );

  it('in a lifecycle is named among what is left behind', async () => {
    const { target, writes } = altered(
      withId('""', ({ method, target: path }) => method === 'POST' && path === '/v1/threads'),
    );
    const report = await run({ target, contracts: { ...contracts, tables: [] }, level: 'full' });
    expect(
      writes.filter((write) => write === 'DELETE /v1/threads' || write === 'DELETE /v1/threads/'),
    ).toEqual([]);
    expect(report.leftovers).toContainEqual(
      expect.stringMatching(
        /^what clean_up_the_thread of \w+ takes away \(deleteThread is not sent: .*no id\)$/,
      ),
    );
    expect(new Set(report.leftovers.map((left) => left.replace(/ \(.*/, ''))).size).toBe(
      report.leftovers.length,
    );
  });

  it('in a profile is a fault of the profile', () => {
    expect(() => parseProfile('known: { organization_id: "../x" }', 'p.yaml', {})).toThrow(
      /p\.yaml:1:\d+ {2}"\.\.\/x" is no id that a path can carry/,
    );
  });
});

describe('a creation that answers with an object of somebody else', () => {
  const others = (world: ReturnType<typeof altered>['world']) =>
    world.spaces.all().filter(({ id, deleted_at }) => !deleted_at && id.startsWith('space_abc'));

  it('that the profile knows does not lose it', async () => {
    const { target, writes, world } = altered(
      withId(JSON.stringify(marked.known.foreign_space_id)),
    );
    const before = others(world);
    const report = await run({
      target,
      profile: unmarked,
      ...only('createSpace', 'getSpace', 'deleteSpace'),
    });
    expect(
      writes.filter((write) => write.includes(marked.known.foreign_space_id as string)),
    ).toEqual([]);
    expect(others(world)).toEqual(before);
    expect(report.findings).toContainEqual(
      expect.objectContaining({
        code: 'STATE_WRONG',
        operation: 'createSpace',
        expected: 'an id of its own',
      }),
    );
    expect(report.leftovers.join()).toContain('was there before this run made it');
  });

  it('that stands in a list which the run has read does not lose it', async () => {
    const threads = ({ method, target }: PlainRequest) =>
      method === 'POST' && target === '/v1/threads';
    const { target, writes, world } = altered(withId('"thrd_empty"', threads));
    const { empty_thread_id: _, ...known } = unmarked.known;
    const report = await run({
      target,
      profile: { ...unmarked, known },
      ...only('createThread', 'getThread', 'deleteThread'),
    });
    expect(writes.filter((write) => write.includes('thrd_empty'))).toEqual([]);
    expect(world.threads.get('thrd_empty')?.deleted_at ?? null).toBeNull();
    expect(report.findings.map(({ got }) => got)).toContain(
      'thrd_empty, which was there before this run made it',
    );
  });

  const named = (name: string, target: string) => (request: PlainRequest) =>
    request.method === 'POST' &&
    request.target === target &&
    new TextDecoder().decode(request.body).includes(name);
  const organization = '/v1/organizations/org_xyz789';
  it.each<[string, OperationId, string, (world: ReturnType<typeof altered>['world']) => unknown]>([
    ['space', 'getSpace', '/v1/spaces/', ({ spaces }) => spaces.all()],
    ['thread', 'getThread', '/v1/threads', ({ threads }) => threads.all()],
    [
      'store',
      'getVectorStore',
      `${organization}/vector-stores`,
      ({ vectorStores }) => vectorStores.all(),
    ],
    ['slice', 'getSlice', `${organization}/knowledge/slices`, ({ slices }) => slices.all()],
  ])(
    'to the very first request of a run loses nobody a %s',
    async (kind, operation, path, rows) => {
      const mockServer = createUnderstudy();
      const headers = { 'x-api-key': 'ak_owner', 'content-type': 'application/json' };
      const bodies: Record<string, object> = {
        space: { organization_id: 'org_xyz789', name: 'theirs' },
        thread: { organization_id: 'org_xyz789', title: 'theirs' },
        slice: { name: 'theirs', owner_type: 'organization', owner_id: 'org_xyz789' },
      };
      const make = async (hidden: object) => {
        const body = JSON.stringify({ ...(bodies[kind] ?? { name: 'theirs' }), ...hidden });
        const answer = await mockServer.fetch(path, { method: 'POST', headers, body });
        expect(answer.status).toBe(201);
        const made = (await answer.json()) as {
          readonly id?: string;
          readonly data?: { readonly id: string };
        };
        return String(made.id ?? made.data?.id);
      };
      // More than one page, and one that no user interface shows.
      const ids = [await make(kind === 'thread' ? { visible_in_ui: false } : {})];
      for (let i = 0; i < 120; i++) ids.push(await make({}));
      const before = JSON.stringify(rows(mockServer.world));
      const inner = handlerTarget('the mock server', mockServer.fetch);
      const writes: string[] = [];
      let creations = 0;
      const target: Target = {
        ...inner,
        send: async (request, signal) => {
          if (isWrite(request)) writes.push(request.target);
          if (!named('understudy-', path)(request)) return inner.send(request, signal);
          creations += 1;
          const id = ids[(creations - 1) % 2 === 0 ? 0 : 60];
          return {
            ...(await inner.send(request, signal)),
            body: JSON.stringify({ id, data: { id } }),
          };
        },
      };
      const report = await run({
        level: 'full',
        target,
        profile: unmarked,
        include: (id) => id === operation,
      });
      expect(creations).toBeGreaterThan(1);
      expect(writes.filter((write) => ids.some((id) => write.includes(id)))).toEqual([]);
      const kept = new Set(JSON.parse(before).map(({ id }: { readonly id: string }) => id));
      const now = JSON.parse(JSON.stringify(rows(mockServer.world))) as readonly {
        readonly id: string;
      }[];
      expect(JSON.stringify(now.filter(({ id }) => kept.has(id)))).toBe(before);
      expect(report.leftovers.join()).toContain(`${ids[0]} was there before this run made it`);
    },
  );

  it('that an earlier answer has named anywhere does not lose it', async () => {
    const theirs = 'space_theirs';
    const { target, writes } = altered((response, request) => {
      if (makesSpace(request)) return withId(JSON.stringify(theirs))(response, request);
      if (request.method === 'GET' && request.target.startsWith('/v1/threads'))
        return {
          status: 403,
          headers: response.headers,
          body: JSON.stringify({ error: { details: { held_by: [theirs] } } }),
        };
      return undefined;
    });
    await run({ target, profile: unmarked, ...only('createThread', 'getSpace', 'deleteSpace') });
    expect(writes.filter((write) => write.includes(theirs))).toEqual([]);
  });

  it('with one id for all is not deleted again and again', async () => {
    const { target, writes } = altered(withId('"space_same"'));
    const report = await run({ target, ...only('createSpace', 'getSpace', 'deleteSpace') });
    expect(
      writes.filter((write) => write === 'DELETE /v1/spaces/space_same').length,
    ).toBeLessThanOrEqual(1);
    expect(report.leftovers.join()).toMatch(
      /space_same (was given to two creations|was there before this run made it)/,
    );
  });
});

describe('a profile that marks nothing', () => {
  const oneOfEach: readonly OperationId[] = [
    'createSpace',
    'updateSpace',
    'deleteSpace',
    'addVectorStoreToSpace',
    'createThread',
    'updateThread',
    'deleteThread',
    'deleteAllThreads',
    'updateMessage',
    'createSlice',
    'updateSlice',
    'archiveSlice',
    'createVectorStore',
    'deleteVectorStore',
  ];
  it('keeps everything that it names as it is, and says which mark a row waits for', async () => {
    const { target, writes, world, requests } = altered();
    const before = JSON.stringify([
      world.threads.get('thrd_def456'),
      world.spaces.get('space_abc123def456'),
    ]);
    // A write to each thing that it names, and what takes away what rows make.
    const some = whole ? {} : only(...oneOfEach);
    const level = whole ? 'full' : 'standard';
    const report = await run({ target, profile: unmarked, level, ...some });
    expect(report.findings.filter(({ severity }) => severity !== 'notice')).toEqual([]);
    const {
      organization_id: _,
      other_organization_id: __,
      disposable_message_id: disposable,
      ...known
    } = marked.known;
    const named = writes.filter((write) =>
      Object.values(known).some((id) => write.split('/').includes(id)),
    );
    // The messages of the known thread are written to only by a message that may be.
    const message = new RegExp(`/messages/(${disposable}|\\w*understudy-[\\w-]+)$`);
    expect(named.filter((write) => !message.test(write))).toEqual([]);
    expect(
      JSON.stringify([world.threads.get('thrd_def456'), world.spaces.get('space_abc123def456')]),
    ).toBe(before);
    const deletesAll = requests.filter(
      ({ method, target: path, headers }) =>
        method === 'DELETE' &&
        path.startsWith('/v1/threads?') &&
        headers['x-api-key'] === 'ak_member',
    );
    expect(deletesAll).toEqual([]);
    const reasons = report.rows.flatMap(({ reason }) => reason ?? []).join('\n');
    if (whole) expect(reasons).toContain('add foreign_space_id to `disposable` in the profile');
    expect(reasons).toContain('add foreign_slice_id to `disposable` in the profile');
    expect(reasons).toContain('write `disposable: true` below callers.member in the profile');
    expect(report.leftovers).toEqual([]);
  });
});

describe('a faulty row', () => {
  const faulty = (row: object, recipes: Contracts['recipes'] = {}): Contracts => ({
    ...contracts,
    recipes: { ...contracts.recipes, ...recipes },
    lifecycles: [],
    tables: contracts.tables
      .filter(({ operation }) => operation === 'deleteSpace')
      .map((table) => ({
        ...table,
        rows: [{ caller: 'owner', expect: 'deleted', place: 'x:1:1', ...row }],
      })),
  });

  itFirst(2).each<[string, object, Contracts['recipes']]>([
    ['a path that names somebody’s space', { path: { space_id: 'space_def456' } }, {}],
    [
      'the first space of the list',
      { given: { space: 'the_first_space' } },
      {
        the_first_space: {
          call: 'listSpaces',
          query: { organization_id: '$known.organization_id' },
          value: '$response.body#/spaces/0/id',
        },
      },
    ],
    [
      'a call before it',
      { before: [{ call: 'deleteVectorStore', path: { vector_store_id: 'vs_abc123' } }] },
      {},
    ],
    [
      'a look that writes',
      Object.fromEntries([
        ['then', [{ call: 'deleteThread', path: { thread_id: 'thrd_def456' } }]],
      ]),
      {},
    ],
    [
      'a recipe that says it made what it found',
      { given: { space: 'a_found_space' } },
      {
        a_found_space: {
          call: 'listSpaces',
          query: { organization_id: '$known.organization_id' },
          value: '$response.body#/spaces/0/id',
          undo: 'deleteSpace',
        },
      },
    ],
  ])('with %s harms nothing, and is not exercised', async (_, row, recipes) => {
    const { target, world } = altered();
    const live = () =>
      [world.spaces, world.threads, world.vectorStores].flatMap((table) =>
        (table.all() as readonly { id: string; deleted_at?: string | null }[])
          .filter(({ deleted_at }) => !deleted_at)
          .map(({ id }) => id),
      );
    const before = live();
    const report = await run({
      target,
      contracts: faulty(row, recipes),
      profile: unmarked,
      ...only('deleteSpace'),
    });
    expect(live()).toEqual(before);
    expect(report.rows.find(({ kind }) => kind === 'row')).toMatchObject({
      result: 'not_exercised',
      reason: expect.stringMatching(/is not sent: /),
    });
  });
});

describe('the guard', () => {
  const request = (
    method: string,
    target: string,
    headers = {},
    body: unknown = undefined,
  ): PlainRequest => ({
    method,
    target,
    headers,
    body: new TextEncoder().encode(body === undefined ? '' : JSON.stringify(body)),
  });
  const guard = new Guard(spec, unmarked);

  itFirst(2).each([
    request('DELETE', '/v1/spaces/'),
    request('DELETE', '/v1/spaces/..'),
    request('DELETE', '/v1/spaces/%2e%2e'),
    request('DELETE', '/v1/spaces/%252e%252e'),
    request('PUT', '/v1/threads'),
    request('DELETE', '/v1/organizations/org_xyz789'),
    request('PATCH', '/v1/elsewhere/understudy-none', {}),
    request('POST', '/v1/spaces/space_x/threads/thrd_understudy-1-1-1'),
    request('DELETE', '/v1/threads', { 'x-api-key': 'ak_owner' }),
    request('DELETE', '/v1/threads?organization_id=org_understudy-1-1-1', {
      'x-api-key': 'ak_member',
    }),
    request('DELETE', '/v1/threads'),
    request(
      'PATCH',
      '/v1/organizations/org_xyz789/knowledge/stores/vs_understudy-1-1-1',
      {},
      { slice_id: 'kslice_foreign' },
    ),
    request(
      'POST',
      '/v1/organizations/org_xyz789/knowledge/slices/kslice_theirs/stores',
      {},
      { name: 'x' },
    ),
    request(
      'POST',
      '/v1/organizations/org_xyz789/knowledge/composites',
      {},
      { member_slice_ids: ['kslice_foreign'] },
    ),
  ])('sends no $method $target', async (unsafe) => {
    let sent = 0;
    const target: Target = {
      name: 'nobody',
      send: async () => {
        sent += 1;
        return { status: 204, headers: {} };
      },
    };
    await expect(guard.send(target, unsafe)).rejects.toThrow(Withheld);
    expect(sent).toBe(0);
  });

  itFirst(2).each([
    request('GET', '/v1/spaces/space_theirs'),
    request('POST', '/v1/spaces/', {}, { name: 'x' }),
    request('DELETE', '/v1/spaces/space_understudy-1-1-1'),
    request('PUT', '/v1/spaces/understudy-none'),
    request('DELETE', '/v1/threads?organization_id=org_understudy-1-1-1'),
    request('DELETE', '/v1/threads/thrd_def456/messages/msg_2'),
  ])('lets $method $target through', (safe) => {
    expect(guard.objection(safe)).toBeUndefined();
  });

  it('lets nothing be written to an invented id that the server has returned after all', async () => {
    const own = new Guard(spec, unmarked);
    const body = JSON.stringify({ spaces: [{ id: 'space_understudy-1-1-1' }] });
    await own.send(
      { name: 'x', send: async () => ({ status: 200, headers: {}, body }) },
      request('GET', '/v1/spaces/'),
    );
    expect(own.objection(request('DELETE', '/v1/spaces/space_understudy-1-1-1'))).toContain(
      'this run only invented it',
    );
  });

  it('counts a caller’s key as marked only where no other caller has the same', () => {
    const shared: Profile = {
      ...marked,
      callers: { ...marked.callers, admin: { api_key: 'ak_member' } },
    };
    const all = request('DELETE', '/v1/threads', { 'x-api-key': 'ak_member' });
    expect(new Guard(spec, marked).objection(all)).toBeUndefined();
    expect(new Guard(spec, shared).objection(all)).toContain('all that admin has');
  });
});
