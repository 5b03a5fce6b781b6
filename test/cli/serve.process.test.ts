import { once } from 'node:events';
import {
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { Agent, createServer, get } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { createUnderstudy } from '../../src/index.js';
import { type Running, run, runBuilt, start } from '../support/cli.js';
import { itFirst, itInFull, whole } from '../support/sample.js';

const folder = mkdtempSync(join(tmpdir(), 'understudy-'));
const running: Running[] = [];
function serve(args: readonly string[], env?: Readonly<Record<string, string>>): Running {
  const started = start(['serve', ...args], env);
  running.push(started);
  return started;
}
afterEach(() => {
  for (const { process } of running.splice(0)) process.kill('SIGKILL');
});
afterAll(() => rmSync(folder, { recursive: true }));
const ready = /Understudy is ready at (http:\S+)/;

describe('understudy serve', () => {
  itInFull(
    'reads a file again with --watch, however it is saved, and goes on where it is broken',
    async () => {
      const file = join(folder, 'watched.yaml');
      const text = (name: string) =>
        `scenario: ${name}\ndescription: d\nextends: empty\ntime: 2026-03-01T00:00:00Z\norganizations:\n  - { id: org_1, name: ${name} }\n`;
      writeFileSync(file, text('one'));
      const server = serve(['--port', '0', '--watch', '--scenario', file, '--log-format', 'json']);
      const [, url] = (await server.saw(/"url":"([^"]+)"/)) as unknown as [string, string];
      const named = async () => {
        const response = await fetch(`${url}/__admin/worlds/default/state/organizations/org_1`);
        return ((await response.json()) as { data: { name: string } }).data.name;
      };
      const reloads = (count: number) =>
        server.saw(new RegExp(`(?:"event":"reload(?:ed|_failed)"[^]*?){${count}}`));
      writeFileSync(file, text('two'));
      await reloads(1);
      expect(await named()).toBe('two');
      truncateSync(file);
      writeFileSync(file, text('three'));
      await reloads(2);
      expect(await named()).toBe('three');
      writeFileSync(file, 'scenario: [');
      await server.saw(/"event":"reload_failed".*"line":1/);
      expect(await named()).toBe('three');
      writeFileSync(`${file}.new`, text('four'));
      renameSync(`${file}.new`, file);
      await reloads(4);
      expect(await named()).toBe('four');
    },
  );

  it('lists callers and three curl lines, says that it is ready, and repeats the URL in the ready file', async () => {
    const file = join(folder, 'ready');
    const server = serve(['--port', '0', '--log-format', 'pretty', '--ready-file', file]);
    const [, url] = (await server.saw(ready)) as unknown as [string, string];
    expect(readFileSync(file, 'utf8')).toBe(`${url}\n`);
    for (const name of ['ak_owner', 'tok_owner', 'ak_outsider', 'ak_expired', 'tok_no_subject'])
      expect(server.stdout()).toContain(name);
    expect(server.stdout().match(/^ {2}curl /gm)).toHaveLength(3);
    const response = await fetch(`${url}/v1/spaces/space_abc123`, {
      headers: { 'X-API-Key': 'ak_owner' },
    });
    expect(response.status).toBe(200);
    await server.saw(/200 GET \/v1\/spaces\/space_abc123 {2}getSpace\.retrieved {2}by usr_owner1/);
  });

  it('writes one JSON line per event when asked, and off a terminal', async () => {
    const server = serve(['--port', '0']);
    await server.saw(/"event":"ready"/);
    const events = server
      .stdout()
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(events.at(-1)).toMatchObject({
      event: 'ready',
      url: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+$/),
      port: expect.any(Number),
    });
    await fetch(`${events.at(-1).url}/v1/nowhere`);
    await server.saw(/"event":"exchange".*"case":"unknown_path"/);
  });

  it('keeps its worlds in a folder until the next start, and refuses a folder with a broken one', async () => {
    const worlds = join(folder, 'worlds');
    const [, flags = ''] =
      /^npx understudy serve (.*--export-on-exit.*)$/m.exec(
        readFileSync('docs/worlds.md', 'utf8'),
      ) ?? [];
    const args = [...flags.replaceAll(' worlds', ` ${worlds}`).split(' '), '--port', '0'];
    const attach = async (server: Running): Promise<number> => {
      const [, url] = (await server.saw(/"url":"(http:[^"]+)"/)) as unknown as [string, string];
      const headers = { 'X-API-Key': 'ak_owner~kept' };
      const target = `${url}/v1/spaces/space_abc123/vector-stores/vs_def456`;
      return (await fetch(target, { method: 'POST', headers })).status;
    };
    for (const status of [201, 409]) {
      const server = serve(args);
      expect(await attach(server)).toBe(status);
      server.process.kill('SIGTERM');
      expect((await server.finished).code).toBe(143);
    }
    const file = join(worlds, 'kept.json');
    const whole = readFileSync(file, 'utf8');
    writeFileSync(file, whole.slice(0, -3));
    const refused = await serve(args).finished;
    expect([refused.code, refused.stderr]).toEqual([
      2,
      expect.stringMatching(/kept\.json:\d+:\d+ .*\n {2}fix: /),
    ]);
    expect(readFileSync(file, 'utf8')).toBe(whole.slice(0, -3));
  });

  itInFull('ends with 2 where its worlds cannot be written', async () => {
    const worlds = join(folder, 'gone');
    const server = serve(['--export-on-exit', worlds, '--port', '0']);
    await server.saw(/"event":"ready"/);
    rmSync(worlds, { recursive: true });
    writeFileSync(worlds, '');
    server.process.kill('SIGINT');
    const { code, stderr } = await server.finished;
    expect([code, stderr]).toEqual([
      2,
      expect.stringMatching(/^The worlds cannot be written to .*\n {2}fix: /),
    ]);
  });

  it('takes a flag over the environment, and the environment over the default', async () => {
    const server = serve(['--clock', 'virtual', '--log-format', 'pretty'], {
      UNDERSTUDY_PORT: '0',
      UNDERSTUDY_CLOCK: 'real',
      UNDERSTUDY_LOG_FORMAT: 'json',
    });
    const [, url] = (await server.saw(ready)) as unknown as [string, string];
    expect(new URL(url).port).not.toBe('4010');
    const response = await fetch(`${url}/v1/spaces/space_abc123/vector-stores/vs_def456`, {
      method: 'POST',
      headers: { 'X-API-Key': 'ak_owner' },
    });
    expect(((await response.json()) as { added_at: string }).added_at).toBe('2026-02-26T15:30:00Z');
  });

  it('makes the same ids from the same seed, and others from another', async () => {
    const idFrom = async (ask: typeof fetch, url: string) => {
      const response = await ask(`${url}/v1/threads`, {
        method: 'POST',
        headers: { 'X-API-Key': 'ak_owner', 'content-type': 'application/json' },
        body: '{"organization_id":"org_xyz789"}',
      });
      return ((await response.json()) as { id: string }).id;
    };
    const [, url] = (await serve(['--port', '0', '--seed', '7', '--log-format', 'pretty']).saw(
      ready,
    )) as unknown as [string, string];
    const here = (seed: number) => idFrom(createUnderstudy({ seed }).fetch as typeof fetch, '');
    const one = await idFrom(fetch, url);
    expect(await here(7)).toBe(one);
    expect(await here(8)).not.toBe(one);
  });

  const signals = [
    ['SIGTERM', 143],
    ['SIGINT', 130],
  ] as const;
  itFirst(1).each(signals)(
    'ends at once on %s with %i, with a kept-alive connection open',
    async (signal, code) => {
      const server = serve(['--port', '0', '--log-format', 'pretty']);
      const [, url] = (await server.saw(ready)) as unknown as [string, string];
      const agent = new Agent({ keepAlive: true });
      const [response] = await once(get(`${url}/openapi.json`, { agent }), 'response');
      response.resume();
      await once(response, 'end');
      server.process.kill(signal);
      expect((await server.finished).code).toBe(code);
      agent.destroy();
    },
  );

  it('answers a request that is under way before it ends on SIGTERM', async () => {
    const server = serve(['--port', '0', '--log-format', 'json', '--drift', 'vary:slow']);
    const [, url] = (await server.saw(/"url":"([^"]+)"/)) as unknown as [string, string];
    const ask = () =>
      fetch(`${url}/v1/spaces/space_abc123`, { headers: { 'X-API-Key': 'ak_owner' } });
    // The hundredth waits for half a second, which begins before that of the signal.
    for (let i = 1; i < 100; i++) await (await ask()).text();
    const last = ask();
    await server.saw(/"number":100,/);
    server.process.kill('SIGTERM');
    const response = await last;
    expect([response.status, await response.json()]).toEqual([
      200,
      expect.objectContaining({ id: 'space_abc123' }),
    ]);
    expect((await server.finished).code).toBe(143);
  });

  it('takes no larger body than --body-limit, whatever the path, and no limit that is none', async () => {
    const server = serve(['--port', '0', '--body-limit', '300']);
    const [, url] = (await server.saw(/"url":"([^"]+)"/)) as unknown as [string, string];
    const send = async (size: number) => {
      const body = JSON.stringify({ organization_id: 'org_xyz789', name: 'Bay' }).padEnd(size);
      const headers = { 'X-API-Key': 'ak_owner', 'content-type': 'application/json' };
      const response = await fetch(`${url}/v1/spaces/`, { method: 'POST', headers, body });
      return [
        response.status,
        ((await response.json()) as { error?: { details: object } }).error?.details,
      ];
    };
    expect(await send(300)).toEqual([201, undefined]);
    expect(await send(301)).toEqual([413, { limit: 300 }]);
    for (const limit of ['0', '-1', '1kB', '']) {
      const { code, stderr } = await run(['serve', '--port', '0', '--body-limit', limit]);
      expect([code, stderr], limit).toEqual([2, expect.stringContaining('--body-limit')]);
    }
  });

  it('ends with 3 on a port in use, names it and proposes --port 0', async () => {
    const holder = createServer().listen(0, '127.0.0.1');
    await once(holder, 'listening');
    const { port } = holder.address() as AddressInfo;
    const { code, stderr } = await run(['serve', '--port', String(port)]);
    holder.close();
    expect(code).toBe(3);
    expect(stderr).toContain(`127.0.0.1:${port}`);
    expect(stderr).toContain('--port 0');
  });

  it('ends with 2 on a scenario with faults, and lists all of them with their places', async () => {
    const file = join(folder, 'faulty.yaml');
    writeFileSync(
      file,
      `scenario: faulty
description: Three faults.
time: '2026-02-26T15:30:00Z'
organizations:
  - { id: org_a, name: A, users: [{ id: usr_a, name: A }] }
vector_stores:
  - { id: vs_a, organization_id: org_a, created_by: usr_b, name: A }
  - { id: vs_a, organization_id: org_a, created_by: usr_a, name: Twice }
spaces:
  - { id: space_a, organization_id: org_a, created_by: usr_a, name: A, vector_store_id: vs_missing }
`,
    );
    const { code, stderr } = await run(['serve', '--port', '0', '--scenario', file]);
    expect(code).toBe(2);
    expect(stderr).toMatch(
      /faulty\.yaml:7:\d+ {2}there is no user usr_b\n {2}fix: did you mean usr_a\?/,
    );
    expect(stderr).toMatch(/faulty\.yaml:8:\d+ {2}the vector store vs_a is defined twice/);
    expect(stderr).toMatch(/faulty\.yaml:10:\d+ {2}there is no vector store vs_missing/);
  });

  it.each([
    { args: ['serve', '--prot', '1'], says: '--port' },
    { args: ['serve', '--port', '70000'], says: 'from 0 to 65535' },
    { args: ['serve', '--clock', 'wound'], says: 'real, virtual' },
    { args: ['serve', 'extra'], says: 'too many arguments' },
    { args: ['serv'], says: 'serve' },
    {
      args: ['serve', '--scenario', 'defualt'],
      says: 'Unknown scenario "defualt". Did you mean "default"?',
    },
    {
      args: ['serve', '--port', '0', '--ready-file', '/no/such/folder/file'],
      says: 'name a file in a folder that is there',
    },
  ])('ends with 2 on $args and says $says', async ({ args, says }) => {
    const { code, stderr } = await run(args);
    expect(code).toBe(2);
    expect(stderr).toContain(says);
  });

  itInFull('names the variable when the environment is wrong', async () => {
    for (const name of whole ? ['UNDERSTUDY_PORT', 'UNDERSTUDY_BODY_LIMIT'] : ['UNDERSTUDY_PORT']) {
      const { code, stderr } = await runBuilt(['serve'], { [name]: 'http' });
      expect([code, stderr]).toEqual([2, expect.stringContaining(name)]);
    }
  });
});

