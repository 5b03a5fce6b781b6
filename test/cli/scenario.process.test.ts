import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { describeDrifts, driftsOf, UnknownDrift } from '../../src/drift/drifts.js';
import { plant } from '../../src/drift/plant.js';
import { createUnderstudy } from '../../src/index.js';
import { scenarioNames } from '../../src/scenario/read.js';
import { loadSpec } from '../../src/shipped/document.js';
import { run } from '../support/cli.js';

const folder = mkdtempSync(join(tmpdir(), 'understudy-lint-'));
afterAll(() => rmSync(folder, { recursive: true }));

const docs = readFileSync('docs/scenarios.md', 'utf8');
const block = (language: string): string =>
  new RegExp(`\`\`\`${language}\\n([^]*?)\`\`\``).exec(docs)?.[1] as string;
const file = (name: string, text: string): string => {
  writeFileSync(join(folder, name), text);
  return join(folder, name);
};

const head = "scenario: s\ndescription: d\ntime: '2026-02-26T15:30:00Z'\n";

describe('understudy scenario lint', () => {
  it('finds no fault in the example of the documentation, nor in what is shipped', async () => {
    const mine = file('my-world.yaml', block('yaml'));
    const { code, stdout } = await run(['scenario', 'lint', mine, 'default', 'fixtures']);
    expect([code, stdout.split('\n')[0]]).toEqual([0, `${mine}: no faults`]);
    expect(stdout).toContain('fixtures/twenty-stores.yaml: no faults\n');
  });

  it('says of the example with two words misspelt what the documentation says', async () => {
    const text = block('yaml')
      .replace('access_mode: private', 'access_mode: privat')
      .replace('id: vs_memory #', 'id: vs_memori #');
    const { code, stderr } = await run(['scenario', 'lint', file('faulty.yaml', text)]);
    expect(code).toBe(2);
    expect(stderr).toBe(block('text').replaceAll('my-world.yaml', join(folder, 'faulty.yaml')));
  });

  it('prints the faults of all files in one round, those of a shared base once', async () => {
    file('base.yaml', `${head}colour: red\n`);
    const one = file('one.yaml', `${head}extends: base.yaml\n`);
    const two = file('two.yaml', `${head}extends: base.yaml\nspaces: none\n`);
    const { code, stderr } = await run(['scenario', 'lint', one, two, 'defalt']);
    expect([code, stderr.split('\n').filter((line) => !line.startsWith('  fix'))]).toEqual([
      2,
      [
        `${join(folder, 'base.yaml')}:4:9  colour is not a known key`,
        `${join(folder, 'two.yaml')}:5:9  spaces must be a list or a map, not the text "none"`,
        'defalt:1:1  Unknown scenario "defalt".',
        '',
      ],
    ]);
  });

  it('looks up the names in faults, with the nearest, beside whatever else is wrong', async () => {
    const faults = `extends: default
faults:
  - { when: { operation: listSpace }, does: { status: 503 } }
  - { when: { operation: getSpace, case: [retrieved, lost] }, does: { case: space_not_fond } }
  - { when: { caller: usr_owner, path: '/v1/space' }, does: { end: reset } }
  - { name: a, when: { operation: 'list*' }, does: { status: 503 } }
  - { name: a, does: { latency: { sigma: 1 } } }
`;
    const names = [
      'there is no operation listSpace',
      'there is no case lost',
      'there is no case space_not_fond',
      'no operation has the path /v1/space',
      'there are two faults a',
      'median_ms is missing',
    ];
    const { code, stderr } = await run(['scenario', 'lint', file('names.yaml', head + faults)]);
    expect(code).toBe(2);
    for (const what of [...names, 'there is no caller usr_owner']) expect(stderr).toContain(what);
    expect(stderr).toContain('names.yaml:6:26  there is no operation listSpace');
    for (const near of ['listSpaces', 'space_not_found', 'usr_owner1'])
      expect(stderr).toContain(`did you mean ${near}?`);
    // Who may call is known once the rest of the file is right.
    const broken = file(
      'names-too.yaml',
      `${head}${faults}spaces: [{ id: s, organization_id: org_none, created_by: usr_owner1, name: S }]\n`,
    );
    const both = (await run(['scenario', 'lint', broken])).stderr;
    for (const what of [...names, 'org_none']) expect(both).toContain(what);
    const right = `${head}extends: default\nfaults: [{ when: { caller: usr_owner1, case: retrieved }, does: { end: reset } }]\n`;
    expect((await run(['scenario', 'lint', file('right.yaml', right)])).code).toBe(0);
  });

  it('reads stdin as -', () => {
    const { status, stderr } = spawnSync(
      process.execPath,
      ['dist/cli/main.js', 'scenario', 'lint', '-'],
      {
        input: 'a: 1\n',
        encoding: 'utf8',
      },
    );
    expect([status, stderr]).toEqual([
      2,
      expect.stringContaining('stdin:1:4  a is not a known key'),
    ]);
  });
});

