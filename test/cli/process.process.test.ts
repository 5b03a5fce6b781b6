// The process that serves: how it is found, how it ends, and what becomes of it when nobody reads
// its log.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { Agent, createServer, get } from 'node:http';
import module from 'node:module';
import { type AddressInfo, connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { createKeeper, projectFolder, runCommand } from '../support/processes.js';
import { itFirst, itInFull, whole } from '../support/sample.js';

const keeper = createKeeper();
const folder = mkdtempSync(join(tmpdir(), 'understudy-process-'));
const program = join(projectFolder, 'dist/cli/main.js');
const readyFile = join(folder, 'ready');
const children: ChildProcess[] = [];
const orphans: number[] = [];
afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
  for (const pid of orphans.splice(0)) process.kill(pid, 'SIGKILL');
  rmSync(readyFile, { force: true });
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const flags = ['serve', '--port', '0', '--log-format', 'json', '--ready-file', readyFile];
const readUrl = () => (existsSync(readyFile) ? readFileSync(readyFile, 'utf8').trim() : undefined);
const answers = (url: string) =>
  fetch(`${url}/v1/nowhere`).then(
    () => true,
    () => false,
  );
async function serve(more: readonly string[] = []) {
  const server = keeper.start(process.execPath, [program, ...flags, ...more]);
  return { server, url: await server.until('the ready file', readUrl) };
}

it('keeps what it has compiled for its next start, where Node can', async () => {
  const kept = mkdtempSync(join(tmpdir(), 'understudy-compiled-'));
  // The folder, and whether to, may be set by whoever runs these tests.
  const env = {
    TMPDIR: kept,
    TEMP: kept,
    NODE_COMPILE_CACHE: undefined,
    NODE_DISABLE_COMPILE_CACHE: undefined,
  };
  const { code } = await runCommand(process.execPath, [program, '--version'], { env });
  expect(code).toBe(0);
  expect(readdirSync(kept)).toEqual('enableCompileCache' in module ? ['node-compile-cache'] : []);
  rmSync(kept, { recursive: true });
});

describe('the ready file', () => {
  const signals = [
    ['SIGHUP', 129],
    ['SIGTERM', 143],
    ['SIGINT', 130],
  ] as const;
  itFirst(1).each(signals)(
    'is gone after %s, with everything that was made to write it',
    async (signal, code) => {
      const { server, url } = await serve();
      expect(await answers(url)).toBe(true);
      expect(await server.stop(signal)).toMatchObject({ code });
      expect(readdirSync(folder)).toEqual([]);
    },
  );

  it('of a server that was killed is gone before the next one answers, or fails', async () => {
    writeFileSync(readyFile, 'http://127.0.0.1:1\n');
    const holder = createServer().listen(0, '127.0.0.1');
    await once(holder, 'listening');
    const { port } = holder.address() as AddressInfo;
    expect(
      await runCommand(process.execPath, [program, ...flags, '--port', String(port)]),
    ).toMatchObject({ code: 3 });
    holder.close();
    expect(existsSync(readyFile)).toBe(false);
    writeFileSync(readyFile, 'http://127.0.0.1:1\n');
    expect(
      await runCommand(process.execPath, [program, ...flags, '--scenario', 'nowhere']),
    ).toMatchObject({ code: 2 });
    expect(existsSync(readyFile)).toBe(false);
  });

  itInFull('of another server that came later is not taken away', async () => {
    const { server } = await serve();
    writeFileSync(readyFile, 'http://127.0.0.1:1\n');
    await server.stop();
    expect(readUrl()).toBe('http://127.0.0.1:1');
  });

  it('is never a folder, whose content would be at stake', async () => {
    const inside = join(folder, 'inside');
    mkdirSync(inside);
    writeFileSync(join(inside, 'precious'), '');
    const { code, stderr } = await runCommand(process.execPath, [
      program,
      'serve',
      '--port',
      '0',
      '--ready-file',
      inside,
    ]);
    expect([code, stderr]).toEqual([2, expect.stringMatching(/no ordinary file\n {2}fix: /)]);
    expect(readdirSync(inside)).toEqual(['precious']);
    rmSync(inside, { recursive: true });
  });
});

describe('a server that npm has started', () => {
  const own = join(folder, 'project');
  const commands: readonly (readonly [string, string, readonly string[]])[] = [
    ['npx', projectFolder, ['npx', 'understudy', ...flags]],
    ['npm start', projectFolder, ['npm', 'start', '--', ...flags.slice(1)]],
    ["a script of the user's own", own, ['npm', 'run', 'mock']],
  ];
  it.skipIf(process.platform === 'win32').each(whole ? commands : commands.slice(1, 2))(
    'ends with it: %s',
    async (_, cwd, [command = '', ...args]) => {
      mkdirSync(own, { recursive: true });
      const mock = [process.execPath, program, ...flags]
        .map((word) => JSON.stringify(word))
        .join(' ');
      writeFileSync(
        join(own, 'package.json'),
        JSON.stringify({ private: true, scripts: { mock } }),
      );
      // npm alone gets the signal, as from a CI job that remembered its number.
      const npm = spawn(command, args, { cwd, stdio: 'ignore', detached: true });
      await expect.poll(readUrl, { timeout: 60_000 }).toBeDefined();
      const url = readUrl() as string;
      npm.kill('SIGTERM');
      await once(npm, 'exit');
      await expect.poll(() => answers(url), { timeout: 5000 }).toBe(false);
      await expect.poll(() => existsSync(readyFile), { timeout: 5000 }).toBe(false);
      rmSync(own, { recursive: true });
    },
  );

  const leave = `const { pid } = require('node:child_process').spawn(process.execPath, process.argv.slice(2), { detached: process.argv[1] === 'detached', stdio: 'ignore' });
    const { existsSync } = require('node:fs');
    setInterval(() => { if (existsSync(${JSON.stringify(readyFile)})) { console.log(pid); process.exit(); } }, 20);`;
  const ways: readonly [string, string, Record<string, string | undefined>][] = [
    ['detached, under npm', 'detached', { npm_lifecycle_event: 'mock' }],
    ['without npm', 'attached', { npm_lifecycle_event: undefined, npm_execpath: undefined }],
  ];
  itFirst(1).each(ways)('stays when it was started %s', async (_, how, env) => {
    const { code, stdout } = await runCommand(
      process.execPath,
      ['-e', leave, how, program, ...flags],
      { env },
    );
    expect(code).toBe(0);
    orphans.push(Number(stdout));
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(await answers(readUrl() as string)).toBe(true);
  });
});

describe('a server whose log', () => {
  const serveInto = async (stdout: number | 'pipe', stderr: number | 'pipe' = 'pipe') => {
    const child = spawn(process.execPath, [program, ...flags], {
      stdio: ['ignore', stdout, stderr],
    });
    children.push(child);
    await expect.poll(readUrl, { timeout: 20_000 }).toBeDefined();
    let errors = '';
    child.stderr?.on('data', (chunk) => {
      errors += chunk;
    });
    return { child, url: readUrl() as string, errors: () => errors };
  };

  it('nobody reads any more goes on, and says so once', async () => {
    const { child, url, errors } = await serveInto('pipe');
    child.stdout?.destroy();
    await once(child.stdout as NodeJS.ReadableStream, 'close');
    for (let i = 0; i < 5; i++) expect(await answers(url)).toBe(true);
    await expect
      .poll(errors)
      .toBe('The log cannot be written: its reader has left. Serving goes on without a log.\n');
  });

  itInFull('and errors both have no reader goes on', async () => {
    const { child, url } = await serveInto('pipe');
    child.stdout?.destroy();
    child.stderr?.destroy();
    for (let i = 0; i < 5; i++) expect(await answers(url)).toBe(true);
    expect(child.exitCode).toBe(null);
  });

  it.runIf(existsSync('/dev/full')).each(whole ? ['stdout', 'both'] : ['stdout'])(
    'stands on a full disk goes on: %s',
    async (which) => {
      const full = openSync('/dev/full', 'w');
      const { child, url, errors } = await serveInto(full, which === 'both' ? full : 'pipe');
      for (let i = 0; i < 5; i++) expect(await answers(url)).toBe(true);
      if (which === 'stdout')
        await expect.poll(errors).toMatch(/^The log cannot be written: ENOSPC.*\n$/);
      child.kill('SIGTERM');
      expect(await once(child, 'exit')).toEqual([143, null]);
    },
  );

  it.skipIf(process.platform === 'win32')(
    'has reached its largest size says how many lines are missing when it has room again',
    async () => {
      const log = join(folder, 'log');
      const command = `ulimit -f 16; exec "$0" "$@" >> '${log}'`;
      const server = keeper.start('sh', ['-c', command, process.execPath, program, ...flags]);
      const url = await server.until('the ready file', readUrl);
      const asked: Promise<boolean>[] = [];
      await server.until('a log that is full', () => {
        asked.push(answers(`${url}/${'x'.repeat(2000)}`));
        return server.stderr.includes('Serving goes on') ? true : undefined;
      });
      // Their lines would fill it again.
      await Promise.all(asked);
      truncateSync(log);
      expect(await answers(url)).toBe(true);
      // The line of a request is written after its answer has left.
      await server.until('the line of the last request', () =>
        /"\/v1\/nowhere".*\}\n$/.test(readFileSync(log, 'utf8')) ? true : undefined,
      );
      const lines = readFileSync(log, 'utf8')
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line));
      expect(lines[0]).toEqual({ event: 'dropped', lines: expect.any(Number) });
      expect(lines[0].lines).toBeGreaterThan(0);
      expect(lines.at(-1)).toMatchObject({ event: 'exchange', target: '/v1/nowhere' });
      rmSync(log);
    },
  );

  itInFull(
    'nobody reads for a while keeps a bounded part of it, and says how many lines are missing',
    async () => {
      const { child, url, errors } = await serveInto('pipe');
      const long = 'x'.repeat(10_000);
      for (let sent = 0; !errors().includes('its reader does not read'); sent++) {
        expect(sent).toBeLessThan(1000);
        await fetch(`${url}/v1/nowhere?${long}`);
      }
      for (let i = 0; i < 10; i++) expect(await answers(url)).toBe(true);
      let log = '';
      child.stdout?.on('data', (chunk) => {
        log += chunk;
      });
      await expect.poll(() => log).toMatch(/^\{"event":"dropped","lines":1\d\}$/m);
      expect(log.length).toBeLessThan(3_000_000);
      expect(await answers(url)).toBe(true);
      await expect.poll(() => log.trim().split('\n').at(-1)).toMatch(/"event":"exchange"/);
    },
  );
});

