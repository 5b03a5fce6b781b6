// `understudy har`: what it prints and how it ends, against a server in this process.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runCommandLine } from '../../src/cli/command-line.js';
import type { Io } from '../../src/cli/io.js';
import { createUnderstudy } from '../../src/index.js';
import { isHar } from '../support/har.js';

const understudy = createUnderstudy({ adminToken: 'secret-1' });
const folder = mkdtempSync(join(tmpdir(), 'understudy-har-'));
const file = (name: string) => join(folder, name);
let url = '';
beforeAll(async () => {
  ({ url } = await understudy.listen({ port: 0 }));
});
afterAll(async () => {
  await understudy.close();
  rmSync(folder, { recursive: true });
});

async function run(...args: readonly string[]) {
  const [stdout, stderr] = [new PassThrough(), new PassThrough()];
  const io = { stdout, stderr, env: {} } as unknown as Io;
  const code = (await runCommandLine(['har', ...args], io)) ?? io.exitCode ?? 0;
  return { code, stdout: String(stdout.read() ?? ''), stderr: String(stderr.read() ?? '') };
}
const ask = (...args: readonly string[]) => run(...args, '--url', url, '--admin-token', 'secret-1');
const use = (world: string, method: string, path: string, key = 'ak_owner', body?: object) =>
  fetch(`${url}${path}`, {
    method,
    headers: {
      'X-API-Key': `${key}~${world}`,
      ...(body ? { 'content-type': 'application/json' } : {}),
    },
    ...(body ? { body: JSON.stringify(body) } : {}),
  });
const attach = '/v1/spaces/space_abc123/vector-stores/vs_def456';

describe('a world that is exported and replayed', () => {
  it('answers alike in another world and after a reset, and not where it has been written to', async () => {
    const space = { organization_id: 'org_xyz789', name: 'Mine', access_mode: 'private' };
    const made = await use('one', 'POST', '/v1/spaces/', 'ak_owner', space);
    const { id } = (await made.json()) as { id: string };
    await use('one', 'GET', `/v1/spaces/${id}`);
    await use('one', 'GET', `/v1/spaces/${id}`, 'ak_viewer');
    await use('one', 'POST', attach);
    await use('one', 'POST', attach);
    await use('one', 'GET', '/v1/capabilities', 'ak_expired');
    await use('one', 'GET', '/v1/spaces/space_none');
    await use('one', 'DELETE', `/v1/spaces/${id}`);

    expect((await ask('export', '--world', 'one', '--output', file('one.har'))).code).toBe(0);
    const har = JSON.parse(readFileSync(file('one.har'), 'utf8'));
    expect(isHar(har)).toBe(true);
    expect(JSON.stringify(har)).not.toMatch(/ak_(owner|viewer|expired)/);
    expect(JSON.parse((await ask('export', '--world', 'one')).stdout)).toEqual(har);

    const again = await ask('replay', file('one.har'), '--world', 'two');
    expect([again.code, again.stderr]).toEqual([0, '']);
    expect(again.stdout).toContain('8 requests of ');
    expect(again.stdout).toContain('replayed in the world two: 8 answered alike, 0 not\n');
    expect(again.stdout).toMatch(/^6 whose credential is masked in the file: sent as usr_owner1$/m);
    expect(again.stdout).toMatch(
      /^1 whose credential is masked in the file: sent as usr_viewer1$/m,
    );

    const written = await ask('replay', file('one.har'), '--world', 'two');
    expect(written.code).toBe(1);
    expect(written.stdout).toContain(
      `POST ${attach} (entry 3, request 12~two here)\n  status: 201 in the file, 409 here\n`,
    );
    expect(written.stdout).toContain('7 answered alike, 1 not\n');
    expect((await ask('replay', file('one.har'), '--world', 'two', '--reset')).code).toBe(0);

    const { code, stdout } = await ask('replay', file('one.har'), '--world', 'two', '--json');
    expect([code, JSON.parse(stdout)]).toMatchObject([
      1,
      { file: file('one.har'), world: 'two', different: 1, leftOut: {}, ids: expect.any(Number) },
    ]);
  });

  it('is replayed as the user who is named, with ids of the world', async () => {
    const entry = {
      request: { method: 'GET', url: 'https://prod.example.com/v1/spaces/space_prod', headers: [] },
      response: { status: 404, headers: [], content: {} },
    };
    writeFileSync(file('prod.har'), JSON.stringify({ log: { entries: [entry] } }));
    const { code, stdout } = await ask(
      'replay',
      file('prod.har'),
      '--caller',
      'usr_outsider',
      '--world',
      'three',
    );
    expect([code, stdout]).toEqual([2, '']);
    const args = ['--id', 'space_prod=space_abc123', '--caller', 'usr_viewer1', '--world', 'three'];
    const found = await ask('replay', file('prod.har'), ...args);
    expect(found.code).toBe(1);
    expect(found.stdout).toBe(
      [
        'GET /v1/spaces/space_prod (entry 0, request 1~three here)',
        '  sent as GET /v1/spaces/space_abc123',
        '  status: 404 in the file, 200 here',
        '',
        '1 request of https://prod.example.com replayed in the world three: 0 answered alike, 1 not',
        '1 whose credential is missing in the file: sent as usr_viewer1',
        '1 ID stands for another one in the world',
        '',
      ].join('\n'),
    );
  });
});

