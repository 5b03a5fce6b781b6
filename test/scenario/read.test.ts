import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Problem, ScenarioError } from '../../src/files/problem.js';
import { buildScenario, checkedScenario } from '../../src/scenario/load.js';
import {
  loadScenario,
  parseScenario,
  readScenario,
  scenarioNames,
} from '../../src/scenario/read.js';
import { virtualClock } from '../../src/world/clock.js';
import { createIdMaker } from '../../src/world/ids.js';
import { pair, type World } from '../../src/world/world.js';
import { itFirst, itInFull, whole as wholeTests } from '../support/sample.js';

const scenarioSchema = JSON.parse(readFileSync('schemas/scenario.json', 'utf8')) as {
  properties: object;
};
const sources = { clock: virtualClock, ids: createIdMaker(1) };
const head = "scenario: mine\ndescription: Mine\ntime: '2026-02-26T15:30:00Z'\n";

function problemsOf(work: () => unknown): readonly Problem[] {
  try {
    work();
  } catch (error) {
    if (error instanceof ScenarioError) return error.problems;
    throw error;
  }
  return expect.fail('no problem was found');
}
/** Each problem as `line:column what | fix`. */
const told = (work: () => unknown): string[] =>
  problemsOf(work).map(({ line, column, what, fix }) => `${line}:${column} ${what} | ${fix}`);
const parsing = (text: string): string[] =>
  told(() => checkedScenario(parseScenario(text, 'mine.yaml')));

/** Whatever a row names is there. */
function checkLinks(world: World): void {
  for (const user of world.users.all()) {
    expect(world.organizations.has(user.organization_id), user.id).toBe(true);
    expect(
      [
        user.role_ids.filter((id) => !world.roles.has(id)),
        user.department_ids.filter((id) => !world.departments.has(id)),
      ],
      user.id,
    ).toEqual([[], []]);
  }
  for (const credential of world.credentials.all()) {
    if (credential.user_id !== null)
      expect(world.users.has(credential.user_id), credential.id).toBe(true);
    else expect(credential.state, credential.id).toBe('no_subject');
  }
  for (const slice of world.slices.all()) {
    expect(
      slice.member_slice_ids.filter((id) => !world.slices.has(id)),
      slice.id,
    ).toEqual([]);
    expect([slice.is_composite, slice.status === 'archived'], slice.id).toEqual([
      slice.member_slice_ids.length > 0,
      slice.archived_at !== null,
    ]);
  }
  for (const store of world.vectorStores.all())
    if (store.slice_id) expect(world.slices.has(store.slice_id), store.id).toBe(true);
  for (const message of world.messages.all())
    expect(world.threads.has(message.thread_id), message.id).toBe(true);
  for (const space of world.spaces.all()) {
    expect(world.users.get(space.created_by)?.organization_id, space.id).toBe(
      space.organization_id,
    );
    if (space.deleted_at) expect(space.vector_store_id, space.id).toBeNull();
    else
      expect(world.vectorStores.get(space.vector_store_id ?? '')?.organization_id, space.id).toBe(
        space.organization_id,
      );
  }
  for (const link of world.spaceVectorStores.all()) {
    expect(world.spaces.get(link.space_id), link.id).toMatchObject({ deleted_at: null });
    expect(world.vectorStores.has(link.vector_store_id), link.id).toBe(true);
    expect(
      world.spaceVectorStores.count('pair', pair(link.space_id, link.vector_store_id)),
      link.id,
    ).toBe(1);
    expect(world.spaces.get(link.space_id)?.vector_store_id, link.id).not.toBe(
      link.vector_store_id,
    );
  }
  for (const link of world.spaceThreads.all()) {
    expect(world.spaces.get(link.space_id), link.id).toMatchObject({ deleted_at: null });
    expect(world.threads.get(link.thread_id), link.id).toMatchObject({ deleted_at: null });
    expect(world.embeddings.count('thread', pair(link.space_id, link.thread_id)), link.id).toBe(
      world.messages.count('thread', link.thread_id),
    );
  }
  for (const row of world.embeddings.all()) {
    expect(world.messages.get(row.message_id)?.thread_id, row.id).toBe(row.thread_id);
    expect(world.spaceThreads.count('pair', pair(row.space_id, row.thread_id)), row.id).toBe(1);
  }
}

