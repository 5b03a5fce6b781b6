// A world that is written down and loaded again is the same world.
import { describe, expect, it } from 'vitest';
import { createUnderstudy, type Scenario, type Understudy } from '../../src/index.js';
import { crowdedScenario } from '../../src/scenario/crowded.js';
import { scenarioNames } from '../../src/scenario/read.js';
import { writeScenario } from '../../src/scenario/write.js';
import { call } from '../support/call.js';
import { admin, editor, owner, type Sent, viewer } from '../support/requests.js';
import { itFirst, whole } from '../support/sample.js';

/** What `JSON.stringify` writes, with the keys of every object in one order. */
const sorted = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, part]) => [key, sorted(part)]),
  );
};
const dump = ({ world }: Understudy): string => JSON.stringify(sorted(world.snapshot()));

const again = (understudy: Understudy): Understudy =>
  createUnderstudy({
    scenario: JSON.parse(JSON.stringify(writeScenario(understudy.world))) as Scenario,
  });

/** Whatever can be read of a world, by several callers. */
function reads({ world }: Understudy): Sent[] {
  const organization = '/v1/organizations/org_xyz789';
  const targets = [
    '/v1/capabilities',
    '/v1/spaces/?organization_id=org_xyz789',
    '/v1/threads?include_deleted=true&include_total=true',
    ...['departments', 'departments/tree', 'vector-stores', 'vector-stores/usage'].map(
      (list) => `${organization}/${list}`,
    ),
    ...['slices', 'slices?status=archived', 'composites', 'stores', 'stores?status=inactive'].map(
      (list) => `${organization}/knowledge/${list}`,
    ),
    ...world.spaces
      .all()
      .flatMap(({ id }) =>
        ['', '/threads', '/vector-stores'].map((part) => `/v1/spaces/${id}${part}`),
      ),
    ...world.threads
      .all()
      .flatMap(({ id }) => ['', '/messages'].map((part) => `/v1/threads/${id}${part}`)),
    ...world.slices.all().map(({ id }) => `${organization}/knowledge/slices/${id}`),
    ...world.vectorStores.all().map(({ id }) => `${organization}/vector-stores/${id}`),
  ];
  return targets.flatMap((target) => [owner, admin, viewer].map((caller) => caller.get(target)));
}

async function answers(understudy: Understudy): Promise<unknown[]> {
  const received = await Promise.all(reads(understudy).map((sent) => call(understudy, sent)));
  return received.map(({ status, body }) => [status, body?.error ? body.error.code : body]);
}

