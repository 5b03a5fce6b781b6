// A row is held to the same in the small world around it as in all of its world.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ScenarioError } from '../../src/files/problem.js';
import { createUnderstudy } from '../../src/index.js';
import { adopt } from '../../src/scenario/adopt.js';
import { loadScenario } from '../../src/scenario/read.js';
import {
  addIn,
  addRow,
  type Edit,
  type Edited,
  type LoadEdited,
  patchIn,
  patchRow,
} from '../../src/scenario/rows.js';
import { listedNouns, placedItems, tableOf } from '../../src/scenario/sections.js';
import { writeScenario } from '../../src/scenario/write.js';
import type { JsonObject } from '../../src/spec/message.js';
import { virtualClock } from '../../src/world/clock.js';
import { createIdMaker } from '../../src/world/ids.js';
import { nouns } from '../../src/world/nouns.js';
import type { TableName, World } from '../../src/world/world.js';
import { call } from '../support/call.js';
import { patchOf, type RowPatch, rowsOf } from '../support/random-rows.js';
import { owner } from '../support/requests.js';
import { whole } from '../support/sample.js';

const load: LoadEdited = (scenario) => {
  try {
    return loadScenario(scenario, { clock: virtualClock, ids: createIdMaker(1) });
  } catch (error) {
    if (!(error instanceof ScenarioError)) throw error;
    return {
      problems: error.problems.map(({ pointer = '', what, fix }) => ({ pointer, what, fix })),
    };
  }
};

/** A world that was not only loaded: it has links and embeddings of its own, and names that nobody looks up. */
async function livedIn(scenario: string): Promise<World> {
  const understudy = createUnderstudy({ scenario });
  for (const sent of [
    owner.post('/v1/spaces/space_abc123/threads/thrd_empty'),
    owner.post('/v1/spaces/space_lobby/threads/thrd_in_space'),
    owner.patch('/v1/spaces/space_abc123', { access_users: ['usr_nobody'] }),
    owner.post('/v1/threads/thrd_in_space/messages', { role: 'user', content: 'Late' }),
    owner.delete('/v1/threads/thrd_pinned'),
    owner.delete('/v1/spaces/space_lobby'),
  ])
    await call(understudy, sent);
  return understudy.world;
}

/** Fields of a row with other values, which are often those of other rows. */
function edits(world: World): fc.Arbitrary<RowPatch> {
  const rows = rowsOf(world);
  const ids = rows.map(({ row }) => row.id as string);
  const times = ['2020-01-01T00:00:00Z', '2026-02-26T15:29:59Z', '2036-01-01T00:00:00Z', 'soon'];
  const oneId = fc.oneof(
    fc.constantFrom(...ids),
    fc.constantFrom(...ids).map((id) => `${id.slice(0, -1)}0`),
    fc.constantFrom('usr_nobody', 'nothing like it', '*'),
  );
  const valueFor = (noun: TableName, field: string): fc.Arbitrary<unknown> =>
    fc.oneof(
      {
        weight: 4,
        arbitrary: fc.constantFrom(
          ...rows.filter((one) => one.noun === noun).map(({ row }) => row[field]),
        ),
      },
      { weight: 3, arbitrary: oneId },
      { weight: 2, arbitrary: fc.array(oneId, { maxLength: 3 }) },
      { weight: 2, arbitrary: fc.constantFrom<unknown>(...times) },
      { weight: 2, arbitrary: fc.constantFrom<unknown>(null, 3, true, {}, 'x') },
    );
  const rowArbitrary = fc.constantFrom(...(Object.keys(nouns) as TableName[])).chain((noun) => {
    const own = rows.filter((one) => one.noun === noun);
    return own.length === 0 ? fc.constantFrom(...rows) : fc.constantFrom(...own);
  });
  return rowArbitrary.chain((row) => patchOf(row, valueFor));
}