describe('the shipped scenarios', () => {
  it('are named in order, without the schema beside them', () => {
    expect(scenarioNames()).toEqual([
      'access',
      'archived',
      'backfill-failed',
      'backfill-in-progress',
      'bad-credentials',
      'crowded',
      'default',
      'deleted',
      'empty',
      'flaky',
      'one-request-away',
      'rate-limited',
      'same-names',
      'slow',
      'twenty-stores',
    ]);
  });

  it.each(scenarioNames().filter((name) => name !== 'crowded'))(
    '%s loads, and its rows refer to rows that are there',
    (name) => {
      const { scenario, world } = loadScenario(name, sources);
      expect([scenario.scenario, world.scenario, world.clock.now()]).toEqual([
        name,
        name,
        '2026-02-26T15:30:00Z',
      ]);
      checkLinks(world);
    },
  );

  it.each(scenarioNames().filter((name) => name !== 'crowded'))(
    '%s holds its rows from the oldest to the newest, none from the future',
    (name) => {
      const { world } = loadScenario(name, sources);
      for (const rows of [
        world.slices.all(),
        world.vectorStores.all(),
        world.threads.all(),
        world.spaces.all(),
      ]) {
        const times = rows.map((row) => row.created_at);
        expect(times).toEqual([...times].sort());
        for (const time of times) expect(time <= world.clock.now()).toBe(true);
      }
    },
  );

  it('twenty-stores has its twenty, and deleted its two', () => {
    expect(
      loadScenario('twenty-stores', sources).world.spaceVectorStores.count('space', 'space_full'),
    ).toBe(20);
    const { world } = loadScenario('deleted', sources);
    expect([
      world.spaces.get('space_deleted')?.deleted_at,
      world.threads.get('thrd_deleted')?.deleted_at,
    ]).toEqual(['2026-02-20T09:00:00Z', '2026-02-20T09:00:00Z']);
    expect(world.spaces.where('organization', 'org_xyz789').map(({ id }) => id)).toEqual([
      'space_alive',
    ]);
  });

  it('crowded has as many items as it says, and what they refer to', () => {
    const { spaces = [], vector_stores = [], threads = [] } = readScenario('crowded').scenario;
    const attached = spaces.flatMap((space) => space.attached ?? []);
    const messages = threads.flatMap((thread) => thread.messages ?? []);
    expect([spaces.length, attached.length, messages.length]).toEqual([10_000, 100_000, 100_000]);
    const stores = new Set(vector_stores.map(({ id }) => id));
    expect(attached.filter(({ vector_store_id }) => !stores.has(vector_store_id))).toEqual([]);
  });

  itInFull('crowded is as crowded as it says once it is a world', () => {
    const { scenario } = readScenario('crowded');
    const { world } = loadScenario(scenario, sources);
    expect([world.spaces.size, world.spaceVectorStores.size, world.messages.size]).toEqual([
      10_000, 100_000, 100_000,
    ]);
    expect([world.embeddings.size, world.spaceThreads.size]).toEqual([100_000, 1_000]);
    for (const link of world.spaceVectorStores.all()) {
      if (!world.spaces.has(link.space_id) || !world.vectorStores.has(link.vector_store_id))
        expect.fail(link.id);
    }
  });

  if (wholeTests)
    it('crowded is the same every time', () => {
      // As text, since a comparison of every value takes half a minute.
      const [once, again] = [1, 2].map(() => JSON.stringify(readScenario('crowded').scenario));
      expect(once === again).toBe(true);
    });
});

