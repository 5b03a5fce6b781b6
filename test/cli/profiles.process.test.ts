// `understudy init` writes a profile, and `understudy doctor` says what can be done with it.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough, Writable } from 'node:stream';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runCommandLine } from '../../src/cli/command-line.js';
import type { Input } from '../../src/cli/io.js';
import { readProfile } from '../../src/contract/run/profile.js';
import { createUnderstudy } from '../../src/index.js';
import { run } from '../support/cli.js';

const folder = mkdtempSync(join(tmpdir(), 'understudy-profiles-'));
afterAll(() => rmSync(folder, { recursive: true }));
let files = 0;
const fresh = (): string => join(folder, `profile-${++files}.yaml`);

describe('`understudy init`', () => {
  const flags = ['--base-url', 'https://staging.example.com', '--organization-id', 'org_1'];

  it('writes a profile from flags, with the names of variables and no credential', async () => {
    const file = fresh();
    const { code, stdout } = await run(
      [
        'init',
        file,
        ...flags,
        ...['--key', 'owner=OWNER_KEY', '--user-id', 'owner=usr_1'],
        ...['--token', 'viewer=VIEWER_TOKEN', '--known', 'assistant_id=asst_1'],
      ],
      { OWNER_KEY: 'ak_secret' },
    );
    expect([code, stdout]).toEqual([0, expect.stringContaining('Not set yet: VIEWER_TOKEN')]);
    const text = readFileSync(file, 'utf8');
    expect(text).toMatch(/api_key: "\$\{OWNER_KEY\}"/);
    expect(text).not.toContain('ak_secret');
    const environment = { OWNER_KEY: 'ak_secret', VIEWER_TOKEN: 'tok_secret' };
    expect(readProfile(file, environment)).toMatchObject({
      base_url: 'https://staging.example.com',
      callers: {
        owner: { api_key: 'ak_secret', user_id: 'usr_1' },
        viewer: { bearer: 'tok_secret' },
      },
      known: { organization_id: 'org_1', assistant_id: 'asst_1' },
    });
  });

  it('replaces no file, unless it is told to', async () => {
    const file = fresh();
    writeFileSync(file, 'mine');
    const args = ['init', file, ...flags, '--key', 'owner=OWNER_KEY'];
    expect(await run(args)).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/is there already.\n {2}fix: .*--force/),
    });
    expect(readFileSync(file, 'utf8')).toBe('mine');
    expect(await run([...args, '--force'])).toMatchObject({ code: 0 });
    expect(readFileSync(file, 'utf8')).toContain('base_url');
  });

  it.each<[string, readonly string[], RegExp]>([
    ['nobody can be asked', [], /no terminal.\n {2}fix: .*--base-url/],
    ['a credential is given', ['--key', 'owner=ak_0123secret'], /no name of a variable/],
    ['a pair is none', ['--user-id', 'owner'], /--user-id is written as name=value/],
    ['a caller is unknown', ['--key', 'ownr=OWNER_KEY'], /ownr is not known here/],
    ['an id is none', ['--key', 'owner=A', '--known', 'role_id=../x'], /is no id/],
    ['the address is none', ['--key', 'owner=A', '--base-url', 'staging'], /not the URL/],
  ])('writes nothing where %s', async (_, given, problem) => {
    const file = fresh();
    const base = given.length > 0 && !given.includes('--base-url') ? flags : [];
    const { code, stdout, stderr } = await run(['init', file, ...base, ...given]);
    expect([code, stderr]).toEqual([2, expect.stringMatching(problem)]);
    expect(`${stdout}${stderr}`).not.toContain('0123secret');
    expect(() => readFileSync(file)).toThrow();
  });

  it('asks on a terminal for what is missing, and never takes a key', async () => {
    const file = fresh();
    const stdin: Input = Object.assign(new PassThrough(), { isTTY: true });
    const replies = [
      'http://127.0.0.1:9',
      'org_1',
      'ak_0123secret',
      'OWNER_KEY',
      'usr_1',
      '',
      '',
      '',
      '',
      '',
    ];
    let printed = '';
    const stdout = new Writable({
      write: (chunk, _, done) => {
        printed += chunk;
        // Each question ends so.
        if (/: $/.test(String(chunk))) setImmediate(() => stdin.push(`${replies.shift()}\n`));
        done();
      },
    });
    expect(await runCommandLine(['init', file], { stdin, stdout, stderr: stdout, env: {} })).toBe(
      undefined,
    );
    expect(printed).toContain('never the key itself');
    expect(readProfile(file, { OWNER_KEY: 'k' })).toMatchObject({
      base_url: 'http://127.0.0.1:9',
      callers: { owner: { api_key: 'k', user_id: 'usr_1' } },
      known: { organization_id: 'org_1' },
    });
  });
});

