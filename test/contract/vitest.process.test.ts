// `describeContracts` as a user meets it: a test file of its own, run by vitest as a child process.
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { createUnderstudy } from '../../src/index.js';
import { projectFolder, runCommand } from '../support/processes.js';

mkdirSync(join(projectFolder, '.venv'), { recursive: true });
const folder = mkdtempSync(join(projectFolder, '.venv/describe-'));
const servers: (() => Promise<void>)[] = [];
afterAll(async () => {
  rmSync(folder, { recursive: true });
  for (const close of servers) await close();
});

interface Assertion {
  readonly title: string;
  readonly status: string;
  readonly failureMessages: readonly string[];
}

/** Of a test file that calls `describeContracts` on a target; the stand-in, with its options, unless told otherwise. */
async function play(
  name: string,
  options: string,
  stand: string,
  {
    target = `handlerTarget('the stand-in', createUnderstudy(${stand}).fetch)`,
    flags = [],
  }: { readonly target?: string; readonly flags?: readonly string[] } = {},
): Promise<{ code: number | null; tests: readonly Assertion[]; output: string }> {
  const from = (file: string) => JSON.stringify(join(projectFolder, 'dist', file));
  const file = join(folder, `${name}.test.mjs`);
  writeFileSync(
    file,
    `import { createUnderstudy } from ${from('index.js')};
import { handlerTarget, httpTarget, parseProfile, TargetError } from ${from('kit.js')};
import { describeContracts } from ${from('contract/vitest.js')};
const include = (id) => ['createSpace', 'getSpace', 'deleteSpace'].includes(id);
describeContracts(${target}, ${options});
`,
  );
  const output = join(folder, `${name}.json`);
  // The project's own configuration looks for other files.
  const config = join(folder, 'vitest.config.mjs');
  writeFileSync(config, "export default { test: { include: ['*.test.mjs'] } };\n");
  const vitest = join(projectFolder, 'node_modules/vitest/vitest.mjs');
  const args = [vitest, 'run', '--root', folder, '--config', config, '--reporter=json', `--outputFile=${output}`, ...flags, file];
  const { code, stdout, stderr } = await runCommand(process.execPath, args, { cwd: folder, withinMs: 60_000 });
  const { testResults } = JSON.parse(readFileSync(output, 'utf8')) as { testResults: { assertionResults: Assertion[] }[] };
  const tests = testResults.flatMap(({ assertionResults }) => assertionResults);
  return { code, tests, output: `${JSON.stringify(testResults)}${stdout}${stderr}` };
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

  it.each([
    ['concurrently', ['--sequence.concurrent']],
    ['in any order', ['--sequence.shuffle.tests', '--sequence.seed=7']],
    ['concurrently and in any order', ['--sequence.concurrent', '--sequence.shuffle.tests', '--sequence.seed=11']],
  ])('passes where the project runs its tests %s', async (_, flags) => {
    const wide = '{ include: (id) => /Message|getThread|SpaceVectorStore/.test(id) || include(id) }';
    const { code, tests } = await play('shuffled', wide, '', { flags });
    expect(tests.filter(({ status }) => status === 'failed').map(({ title }) => title)).toEqual([]);
    expect([code, tests.length > 300]).toEqual([0, true]);
    expect(tests[0]?.title).toBe('the credential of owner is accepted');
  });

  it.each([
    ['nobody listens', "httpTarget('http://127.0.0.1:9', { timeout: 5000 })", /cannot be reached: .*ECONNREFUSED/],
    [
      'nobody answers',
      "{ name: 'a silent server', send: (...request) => handlerTarget('', () => new Promise(() => {}), { timeout: 50 }).send(...request) }",
      /gives no answer: .*50 ms/,
    ],
    ['every request throws', "handlerTarget('', async () => { throw new TypeError('planted') })", /gives no answer: .*planted/],
  ])('says once that %s, and asks nothing more', async (_, target, reason) => {
    const { code, tests } = await play('dead', '{ include }', '', { target });
    const failed = tests.filter(({ status }) => status === 'failed');
    expect([code, failed.map(({ failureMessages }) => failureMessages.join())]).toEqual([1, [expect.stringMatching(reason)]]);
    expect(tests.filter(({ status }) => status === 'passed')).toEqual([]);
  });

  /** A stand-in that listens, on which another run is at work where there is a lock. */
  const serve = async (lock = false) => {
    const understudy = createUnderstudy();
    const { url, close } = await understudy.listen({ port: 0 });
    servers.push(close);
    const headers = { 'x-api-key': 'ak_owner', 'content-type': 'application/json' };
    const name = 'understudy-lock-other-until-2999-01-01T00:00:00Z';
    const body = JSON.stringify({ organization_id: 'org_xyz789', name });
    if (lock) expect((await understudy.fetch('/v1/spaces/', { method: 'POST', headers, body })).status).toBe(201);
    return { url, world: understudy.world };
  };
  const getSpace = "include: (id) => id === 'getSpace'";
  const byHandler = (url: string) =>
    `handlerTarget('', (request) => fetch(request.url.replace(/^http:..[^/]*/, '${url}'), { method: request.method, headers: request.headers, body: request.body, duplex: 'half' }))`;

  it.each<[string, string, (url: string) => string]>([
    ['a server', `{ ${getSpace} }`, (url) => `httpTarget('${url}')`],
    ['a handler, where it is asked for', `{ ${getSpace}, lock: true }`, byHandler],
  ])('says once that another run is at work with the accounts of %s, and asks nothing more', async (_, options, targetAt) => {
    const { code, tests } = await play('busy', options, '', { target: targetAt((await serve(true)).url) });
    const failed = tests.filter(({ status }) => status === 'failed');
    expect([code, failed.map(({ failureMessages }) => failureMessages.join())]).toEqual([
      1,
      [expect.stringMatching(/another run is at work with these accounts/)],
    ]);
    expect(tests.filter(({ status, title }) => status === 'passed' && !/credential|organization/.test(title))).toEqual([]);
  });

  it('takes the lock of a server and gives it back; in this process, where nobody else is, it takes none', async () => {
    const locksAfter = async (targetAt: (url: string) => string) => {
      const { url, world } = await serve();
      const { code } = await play('locking', `{ ${getSpace} }`, '', { target: targetAt(url) });
      const locks = world.spaces.all().filter(({ name }) => name.startsWith('understudy-lock-'));
      return [code, locks.length, locks.every(({ deleted_at }) => deleted_at !== null)];
    };
    expect(await locksAfter((url) => `httpTarget('${url}')`)).toEqual([0, 1, true]);
    expect(await locksAfter(byHandler)).toEqual([0, 0, true]);
  });

  it('fails where something is left behind, or possibly made', async () => {
    const losing = `(() => {
  const understudy = createUnderstudy();
  const inner = handlerTarget('', understudy.fetch);
  let made = 0;
  const send = (request, signal) =>
    request.method === 'POST' && request.target === '/v1/spaces/' && ++made === 3 ? Promise.reject(new TargetError('broken', 'cut')) : inner.send(request, signal);
  return { ...inner, send };
})()`;
    const { code, output } = await play(
      'losing',
      "{ include: (id) => id === 'getSpace', allow: (id) => id !== 'listSpaces' }",
      '',
      {
        target: losing,
        flags: ['--reporter=default'],
      },
    );
    expect(code).toBe(1);
    expect(output).toMatch(/Left behind: possibly POST \/v1\/spaces\/ with understudy-1-\d+-\d+: no answer/);
  });

  it('shows a credential in no failure and in no reason', async () => {
    const key = 'ak_s3cret-of-the-owner';
    const options = `{ include, profile: parseProfile('callers: { owner: { api_key: ${key} } }\\nknown: { organization_id: org_xyz789 }', 'p.yaml', {}) }`;
    const echo =
      "async (request) => new Response(JSON.stringify({ key: request.headers.get('x-api-key') }), { status: 418, headers: { 'content-type': 'application/json' } })";
    const { code, tests } = await play('leaking', options, '', { target: `handlerTarget('at ${key}', ${echo})` });
    expect(code).toBe(1);
    expect(JSON.stringify(tests)).not.toContain(key.slice(3, 11));
    expect(JSON.stringify(tests)).toContain('callers.owner.api_key');
  });

  it('refuses an option that it does not know, with the nearest one', async () => {
    const file = join(folder, 'typo.json');
    const { code } = await play('typo', '{ inclde: () => true }', '').catch(() => ({ code: 1 }));
    expect(code).toBe(1);
    const { testResults } = JSON.parse(readFileSync(file, 'utf8')) as { testResults: { message: string }[] };
    expect(testResults[0]?.message).toMatch(/inclde.*include/s);
  });
});
