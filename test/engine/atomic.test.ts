// A request happens whole or not at all.
import { afterEach, describe, expect, it, vi } from 'vitest';
import { createUnderstudy, type Understudy } from '../../src/index.js';
import { call } from '../support/call.js';
import { admin, owner, type Sent } from '../support/requests.js';

const state = ({ world }: Understudy): string =>
  JSON.stringify([world.snapshot(), world.version, world.ids.minted]);
const createSpace = owner.post('/v1/spaces/', {
  organization_id: 'org_xyz789',
  name: 'New',
  vector_store_ids: ['vs_def456'],
});

/**
 * Each of these writes more than once; the table named is one of the later ones that it writes to.
 */
const writes: readonly (readonly [
  string,
  Sent,
  'insert' | 'update' | 'delete',
  'spaces' | 'spaceVectorStores' | 'threads',
])[] = [
  ['createSpace', createSpace, 'insert', 'spaces'],
  ['createSpace with stores', createSpace, 'insert', 'spaceVectorStores'],
  ['deleteSpace', owner.delete('/v1/spaces/space_abc123'), 'update', 'spaces'],
  [
    'addVectorStoreToSpace',
    owner.post('/v1/spaces/space_abc123/vector-stores/vs_def456'),
    'update',
    'spaces',
  ],
  [
    'addThreadToSpace',
    owner.post('/v1/spaces/space_abc123/threads/thrd_empty'),
    'update',
    'spaces',
  ],
  [
    'removeVectorStoreFromSpace',
    owner.delete('/v1/spaces/space_abc123/vector-stores/vs_attached'),
    'update',
    'spaces',
  ],
  ['deleteThread', owner.delete('/v1/threads/thrd_def456'), 'update', 'threads'],
  ['deleteAllThreads', owner.delete('/v1/threads'), 'update', 'threads'],
];

afterEach(() => {
  vi.restoreAllMocks();
});

describe('a rule that throws in the middle of its writes', () => {
  it.each(writes)(
    '%s leaves the world as it was, and works afterwards as if nothing had been',
    async (_, request, method, table) => {
      const understudy = createUnderstudy();
      const before = state(understudy);
      const planted = vi
        .spyOn(understudy.world[table], method as 'insert')
        .mockImplementation(() => {
          throw new Error('planted');
        });
      const { status, case: name } = await call(understudy, request);
      expect([status, name]).toEqual([500, 'rule_failed']);
      expect(planted).toHaveBeenCalled();
      expect(state(understudy)).toBe(before);

      planted.mockRestore();
      const [repeated, fresh] = [
        await call(understudy, request),
        await call(createUnderstudy(), request),
      ];
      expect(repeated.status).toBeLessThan(300);
      expect(repeated.body).toEqual(fresh.body);
    },
  );

  it('throws on an unknown thread through addMessage, and leaves no half message', () => {
    const understudy = createUnderstudy();
    const before = state(understudy);
    vi.spyOn(understudy.world.embeddings, 'insert').mockImplementation(() => {
      throw new Error('planted');
    });
    vi.spyOn(understudy.world.spaces, 'update').mockImplementation(() => {
      throw new Error('planted');
    });
    const [link] = understudy.world.spaceThreads.all();
    expect(() =>
      understudy.addMessage({ thread_id: link?.thread_id as string, content: 'hello' }),
    ).toThrow('planted');
    expect(state(understudy)).toBe(before);
  });
});

describe('an answer that our own check stops', () => {
  const named = (name: unknown): Understudy => {
    const understudy = createUnderstudy({ selfCheck: name === 7 ? 'strict' : 'report' });
    understudy.world.spaces.update('space_abc123', { description: 7 } as never);
    return understudy;
  };
  it('leaves the world as it was: the caller was told 500', async () => {
    const understudy = named(7);
    const before = state(understudy);
    const { case: name } = await call(
      understudy,
      owner.patch('/v1/spaces/space_abc123', { name: 'Another' }),
    );
    expect(name).toBe('self_check_failed');
    expect(state(understudy)).toBe(before);
  });
  it('is sent all the same where breaches are only reported, and so is its effect', async () => {
    const understudy = named('report');
    const { status } = await call(
      understudy,
      owner.patch('/v1/spaces/space_abc123', { name: 'Another' }),
    );
    expect(status).toBe(200);
    expect(understudy.world.spaces.get('space_abc123')?.name).toBe('Another');
  });
});

