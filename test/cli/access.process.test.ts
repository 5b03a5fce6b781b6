// What `check` sends to a server on another machine: nothing, before it is said what may be done
// there.
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it, onTestFinished } from 'vitest';
import { run } from '../support/cli.js';
import { itFirst } from '../support/sample.js';

/** A proxy that refuses everybody, and counts. */
async function recording() {
  const seen: string[] = [];
  const server = createServer(({ method, url }, response) => {
    seen.push(`${method} ${url}`);
    response.writeHead(401).end();
  });
  onTestFinished(() => void server.close());
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, seen };
}

describe('`understudy check` on another machine', () => {
  const folder = mkdtempSync(join(tmpdir(), 'understudy-access-'));
  afterAll(() => rmSync(folder, { recursive: true }));
  const profile = join(folder, 'profile.yaml');
  writeFileSync(
    profile,
    'base_url: http://staging.example\ncallers:\n  owner: { api_key: ak_0123456789 }\n',
  );
  const check = (proxy: string, flags: readonly string[] = [], env = {}) =>
    run(
      ['check', '--profile', profile, '--proxy', proxy, '--report-dir', folder, ...smoke, ...flags],
      env,
    );
  const smoke = ['--level', 'smoke', '--include-operation-id', 'getSpace'];

  it('sends nothing before it is said what may be done, and names both ways: code 2', async () => {
    const { url, seen } = await recording();
    for (const env of [{}, { UNDERSTUDY_ALLOW_WRITES: '0' }])
      expect(await check(url, [], env)).toMatchObject({
        code: 2,
        stderr: expect.stringMatching(/staging\.example is not this.*--allow-writes.*--read-only/s),
      });
    expect(await check(url, ['--read-only', '--allow-writes'])).toMatchObject({ code: 2 });
    expect(seen).toEqual([]);
  });

  itFirst(1).each<[string, readonly string[], Record<string, string>]>([
    ['--allow-writes', ['--allow-writes'], {}],
    ['--read-only', ['--read-only'], {}],
    ['UNDERSTUDY_ALLOW_WRITES=1', [], { UNDERSTUDY_ALLOW_WRITES: '1' }],
  ])('begins with %s', async (_, flags, env) => {
    const { url, seen } = await recording();
    const { code } = await check(url, flags, env);
    expect([code, seen.length > 0]).toEqual([3, true]);
  });
});
