import fc from 'fast-check';
import { describe, expect, inject, it } from 'vitest';
import { createUnderstudy, type Understudy } from '../../src/index.js';
import { loadSpec } from '../../src/shipped/document.js';
import type { Operation } from '../../src/spec/document.js';
import { pair } from '../../src/world/world.js';
import { call } from '../support/call.js';
import { provocationsOf, wellFormedOf } from '../support/provocations.js';
import type { Sent } from '../support/requests.js';
import { whole } from '../support/sample.js';

const spec = loadSpec();
const wellFormed = wellFormedOf(provocationsOf(inject('provocations')));
const operations = [...spec.operations.values()];
const callers = [
  'ak_owner',
  'ak_admin',
  'ak_editor',
  'ak_viewer',
  'ak_member',
  'ak_outsider',
  'ak_expired',
  'ak_nobody',
];

/** Ids that are in the default world, and some that are not. */
const ids: Readonly<Record<string, readonly string[]>> = {
  organization_id: ['org_xyz789', 'org_xyz789', 'org_xyz789', 'org_abc123', 'org_none'],
  space_id: [
    'space_abc123',
    'space_abc123',
    'space_lobby',
    'space_writers',
    'space_abc123def456',
    'space_none',
  ],
  vector_store_id: [
    'vs_def456',
    'vs_attached',
    'vs_private',
    'vs_abc123',
    'vs_other_org',
    'vs_none',
  ],
  store_id: ['vs_def456', 'vs_attached', 'vs_private', 'vs_none'],
  thread_id: ['thrd_def456', 'thrd_empty', 'thrd_in_space', 'thrd_pinned', 'thrd_none'],
  message_id: ['msg_1', 'msg_2', 'msg_4', 'msg_none'],
  slice_id: [
    'kslice_abc123',
    'kslice_private',
    'kslice_archived',
    'kslice_comp789',
    'kslice_foreign',
    'kslice_none',
  ],
};
const oneOf = (name: string) => fc.constantFrom(...(ids[name] as readonly string[]));

/** Bodies: what the operation accepts, with a field changed, or anything at all. */
function bodyOf(operation: Operation): fc.Arbitrary<string | undefined> {
  const text = wellFormed[operation.id].body;
  if (!operation.body || typeof text !== 'string') return fc.constant(undefined);
  const good = JSON.parse(text) as Record<string, unknown>;
  const field = fc.constantFrom(...operation.body.fields);
  const value = fc.oneof(
    fc.string({ maxLength: 300 }),
    fc.constantFrom(
      '*',
      'private',
      'organization',
      'role_writers',
      'dept_research',
      'kslice_abc123',
      'kslice_archived',
      null,
      [],
      7,
    ),
    fc.array(
      fc.constantFrom(
        'usr_member1',
        'role_writers',
        'dept_research',
        'kslice_research',
        'vs_def456',
        'nothing',
      ),
      {
        maxLength: 3,
      },
    ),
  );
  return fc.oneof(
    { arbitrary: fc.constant(text), weight: 3 },
    {
      arbitrary: fc
        .tuple(field, value)
        .map(([name, changed]) => JSON.stringify({ ...good, [name]: changed })),
      weight: 4,
    },
    { arbitrary: fc.json(), weight: 1 },
  );
}

const request: fc.Arbitrary<Sent> = fc.constantFrom(...operations).chain((operation) =>
  fc
    .record({
      path: fc.record(Object.fromEntries(Object.keys(ids).map((name) => [name, oneOf(name)]))),
      key: fc.oneof(
        { arbitrary: fc.constantFrom('ak_owner', 'ak_admin'), weight: 2 },
        { arbitrary: fc.constantFrom(...callers), weight: 1 },
      ),
      query: fc.constantFrom(
        '',
        '',
        '',
        '?limit=0',
        '?organization_id=org_xyz789',
        '?organization_id=org_abc123',
        '?cursor=x&after=msg_1',
      ),
      body: bodyOf(operation),
    })
    .map(({ path, key, query, body }) => ({
      method: operation.method,
      target:
        operation.template.replace(
          /\{(\w+)\}/g,
          (_, name: string) => (path as Record<string, string>)[name] as string,
        ) + query,
      headers: {
        'x-api-key': key,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body }),
    })),
);
const sequence = fc.array(
  fc.oneof(
    { arbitrary: request, weight: 8 },
    { arbitrary: fc.constant('message' as const), weight: 1 },
  ),
  { minLength: 1, maxLength: 25 },
);
const runs = { seed: 20260226, numRuns: whole ? 150 : 20 };

async function play(
  understudy: Understudy,
  steps: readonly (Sent | 'message')[],
  each: (status: number) => void = () => {},
) {
  const answers: string[] = [];
  for (const step of steps) {
    if (step === 'message') {
      const thread = understudy.world.threads.get('thrd_def456');
      if (!thread?.deleted_at)
        understudy.addMessage({ thread_id: 'thrd_def456', content: 'One more' });
      continue;
    }
    const { status, body, headers } = await call(understudy, step);
    answers.push(JSON.stringify([status, body ?? null, [...headers]]));
    each(status);
  }
  return answers;
}