describe('what was deleted softly', () => {
  const newThread = owner.post('/v1/threads', { organization_id: 'org_xyz789' });
  const listed = async (understudy: Understudy): Promise<string[]> => {
    const { body } = await call(
      understudy,
      owner.get('/v1/threads?include_deleted=true&limit=100'),
    );
    return body.data.map(({ id }: { id: string }) => id);
  };

  it('is kept up to a number, the one deleted first goes first, and reads answer alike before and after', async () => {
    const understudy = createUnderstudy({ keepDeleted: 2 });
    const ids: string[] = [];
    for (let i = 0; i < 4; i++) ids.push((await call(understudy, newThread)).body.id);
    const [a, b, c, d] = ids as [string, string, string, string];
    understudy.addMessage({ thread_id: c, content: 'goes with its thread' });
    for (const id of [c, a, d]) await call(understudy, owner.delete(`/v1/threads/${id}`));
    const { world } = understudy;
    expect([a, b, c, d].map((id) => world.threads.has(id))).toEqual([true, true, false, true]);
    expect(world.messages.where('thread', c)).toEqual([]);
    expect(await listed(understudy)).toEqual(expect.arrayContaining([a, b, d]));
    expect(await listed(understudy)).not.toContain(c);
    for (const id of [a, c, d]) {
      const { case: name } = await call(understudy, owner.get(`/v1/threads/${id}`));
      expect(name).toBe('getThread.thread_not_found');
    }
  });

  it('counts spaces and threads together', async () => {
    const understudy = createUnderstudy({ keepDeleted: 1 });
    const space = (await call(understudy, createSpace)).body.id;
    const thread = (await call(understudy, newThread)).body.id;
    await call(understudy, owner.delete(`/v1/spaces/${space}`));
    expect(understudy.world.spaces.has(space)).toBe(true);
    await call(understudy, owner.delete(`/v1/threads/${thread}`));
    expect([understudy.world.spaces.has(space), understudy.world.threads.has(thread)]).toEqual([
      false,
      true,
    ]);
    expect((await call(understudy, owner.get(`/v1/spaces/${space}`))).case).toBe(
      'getSpace.space_not_found',
    );
    expect((await call(understudy, admin.delete(`/v1/spaces/${space}`))).case).toBe(
      'deleteSpace.space_not_found',
    );
  });

  it('can be nothing at all', async () => {
    const understudy = createUnderstudy({ keepDeleted: 0 });
    const thread = (await call(understudy, newThread)).body.id;
    await call(understudy, owner.delete(`/v1/threads/${thread}`));
    expect(understudy.world.threads.has(thread)).toBe(false);
    expect(understudy.world.deletedRows.size).toBe(0);
  });
});

describe('an id that the scenario has already', () => {
  it.each([
    ['a space', createSpace, 'spaces', (body: { id: string }) => body.id],
    [
      'its store',
      createSpace,
      'vectorStores',
      (body: { vector_store_id: string }) => body.vector_store_id,
    ],
    [
      'a thread',
      owner.post('/v1/threads', { organization_id: 'org_xyz789' }),
      'threads',
      (body: { id: string }) => body.id,
    ],
  ] as const)('is not given again: %s', async (_, request, table, idOf) => {
    const taken = idOf((await call(createUnderstudy(), request)).body);
    const understudy = createUnderstudy();
    const [row] = understudy.world[table].all();
    understudy.world[table].insert({ ...row, id: taken } as never);
    const { status, body } = await call(understudy, request);
    expect(status).toBe(201);
    expect(idOf(body)).not.toBe(taken);
  });
});
