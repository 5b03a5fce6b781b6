// `{ count: 40 }` in place of a list: the rows that it makes, and what is said of one that is wrong.
import { describe, expect, it } from 'vitest';
import { ScenarioError } from '../../src/files/problem.js';
import { createUnderstudy, type ScenarioSource } from '../../src/index.js';
import { crowdedScenario } from '../../src/scenario/crowded.js';
import { checkedScenario } from '../../src/scenario/load.js';
import { parseScenario } from '../../src/scenario/read.js';
import { writeScenario } from '../../src/scenario/write.js';
import { call } from '../support/call.js';
import { admin, owner } from '../support/requests.js';

const head = {
  scenario: 'many',
  description: 'For tests: many rows.',
  time: '2026-02-26T15:30:00Z',
} as const;
const many = (more: Partial<ScenarioSource>): ScenarioSource => ({
  ...head,
  extends: 'empty',
  ...more,
});
const made = (more: Partial<ScenarioSource>) => createUnderstudy({ scenario: many(more) });
const everything: Partial<ScenarioSource> = {
  slices: { count: 3 },
  vector_stores: { count: 12 },
  threads: { count: 5, each: { messages: { count: 4 } } },
  spaces: { count: 40, each: { attached: { count: 3 }, threads: { count: 1 } } },
};

describe('rows that a scenario counts', () => {
  it('are made, with all that they need', async () => {
    const understudy = made(everything);
    const { world } = understudy;
    expect([world.slices.size, world.spaces.size, world.threads.size, world.messages.size]).toEqual(
      [3, 40, 5, 20],
    );
    // Each space has a store of its own.
    expect(world.vectorStores.size).toBe(12 + 40);
    expect(world.spaceVectorStores.size).toBe(40 * 3);
    // No thread is in two spaces, and there are five.
    expect(new Set(world.spaceThreads.all().map(({ thread_id }) => thread_id)).size).toBe(5);
    expect(world.embeddings.size).toBe(20);
    const page = await call(understudy, admin.get('/v1/spaces/?organization_id=org_xyz789'));
    expect(page.body.spaces[0]).toMatchObject({ organization_id: 'org_xyz789' });
    const { id } = world.spaces.all()[0] as { id: string };
    const stores = await call(understudy, admin.get(`/v1/spaces/${id}/vector-stores`));
    expect(stores.body.vector_stores).toHaveLength(3);
  });

  it('are the same for the same seed, and others for another', () => {
    const of = (seed: number) =>
      JSON.stringify(made({ spaces: { count: 40, seed } }).world.snapshot());
    expect(of(7)).toBe(of(7));
    expect(of(7)).not.toBe(of(8));
  });

  it('can be written out, and load to the same world', () => {
    const first = made(everything);
    const again = createUnderstudy({ scenario: writeScenario(first.world) });
    expect(JSON.stringify(again.world.snapshot())).toBe(JSON.stringify(first.world.snapshot()));
  });

  it('have what is said of each', () => {
    const { world } = made({
      spaces: { count: 3, each: { access_mode: 'public', created_by: 'usr_editor1', name: 'One' } },
      threads: { count: 2, each: { title: null, user_id: 'usr_viewer1' } },
      vector_stores: { count: 2, each: { organization_id: 'org_abc123' } },
    });
    for (const space of world.spaces.all())
      expect(space).toMatchObject({
        access_mode: 'public',
        created_by: 'usr_editor1',
        name: 'One',
      });
    for (const thread of world.threads.all())
      expect(thread).toMatchObject({ title: null, user_id: 'usr_viewer1' });
    const foreign = world.vectorStores.all().filter((one) => one.organization_id === 'org_abc123');
    expect(foreign.map(({ created_by }) => created_by)).toEqual(['usr_abc123', 'usr_abc123']);
  });

  it('stand beside rows that are written, and pass over their ids', () => {
    const { world } = createUnderstudy({
      scenario: {
        ...head,
        organizations: [
          {
            id: 'org_1',
            name: 'One',
            departments: { count: 2 },
            users: { count: 3 },
          },
          { id: 'org_2', name: 'Two', users: [{ id: 'usr_4', name: 'Fay' }] },
          { id: 'org_3', name: 'Three', users: { count: 2 } },
        ],
        threads: [
          { id: 'msg_2', organization_id: 'org_1', user_id: 'usr_1', messages: { count: 2 } },
        ],
        spaces: { count: 2, each: { deleted_at: '2026-02-26T15:00:00Z' } },
      },
    });
    expect(world.users.all().map(({ id }) => id)).toEqual([
      ...['usr_1', 'usr_2', 'usr_3'],
      ...['usr_4', 'usr_5', 'usr_6'],
    ]);
    expect(world.departments.size).toBe(2);
    expect(world.messages.all().map(({ id }) => id)).toEqual(['msg_1', 'msg_3']);
    expect(world.spaces.all().map((space) => space.vector_store_id)).toEqual([null, null]);
  });

  it('go on from those of a base', async () => {
    const base = parseScenario(
      "scenario: b\ndescription: d\ntime: '2026-02-26T15:30:00Z'\nextends: twenty-stores\nspaces: { count: 2, each: { attached: { count: 30 } } }\n",
      'base.yaml',
    );
    const { spaces = [] } = checkedScenario(base);
    // There are twenty-one to attach; the own store of a space is not among them.
    expect(spaces.map(({ attached = [] }) => attached.length)).toEqual([20, 21, 21]);
    expect(new Set(spaces.map(({ id }) => id)).size).toBe(3);
  });

  it('may be none', () => {
    expect(made({ spaces: { count: 0 } }).world.spaces.size).toBe(0);
  });

  it('leave the crowd as it was', () => {
    const { spaces = [] } = crowdedScenario();
    expect([
      spaces[1]?.attached?.[0]?.vector_store_id,
      spaces[1]?.access_mode,
    ]).toMatchInlineSnapshot(`
      [
        "vs_00252",
        "private",
      ]
    `);
  });
});