describe('a server that gets a signal', () => {
  /** Sends a request in part, and resolves when the server has it. */
  const begin = async (url: string, text: string) => {
    const socket = connect(Number(new URL(url).port), '127.0.0.1');
    socket.on('error', () => {});
    await once(socket, 'connect');
    socket.write(text);
    await answers(url);
    return socket;
  };
  const elapsed = async (act: () => Promise<unknown>) => {
    const start = performance.now();
    await act();
    return performance.now() - start;
  };

  it('waits for nobody who has not asked: not for idle connections, nor for half a request', async () => {
    const { server, url } = await serve();
    const agent = new Agent({ keepAlive: true });
    const [response] = await once(get(`${url}/openapi.json`, { agent }), 'response');
    await once(response.resume(), 'end');
    await begin(url, 'POST /v1/spaces/ HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n{"name":');
    await begin(url, 'GET /v1/spaces/space_abc123 HTTP/1.1\r\nX-Header: ');
    // The bound is half a second; a server that waits for these would take thirty.
    expect(await elapsed(() => server.stop('SIGTERM'))).toBeLessThan(5000);
    agent.destroy();
  });

  itInFull('does not wait for a client that does not read its answer', async () => {
    const { server, url } = await serve();
    const socket = await begin(url, 'GET /openapi.json HTTP/1.1\r\nHost: x\r\n\r\n'.repeat(40));
    socket.pause();
    expect(await elapsed(() => server.stop('SIGTERM'))).toBeLessThan(5000);
    socket.destroy();
  });
});
