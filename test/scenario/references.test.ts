import { describe, expect, it } from 'vitest';
import { ScenarioError } from '../../src/files/problem.js';
import { buildScenario } from '../../src/scenario/load.js';
import { parseScenario } from '../../src/scenario/read.js';
import { virtualClock } from '../../src/world/clock.js';
import { createIdMaker } from '../../src/world/ids.js';

const sound = `scenario: mine
description: Mine
time: '2026-02-26T15:30:00Z'
organizations:
  - id: org_1
    name: One
    roles: [{ id: role_1, name: R }]
    departments: [{ id: dept_1, name: D }]
    users: [{ id: usr_1, name: U, role_ids: [role_1], department_ids: [dept_1] }]
  - { id: org_2, name: Two, roles: [{ id: role_2, name: R }], users: [{ id: usr_2, name: U }] }
callers:
  - { api_key: ak_1, token: tok_1, user_id: usr_1, note: n }
slices:
  - { id: kslice_1, organization_id: org_1, created_by: usr_1, name: K }
  - { id: kslice_2, organization_id: org_1, created_by: usr_1, name: C, member_slice_ids: [kslice_1] }
vector_stores:
  - { id: vs_memory, organization_id: org_1, created_by: usr_1, name: V, slice_id: kslice_1 }
  - { id: vs_other, organization_id: org_1, created_by: usr_1, name: V }
  - { id: vs_free, organization_id: org_1, created_by: usr_1, name: V }
  - { id: vs_foreign, organization_id: org_2, created_by: usr_2, name: V }
threads:
  - { id: thrd_1, organization_id: org_1, user_id: usr_1, messages: [{ id: msg_1, role: user, content: c }] }
  - { id: thrd_gone, organization_id: org_1, user_id: usr_1, deleted_at: '2026-02-01T00:00:00Z' }
spaces:
  - id: space_1
    organization_id: org_1
    created_by: usr_1
    name: S
    vector_store_id: vs_memory
    visible_to_roles: [role_1]
    attached: [{ id: svs_1, vector_store_id: vs_free, added_by: usr_1 }]
    threads: [{ thread_id: thrd_1, added_by: usr_1 }]
  - { id: space_2, organization_id: org_1, created_by: usr_1, name: S, vector_store_id: vs_other }
  - { id: space_gone, organization_id: org_1, created_by: usr_1, name: S, vector_store_id: null, deleted_at: '2026-02-01T00:00:00Z' }
`;

const load = (text: string) =>
  buildScenario(parseScenario(text, 'mine.yaml'), { clock: virtualClock, ids: createIdMaker(1) });

function problemsOf(text: string): ScenarioError['problems'] {
  try {
    load(text);
  } catch (error) {
    if (error instanceof ScenarioError) return error.problems;
    throw error;
  }
  return [];
}

/**
 * The one problem of the sound scenario with a text of it replaced, and where it should be: at the
 * replacement.
 */
function broken(
  was: string,
  is: string,
  marked = is,
): { problem: string; place: string; expected: string } {
  expect(sound, was).toContain(was);
  const text = sound.replace(was, is);
  const [problem, ...more] = problemsOf(text);
  expect(more).toEqual([]);
  const before = text.slice(0, text.indexOf(is) + is.indexOf(marked)).split('\n');
  return {
    problem: `${problem?.what} | ${problem?.fix}`,
    place: `${problem?.file}:${problem?.line}:${problem?.column}`,
    expected: `mine.yaml:${before.length}:${(before.at(-1) as string).length + 1}`,
  };
}

