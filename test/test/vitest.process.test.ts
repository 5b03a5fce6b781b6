// The fixture in a vitest of its own: tests that pass, and one that fails on purpose, whose report
// has to show what it asked.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeProject, removeFolders, runTool } from '../support/package-consumer.js';
import { projectFolder, runCommand } from '../support/processes.js';

const folder = makeProject('fixture-');
afterAll(removeFolders);

interface Report {
  readonly testResults: readonly {
    readonly assertionResults: readonly {
      readonly title: string;
      readonly status: string;
      readonly failureMessages: readonly string[];
      readonly meta: {
        readonly understudy?: { readonly world: string; readonly journal: object[] };
      };
    }[];
  }[];
}

describe('understudy/test/vitest', () => {
  let output = '';
  let results: Report['testResults'][number]['assertionResults'] = [];

  beforeAll(async () => {
    writeFileSync(
      join(folder, 'spaces.test.ts'),
      `import { expect } from 'vitest';
import { test, understudyTest } from 'understudy/test/vitest';
const attach = '/v1/spaces/space_abc123/vector-stores/vs_def456';
const refused = [];
for (const n of [1, 2])
  test('attaches a store, ' + n, async ({ world, understudy }) => {
    expect(understudy.worlds.list().map(({ name }) => name)).toEqual(['default', world.name]);
    const first = await world.fetch(attach, { method: 'POST', headers: { 'X-API-Key': 'ak_owner' } });
    expect(first.status).toBe(201);
  });
test.concurrent.for([1, 2, 3])('is alone, %i', async (n, { world }) => {
  for (const status of [201, 409])
    expect((await world.fetch(attach, { method: 'POST', headers: world.headers })).status).toBe(status);
});
test('knows callers', async ({ world, understudy }) => {
  const status = async (headers) => (await understudy.fetch('/v1/spaces/space_abc123', { headers })).status;
  expect([await status(world.as('ak_viewer')), await status(world.as('tok_owner'))]).toEqual([200, 200]);
  expect(await status({ 'X-API-Key': world.credential('ak_member') })).toBe(403);
  expect(world.journal.map(({ user_id }) => user_id)).toEqual(['usr_viewer1', 'usr_owner1', 'usr_member1']);
  expect(() => world.as('ak_viewr')).toThrow('did you mean ak_viewer?');
});
test('breaks: "on purpose"', { retry: 1 }, async ({ world }) => {
  await world.fetch(attach, { method: 'POST', headers: world.headers });
  await world.fetch('/v1/spacess', { headers: world.headers });
  await world.fetch('/v1/spaces/space_abc123?secret=' + world.credential('ak_owner'), { headers: world.headers });
  expect(world.journal).toHaveLength(2);
});
test('breaks before it asks', async ({ world }) => {
  expect(world.name).toBe('');
});
const linted = understudyTest({ lint: { failOn: 'warning' } });
linted('shows a bug of the client', async ({ world }) => {
  await world.fetch('/v1/threads?serch=a', { headers: world.headers });
});
linted('has asked for a page and no further one', async ({ world }) => {
  await world.fetch('/v1/threads?limit=1', { headers: world.headers });
});
linted.extend({ lint: { ignore: ['unread-field'] } })('breaks a rule on purpose', async ({ world }) => {
  await world.fetch('/v1/threads?serch=a', { headers: world.headers });
});
linted('is broken before the lint', async ({ world }) => {
  await world.fetch('/v1/threads?serch=a', { headers: world.headers });
  expect(world.name).toBe('');
});
const crowd = understudyTest({ scenario: 'backfill-in-progress' });
crowd('has another scenario and its own clock', async ({ world }) => {
  expect(world.embeddings.progress()).toMatchObject({ done: 1 });
  expect(world.advance('1h').now).toBe('2026-02-26T16:30:00Z');
  expect(world.state.spaces.has('space_filling')).toBe(true);
});
`,
    );
    // What docs/lint.md shows.
    const page = readFileSync(join(projectFolder, 'docs/lint.md'), 'utf8');
    const [, snippet = ''] = /```ts\n(import [^\n]*test\/vitest[\s\S]*?)```/.exec(page) ?? [];
    writeFileSync(join(folder, 'documented.test.ts'), snippet);
    writeFileSync(join(folder, 'vitest.config.mjs'), 'export default { test: { retry: 0 } };\n');
    const { stdout, stderr, code } = await runCommand(
      process.execPath,
      [
        join(projectFolder, 'node_modules/vitest/vitest.mjs'),
        ...['run', '--root', folder, '--no-color'],
        ...[
          '--reporter=default',
          '--reporter=json',
          `--outputFile.json=${join(folder, 'out.json')}`,
        ],
      ],
      { cwd: folder, withinMs: 170_000, env: { VITEST: undefined, NODE_ENV: undefined } },
    );
    output = stdout + stderr;
    expect(code, output).toBe(1);
    const report = JSON.parse(readFileSync(join(folder, 'out.json'), 'utf8')) as Report;
    results = report.testResults.flatMap(({ assertionResults }) => assertionResults);
  });
  const named = (title: string) => results.find((one) => one.title === title);

  it('gives each test a world of its own, with credentials, and other options where they are asked for', () => {
    const failed = results.filter(({ status }) => status !== 'passed').map(({ title }) => title);
    expect([results.length, failed]).toEqual([
      14,
      [
        'breaks: "on purpose"',
        'breaks before it asks',
        'shows a bug of the client',
        'is broken before the lint',
      ],
    ]);
  });

  it('fails with what the lint has found, where that is asked for', () => {
    const { failureMessages = [] } = named('shows a bug of the client') ?? {};
    expect(failureMessages).toEqual([
      expect.stringMatching(
        /The client did what the lint fails on \(failOn: 'warning'\)\.\n\nwarning {2}unread-field[\s\S]*did you mean search\?[\s\S]*1 {2}GET \/v1\/threads\?serch=a/,
      ),
    ]);
    const broken = named('is broken before the lint')?.failureMessages ?? [];
    expect([broken.length, broken[0]]).toEqual([1, expect.not.stringContaining('unread-field')]);
  });

  it('shows in the report what a test has asked that has failed, each attempt its own', () => {
    const { failureMessages = [], meta } = named('breaks: "on purpose"') ?? {};
    expect(failureMessages).toHaveLength(2);
    const worlds = failureMessages.map(
      (text) => /\(world (breaks-on-purpose-\d+)\):/.exec(text)?.[1],
    );
    expect(new Set(worlds).size).toBe(2);
    expect(worlds.at(-1)).toBe(meta?.understudy?.world);
    expect(output).toMatch(
      / {2}1 {2}POST \/v1\/spaces\/space_abc123\/vector-stores\/vs_def456 → 201 addVectorStoreToSpace\.attached, as usr_owner1, wrote spaceVectorStores and spaces/,
    );
    expect(output).toMatch(/ {2}2 {2}GET \/v1\/spacess → 404 .*did you mean \/v1\/spaces/);
    expect(meta?.understudy?.journal).toHaveLength(3);
    expect(output).not.toContain('ak_owner~');
  });

  it('has types that hold in a strict project', async () => {
    writeFileSync(
      join(folder, 'types.ts'),
      `import { test, understudyTest, type TestWorld } from 'understudy/test/vitest';
test('is typed', async ({ world, understudy, expect }) => {
  const response: Response = await world.fetch('/', { headers: world.as('ak_owner') });
  const same: TestWorld = world;
  const now: string = same.advance('2h').now;
  expect([response.status, now, understudy.scenario.scenario]).toBeDefined();
});
understudyTest({ scenario: 'crowded' }).extend<{ mine: number }>({ mine: 1 })('goes on', ({ mine, world }) => {
  const sum: number = mine + world.journal.length;
  return void sum;
});
understudyTest({ lint: { failOn: 'warning', ignore: ['n-plus-one'] } })('has a lint', ({ lint }) => void lint);
// @ts-expect-error there is no such severity
understudyTest({ lint: { failOn: 'warnings' } });
// @ts-expect-error there is no such clock
understudyTest({ clock: 'wound' });
`,
    );
    const compilerOptions = {
      ...{ target: 'es2023', module: 'nodenext', types: ['node'], noEmit: true, strict: true },
      // vitest's own declarations are its own concern.
      skipLibCheck: true,
    };
    writeFileSync(
      join(folder, 'tsconfig.json'),
      JSON.stringify({ compilerOptions, files: ['types.ts'] }),
    );
    const compiled = await runTool('node_modules/typescript-7/bin/tsc', ['--project', folder]);
    expect(compiled).toMatchObject({ code: 0, stdout: '' });
  });

  it('says nothing more of a test that has asked nothing, or has passed', () => {
    expect(named('breaks before it asks')?.meta.understudy?.journal).toEqual([]);
    expect(named('knows callers')?.meta).toEqual({});
  });
});