/** Writes of every kind; each must be accepted. */
async function play(understudy: Understudy): Promise<void> {
  const send = async (sent: Sent) => {
    const { status, body } = await call(understudy, sent);
    expect(status, `${sent.method} ${sent.target}`).toBeLessThan(300);
    return body;
  };
  const organization_id = 'org_xyz789';
  const organization = `/v1/organizations/${organization_id}`;
  const knowledge = `${organization}/knowledge`;
  const slice = await send(
    owner.post(`${knowledge}/slices`, {
      name: 'S',
      owner_type: 'organization',
      owner_id: organization_id,
    }),
  );
  const own = {
    name: 'P',
    type: 'personal',
    owner_type: 'user',
    owner_id: 'usr_viewer1',
    access_mode: 'private',
  };
  const personal = await send(
    owner.post(`${knowledge}/slices`, { ...own, access_target_ids: ['usr_member1'] }),
  );
  await send(
    owner.post(`${knowledge}/composites`, { name: 'C', member_slice_ids: [slice.id, personal.id] }),
  );
  const store = await send(
    admin.post(`${knowledge}/slices/${slice.id}/stores`, { name: 'St', access_mode: 'department' }),
  );
  const gone = await send(owner.post(`${knowledge}/slices/${slice.id}/stores`, { name: 'Gone' }));
  const open = await send(
    owner.post(`${organization}/vector-stores`, {
      name: 'V',
      access_users: ['usr_unknown'],
      flow_id: 'f',
    }),
  );
  const shut = await send(
    owner.post(`${organization}/vector-stores`, {
      name: 'V',
      access_departments: ['dept_contoso'],
    }),
  );
  const space = await send(
    owner.post('/v1/spaces/', {
      organization_id,
      name: 'Sp',
      vector_store_ids: [open.data.id],
      editable_by_users: ['*'],
    }),
  );
  const other = await send(editor.post('/v1/spaces/', { organization_id, name: 'Other' }));
  const bare = await send(owner.post('/v1/spaces/', { organization_id, name: 'Bare' }));
  const thread = await send(
    owner.post('/v1/threads', {
      organization_id,
      title: 'T',
      assistant_id: 'asst_1',
      metadata: { a: [1] },
    }),
  );
  const second = await send(owner.post('/v1/threads', { organization_id, metadata: null }));
  const third = await send(owner.post('/v1/threads', { organization_id }));
  understudy.addMessage({ thread_id: thread.id, content: 'one' });
  const edited = understudy.addMessage({
    thread_id: thread.id,
    content: 'two',
    role: 'assistant',
    metadata: { k: 'v' },
  });
  // The younger space is first, so the order of the links is not that of the spaces.
  await send(owner.post(`/v1/spaces/${bare.id}/threads/${thread.id}`));
  await send(owner.post(`/v1/spaces/${space.id}/threads/${thread.id}`));
  await send(owner.post(`/v1/spaces/${space.id}/threads/${second.id}`));
  await send(owner.post(`/v1/spaces/${space.id}/threads/${third.id}`));
  const last = understudy.addMessage({ thread_id: thread.id, content: 'three' });
  await send(owner.patch(`/v1/threads/${thread.id}/messages/${edited.id}`, { content: 'edited' }));
  await send(owner.delete(`/v1/threads/${thread.id}/messages/${last.id}`));
  await send(owner.post(`/v1/spaces/${space.id}/vector-stores/${shut.data.id}`));
  await send(owner.delete(`/v1/spaces/${space.id}/vector-stores/${open.data.id}`));
  await send(owner.post(`/v1/threads/${thread.id}/pin`));
  await send(owner.patch(`/v1/threads/${second.id}`, { visible_in_ui: false }));
  await send(owner.delete(`/v1/spaces/${space.id}/threads/${second.id}`));
  await send(
    owner.patch(`/v1/spaces/${space.id}`, {
      visible_to_roles: ['role_readers'],
      access_departments: [],
    }),
  );
  await send(owner.post(`${knowledge}/slices/${personal.id}/archive`));
  await send(owner.patch(`${knowledge}/stores/${store.id}`, { name: 'Renamed', is_active: false }));
  await send(owner.delete(`${knowledge}/stores/${gone.id}`));
  await send(owner.delete(`${organization}/vector-stores/${bare.vector_store_id}`));
  await send(owner.delete(`/v1/threads/${third.id}`));
  await send(editor.delete(`/v1/spaces/${other.id}`));
}

/** Every tenth space and thread of the crowd, and every store that they use. */
function tenthOfCrowd(): Scenario {
  const crowd = crowdedScenario();
  const tenth = <Row extends { readonly id: string }>(rows: readonly Row[] = []): Row[] =>
    rows.filter(({ id }) => id.endsWith('0'));
  const stores = crowd.vector_stores ?? [];
  return {
    ...crowd,
    spaces: tenth(crowd.spaces),
    threads: tenth(crowd.threads),
    vector_stores: [
      ...stores.filter(({ id }) => !id.startsWith('vs_memory_')),
      ...tenth(stores.filter(({ id }) => id.startsWith('vs_memory_'))),
    ],
  };
}

describe('a world that is written as a scenario and loaded again', () => {
  // What goes wrong on purpose is no state: such worlds have the rows of `default`.
  const others = ['crowded', 'flaky', 'rate-limited', 'slow'];
  const names = scenarioNames().filter((name) => !others.includes(name));

  it.each(names)('is the same: %s', async (name) => {
    const understudy = createUnderstudy({ scenario: name });
    const copy = again(understudy);
    expect(dump(copy)).toBe(dump(understudy));
    expect(await answers(copy)).toEqual(await answers(understudy));
  });

  const mostDifferent = ['default', 'backfill-in-progress', 'archived'];
  itFirst(3).each([...new Set([...mostDifferent, ...names])])(
    'is the same after writes of every kind: %s',
    async (name) => {
      const understudy = createUnderstudy({ scenario: name });
      await play(understudy);
      const copy = again(understudy);
      expect(dump(copy)).toBe(dump(understudy));
      expect(await answers(copy)).toEqual(await answers(understudy));
      // And it goes on alike, with the same IDs.
      await Promise.all([play(understudy), play(copy)]);
      expect(dump(copy)).toBe(dump(understudy));
    },
  );

  it('names the IDs that the API has taken without looking them up, and only those', async () => {
    const understudy = createUnderstudy();
    expect(writeScenario(understudy.world)).not.toHaveProperty('external_ids');
    await play(understudy);
    expect(writeScenario(understudy.world).external_ids).toEqual(['dept_contoso', 'usr_unknown']);
  });

  it(`is the same with ${whole ? 'ten' : 'one'} thousand spaces`, () => {
    const understudy = createUnderstudy({ scenario: whole ? 'crowded' : tenthOfCrowd() });
    expect(dump(again(understudy))).toBe(dump(understudy));
  });
});
