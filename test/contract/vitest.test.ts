// `describeContracts` as a user meets it: a test file of its own, run by vitest as a child process.
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { projectFolder, runCommand } from '../support/processes.js';

mkdirSync(join(projectFolder, '.venv'), { recursive: true });
const folder = mkdtempSync(join(projectFolder, '.venv/describe-'));
afterAll(() => rmSync(folder, { recursive: true }));

interface Assertion {
  readonly title: string;
  readonly status: string;
  readonly failureMessages: readonly string[];
}

async function play(name: string, options: string, stand: string): Promise<{ code: number | null; tests: readonly Assertion[] }> {
  const from = (file: string) => JSON.stringify(join(projectFolder, 'dist', file));
  const file = join(folder, `${name}.test.mjs`);
  writeFileSync(
    file,
    `import { createUnderstudy } from ${from('index.js')};
import { handlerTarget, parseProfile } from ${from('kit.js')};
import { describeContracts } from ${from('contract/vitest.js')};
const include = (id) => ['createSpace', 'getSpace', 'deleteSpace'].includes(id);
describeContracts(handlerTarget('the stand-in', createUnderstudy(${stand}).fetch), ${options});
`,
  );
  const output = join(folder, `${name}.json`);
  // The project's own configuration looks for other files.
  const config = join(folder, 'vitest.config.mjs');
  writeFileSync(config, "export default { test: { include: ['*.test.mjs'] } };\n");
  const vitest = join(projectFolder, 'node_modules/vitest/vitest.mjs');
  const args = [vitest, 'run', '--root', folder, '--config', config, '--reporter=json', `--outputFile=${output}`, file];
  const { code } = await runCommand(process.execPath, args, { cwd: folder, withinMs: 60_000 });
  const { testResults } = JSON.parse(readFileSync(output, 'utf8')) as { testResults: { assertionResults: Assertion[] }[] };
  return { code, tests: testResults.flatMap(({ assertionResults }) => assertionResults) };
}

describe('describeContracts', () => {
  it('makes a test of every row, named by a sentence, and needs nothing but a target', async () => {
    const { code, tests } = await play('plain', '{ include }', '');
    expect(code).toBe(0);
    expect(tests.length).toBeGreaterThan(100);
    expect(tests).toContainEqual(
      expect.objectContaining({ title: 'getSpace by member with a space answers view_access_required', status: 'passed' }),
    );
    expect(tests).toContainEqual(expect.objectContaining({ title: 'the credential of owner is accepted', status: 'passed' }));
  });

  it('fails the tests that a drift concerns, with the finding and the chain that repeats it', async () => {
    const { code, tests } = await play('drifting', '{ include }', "{ drift: 'guard:getSpace.view_access_required' }");
    const failed = tests.filter(({ status }) => status === 'failed');
    expect(code).toBe(1);
    expect(failed.map(({ title }) => title)).toContain('getSpace by member with a space answers view_access_required');
    for (const { failureMessages } of failed)
      expect(failureMessages.join()).toMatch(/failure (CASE|STATE)_WRONG[\s\S]*contract {2}[\s\S]*TARGET:\?the base URL/);
  });

  it('says once that a credential is refused, and asks nothing more', async () => {
    const wrong =
      "{ include, profile: parseProfile('callers: { owner: { api_key: ak_wrong } }\\nknown: { organization_id: org_xyz789 }', 'p.yaml', {}) }";
    const { code, tests } = await play('refused', wrong, '');
    expect(code).toBe(1);
    expect(tests.filter(({ status }) => status === 'failed').map(({ title }) => title)).toEqual([
      'the credential of owner is accepted',
    ]);
    expect(tests.some(({ status }) => status === 'passed')).toBe(false);
  });

  it('skips what the profile cannot feed, and fails where that is everything', async () => {
    const owner =
      "{ include, profile: parseProfile('callers: { owner: { api_key: ak_owner, user_id: usr_owner1 } }\\nknown: { organization_id: org_xyz789 }', 'p.yaml', {}) }";
    const some = await play('some', owner, '');
    expect(some.code).toBe(0);
    expect(some.tests).toContainEqual(
      expect.objectContaining({ title: 'getSpace by member with a space answers view_access_required', status: 'skipped' }),
    );
    expect(some.tests.filter(({ status }) => status === 'passed').length).toBeGreaterThan(50);
    const none = await play('none', "{ include, profile: parseProfile('', 'p.yaml', {}) }", '');
    expect(none.code).toBe(1);
  });
});