describe('the rows of a scenario', () => {
  it('are fine when they refer to each other', () => {
    expect(problemsOf(sound)).toEqual([]);
  });

  it.each([
    [
      'a role',
      '[role_1], department',
      '[role_x], department',
      'role_x',
      'there is no role role_x | did you mean role_1?',
    ],
    [
      'a department',
      'department_ids: [dept_1]',
      'department_ids: [nowhere]',
      'nowhere',
      'there is no department nowhere | define it, or refer to another department',
    ],
    [
      'a caller’s user',
      'user_id: usr_1, note',
      'user_id: usr_9, note',
      'usr_9',
      'there is no user usr_9 | did you mean usr_1?',
    ],
    [
      'a member',
      'member_slice_ids: [kslice_1]',
      'member_slice_ids: [kslice_9]',
      'kslice_9',
      'there is no slice kslice_9 | did you mean kslice_1?',
    ],
    [
      'a slice',
      'slice_id: kslice_1',
      'slice_id: elsewhere',
      'elsewhere',
      'there is no slice elsewhere | define it, or refer to another slice',
    ],
    [
      'a thread’s user',
      'thrd_1, organization_id: org_1, user_id: usr_1',
      'thrd_1, organization_id: org_1, user_id: usr_9',
      'usr_9',
      'there is no user usr_9 | did you mean usr_1?',
    ],
    [
      'a dedicated store',
      'vector_store_id: vs_memory',
      'vector_store_id: vs_memori',
      'vs_memori',
      'there is no vector store vs_memori | did you mean vs_memory?',
    ],
    [
      'an attached store',
      'vector_store_id: vs_free',
      'vector_store_id: vs_fre',
      'vs_fre',
      'there is no vector store vs_fre | did you mean vs_free?',
    ],
    [
      'a thread of a space',
      'thread_id: thrd_1',
      'thread_id: thrd_9',
      'thrd_9',
      'there is no thread thrd_9 | did you mean thrd_1?',
    ],
    [
      'a granted role',
      'visible_to_roles: [role_1]',
      'visible_to_roles: [role_11]',
      'role_11',
      'there is no role role_11 | did you mean role_1?',
    ],
  ])('must name %s that is there', (_, was, is, marked, problem) => {
    const found = broken(was, is, marked);
    expect(found.problem).toBe(problem);
    expect(found.place).toBe(found.expected);
  });

  it.each([
    [
      'a dedicated store',
      'vector_store_id: vs_memory',
      'vector_store_id: vs_foreign',
      'vs_foreign',
      'the vector store vs_foreign belongs to org_2, not to org_1 | refer to a vector store of org_1',
    ],
    [
      'an attached store',
      'vector_store_id: vs_free',
      'vector_store_id: vs_foreign',
      'vs_foreign',
      'the vector store vs_foreign belongs to org_2, not to org_1 | refer to a vector store of org_1',
    ],
    [
      'a role',
      'visible_to_roles: [role_1]',
      'visible_to_roles: [role_2]',
      'role_2',
      'the role role_2 belongs to org_2, not to org_1 | refer to a role of org_1',
    ],
    [
      'a creator',
      'kslice_1, organization_id: org_1, created_by: usr_1',
      'kslice_1, organization_id: org_1, created_by: usr_2',
      'usr_2',
      'the user usr_2 belongs to org_2, not to org_1 | refer to a user of org_1',
    ],
  ])('must stay in their own organization with %s', (_, was, is, marked, problem) => {
    const found = broken(was, is, marked);
    expect(found.problem).toBe(problem);
    expect(found.place).toBe(found.expected);
  });

  it.each([
    [
      'a vector store',
      'id: vs_free, org',
      'id: vs_other, org',
      'the vector store vs_other is defined twice',
    ],
    [
      'a user',
      'users: [{ id: usr_2, name: U }]',
      'users: [{ id: usr_2, name: U }, { id: usr_2, name: V }]',
      'the user usr_2 is defined twice',
    ],
    ['a credential', 'token: tok_1', 'token: ak_1', 'the credential ak_1 is defined twice'],
    ['a space', 'id: space_2', 'id: space_1', 'the space space_1 is defined twice'],
    [
      'a message',
      'content: c }',
      'content: c }, { id: msg_1, role: user, content: d }',
      'the message msg_1 is defined twice',
    ],
    [
      'an attachment',
      'added_by: usr_1 }]\n    threads',
      'added_by: usr_1 }, { id: svs_1, vector_store_id: vs_other, added_by: usr_1 }]\n    threads',
      'the attachment svs_1 is defined twice',
    ],
  ])('must give %s an id of its own', (_, was, is, problem) => {
    expect(problemsOf(sound.replace(was, is)).map(({ what }) => what)).toContain(problem);
  });

  it.each([
    [
      'an attached store',
      'vector_store_id: vs_free, added_by: usr_1 }',
      'vector_store_id: vs_free, added_by: usr_1 }, { vector_store_id: vs_free, added_by: usr_1 }',
      'vs_free is attached twice | name each only once',
    ],
    [
      'a thread',
      '{ thread_id: thrd_1, added_by: usr_1 }',
      '{ thread_id: thrd_1, added_by: usr_1 }, { thread_id: thrd_1, added_by: usr_1 }',
      'thrd_1 is in the space twice | name each only once',
    ],
    [
      'a dedicated store',
      'vector_store_id: vs_other }',
      'vector_store_id: vs_memory }',
      "vs_memory is another space's dedicated store | name each only once",
    ],
    [
      'its own store among the attached',
      'vector_store_id: vs_free',
      'vector_store_id: vs_memory',
      'a space cannot attach its own dedicated store | attach another one',
    ],
    [
      'a deleted thread',
      'thread_id: thrd_1',
      'thread_id: thrd_gone',
      'the thread thrd_gone is deleted | a deleted thread is in no space',
    ],
    [
      'anything in a deleted space',
      'vector_store_id: null',
      'vector_store_id: null, attached: [{ vector_store_id: vs_free, added_by: usr_1 }]',
      'a deleted space holds nothing | set vector_store_id to null and remove attached and threads',
    ],
  ])('must not hold %s', (_, was, is, problem) => {
    expect(broken(was, is).problem).toBe(problem);
  });

  it.each([
    [
      'a creation',
      'kslice_1, organization_id: org_1,',
      "kslice_1, organization_id: org_1, created_at: '2026-02-26T15:30:01Z',",
    ],
    [
      'an addition',
      '{ thread_id: thrd_1,',
      "{ thread_id: thrd_1, added_at: '2026-02-26T15:30:01Z',",
    ],
    ['a message', 'role: user,', "role: user, created_at: '2026-02-26T15:30:01Z',"],
    [
      'a deletion',
      "vector_store_id: null, deleted_at: '2026-02-01T00:00:00Z'",
      "vector_store_id: null, deleted_at: '2026-02-26T15:30:01Z'",
    ],
  ])('must not be of the future with %s', (_, was, is) => {
    const found = broken(was, is, "'2026-02-26T15:30:01Z'");
    expect(found.problem).toBe(
      "2026-02-26T15:30:01Z is later than the scenario's time, 2026-02-26T15:30:00Z | use an earlier time",
    );
    expect(found.place).toBe(found.expected);
  });

  it('may be as late as the scenario itself, in whatever zone it is written', () => {
    for (const time of ['2026-02-26T15:30:00Z', '2026-02-26T16:30:00+01:00']) {
      expect(
        problemsOf(sound.replace('{ id: kslice_1,', `{ id: kslice_1, created_at: '${time}',`)),
      ).toEqual([]);
    }
  });

  it('must let a caller call, and say who it is', () => {
    expect(broken('api_key: ak_1, token: tok_1, ', '').problem).toBe(
      'the caller has neither api_key nor token | give it one of the two, or both',
    );
    expect(broken('user_id: usr_1, note', 'note').problem).toBe(
      'the caller names no user | add user_id',
    );
    expect(problemsOf(sound.replace('user_id: usr_1, note', 'state: no_subject, note'))).toEqual(
      [],
    );
  });

  it('are told of all problems at once, each at its own place', () => {
    const text = sound
      .replace('user_id: usr_1, note', 'user_id: usr_9, note')
      .replace('slice_id: kslice_1', 'slice_id: kslice_9')
      .replace('vector_store_id: vs_free', 'vector_store_id: vs_fre');
    expect(problemsOf(text).map(({ line, what }) => `${line} ${what}`)).toEqual([
      '12 there is no user usr_9',
      '17 there is no slice kslice_9',
      '31 there is no vector store vs_fre',
    ]);
  });

  it('may be referred to before they stand there, where slices have members', () => {
    const swapped = sound
      .replace('id: kslice_1,', 'id: kslice_0, member_slice_ids: [kslice_1], ')
      .replaceAll('kslice_2', 'kslice_1')
      .replace('name: C, member_slice_ids: [kslice_1]', 'name: C');
    expect(problemsOf(swapped)).toEqual([]);
  });
});