describe('`understudy doctor`', () => {
  const methods = new Set<string>();
  const understudy = createUnderstudy({ onExchange: ({ method }) => void methods.add(method) });
  let url = '';
  beforeAll(async () => {
    ({ url } = await understudy.listen({ port: 0 }));
  });
  afterAll(() => understudy.close());

  it('only reads, and counts the rows that can be exercised', async () => {
    const before = JSON.stringify(understudy.world.snapshot());
    const { code, stdout } = await run(['doctor', url]);
    expect([code, stdout]).toEqual([0, expect.stringContaining('The profile can be used.')]);
    expect(stdout).toContain('ok       the credential of owner is accepted');
    expect(stdout).toMatch(/ok {7}known.foreign_space_id, space_abc123def456, is there/);
    expect(stdout).toMatch(/unknown {2}known.assistant_id, .*: no read by its ID shows it/);
    const [, can, all] = /^check: (\d+) of (\d+) rows/m.exec(stdout) ?? [];
    expect(Number(can)).toBe(Number(all));
    expect(stdout).toMatch(/^check --read-only: \d+ of \d+ rows/m);
    expect(stdout).toMatch(/^ {2}\d+ not: they need a write$/m);
    expect([...methods]).toEqual(['GET']);
    expect(JSON.stringify(understudy.world.snapshot())).toBe(before);
  });

  it('counts no row as one that can be exercised where the server cannot be reached', async () => {
    const gone = createUnderstudy();
    const { url: nowhere, close } = await gone.listen({ port: 0 });
    await close();
    const { code, stdout } = await run(['doctor', nowhere]);
    expect([code, stdout]).toEqual([3, expect.stringMatching(/^Stopped early: .*ECONNREFUSED/m)]);
    expect(stdout).toMatch(/^check: no row can be exercised; \d+ of \d+ could, as far as/m);
    expect(stdout).toMatch(/^check --read-only: no row can be exercised;/m);
  });

  it('says what is missing, refused, or not there', async () => {
    const file = fresh();
    writeFileSync(
      file,
      'callers: { owner: { api_key: ak_owner }, viewer: { api_key: ak_nobody_at_all } }\nknown: { organization_id: org_xyz789, empty_thread_id: thrd_gone, message_id: msg_1 }\n',
    );
    const { code, stdout } = await run(['doctor', url, '--profile', file]);
    expect([code, stdout]).toEqual([3, expect.stringContaining('cannot be used as it is')]);
    expect(stdout).toContain(
      'problem  the credential of viewer is accepted: the server refuses it',
    );
    expect(stdout).toMatch(
      /problem {2}known.empty_thread_id, thrd_gone, is there: getThread answers owner 404/,
    );
    expect(stdout).toMatch(/^ {2}\d+ not: the profile has no callers\.editor/m);
    expect(stdout).toMatch(/^Not marked as disposable, .*: empty_thread_id, message_id$/m);
    expect(stdout).not.toContain('ak_nobody');
  });
});
