// How commands end: with which code, after what clean-up, and with which reports.
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { stopping } from '../../src/cli/stopping.js';
import { handlerTarget } from '../../src/client/target.js';
import { exitCode } from '../../src/contract/report/verdict.js';
import { runContracts } from '../../src/contract/run/run.js';
import { createUnderstudy } from '../../src/index.js';
import { ExitCode } from '../../src/spec/exit-code.js';
import { run, runBuilt, start } from '../support/cli.js';
import { contractsOf, profile, spec } from '../support/drifted-run.js';
import { runCommand } from '../support/processes.js';
import { REPORT_FILES } from '../support/report-files.js';
import { itFirst, itInFull, whole } from '../support/sample.js';
import { readXml } from '../support/xml.js';

const folder = mkdtempSync(join(tmpdir(), 'understudy-ending-'));
afterAll(() => rmSync(folder, { recursive: true }));
const closing: (() => unknown)[] = [];
afterEach(() => Promise.all(closing.splice(0).map((close) => close())));

let folders = 0;
/** A report folder in which the green report of an older run lies. */
function yesterday(): string {
  const path = join(folder, `report-${++folders}`);
  mkdirSync(path);
  writeFileSync(join(path, 'results.json'), '{"old":true}');
  writeFileSync(join(path, 'junit.xml'), '<testsuites><testsuite name="old"/></testsuites>');
  return path;
}

async function reportsIn(path: string) {
  const junit = readFileSync(join(path, 'junit.xml'), 'utf8');
  expect(
    readdirSync(path)
      .filter((file) => file !== 'ledger.jsonl')
      .sort(),
  ).toEqual(REPORT_FILES);
  await readXml(junit);
  const results = JSON.parse(readFileSync(join(path, 'results.json'), 'utf8')) as Record<
    string,
    unknown
  >;
  expect(results).not.toHaveProperty('old');
  return { results, junit };
}