describe('the world of a scenario', () => {
  it('fills in what the file leaves out', () => {
    const { world } = load(sound);
    expect(world.spaces.get('space_1')).toMatchObject({
      access_mode: 'private',
      description: null,
      access_users: null,
      created_at: '2026-02-26T15:30:00Z',
    });
    expect(world.vectorStores.get('vs_free')).toMatchObject({
      access_mode: 'organization',
      is_active: true,
      file_count: 0,
      slice_id: null,
    });
    expect(world.slices.get('kslice_2')).toMatchObject({
      is_composite: true,
      owner_type: 'organization',
      owner_id: 'org_1',
      status: 'active',
    });
    expect(world.credentials.get('ak_1')).toMatchObject({
      kind: 'api_key',
      state: 'active',
      user_id: 'usr_1',
    });
    expect(world.spaceThreads.where('space', 'space_1')).toMatchObject([
      { thread_id: 'thrd_1', added_at: '2026-02-26T15:30:00Z' },
    ]);
  });

  it('writes every time in UTC, and orders rows by time and not by text', () => {
    const at = (id: string, time: string) =>
      `  - { id: ${id}, organization_id: org_1, created_by: usr_1, name: K, created_at: '${time}' }\n`;
    const slices = at('late', '2026-02-01T09:00:00Z') + at('early', '2026-02-01T09:30:00+01:00');
    const { world } = load(
      sound
        .replace(/slices:\n(?: {2}.*\n)+/, `slices:\n${slices}`)
        .replace(', slice_id: kslice_1', ''),
    );
    expect(world.slices.all().map(({ id, created_at }) => `${id} ${created_at}`)).toEqual([
      'early 2026-02-01T08:30:00Z',
      'late 2026-02-01T09:00:00Z',
    ]);
  });

  it('puts threads into spaces in the order of time, and queues no message before it was written', () => {
    const text = sound
      .replace('content: c }]', "content: c, created_at: '2026-02-03T00:00:00Z' }]")
      .replace(
        '{ thread_id: thrd_1, added_by: usr_1 }',
        "{ thread_id: thrd_1, added_by: usr_1, added_at: '2026-02-05T00:00:00Z' }",
      )
      .replace(
        'vector_store_id: vs_other }',
        "vector_store_id: vs_other, threads: [{ thread_id: thrd_1, added_by: usr_1, added_at: '2026-02-02T00:00:00Z' }] }",
      );
    const { world } = load(text);
    expect(world.spaceThreads.where('thread', 'thrd_1').map((link) => link.space_id)).toEqual([
      'space_2',
      'space_1',
    ]);
    expect(world.embeddings.all().map((row) => `${row.space_id} ${row.queued_at}`)).toEqual([
      'space_2 2026-02-03T00:00:00Z',
      'space_1 2026-02-05T00:00:00Z',
    ]);
  });

  it('has one embedding for each message of a thread in a space', () => {
    expect(load(sound).world.embeddings.all()).toMatchObject([
      {
        space_id: 'space_1',
        vector_store_id: 'vs_memory',
        thread_id: 'thrd_1',
        message_id: 'msg_1',
      },
    ]);
  });
});