describe('a file that breaks the form', () => {
  it('is told the line and the column, what is wrong and what to do', () => {
    expect(() =>
      loadScenario({ ...parseScenario(head, '').scenario, spaces: [{ id: 's' }] }, sources),
    ).toThrow(
      /^scenario at \/spaces\/0\/created_by {2}spaces\[0\]\.created_by is missing\n {2}fix: add created_by/,
    );
    expect(() =>
      checkedScenario(parseScenario(`${head}spaces:\n  - { id: s, colour: red }\n`, 'mine.yaml')),
    ).toThrow(/^mine\.yaml:5:\d+ {2}spaces\[0\].* is missing\n {2}fix: /);
  });

  it.each([
    [
      'a missing field',
      `${head}callers:\n  - { api_key: ak, state: no_subject }\n`,
      '5:5 callers[0].note is missing | add note: What the caller can do, in a few words.',
    ],
    [
      'an unknown field',
      `${head}colour: red\n`,
      `4:9 colour is not a known key | use one of ${Object.keys(scenarioSchema.properties).join(', ')}`,
    ],
    [
      'an unknown value',
      `${head}callers:\n  - { api_key: ak, note: n, state: asleep }\n`,
      '5:36 callers[0].state cannot be "asleep" | use one of active, expired, deactivated, paused, no_subject',
    ],
    [
      'a wrong type',
      `${head}spaces: none\n`,
      '4:9 spaces must be a list or a map, not the text "none" | write one, with - before each item',
    ],
    [
      'a text that is too short',
      head.replace('mine', "''"),
      '1:11 scenario is empty | write something, or leave it out: The name.',
    ],
    [
      'a time that is none',
      head.replace(/'.*'/, 'today'),
      '3:7 "today" is not a valid date | write a date and time such as 2026-02-26T15:30:00Z',
    ],
    [
      'a capability in capitals',
      `${head}organizations:\n  - { id: o, name: O, roles: [{ id: r, name: R, capabilities: [A] }] }\n`,
      '5:64 "A" has a form that organizations[0].roles[0].capabilities[0] cannot have | write one that matches ^[a-z_]+$',
    ],
  ])('with %s is told so', (_, text, problem) => {
    expect(parsing(text)).toEqual([problem]);
  });

  it('is told all its problems at once', () => {
    expect(
      parsing('scenario: mine\ncolour: red\nspaces: none\n')
        .map((problem) => problem.split(' | ')[0])
        .sort(),
    ).toEqual([
      '1:1 description is missing',
      '1:1 time is missing',
      '2:9 colour is not a known key',
      '3:9 spaces must be a list or a map, not the text "none"',
    ]);
  });

  it.each([
    ['broken YAML', `${head}spaces: [\n`],
    ['a broken indent', `${head}spaces:\n - a: 1\n   b:\n  c: 2\n`],
    ['a key twice', `${head}scenario: again\n`],
    ['a tab for an indent', `${head}spaces:\n\t- a\n`],
    ['two documents', `${head}---\n${head}`],
  ])('with %s is told where the YAML breaks', (_, text) => {
    const problems = problemsOf(() => checkedScenario(parseScenario(text, 'mine.yaml')));
    expect(problems.length).toBeGreaterThan(0);
    for (const problem of problems) {
      expect(problem.file).toBe('mine.yaml');
      expect(problem.fix).toMatch(/^(correct the YAML|keep one|indent with spaces)/);
      expect(problem.line).toBeGreaterThanOrEqual(4);
      expect(problem.column).toBeGreaterThanOrEqual(1);
      expect(problem.what).not.toContain('\n');
    }
  });

  it.each([
    ['nothing', '', 'empty'],
    ['a comment', '# nothing\n', 'empty'],
    ['a list', '- a\n', 'a list'],
    ['a text', 'scenario', 'the text "scenario"'],
    ['a number', '7', 'the number 7'],
    ['null', 'null', 'empty'],
  ])('that holds only %s is told that it is no map', (_, text, kind) => {
    expect(parsing(text)).toEqual([
      `1:1 the file must be a map, not ${kind} | write \`name: value\` lines`,
    ]);
  });
});

describe('a file that no schema refuses', () => {
  const org = 'organizations:\n  - { id: o, name: O, users: [{ id: u, name: U }] }\n';

  it.each([
    ['an alias without its anchor', `${head}spaces: *nowhere\n`],
    ['an alias around itself', 'a: &a [*a]\n'],
    [
      'aliases that multiply',
      'a: &a [1,1,1,1,1]\nb: &b [*a,*a,*a,*a,*a]\nc: &c [*b,*b,*b,*b,*b]\nd: [*c,*c,*c,*c,*c]\n',
    ],
    ['a leap second', head.replace('15:30:00Z', '23:59:60Z')],
    ['an offset of hours alone', head.replace('00Z', '00+05')],
    [
      'a pin of the future',
      `${head}${org}threads:\n  - { id: t, organization_id: o, user_id: u, pinned_at: '2030-01-01T00:00:00Z' }\n`,
    ],
  ])('with %s is told so', (_, text) => {
    expect(
      problemsOf(() => buildScenario(parseScenario(text, 'mine.yaml'), sources)).length,
    ).toBeGreaterThan(0);
  });
});

it('an alias around itself is said in words', () => {
  expect(parsing('a: &a [*a]\n')).toEqual([
    expect.stringContaining('an alias refers to a node that it stands in'),
  ]);
});

