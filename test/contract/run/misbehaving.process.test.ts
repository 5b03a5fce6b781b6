import { once } from 'node:events';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { run, runBuilt } from '../../support/cli.js';

const folder = mkdtempSync(join(tmpdir(), 'understudy-'));
const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) {
    server.close();
    server.closeAllConnections();
  }
});

async function check(listener: RequestListener, ...flags: string[]) {
  const server = createServer(listener).listen(0, '127.0.0.1');
  servers.push(server);
  await once(server, 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const profile = join(folder, 'profile.yaml');
  writeFileSync(
    profile,
    `base_url: ${url}\n${readFileSync('contracts/understudy.profile.yaml', 'utf8')}`,
  );
  const reports = mkdtempSync(join(folder, 'report-'));
  // At its time limit a run may end its process.
  const runs = flags.includes('--max-time') ? runBuilt : run;
  return runs([
    'check',
    '--profile',
    profile,
    '--report-dir',
    reports,
    '--include-operation-id',
    'getSpace',
    ...flags,
  ]);
}

describe('a target that misbehaves', () => {
  it.each<[string, RequestListener, RegExp, readonly string[]]>([
    ['resets', (request) => request.socket.destroy(), /ANSWER_MISSING/, []],
    [
      'sends half an answer',
      (_, response) =>
        response
          .writeHead(200, { 'content-type': 'application/json', 'content-length': '100' })
          .write('{"id"') && response.socket?.end(),
      /ANSWER_MISSING/,
      [],
    ],
    [
      'sends HTML for JSON',
      (_, response) => response.writeHead(200, { 'content-type': 'text/html' }).end('<p>hello'),
      /Stopped early: the target does not answer as the API/,
      [],
    ],
    [
      'hangs',
      () => {},
      /ANSWER_MISSING[\s\S]*within 200 ms/,
      ['--request-timeout', '200', '--fail-fast'],
    ],
    [
      'redirects',
      (_, response) => response.writeHead(302, { location: '/elsewhere' }).end(),
      /Stopped early: the target does not answer as the API: \w+ gave 302/,
      [],
    ],
    [
      'sends 100 MB',
      (_, response) => {
        response.writeHead(200, { 'content-type': 'application/json' });
        const chunk = Buffer.alloc(1024 * 1024, 32);
        let left = 100;
        const more = (): void => {
          while (left-- > 0 && response.write(chunk));
          if (left > 0) response.once('drain', more);
          else response.end();
        };
        response.on('close', () => {
          left = 0;
        });
        more();
      },
      /ANSWER_MISSING[\s\S]*larger than/,
      ['--fail-fast'],
    ],
  ])('and %s gives a finding or exit 3, never a stack trace', async (_, listener, found, flags) => {
    const { code, stdout, stderr } = await check(listener, ...flags);
    expect([1, 3]).toContain(code);
    expect(stdout).toMatch(found);
    expect(stderr + stdout).not.toMatch(/^ {4}at /m);
  });

  it('is inconclusive, exit 3, when it is not there or refuses every credential', async () => {
    const closed = createServer().listen(0, '127.0.0.1');
    await once(closed, 'listening');
    const { port } = closed.address() as AddressInfo;
    closed.close();
    await once(closed, 'close');
    const gone = await run([
      'check',
      `http://127.0.0.1:${port}`,
      '--profile',
      'contracts/understudy.profile.yaml',
      '--level',
      'smoke',
      '--include-operation-id',
      'getSpace',
      '--report-dir',
      mkdtempSync(join(folder, 'report-')),
    ]);
    expect(gone.code).toBe(3);
    expect(gone.stdout).toContain('Stopped early: the target cannot be reached');
    const refusing = await check((_, response) =>
      response.writeHead(401, { 'content-type': 'application/json' }).end('{}'),
    );
    expect(refusing.code).toBe(3);
    expect(refusing.stdout).toContain(
      'Stopped early: the target refuses the credential of owner, admin',
    );
  });
});