async function listen(handle: RequestListener): Promise<string> {
  const server = createServer(handle).listen(0, '127.0.0.1');
  await once(server, 'listening');
  closing.push(() => {
    server.closeAllConnections();
    return server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** The mock server over a port; what `refuses` says yes to is never answered. */
async function mockServer(hangs: (method: string, number: number) => boolean = () => false) {
  const understudy = createUnderstudy();
  let seen = 0;
  const url = await listen(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    seen += 1;
    const { method = 'GET' } = request;
    if (hangs(method, seen)) return;
    const body = Buffer.concat(chunks);
    const headers = Object.fromEntries(
      Object.entries(request.headers).map(([name, value]) => [name, String(value)]),
    );
    const answer = await understudy.fetch(
      new Request(`http://inside${request.url}`, {
        method,
        headers,
        ...(body.length > 0 ? { body } : {}),
      }),
    );
    response.writeHead(answer.status, Object.fromEntries(answer.headers));
    response.end(Buffer.from(await answer.arrayBuffer()));
  });
  const spaces = () => understudy.world.spaces.all().filter(({ deleted_at }) => !deleted_at).length;
  return { url, spaces, requests: () => seen };
}

describe('the exit codes', () => {
  it('are the same in the code and in the table of the docs', () => {
    const page = readFileSync('docs/exit-codes.md', 'utf8');
    const listed = [...page.matchAll(/^\| (\d+) \| \S/gm)].map(([, code]) => Number(code));
    expect(listed).toEqual(Object.values(ExitCode));
  });
});

const signals = [
  ['SIGTERM', 143],
  ['SIGHUP', 129],
  ['SIGINT', 130],
] as const;

/** How a run ends is the same at every level. */
const smoke = (url: string, reportDir: string): string[] => [
  'check',
  url,
  '--report-dir',
  reportDir,
  '--level',
  'smoke',
  '--include-tag',
  'Spaces',
];

describe('a run that a signal ends', () => {
  itFirst(1).each(signals)(
    'by %s takes away what it made and says so in its reports, code %i',
    async (signal, code) => {
      const { url, spaces, requests } = await mockServer();
      const before = spaces();
      const reportDir = yesterday();
      const running = start(smoke(url, reportDir));
      await expect.poll(requests, { timeout: 60_000 }).toBeGreaterThan(30);
      running.process.kill(signal);
      const { code: got, stdout } = await running.finished;
      expect([got, stdout]).toEqual([
        code,
        expect.stringContaining(`Stopped early: interrupted by ${signal}`),
      ]);
      expect(spaces()).toBe(before);
      const { results, junit } = await reportsIn(reportDir);
      expect(results).toMatchObject({
        exit_code: code,
        stopped: `interrupted by ${signal}`,
        leftovers: [],
      });
      expect(junit).toContain(`<error message="interrupted by ${signal}"`);
    },
  );

  itInFull('twice ends at once, and lists what is left', async () => {
    const { url, spaces } = await mockServer((method) => method === 'DELETE');
    const before = spaces();
    const reportDir = yesterday();
    const running = start([
      'check',
      url,
      '--report-dir',
      reportDir,
      '--concurrency',
      '1',
      '--include-operation-id',
      'getSpace',
    ]);
    // The lock, and the first row's own.
    await expect.poll(spaces, { timeout: 60_000 }).toBeGreaterThan(before + 1);
    running.process.kill('SIGTERM');
    await new Promise((resolve) => setTimeout(resolve, 400));
    running.process.kill('SIGTERM');
    const { code, stdout } = await running.finished;
    expect(code).toBe(143);
    const { results, junit } = await reportsIn(reportDir);
    const left = (results.leftovers as string[]).find((name) => name.startsWith('space '));
    expect(left).toBeDefined();
    expect(stdout).toMatch(new RegExp(`^Left behind \\(\\d+\\):\\n( {2}.*\\n)* {2}${left}$`, 'm'));
    expect(junit).toMatch(new RegExp(`name="nothing is left behind"[^]*${left}`));
    expect(results).toMatchObject({ finished: null, exit_code: 143 });
  });

  itInFull('is one signal where npm forwards what the terminal has sent as well', async () => {
    const { url, spaces, requests } = await mockServer();
    const before = spaces();
    const reportDir = yesterday();
    const running = start(smoke(url, reportDir));
    await expect.poll(requests, { timeout: 60_000 }).toBeGreaterThan(30);
    running.process.kill('SIGINT');
    running.process.kill('SIGINT');
    expect((await running.finished).code).toBe(130);
    expect(spaces()).toBe(before);
    expect((await reportsIn(reportDir)).results).toMatchObject({
      leftovers: [],
      finished: expect.any(String),
    });
  });

  itInFull('that nobody can hear leaves a report that says so', async () => {
    const { url, requests } = await mockServer();
    const reportDir = yesterday();
    const running = start([...smoke(url, reportDir)]);
    await expect.poll(requests, { timeout: 60_000 }).toBeGreaterThan(20);
    running.process.kill('SIGKILL');
    await running.finished;
    const { results, junit } = await reportsIn(reportDir);
    expect(results).toMatchObject({
      exit_code: 3,
      stopped: expect.stringContaining('has not ended'),
      finished: null,
    });
    expect(junit).toContain('name="the run is conclusive"');
  });
});

describe('a run that ends in its sign-ins', () => {
  itInFull('since a rate limit outlasts its time, is inconclusive', async () => {
    const url = await listen((_, response) =>
      response.writeHead(429, { 'retry-after': '30' }).end(),
    );
    const reportDir = yesterday();
    const { code } = await runBuilt([...smoke(url, reportDir), '--max-time', '1']);
    expect(code).toBe(3);
    expect((await reportsIn(reportDir)).results).toMatchObject({
      exit_code: 3,
      stopped: 'the time of 1 s was over',
    });
  });

  it('by Ctrl-C at a server that never answers, is interrupted', async () => {
    let asked = 0;
    const url = await listen(() => {
      asked += 1;
    });
    const reportDir = yesterday();
    const running = start([...smoke(url, reportDir)]);
    await expect.poll(() => asked, { timeout: 60_000 }).toBeGreaterThan(0);
    running.process.kill('SIGINT');
    expect((await running.finished).code).toBe(130);
    expect((await reportsIn(reportDir)).results).toMatchObject({ exit_code: 130 });
  });
});

describe('an error of our own', () => {
  const plants = [
    ['a rejection', "Promise.reject(new Error('planted'))"],
    ['an exception', "throw new Error('planted')"],
  ] as const;
  itFirst(1).each(plants)(
    'such as %s that nobody handles cleans up and is named in the reports, code 3',
    async (_, planted) => {
      const { url, spaces, requests } = await mockServer();
      const before = spaces();
      const reportDir = yesterday();
      // On a signal, so that it comes in the middle of the run however fast the machine is.
      const onSignal = `process.on('SIGUSR2', () => { ${planted} })`;
      const running = start([...smoke(url, reportDir)], {
        NODE_OPTIONS: `--import data:text/javascript,${encodeURIComponent(onSignal)}`,
      });
      await expect.poll(requests, { timeout: 60_000 }).toBeGreaterThan(30);
      running.process.kill('SIGUSR2');
      const { code, stdout } = await running.finished;
      expect([code, stdout]).toEqual([
        3,
        expect.stringContaining('Stopped early: internal error: Error: planted'),
      ]);
      expect(spaces()).toBe(before);
      expect((await reportsIn(reportDir)).junit).toContain('internal error: Error: planted');
    },
  );

  it('such as a run that waits for nothing is one, and nobody watches the process afterwards', async () => {
    const before = process.listenerCount('uncaughtException');
    const { signal, done } = stopping(() => expect.fail('there was time'), 60_000, undefined);
    process.emit('beforeExit', 0);
    expect(signal.reason).toMatchObject({
      stopped: { why: 'crashed', text: 'internal error: the run waits for nothing' },
    });
    done();
    expect(process.listenerCount('uncaughtException')).toBe(before);
  });

  it('that a caller of the kit throws from its own handler ends the run with what is known', async () => {
    const target = handlerTarget('the mock server', createUnderstudy().fetch);
    const onRow = (_: unknown, number: number): void => {
      if (number === 20) throw new Error('planted');
    };
    const report = await runContracts({
      spec,
      contracts: contractsOf(['getSpace']),
      profile,
      target,
      onRow,
    });
    expect(report).toMatchObject({
      stopped: { why: 'crashed', text: expect.stringContaining('planted') },
      leftovers: [],
    });
    expect(report.rows).toHaveLength(20);
    expect(exitCode(report, 'failure')).toBe(3);
  });

  it('in a play ends the play only, and is no verdict on the target', async () => {
    const understudy = createUnderstudy();
    const inner = handlerTarget('the mock server', understudy.fetch);
    let reads = 0;
    const throwing = {
      name: 'a target with a fault of its own',
      send: (...request: Parameters<typeof inner.send>) => {
        if (request[0].target.startsWith('/v1/spaces/space_') && request[0].method === 'GET')
          reads += 1;
        if (reads === 10) {
          reads += 1;
          throw new RangeError('planted');
        }
        return inner.send(...request);
      },
    };
    const contracts = contractsOf(['getSpace']);
    const report = await runContracts({ spec, contracts, profile, target: throwing });
    expect(
      report.rows.filter(({ crash }) => crash !== undefined).map(({ crash }) => crash),
    ).toEqual([expect.stringContaining('internal error: RangeError: planted')]);
    expect(report.rows.filter(({ result }) => result === 'right').length).toBeGreaterThan(20);
    expect(report.leftovers).toEqual([]);
    expect(exitCode(report, 'failure')).toBe(3);
  });
});

describe('what cannot be written', () => {
  it('is a line and code 2, also where the folder goes away during the run', async () => {
    const { url, requests } = await mockServer();
    const reportDir = yesterday();
    const running = start([
      'check',
      url,
      '--report-dir',
      reportDir,
      '--include-operation-id',
      'getSpace',
    ]);
    await expect.poll(requests, { timeout: 60_000 }).toBeGreaterThan(9);
    rmSync(reportDir, { recursive: true });
    const { code, stdout, stderr } = await running.finished;
    expect([code, stderr]).toEqual([
      2,
      expect.stringMatching(
        /cannot be written: there is no such file or folder \(ENOENT\)\n {2}fix: name another folder/,
      ),
    ]);
    expect(stdout).toMatch(/^Not begun|^Passed/m);
  });

  itInFull('such as an export onto a folder, is a line and code 2', async () => {
    const { code, stderr } = await run(['contracts', 'export', '--output', folder]);
    expect([code, stderr]).toEqual([2, expect.stringMatching(/cannot be written: .*\n {2}fix: /)]);
    expect(stderr).not.toMatch(/^ {4}at /m);
  });

  it('is told where it is stdout', async () => {
    const { code, stderr } = await runCommand('bash', [
      '-c',
      '"$0" dist/cli/main.js spec >/dev/full',
      process.execPath,
    ]);
    expect([code, stderr]).toEqual([
      2,
      expect.stringContaining('stdout cannot be written: ENOSPC'),
    ]);
  });
});

describe('the surroundings', () => {
  it('with an empty variable, known or not, are as without it', async () => {
    const { code } = await runBuilt(
      ['check', '--include-operation-id', 'listCapabilities', '--report-dir', yesterday()],
      { UNDERSTUDY_PROFILE: '', UNDERSTUDY_ANYTHING: '' },
    );
    expect(code).toBe(0);
  });

  it('with an older Node are refused by every command, in one line', async () => {
    const older =
      "Object.defineProperty(process, 'versions', { value: { ...process.versions, node: '18.20.8' } })";
    const env = { NODE_OPTIONS: `--import data:text/javascript,${encodeURIComponent(older)}` };
    const others = whole ? ['spec', 'contracts', 'explain'] : [];
    for (const command of ['serve', 'check', '--version', ...others]) {
      const { code, stdout, stderr } = await runBuilt([command], env);
      expect([code, stdout, stderr]).toEqual([
        2,
        '',
        'understudy needs Node 20.19 or newer; this is Node 18.20.8.\n',
      ]);
    }
    expect(JSON.parse(readFileSync('package.json', 'utf8'))).toMatchObject({
      engines: { node: '>=20.19' },
    });
  });
});
