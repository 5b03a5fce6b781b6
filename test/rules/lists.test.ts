// Lists are read off indexes. What they show is what filtering and sorting all rows would show.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createUnderstudy } from '../../src/index.js';
import { mayAccess, mayReachSlice, mayReachStore } from '../../src/rules/access.js';
import { type Caller, identify } from '../../src/rules/callers.js';
import type { Slice } from '../../src/world/nouns/slices.js';
import type { Space } from '../../src/world/nouns/spaces.js';
import type { Thread } from '../../src/world/nouns/threads.js';
import type { VectorStore } from '../../src/world/nouns/vector-stores.js';
import { call } from '../support/call.js';
import { whole } from '../support/sample.js';

const understudy = createUnderstudy();
const { world } = understudy;
const start = world.snapshot();
const org = 'org_xyz789';

const keys = ['ak_owner', 'ak_admin', 'ak_editor', 'ak_viewer', 'ak_member'];
const callerOf = (key: string): Caller =>
  (identify(world, { 'x-api-key': key }) as { caller: Caller }).caller;
const users = [...new Set(keys.map((key) => callerOf(key).user_id))];
const departments = world.departments.all().map(({ id }) => id);
const roles = world.roles.all().map(({ id }) => id);

const some = (ids: readonly string[]) =>
  fc.option(fc.uniqueArray(fc.constantFrom(...ids), { maxLength: 2 }));
const time = fc.nat(3).map((hour) => `2026-02-26T1${hour}:00:00Z`);
const access = {
  created_by: fc.constantFrom(...users),
  access_mode: fc.constantFrom('public', 'organization', 'department', 'private') as fc.Arbitrary<
    VectorStore['access_mode']
  >,
};
const name = fc.constantFrom('Alpha', 'alps', 'Beta', 'gamma', 'Gamut');
const store = fc.record({
  ...access,
  name,
  slice_id: fc.constantFrom(null, 'kslice_abc123', 'kslice_research'),
  is_active: fc.boolean(),
  access_departments: some(departments),
  access_users: some(users),
  flowplate_project_id: fc.constantFrom(null, 'p1', 'p2'),
  flow_id: fc.constantFrom(null, 'f1', 'f2'),
  file_count: fc.nat(2),
  data_size: fc.nat(2),
  updated_at: time,
});
const slice = fc.record({
  ...access,
  name,
  type: fc.constantFrom<Slice['type'][]>('standard', 'personal', 'chat_space'),
  is_composite: fc.boolean(),
  owner_type: fc.constantFrom<Slice['owner_type'][]>('organization', 'department', 'user', 'group'),
  owner_id: fc.constantFrom(...users, ...departments),
  status: fc.constantFrom<Slice['status'][]>('active', 'archived'),
  access_target_ids: some([...users, ...departments]),
});
const thread = fc.record({
  user_id: fc.constantFrom(...users),
  title: fc.option(name),
  assistant_id: fc.constantFrom(null, 'asst_1', 'asst_2'),
  visible_in_ui: fc.boolean(),
  pinned_at: fc.option(time),
  last_message_at: time,
  deleted_at: fc.option(time, { freq: 3 }),
});
const space = fc.record({
  created_by: fc.constantFrom(...users),
  access_mode: fc.constantFrom<Space['access_mode'][]>(
    'private',
    'private',
    'organization',
    'public',
  ),
  access_users: some(users),
  access_departments: some(departments),
  editable_by_users: some([...users, '*']),
  editable_by_roles: some(roles),
  visible_to_roles: some(roles),
  deleted_at: fc.option(time),
});

type Values<T> = T extends fc.Arbitrary<infer V> ? V : never;
const insertAll = {
  store: (rows: Values<typeof store>[]) =>
    rows.map((row) => world.vectorStores.insert({ ...like(world.vectorStores.all()[0]), ...row })),
  slice: (rows: Values<typeof slice>[]) =>
    rows.map((row) => world.slices.insert({ ...like(world.slices.all()[0]), ...row })),
  thread: (rows: Values<typeof thread>[]) =>
    rows.map((row) => world.threads.insert({ ...like(world.threads.get('thrd_empty')), ...row })),
  space: (rows: Values<typeof space>[]) =>
    rows.map((row) => world.spaces.insert({ ...like(world.spaces.get('space_abc123')), ...row })),
};
const like = <R extends { readonly id: string }>(row: R | undefined): R => ({
  ...(row as R),
  id: world.ids.next('row'),
});