/**
 * What a world holds after an edit, or why not. The embeddings that follow are numbered, and those of
 * one second are in no order; what is defined twice may be the wrong one for whoever refers to it.
 */
function outcome(world: World, edit: Edit): unknown {
  if ('problems' in edit) {
    const twice = edit.problems.filter(({ what }) => what.endsWith('is defined twice'));
    return { ...edit, problems: twice.length > 0 ? twice : edit.problems };
  }
  const fork = world.fork();
  adopt(fork, edit);
  const { embeddings, ...tables } = fork.snapshot();
  const rows = (embeddings as JsonObject[]).map(({ id: _, ...row }) => JSON.stringify(row));
  return { ...tables, embeddings: rows.sort() };
}

/** Items as they are in some scenario of the world, with another ID or not, and with other values. */
function additions(world: World): fc.Arbitrary<Omit<RowPatch, 'id'>> {
  const scenario = writeScenario(world);
  const items = listedNouns.flatMap((noun) =>
    placedItems(scenario as never, noun).map(({ item, holder }) => ({
      noun: tableOf(noun),
      item: {
        ...(item as object as JsonObject),
        ...(noun.within === undefined
          ? {}
          : { [`${nouns[noun.within as 'spaces'].called}_id`]: (holder as { id: string }).id }),
      } as JsonObject,
    })),
  );
  return fc
    .record({
      placed: fc
        .constantFrom(
          ...Object.keys(nouns).filter((noun) => items.some((one) => one.noun === noun)),
        )
        .chain((noun) => fc.constantFrom(...items.filter((one) => one.noun === noun))),
      id: fc.constantFrom(undefined, 'new_1', 'new_1', 'usr_nobody'),
      edit: edits(world),
    })
    .map(({ placed: { noun, item }, id, edit }) => {
      const other = edit.noun === noun ? edit.fields : {};
      const own =
        id === undefined
          ? {}
          : 'api_key' in item
            ? { api_key: id }
            : 'token' in item
              ? { token: id }
              : { id };
      return { noun, fields: { ...item, ...own, ...other } };
    });
}

const runs = { numRuns: whole ? 1500 : 60, seed: 13 };

describe.each(['default', 'same-names'])('in %s', (scenario) => {
  it.each(['patched', 'added'])('whatever is %s', async (what) => {
    const world = await livedIn(scenario);
    let sound = 0;
    const alike = (small: Edit, edit: Edit) => {
      sound += 'world' in edit ? 1 : 0;
      expect(outcome(world, small)).toEqual(outcome(world, edit));
    };
    const property =
      what === 'patched'
        ? fc.property(edits(world), ({ noun: table, id, fields }) =>
            alike(
              patchRow(world, { table, id }, fields, load),
              patchIn(world, { table, id }, fields, load),
            ),
          )
        : fc.property(additions(world), ({ noun, fields }) =>
            alike(addRow(world, noun, fields, load), addIn({ whole: world }, noun, fields, load)),
          );
    fc.assert<unknown[] | [RowPatch]>(property as never, runs);
    expect(sound).toBeGreaterThan(runs.numRuns / 10);
    expect(sound).toBeLessThan(runs.numRuns * 0.9);
  });
});

