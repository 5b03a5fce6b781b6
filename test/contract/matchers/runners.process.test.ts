// The matchers in runners of their own: jest with supertest and axios, vitest beside
// `describeContracts`, each with the reporter that writes the coverage of all its processes.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { makeProject, removeFolders } from '../../support/package-consumer.js';
import { projectFolder, runCommand } from '../../support/processes.js';
import { whole } from '../../support/sample.js';

const folder = makeProject('matchers-');
afterAll(removeFolders);

const bin = (file: string) => join(projectFolder, 'node_modules', file);
const write = (name: string, text: string) => writeFileSync(join(folder, name), text);
const resultsIn = (file: string) => {
  const { operations } = JSON.parse(readFileSync(join(folder, file), 'utf8')) as {
    operations: Record<string, { cases: Record<string, { result: string }> }>;
  };
  return (operation: string, name: string) => operations[operation]?.cases[name]?.result;
};

describe('jest', () => {
  it('has the matchers, for supertest and axios, and one coverage of all its test files', async () => {
    write(
      'supertest.spec.mjs',
      `import supertest from 'supertest';
import { createUnderstudy } from 'understudy';
import 'understudy/matchers/jest';
const { app } = createUnderstudy();
test('passes', async () => {
  const response = await supertest(app).get('/v1/spaces/space_abc123').set('X-API-Key', 'ak_owner');
  expect(response).toSatisfyApiSpec();
  expect(response.body).toSatisfySchemaInApiSpec('Space');
});
test('fails', async () => {
  const body = { organization_id: 'org_xyz789', name: 'x', access_mode: 7 };
  const response = await supertest(app).post('/v1/spaces/').set('X-API-Key', 'ak_owner').send(body);
  expect(response).toMatchContract({ case: 'created' });
});
`,
    );
    write(
      'axios.spec.mjs',
      `import axios from 'axios';
import { createUnderstudy } from 'understudy';
import 'understudy/matchers/jest';
test('passes', async () => {
  const { url, close } = await createUnderstudy().listen({ port: 0 });
  const api = axios.create({ baseURL: url, headers: { 'X-API-Key': 'ak_owner' } });
  expect(await api.post('/v1/spaces/', { organization_id: 'org_xyz789', name: 'x' })).toMatchContract();
  const { response } = await api.delete('/v1/spaces/space_nowhere').catch((error) => error);
  expect(response).toMatchContract({ case: 'space_not_found' });
  await close();
});
`,
    );
    const config = {
      rootDir: folder,
      testMatch: ['**/*.spec.mjs'],
      transform: {},
      reporters: [
        'default',
        ['understudy/matchers/reporter', { output: join(folder, 'jest.json') }],
      ],
    };
    const args = [bin('jest/bin/jest.js'), '--config', JSON.stringify(config)];
    const { code, stdout, stderr } = await runCommand(
      process.execPath,
      ['--experimental-vm-modules', ...args],
      { cwd: folder, withinMs: 170_000 },
    );
    expect(stderr, stdout).toContain('Tests:       1 failed, 2 passed, 3 total');
    expect(code).toBe(1);
    expect(stderr).toContain('case       created was due, got 422');
    const resultOf = resultsIn('jest.json');
    expect(resultOf('getSpace', 'retrieved')).toBe('right'); // one file
    expect(resultOf('deleteSpace', 'space_not_found')).toBe('right'); // the other
    expect(resultOf('createSpace', 'created')).toBe('wrong'); // wrong in one, right in the other
    expect(stdout).toMatch(/The contract: \d+ of \d+ documented cases right, 1 wrong; see /);
  });
});

describe('vitest', () => {
  it('counts expectations, the rows of describeContracts, and a coverage.json of check in one', async () => {
    write(
      'expectations.test.mjs',
      `import { it, expect } from 'vitest';
import { createUnderstudy } from 'understudy';
import { observe } from 'understudy/matchers/vitest';
const fetch = observe(createUnderstudy().fetch);
it('passes', async () => {
  const response = await fetch('/v1/capabilities', { headers: { 'X-API-Key': 'ak_owner' } });
  await expect(response).toMatchContract();
});
`,
    );
    write(
      'contracts.test.mjs',
      `import { createUnderstudy } from 'understudy';
import { handlerTarget } from 'understudy/kit';
import { describeContracts } from 'understudy/vitest';
describeContracts(handlerTarget('the mock server', createUnderstudy().fetch), { level: 'smoke', include: (id) => id === 'getDepartmentTree' });
`,
    );
    const shown = { listed: { result: 'right' }, rate_limit_exceeded: { result: 'not_exercised' } };
    write('check.json', JSON.stringify({ operations: { listDepartments: { cases: shown } } }));
    const options = { output: join(folder, 'vitest.json'), merge: [join(folder, 'check.json')] };
    // Two processes where there is time: each loads the kit. jest has two above.
    const processes = { isolate: whole, fileParallelism: whole };
    const reporters = ['default', ['understudy/matchers/reporter', options]];
    write(
      'vitest.config.mjs',
      `export default ${JSON.stringify({ test: { reporters, include: ['*.test.mjs'], ...processes } })};\n`,
    );
    const { code, stdout } = await runCommand(
      process.execPath,
      [bin('vitest/vitest.mjs'), 'run', '--root', folder],
      { cwd: folder, withinMs: 170_000 },
    );
    expect(code, stdout).toBe(0);
    const resultOf = resultsIn('vitest.json');
    expect(resultOf('listCapabilities', 'listed')).toBe('right'); // an expectation
    expect(resultOf('getDepartmentTree', 'retrieved')).toBe('right'); // a row
    expect(resultOf('listDepartments', 'listed')).toBe('right'); // a run of check
    expect(resultOf('listSpaces', 'listed')).toBe('not_exercised');
  });
});

describe('the types', () => {
  it('are known to the expect of vitest and of jest, and say what is awaited', async () => {
    write(
      'types.ts',
      `import { expect as ofJest } from '@jest/globals';
import { expect as ofVitest } from 'vitest';
import 'understudy/matchers/jest';
import 'understudy/matchers/vitest';
declare const response: Response;
declare const other: { status: number };
export const awaited: Promise<void>[] = [
  ofVitest(response).toMatchContract({ case: 'created' }),
  ofJest(response).toSatisfyApiSpec(),
];
ofVitest(other).toSatisfySchemaInApiSpec('Space');
ofJest(other).toMatchContract({ method: 'GET', failOn: 'notice' });
// @ts-expect-error
ofVitest(other).toMatchContract({ kase: 'created' });
`,
    );
    const options = [
      '--noEmit',
      '--strict',
      '--module',
      'nodenext',
      '--skipLibCheck',
      '--ignoreConfig',
    ];
    const { code, stdout } = await runCommand(
      process.execPath,
      [bin('typescript-7/bin/tsc'), ...options, '--types', 'node', join(folder, 'types.ts')],
      { cwd: folder },
    );
    expect(stdout).toBe('');
    expect(code).toBe(0);
  });
});