describe('a count that is wrong', () => {
  const yaml = "scenario: s\ndescription: d\ntime: '2026-02-26T15:30:00Z'\n";
  const told = (text: string): string[] => {
    try {
      checkedScenario(parseScenario(yaml + text, 'mine.yaml'));
    } catch (error) {
      if (!(error instanceof ScenarioError)) throw error;
      return error.problems.map(({ line, what, fix }) => `${line} ${what} | ${fix}`);
    }
    return [];
  };

  it.each([
    [
      'no count',
      'extends: empty\nspaces: { seed: 2 }\n',
      [
        '5 spaces.count is missing | add count: How many rows are made, in place of a list of them.',
      ],
    ],
    [
      'a text',
      'extends: empty\nspaces: { count: many }\n',
      [
        '5 spaces.count must be a whole number, not the text "many" | write a whole number, such as 2',
      ],
    ],
    [
      'less than none',
      'extends: empty\nspaces: { count: -1 }\n',
      ['5 spaces.count is less than 0 | write 0 or more'],
    ],
    [
      'a key that rows do not have',
      'extends: empty\nspaces: { count: 2, each: { nam: x } }\n',
      ['5 spaces.each.nam is not a known key | did you mean name?'],
    ],
    [
      'a key of its own',
      'extends: empty\nspaces: { cuont: 2 }\n',
      [
        '5 spaces.count is missing | add count: How many rows are made, in place of a list of them.',
        '5 spaces.cuont is not a known key | did you mean count?',
      ],
    ],
    [
      'a row that refers to nothing, once for all rows',
      'extends: empty\nthreads: { count: 3, each: { user_id: usr_owner2 } }\n',
      ['5 there is no user usr_owner2 | did you mean usr_owner1?'],
    ],
    [
      'nobody to make rows for',
      'spaces: { count: 3 }\n',
      [
        '4 there is nobody to make spaces for | add an organization with users, or extend a scenario that has one, such as empty',
      ],
    ],
    [
      'more than there is room for',
      'extends: empty\nslices: { count: 2 }\nthreads: { count: 2, each: { messages: { count: 600000 } } }\n',
      ['6 the file makes more than 500,000 rows | give smaller counts'],
    ],
    [
      'a list that cannot be counted',
      'extends: empty\ncallers: { count: 3 }\n',
      ['5 callers must be a list, not a map | write one, with - before each item'],
    ],
    [
      'a row that is none',
      'extends: empty\nspaces: [3]\n',
      ['5 spaces[0] must be a map, not the number 3 | write `name: value` lines'],
    ],
  ])('is told: %s', (_, text, problems) => {
    expect(told(text)).toEqual(problems);
  });

  it('is told by a pointer where the scenario is a value', () => {
    expect(() => made({ spaces: { count: 1.5 } })).toThrow(
      'scenario at /spaces/count  spaces.count must be a whole number',
    );
  });

  it('is no reason to report rows that others refer to', () => {
    expect(
      told(
        'extends: empty\nthreads: { count: x }\nspaces:\n  - { id: s, organization_id: org_xyz789, created_by: usr_owner1, name: S, vector_store_id: null, deleted_at: "2026-02-01T00:00:00Z", threads: [{ thread_id: thrd_1, added_by: usr_owner1 }] }\n',
      ).filter((one) => one.includes('thrd_1')),
    ).toEqual([]);
  });
});

it('a page of the API shows what was counted', async () => {
  const understudy = made({ threads: { count: 30, each: { user_id: 'usr_owner1' } } });
  const { body } = await call(understudy, owner.get('/v1/threads?include_total=true'));
  expect(JSON.stringify(body)).toContain('30');
});
