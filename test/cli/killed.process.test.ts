// A run that is killed, at two points: when it has just taken its lock, and among its rows. killed.long.test.ts has points all along a run.
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { start } from '../support/cli.js';
import { expectRecoveryFromKillAt } from '../support/killed.js';
import { whole } from '../support/sample.js';

it.each(whole ? [12, 120] : [120])(
  'leaves nothing but what it has made, and the next run goes on: at request %i',
  expectRecoveryFromKillAt,
);

it('a server that is killed leaves a ready file that the next one replaces', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'understudy-killed-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const file = join(folder, 'ready');
  const serve = async () => {
    const server = start(['serve', '--port', '0', '--log-format', 'json', '--ready-file', file]);
    const [, url] = await server.saw(/"event":"ready","url":"([^"]+)"/);
    expect(readFileSync(file, 'utf8')).toBe(`${url}\n`);
    return { server, url };
  };
  const { server, url } = await serve();
  server.process.kill('SIGKILL');
  await server.finished;
  expect(existsSync(file)).toBe(true);
  const next = await serve();
  expect(next.url).not.toBe(url);
  next.server.process.kill('SIGTERM');
  await next.server.finished;
  expect(existsSync(file)).toBe(false);
});