const page = fc.record({
  skip: fc.constantFrom(0, 0, 0, 1, 7),
  limit: fc.integer({ min: 1, max: 12 }),
});
const key = fc.constantFrom(...keys);
const asked = async (caller: string, path: string, query: object) => {
  const given = Object.entries(query).filter(([, value]) => value !== undefined && value !== null);
  const search = new URLSearchParams(
    given.map(([field, value]): [string, string] => [field, String(value)]),
  );
  const { status, body } = await call(understudy, {
    method: 'GET',
    target: `${path}?${search}`,
    headers: { 'x-api-key': caller },
  });
  expect(status, JSON.stringify(body)).toBe(200);
  return body;
};
const maybe = <T>(...values: T[]) => fc.constantFrom<(T | undefined)[]>(undefined, ...values);
const has = (text: string | null, part = ''): boolean =>
  (text ?? '').toLowerCase().includes(part.toLowerCase());
const ids = (rows: readonly { readonly id: string }[]): string[] => rows.map(({ id }) => id);
const runs = { seed: 20260226, numRuns: whole ? 120 : 40 };

/** In one world after another, with some more rows in each, as one of the callers. */
const inWorlds = <Row, Asked>(
  insert: (rows: Row[]) => unknown,
  rows: fc.Arbitrary<Row[]>,
  asking: fc.Arbitrary<Asked>,
  check: (caller: string, asked: Asked) => Promise<void>,
): Promise<void> =>
  fc.assert(
    fc.asyncProperty(rows, key, asking, async (inserted, caller, one) => {
      world.restore(start);
      insert(inserted);
      await check(caller, one);
    }),
    runs,
  );

/** Sorted as asked, equal ones newest first; by age without a field. */
function sorted(
  rows: readonly VectorStore[],
  sort: string | undefined,
  order = 'desc',
): VectorStore[] {
  const newest = rows.toReversed();
  const field = (['name', 'data_size', 'file_count', 'updated_at'] as const).find(
    (known) => known === sort,
  );
  if (!field) return order === 'desc' ? newest : newest.reverse();
  const sign = order === 'desc' ? -1 : 1;
  return newest.sort((a, b) => sign * (a[field] < b[field] ? -1 : a[field] > b[field] ? 1 : 0));
}