describe('understudy scenario list', () => {
  it('names every shipped scenario with what it is good for', async () => {
    const { code, stdout } = await run(['scenario', 'list']);
    expect(code).toBe(0);
    expect(
      stdout
        .trim()
        .split('\n')
        .map((line) => /^(\S+) +\S.*\.$/.exec(line)?.[1]),
    ).toEqual(scenarioNames());
  });
});

describe('understudy scenario show, export and diff', () => {
  it('show a scenario whole, so that it loads to the same without its base', async () => {
    const { code, stdout } = await run(['scenario', 'show', 'default']);
    expect([code, /^extends:/m.test(stdout)]).toEqual([0, false]);
    const shown = file('shown.yaml', stdout);
    expect(await run(['scenario', 'diff', 'default', shown])).toMatchObject({
      code: 0,
      stdout: 'no difference\n',
    });
    const counted = file('counted.yaml', `${head}extends: empty\nspaces: { count: 2 }\n`);
    expect((await run(['scenario', 'show', counted])).stdout).toContain('id: space_2\n');
  });

  it('say what is different, with exit code 1', async () => {
    const { code, stdout } = await run(['scenario', 'diff', 'empty', 'default']);
    expect([code, stdout]).toEqual([1, expect.stringMatching(/^\+ spaces space_lobby "Lobby"$/m)]);
    expect(await run(['scenario', 'diff', 'empty', 'defalt'])).toMatchObject({ code: 2 });
  });

  it('export a world of a running server', async () => {
    const understudy = createUnderstudy();
    const { url } = await understudy.listen({ port: 0 });
    try {
      understudy.worlds.create('mine', 'access');
      understudy.worlds.freeze('mine');
      const output = join(folder, 'mine.yaml');
      const printed = await run(['scenario', 'export', 'mine', '--url', url]);
      expect(printed).toMatchObject({ code: 0, stderr: '' });
      await run(['scenario', 'export', 'mine', '--url', url, '--output', output]);
      expect(readFileSync(output, 'utf8')).toBe(printed.stdout);
      expect(printed.stdout).toContain('frozen: true\n');
      expect(await run(['scenario', 'lint', output])).toMatchObject({ code: 0 });
      expect((await run(['scenario', 'diff', 'access', output])).code).toBe(0);
      // The lines of the documentation.
      const [, lines = ''] =
        /## Export, show, compare[\s\S]*?```sh\n([\s\S]*?)```/.exec(docs) ?? [];
      const kept = join(folder, 'kept.yaml');
      for (const line of lines.trim().split('\n')) {
        const args = line
          .replace(/^npx understudy /, '')
          .replace('kept.yaml', kept)
          .split(' ');
        const server = args[1] === 'export' ? ['--url', url] : [];
        expect([line, (await run([...args, ...server])).code]).toEqual([line, 0]);
      }
      const missing = await run(['scenario', 'export', 'mien', '--url', url]);
      expect([missing.code, missing.stderr]).toEqual([2, expect.stringContaining('mine')]);
      const nowhere = ['--output', join(folder, 'none', 'x.yaml')];
      expect(await run(['scenario', 'export', '--url', url, ...nowhere])).toMatchObject({
        code: 2,
      });
    } finally {
      await understudy.close();
    }
    expect(await run(['scenario', 'export', '--url', url])).toMatchObject({ code: 3 });
  });
});

describe('a scenario as a value', () => {
  it('is served as the documentation says', async () => {
    const body = block('ts').replace(/^import .*$/gm, '');
    const tests: (() => Promise<void>)[] = [];
    const declare = (_title: string, test: () => Promise<void>) => tests.push(test);
    new Function('createUnderstudy', 'expect', 'it', body)(createUnderstudy, expect, declare);
    expect(tests).toHaveLength(1);
    for (const test of tests) await test();
  });
});

describe('--drift list', () => {
  it('takes a pattern', async () => {
    const { code, stdout } = await run(['serve', '--drift', 'list:addVectorStore*']);
    const names = stdout.split('\n').flatMap((line) => /^ {2}(\S+)/.exec(line)?.[1] ?? []);
    const expected = [...driftsOf(loadSpec()).keys()].filter((name) =>
      /addvectorstore/i.test(name),
    );
    expect([code, names.sort()]).toEqual([0, expected.sort()]);
    expect(expected.length).toBeGreaterThan(5);
    expect(describeDrifts(loadSpec(), 'guard:get*not_found')).toMatch(
      /^guard: .*\n( {2}guard:get\S*not_found\S* .*\n)+$/,
    );
  });

  it('says what is near where no name is like it, and where a name lacks its kind', () => {
    expect(() => describeDrifts(loadSpec(), 'adVectorStoreToSpace*')).toThrow(
      /did you mean list:addVectorStoreToSpace\?/,
    );
    expect(() => describeDrifts(loadSpec(), 'gard')).toThrow(/did you mean list:guard\?/);
    expect(() => plant(loadSpec(), 'addVectorStoreToSpace.own_dedicated_store')).toThrow(
      /did you mean \w+:addVectorStoreToSpace\.own_dedicated_store\?/,
    );
    expect(() => plant(loadSpec(), 'guard:addVectorStoreToSpace.own_dedicated_stor')).toThrow(
      UnknownDrift,
    );
  });
});