describe('a replay that cannot be', () => {
  it('sends nothing of a broken file', async () => {
    writeFileSync(file('broken.har'), '{"log":{"entries":[{},{"request":7}]}}');
    const { requests } = understudy.worlds.summary('default');
    const { code, stderr } = await ask('replay', file('broken.har'));
    expect(code).toBe(2);
    expect(stderr.match(/ at \/log\/entries\/[01]\/(request|response) /g)).toHaveLength(4);
    expect(understudy.worlds.summary('default').requests).toBe(requests);
  });

  it.each([
    [['none.har'], 2, /none\.har:1:1 {2}there is no such file\n {2}fix: /],
    [['/'], 2, /is a folder\n {2}fix: /],
    [['good.har', '--id', 'x'], 2, /takes two IDs/],
    [['good.har', '--origin', 'x'], 2, /takes an address/],
    [
      ['good.har', '--caller', 'usr_owner2'],
      2,
      /^usr_owner2 has no credential in the world default\.\n {2}fix: did you mean usr_owner1\?/,
    ],
    [['good.har', '--url', 'http://127.0.0.1:1'], 3, /^No answer from /],
    [
      ['good.har', '--url', 'http://mock.example.com'],
      2,
      /^http:\/\/mock\.example\.com is not this machine/,
    ],
  ] as const)('%j ends with %i, and says what to do', async ([name, ...args], code, words) => {
    writeFileSync(file('good.har'), JSON.stringify({ log: { entries: [] } }));
    const elsewhere = args.some((one) => one === '--url');
    const ended = await (elsewhere ? run : ask)(
      'replay',
      name === '/' ? folder : file(name),
      ...args,
    );
    expect([ended.code, ended.stdout]).toEqual([code, '']);
    expect(ended.stderr).toMatch(words);
  });

  it('shows nothing where no request of the file is for the API', async () => {
    const entry = { request: { method: 'GET', url: 'https://a.test/' }, response: { status: 200 } };
    writeFileSync(file('other.har'), JSON.stringify({ log: { entries: [entry] } }));
    const { code, stdout } = await ask('replay', file('other.har'));
    expect(code).toBe(3);
    expect(stdout).toMatch(
      /^0 requests replayed .*\nleft out: 1 to other servers\nInconclusive: the file has no request for the API, /,
    );
  });

  it('sends nothing to a server that is no mock server', async () => {
    const asked: string[] = [];
    const other = createServer((request, response) => {
      asked.push(`${request.method} ${request.url}`);
      response.end('{}');
    });
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
    const { port } = other.address() as AddressInfo;
    const entry = {
      request: { method: 'DELETE', url: `http://127.0.0.1:${port}/v1/threads` },
      response: { status: 204 },
    };
    writeFileSync(file('writes.har'), JSON.stringify({ log: { entries: [entry] } }));
    const { code, stderr } = await run(
      'replay',
      file('writes.har'),
      '--url',
      `http://127.0.0.1:${port}`,
    );
    other.close();
    expect(code).toBe(2);
    expect(stderr).toMatch(/^There is no control plane at /);
    expect(asked).toEqual(['GET /__admin/product.json']);
  });
});

it('docs/har.md prints what is printed', async () => {
  const page = readFileSync('docs/har.md', 'utf8');
  const [, block = ''] = /^```sh\n(curl[\s\S]*?)^```/m.exec(page) ?? [];
  const [first = '', ...commands] = block.trim().split('\n');
  const [, key = ''] = /X-API-Key: ([^']+)'/.exec(first) ?? [];
  const [, path = ''] = /4010(\S+)/.exec(first) ?? [];
  await understudy.worlds.delete('one');
  await understudy.worlds.delete('two');
  const { status } = await fetch(`${url}${path}`, {
    method: 'POST',
    headers: { 'X-API-Key': key },
  });
  expect(first).toMatch(new RegExp(`# ${status}$`));
  const ended: Awaited<ReturnType<typeof run>>[] = [];
  for (const command of commands) {
    const words = command.replace(/ +#.*/, '').replaceAll('one.har', file('page.har')).split(' ');
    ended.push(await ask(...words.slice(3)));
  }
  expect(ended.map(({ code }) => code)).toEqual([0, 0, 1]);
  const [, output = ''] = /^```text\n([\s\S]*?)^```/m.exec(page) ?? [];
  expect(ended.at(-1)?.stdout).toBe(output.replace('http://127.0.0.1:4010', url));
});