describe('the name of a scenario', () => {
  it('that is slightly wrong is put right', () => {
    expect(problemsOf(() => readScenario('defualt'))).toEqual([
      {
        file: 'defualt',
        line: 1,
        column: 1,
        what: 'Unknown scenario "defualt".',
        fix: 'Did you mean "default"?',
      },
    ]);
    expect(() => readScenario('defalt')).toThrow(
      /^Unknown scenario "defalt"\. Did you mean "default"\?$/,
    );
  });

  it('that is the path of a file is put right by the files beside it', () => {
    for (const [given, near] of [
      ['fixtures/defalt.yaml', 'fixtures/default.yaml'],
      ['./fixtures/twenty_stores.yaml', 'fixtures/twenty-stores.yaml'],
    ] as const)
      expect(() => readScenario(given)).toThrow(
        `There is no file ${given}. Did you mean "${near}"?`,
      );
    // It is there, and no ordinary file: it is read, as a pipe is.
    expect(readScenario('/dev/null').problems.map(({ what }) => what)).toEqual([
      'the file must be a map, not empty',
    ]);
    for (const folder of ['./fixtures', 'fixtures'])
      expect(() => readScenario(folder)).toThrow(`${folder} is a folder. Name a file in it.`);
  });

  it('that nobody knows is answered with all there are', () => {
    const [problem] = problemsOf(() => readScenario('./nowhere.yaml'));
    for (const name of scenarioNames()) expect(problem?.fix).toContain(name);
  });
});

describe('a scenario that extends another', () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'understudy-scenario-'));
    mkdirSync(join(folder, 'nested'));
  });
  afterAll(() => {
    rmSync(folder, { recursive: true });
  });
  const file = (name: string, text: string): string => {
    const path = join(folder, name);
    writeFileSync(path, text);
    return path;
  };
  const space = (id: string, store: string): string =>
    `  - { id: ${id}, organization_id: org_xyz789, created_by: usr_owner1, name: N, vector_store_id: ${store} }\n`;

  it('has the rows of the base first, and its own name and time', () => {
    const path = file(
      'more.yaml',
      `${head.replace('02-26', '03-01')}extends: empty\nvector_stores:\n  - { id: vs_new, organization_id: org_xyz789, created_by: usr_owner1, name: N }\nspaces:\n${space('space_new', 'vs_new')}`,
    );
    const { scenario, world } = loadScenario(path, sources);
    expect([scenario.scenario, world.clock.now()]).toEqual(['mine', '2026-03-01T15:30:00Z']);
    expect(scenario.organizations?.map(({ id }) => id)).toEqual(['org_xyz789', 'org_abc123']);
    expect(scenario.spaces?.map(({ id }) => id)).toEqual(['space_new']);
    checkLinks(world);
  });

  it('finds a file beside itself, not beside the caller', () => {
    file('nested/base.yaml', `${head}organizations:\n  - { id: org_1, name: One }\n`);
    const path = file('nested/own.yaml', `${head}extends: base.yaml\n`);
    expect(readScenario(path).scenario.organizations).toEqual([{ id: 'org_1', name: 'One' }]);
  });

  it('is told when there is no such base, at the place where it is named', () => {
    const path = file('astray.yaml', `${head}extends: defualt\n`);
    expect(problemsOf(() => checkedScenario(readScenario(path)))).toEqual([
      {
        file: path,
        line: 4,
        column: 10,
        what: 'Unknown scenario "defualt".',
        fix: 'Did you mean "default"?',
      },
    ]);
  });

  it('extends one that extends another, the rows of the first coming first', () => {
    file('first.yaml', head);
    file('second.yaml', `${head}extends: first.yaml\n`);
    const path = file('third.yaml', `${head}extends: second.yaml\n`);
    expect(readScenario(path).scenario.scenario).toBe(readScenario(path).scenario.scenario);
    const onDefault = file('on-default.yaml', `${head}extends: default\n`);
    const { world } = buildScenario(readScenario(onDefault), sources);
    expect([world.spaces.has('space_abc123'), world.credentials.has('ak_owner')]).toEqual([
      true,
      true,
    ]);
  });

  it('is refused when it extends itself', () => {
    const path = file('self.yaml', `${head}extends: self.yaml\n`);
    expect(problemsOf(() => checkedScenario(readScenario(path)))).toMatchObject([
      { file: path, line: 4 },
    ]);
  });

  it('is refused when it extends one that extends it', () => {
    file('egg.yaml', `${head}extends: hen.yaml\n`);
    const path = file('hen.yaml', `${head}extends: egg.yaml\n`);
    expect(problemsOf(() => checkedScenario(readScenario(path)))).toMatchObject([{ line: 4 }]);
  });

  it('is refused when it extends a folder', () => {
    const path = file('on-folder.yaml', `${head}extends: ./nested\n`);
    expect(problemsOf(() => checkedScenario(readScenario(path)))).toMatchObject([
      { file: path, line: 4 },
    ]);
  });

  it('is told about a broken base in the file of the base', () => {
    const base = file('broken.yaml', `${head}colour: red\n`);
    const path = file('on-broken.yaml', `${head}extends: broken.yaml\n`);
    expect(problemsOf(() => checkedScenario(readScenario(path)))).toMatchObject([
      { file: base, line: 4, what: 'colour is not a known key' },
    ]);
  });

  it('has each problem placed in the file where its row stands', () => {
    const base = file(
      'base.yaml',
      `${head}organizations:\n  - { id: org_xyz789, name: O, users: [{ id: usr_owner1, name: U }] }\nspaces:\n${space('space_1', 'vs_of_base')}`,
    );
    const path = file(
      'own.yaml',
      `${head}extends: base.yaml\n\nspaces:\n${space('space_2', 'vs_of_own')}`,
    );
    expect(problemsOf(() => loadScenario(path, sources))).toMatchObject([
      { file: base, line: 7, what: 'there is no vector store vs_of_base' },
      { file: path, line: 7, what: 'there is no vector store vs_of_own' },
    ]);
  });
});