describe('understudy', () => {
  it('prints help with every flag and its environment twin', async () => {
    const { code, stdout } = await run(['serve', '--help']);
    expect(code).toBe(0);
    for (const flag of [
      'port',
      'host',
      'scenario',
      'seed',
      'clock',
      'self-check',
      'log-format',
      'ready-file',
    ]) {
      expect(stdout).toContain(`--${flag} `);
      expect(stdout).toContain(`UNDERSTUDY_${flag.toUpperCase().replace('-', '_')}`);
    }
  });

  it('prints its version', async () => {
    const { code, stdout } = await runBuilt(['--version']);
    expect([code, stdout]).toEqual([0, '0.1.0\n']);
  });

  it('prints its help and ends with 2 when no command is given', async () => {
    const { code, stderr } = await run([]);
    expect(code).toBe(2);
    expect(stderr).toContain('serve');
  });

  it('prints the document that it serves', async () => {
    const { code, stdout } = await run(['spec']);
    expect(code).toBe(0);
    expect(stdout).toBe(
      `${readFileSync(new URL('../../generated/document.json', import.meta.url), 'utf8').trimEnd()}\n`,
    );
    const yaml = await run(['spec', '--format', 'yaml']);
    expect(yaml.stdout).toMatch(/^openapi: 3\.1\.0\n/);
  });
});