describe('what another row looks at', () => {
  type Find = (world: World) => readonly [TableName, { readonly id: string } | undefined];
  const spaceWith = (world: World, table: 'embeddings' | 'spaceVectorStores') =>
    world.spaces.all().find(({ id }) => world[table].count('space', id) > 0);
  const isIn = (world: World, store: string) => world.spaceVectorStores.count('store', store) > 0;
  const other = { organization_id: 'org_abc123' };
  it.each<[string, Find, (world: World) => JsonObject]>([
    [
      'a deleted thread stays one',
      ({ threads }) => ['threads', threads.get('thrd_pinned')],
      () => ({ title: 'T' }),
    ],
    [
      'a deleted space stays one',
      ({ spaces }) => ['spaces', spaces.all().find(({ deleted_at }) => deleted_at !== null)],
      () => ({ name: 'S' }),
    ],
    [
      'a link keeps its embeddings',
      (world) => [
        'spaceThreads',
        world.spaceThreads.where('space', spaceWith(world, 'embeddings')?.id ?? '')[0],
      ],
      () => ({ added_by: 'usr_editor1' }),
    ],
    [
      'a link to another thread takes its messages in',
      (world) => [
        'spaceThreads',
        world.spaceThreads.where('space', spaceWith(world, 'embeddings')?.id ?? '')[0],
      ],
      () => ({ thread_id: 'thrd_def456' }),
    ],
    [
      'a thread is not younger than its messages',
      ({ threads }) => ['threads', threads.get('thrd_def456')],
      () => ({ created_at: '2026-02-26T15:00:00Z' }),
    ],
    [
      'a message is no longer its thread’s last one',
      ({ messages }) => ['messages', messages.where('thread', 'thrd_def456').at(-1)],
      ({ threads }) => ({ created_at: threads.get('thrd_def456')?.created_at ?? '' }),
    ],
    [
      'an embedding is of the message of another one',
      ({ embeddings }) => ['embeddings', embeddings.where('space', 'space_abc123')[0]],
      ({ embeddings }) => ({
        message_id: embeddings.where('space', 'space_abc123')[1]?.message_id ?? '',
      }),
    ],
    [
      'a space without a store takes nothing in',
      (world) => ['spaces', spaceWith(world, 'embeddings')],
      () => ({ vector_store_id: null }),
    ],
    [
      'a space does not attach its own store',
      (world) => ['spaces', spaceWith(world, 'spaceVectorStores')],
      (world) => ({
        vector_store_id:
          world.spaceVectorStores.where('space', spaceWith(world, 'spaceVectorStores')?.id ?? '')[0]
            ?.vector_store_id ?? '',
      }),
    ],
    [
      'a member is of the composite’s organization',
      ({ slices }) => [
        'slices',
        slices
          .all()
          .find(({ id }) =>
            slices.all().some(({ member_slice_ids }) => member_slice_ids.includes(id)),
          ),
      ],
      () => other,
    ],
    [
      'a slice is of its stores’ organization',
      ({ slices, vectorStores }) => [
        'slices',
        slices.all().find(({ id }) => vectorStores.count('slice', id) > 0),
      ],
      () => other,
    ],
    [
      'an attached store is of the space’s organization',
      (world) => ['vectorStores', world.vectorStores.all().find(({ id }) => isIn(world, id))],
      () => other,
    ],
    [
      'a dedicated store is of the space’s organization',
      (world) => [
        'vectorStores',
        world.vectorStores
          .all()
          .find(({ id }) => world.spaces.count('dedicatedStore', id) > 0 && !isIn(world, id)),
      ],
      () => other,
    ],
  ])('%s', async (_, find, patch) => {
    const world = await livedIn('default');
    const [table, row] = find(world);
    const id = row?.id as string;
    const edits = [patchRow, patchIn].map((edit) => edit(world, { table, id }, patch(world), load));
    expect(outcome(world, edits[0] as Edit)).toEqual(outcome(world, edits[1] as Edit));
  });

  it('has its messages taken in once it has a store', async () => {
    const world = await livedIn('default');
    const { id } = world.spaces.get('space_abc123') as { id: string };
    const without = patchRow(world, { table: 'spaces', id }, { vector_store_id: null }, load);
    adopt(world, without as Edited);
    expect(world.embeddings.count('space', id)).toBe(0);
    const edits = [patchRow, patchIn].map((edit) =>
      edit(world, { table: 'spaces', id }, { vector_store_id: 'vs_abc123' }, load),
    );
    expect(outcome(world, edits[0] as Edit)).toEqual(outcome(world, edits[1] as Edit));
    adopt(world, edits[0] as Edited);
    expect(world.embeddings.count('space', id)).toBeGreaterThan(0);
  });
});