describe('a scenario with any one value replaced', () => {
  const whole = {
    scenario: 'mine',
    description: 'Mine',
    time: '2026-02-26T15:30:00Z',
    organizations: [
      {
        id: 'o',
        name: 'O',
        roles: [{ id: 'r', name: 'R', capabilities: ['manage'] }],
        departments: [{ id: 'd', name: 'D' }],
        users: [{ id: 'u', name: 'U', role_ids: ['r'], department_ids: ['d'] }],
      },
    ],
    callers: [{ api_key: 'ak', token: 'tok', user_id: 'u', state: 'active', note: 'n' }],
    slices: [
      {
        id: 'k',
        organization_id: 'o',
        created_by: 'u',
        name: 'K',
        archived_at: '2026-02-01T00:00:00Z',
        archived_by: 'u',
      },
      {
        id: 'c',
        organization_id: 'o',
        created_by: 'u',
        name: 'C',
        member_slice_ids: ['k'],
        created_at: '2026-02-01T00:00:00Z',
      },
    ],
    vector_stores: [
      {
        id: 'v',
        organization_id: 'o',
        created_by: 'u',
        name: 'V',
        slice_id: 'k',
        access_departments: ['d'],
      },
      {
        id: 'w',
        organization_id: 'o',
        created_by: 'u',
        name: 'W',
        file_count: 1,
        data_size: 2,
        access_mode: 'private',
      },
    ],
    threads: [
      {
        id: 't',
        organization_id: 'o',
        user_id: 'u',
        title: null,
        metadata: { a: 1 },
        pinned_at: '2026-02-01T00:00:00Z',
        messages: [{ id: 'm', role: 'user', content: 'Hello', created_at: '2026-02-02T00:00:00Z' }],
      },
    ],
    spaces: [
      {
        id: 's',
        organization_id: 'o',
        created_by: 'u',
        name: 'S',
        vector_store_id: 'v',
        access_mode: 'private',
        editable_by_users: ['*'],
        visible_to_roles: ['r'],
        attached: [{ id: 'a', vector_store_id: 'w', added_by: 'u' }],
        threads: [{ thread_id: 't', added_by: 'u', added_at: '2026-02-03T00:00:00Z' }],
      },
    ],
  };
  const build = (value: unknown): unknown =>
    buildScenario(parseScenario(JSON.stringify(value, null, 1), 'mine.yaml'), sources);

  /** Every copy of a value in which one part is another. */
  function* replacements(value: unknown, other: unknown): Generator<unknown> {
    yield other;
    if (Array.isArray(value)) {
      for (const [i, item] of value.entries())
        for (const copy of replacements(item, other)) yield value.with(i, copy);
    } else if (typeof value === 'object' && value !== null) {
      for (const [key, item] of Object.entries(value)) {
        for (const copy of replacements(item, other)) yield { ...value, [key]: copy };
      }
    }
  }

  it('is fine as long as none is', () => {
    expect(() => build(whole)).not.toThrow();
  });

  itFirst(4).each([
    [null],
    [true],
    [7],
    [-1.5],
    [''],
    ['nothing'],
    ['2027-01-01T00:00:00Z'],
    [[]],
    [[null]],
    [{}],
    [{ id: 'x' }],
  ])('by %j loads, or is a ScenarioError with a place, and never anything else', (other) => {
    let refused = 0;
    for (const broken of replacements(whole, other)) {
      try {
        build(broken);
      } catch (error) {
        if (!(error instanceof ScenarioError))
          throw new Error(`${String(error)} for ${JSON.stringify(broken)}`);
        refused += 1;
        for (const { file, line, column, what, fix } of error.problems) {
          if (file !== 'mine.yaml' || line < 1 || column < 1 || !what || !fix)
            expect.fail(error.message);
        }
      }
    }
    expect(refused).toBeGreaterThan(20);
  });
});