/** What must hold in every world, whatever was asked of it. */
function checkInvariants({ world }: Understudy): void {
  for (const link of world.spaceVectorStores.all()) {
    expect(world.spaces.get(link.space_id)).toMatchObject({ deleted_at: null });
    expect(world.vectorStores.has(link.vector_store_id)).toBe(true);
    expect(
      world.spaceVectorStores.count('pair', pair(link.space_id, link.vector_store_id)),
      'linked once per space',
    ).toBe(1);
    expect(
      world.spaces.get(link.space_id)?.vector_store_id,
      'the dedicated store is never an additional one',
    ).not.toBe(link.vector_store_id);
  }
  for (const link of world.spaceThreads.all()) {
    expect(world.spaces.get(link.space_id)).toMatchObject({ deleted_at: null });
    expect(world.threads.get(link.thread_id)).toMatchObject({ deleted_at: null });
    expect(world.spaceThreads.count('pair', pair(link.space_id, link.thread_id))).toBe(1);
    const space = world.spaces.get(link.space_id);
    for (const message of space?.vector_store_id
      ? world.messages.where('thread', link.thread_id)
      : []) {
      expect(
        world.embeddings.count('pair', pair(link.space_id, message.id)),
        'one embedding per message and space',
      ).toBe(1);
    }
  }
  for (const row of world.embeddings.all()) {
    expect(world.messages.has(row.message_id)).toBe(true);
    expect(
      world.spaceThreads.count('pair', pair(row.space_id, row.thread_id)),
      'no embedding without its link',
    ).toBe(1);
    expect(world.spaces.get(row.space_id)?.vector_store_id).toBe(row.vector_store_id);
  }
  for (const space of world.spaces.all())
    if (space.vector_store_id) expect(world.vectorStores.has(space.vector_store_id)).toBe(true);
  for (const store of world.vectorStores.all())
    if (store.slice_id) expect(world.slices.has(store.slice_id)).toBe(true);
}

describe('whatever is asked of it, the mock server', () => {
  it('changes nothing when it refuses, byte for byte, and never breaks its own document', async () => {
    let refused = 0;
    let served = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(request, { minLength: 5, maxLength: 20 }), async (requests) => {
        const understudy = createUnderstudy();
        for (const sent of requests) {
          const before = JSON.stringify(understudy.world.snapshot());
          const { status, body } = await call(understudy, sent);
          expect(status, JSON.stringify([sent, body])).toBeLessThan(500);
          if (status < 400) served += 1;
          else {
            refused += 1;
            expect(JSON.stringify(understudy.world.snapshot())).toBe(before);
          }
        }
      }),
      runs,
    );
    // Neither half may be empty, or the property says nothing.
    expect(refused).toBeGreaterThan(2 * runs.numRuns);
    expect(served).toBeGreaterThan(2 * runs.numRuns);
  });

  it('keeps links, embeddings and stores whole over any sequence of calls', async () => {
    await fc.assert(
      fc.asyncProperty(sequence, async (steps) => {
        const understudy = createUnderstudy();
        await play(understudy, steps, (status) => expect(status).toBeLessThan(500));
        checkInvariants(understudy);
      }),
      runs,
    );
  });

  it('shows what it keeps: space_ids is the inverse of the links, store_count equals the rows', async () => {
    await fc.assert(
      fc.asyncProperty(sequence, async (steps) => {
        const understudy = createUnderstudy();
        await play(understudy, steps);
        const { world } = understudy;
        const get = async (target: string, key = 'ak_admin') =>
          (await call(understudy, { method: 'GET', target, headers: { 'x-api-key': key } })).body;
        for (const thread of world.threads
          .all()
          .filter((row) => row.user_id === 'usr_owner1' && !row.deleted_at)) {
          const { space_ids } = await get(`/v1/threads/${thread.id}`, 'ak_owner');
          const linked = world.spaces
            .all()
            .filter((space) => world.spaceThreads.count('pair', pair(space.id, thread.id)) > 0);
          expect([...space_ids].sort()).toEqual(linked.map((space) => space.id).sort());
        }
        for (const slice of world.slices
          .all()
          .filter((row) => row.organization_id === 'org_xyz789')) {
          const { store_count } = await get(
            `/v1/organizations/org_xyz789/knowledge/slices/${slice.id}`,
          );
          const holders = slice.is_composite ? [...new Set(slice.member_slice_ids)] : [slice.id];
          expect(store_count).toBe(
            world.vectorStores.all().filter((store) => holders.includes(store.slice_id ?? ''))
              .length,
          );
        }
      }),
      { ...runs, numRuns: runs.numRuns / 2 },
    );
  });

  it('gives the same bytes for the same seed, and other ids for another', async () => {
    let different = 0;
    await fc.assert(
      fc.asyncProperty(sequence, async (steps) => {
        const first = await play(createUnderstudy({ seed: 5 }), steps);
        expect(await play(createUnderstudy({ seed: 5 }), steps)).toEqual(first);
        const other = await play(createUnderstudy({ seed: 6 }), steps);
        const statuses = (answers: readonly string[]) => answers.map((text) => JSON.parse(text)[0]);
        expect(statuses(other)).toEqual(statuses(first));
        if (first.join() !== other.join()) different += 1;
      }),
      { ...runs, numRuns: whole ? 40 : 15 },
    );
    expect(different).toBeGreaterThan(whole ? 30 : 10);
  });
});