describe('what a caller is shown, of all that there is', () => {
  it('of stores, filtered and sorted', async () => {
    const query = fc.record({
      status: maybe('active', 'inactive'),
      slice_id: maybe('kslice_abc123', 'kslice_research', 'kslice_none'),
      sort: maybe('name', 'created_at', 'data_size'),
      order: maybe('asc', 'desc'),
      search: maybe('al', 'GAM'),
    });
    await inWorlds(
      insertAll.store,
      fc.array(store, { minLength: 30, maxLength: 60 }),
      fc.record({ filter: query, page }),
      async (caller, { filter, page: { skip, limit } }) => {
        const { status = 'active', slice_id, sort, order, search } = filter;
        const all = sorted(
          world.vectorStores
            .all()
            .filter(
              (row) =>
                row.organization_id === org &&
                mayReachStore(callerOf(caller), row) &&
                row.is_active === (status === 'active') &&
                (slice_id ?? row.slice_id) === row.slice_id &&
                has(row.name, search),
            ),
          sort,
          order,
        );
        const { items, total, has_more } = await asked(
          caller,
          `/v1/organizations/${org}/knowledge/stores`,
          {
            ...filter,
            skip,
            limit,
          },
        );
        expect([ids(items), total, has_more]).toEqual([
          ids(all.slice(skip, skip + limit)),
          all.length,
          skip + limit < all.length,
        ]);
      },
    );
  });

  it('of vector stores, filtered and sorted, and of those in a slice', async () => {
    const query = fc.record({
      access_mode: maybe('public', 'organization', 'department', 'private'),
      flow_id: maybe('f1', 'f2', 'f3'),
      flowplate_project_id: maybe('p1', 'p2'),
      sort: maybe('name', 'created_at', 'data_size', 'file_count', 'updated_at'),
      order: maybe('asc', 'desc'),
      search: maybe('al'),
    });
    await inWorlds(
      insertAll.store,
      fc.array(store, { minLength: 30, maxLength: 60 }),
      fc.record({ filter: query, page }),
      async (caller, { filter, page: { skip, limit } }) => {
        const reached = world.vectorStores
          .all()
          .filter((row) => row.organization_id === org && mayReachStore(callerOf(caller), row));
        const all = sorted(
          reached.filter(
            (row) =>
              (filter.access_mode ?? row.access_mode) === row.access_mode &&
              (filter.flow_id ?? row.flow_id) === row.flow_id &&
              (filter.flowplate_project_id ?? row.flowplate_project_id) ===
                row.flowplate_project_id &&
              has(row.name, filter.search),
          ),
          filter.sort,
          filter.order,
        );
        const { data } = await asked(caller, `/v1/organizations/${org}/vector-stores`, {
          ...filter,
          skip,
          take: limit,
        });
        expect(ids(data)).toEqual(ids(all.slice(skip, skip + limit)));
        const inSlice = reached.filter(({ slice_id }) => slice_id === 'kslice_abc123').reverse();
        const { items, total } = await asked(
          caller,
          `/v1/organizations/${org}/knowledge/slices/kslice_abc123/stores`,
          {
            skip,
            limit,
          },
        );
        expect([ids(items), total]).toEqual([
          ids(inSlice.slice(skip, skip + limit)),
          inSlice.length,
        ]);
      },
    );
  });

  it('of slices and of composites', async () => {
    const query = fc.record({
      status: maybe('active', 'archived'),
      type: maybe('standard', 'personal', 'chat_space'),
      search: maybe('al'),
    });
    await inWorlds(
      insertAll.slice,
      fc.array(slice, { minLength: 20, maxLength: 60 }),
      fc.record({ filter: query, page }),
      async (caller, { filter, page: { skip, limit } }) => {
        const reached = world.slices
          .all()
          .filter((row) => row.organization_id === org && mayReachSlice(callerOf(caller), row))
          .reverse();
        const plain = reached.filter(
          (row) =>
            !row.is_composite &&
            row.status === (filter.status ?? 'active') &&
            (filter.type ?? row.type) === row.type &&
            has(row.name, filter.search),
        );
        const list = await asked(caller, `/v1/organizations/${org}/knowledge/slices`, {
          ...filter,
          skip,
          limit,
        });
        expect([ids(list.items), list.total]).toEqual([
          ids(plain.slice(skip, skip + limit)),
          plain.length,
        ]);
        const composite = reached.filter((row) => row.is_composite && row.status === 'active');
        const composites = await asked(caller, `/v1/organizations/${org}/knowledge/composites`, {
          skip,
          limit,
        });
        expect([ids(composites.items), composites.total]).toEqual([
          ids(composite.slice(skip, skip + limit)),
          composite.length,
        ]);
      },
    );
  });

  it('of threads, page by page in both directions', async () => {
    const query = fc.record({
      order: maybe('asc', 'desc'),
      visible_in_ui: maybe(true, false),
      include_deleted: maybe(true, false),
      assistant_id: maybe('asst_1', 'asst_2'),
      is_pinned: maybe(true, false),
      search: maybe('al'),
    });
    const newest = (a: Thread, b: Thread): number =>
      b.last_message_at.localeCompare(a.last_message_at);
    const latestPin = (a: Thread, b: Thread): number =>
      (b.pinned_at as string).localeCompare(a.pinned_at as string);
    await inWorlds(
      insertAll.thread,
      fc.array(thread, { minLength: 20, maxLength: 60 }),
      fc.record({ filter: query, limit: fc.integer({ min: 1, max: 12 }), nth: fc.nat(40) }),
      async (caller, { filter, limit, nth }) => {
        const own = world.threads
          .all()
          .reverse()
          .filter(
            (row) =>
              row.user_id === callerOf(caller).user_id &&
              (filter.include_deleted || row.deleted_at === null) &&
              row.visible_in_ui === (filter.visible_in_ui ?? true) &&
              (filter.assistant_id ?? row.assistant_id) === row.assistant_id &&
              (filter.is_pinned ?? row.pinned_at !== null) === (row.pinned_at !== null) &&
              has(row.title, filter.search),
          );
        const others = own.filter((row) => row.pinned_at === null).sort(newest);
        const pinned = own.filter((row) => row.pinned_at !== null).sort(latestPin);
        const all = ids([...pinned, ...(filter.order === 'asc' ? others.reverse() : others)]);
        const list = (more: object) =>
          asked(caller, '/v1/threads', { ...filter, limit, include_total: true, ...more });
        const first = await list({});
        expect([ids(first.data), first.total]).toEqual([all.slice(0, limit), all.length]);
        const at = all[nth];
        if (at === undefined) return;
        expect(ids((await list({ after: at })).data)).toEqual(all.slice(nth + 1, nth + 1 + limit));
        expect(ids((await list({ before: at })).data)).toEqual(all.slice(0, nth).slice(-limit));
      },
    );
  });

  it('of spaces, from cursor to cursor', async () => {
    await inWorlds(
      insertAll.space,
      fc.array(space, { maxLength: 40 }),
      fc.integer({ min: 1, max: 12 }),
      async (caller, limit) => {
        const seen = world.spaces
          .all()
          .filter((row) => row.deleted_at === null && mayAccess(callerOf(caller), 'view', row))
          .reverse();
        const listed: string[] = [];
        for (let cursor: string | null | undefined; cursor !== null; ) {
          const { spaces, next_cursor } = await asked(caller, '/v1/spaces', {
            organization_id: org,
            limit,
            cursor,
          });
          expect(spaces.length).toBeLessThanOrEqual(limit);
          listed.push(...ids(spaces));
          cursor = next_cursor;
        }
        expect(listed).toEqual(ids(seen));
      },
    );
  });
});
