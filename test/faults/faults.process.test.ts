// Each fault, seen by a real client through a real socket as what it claims to be; and the flags
// that bring faults and limits to a server.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ControlClient, type Fault } from '../../src/control/client.js';
import { type Running, runBuilt, start } from '../support/cli.js';

const folder = mkdtempSync(join(tmpdir(), 'understudy-faults-'));
const space = '/v1/spaces/space_abc123';
const attach = `${space}/vector-stores/vs_def456`;

let server: Running;
let url = '';
let control: ControlClient;
beforeAll(async () => {
  const file = join(folder, 'faults.yaml');
  writeFileSync(
    file,
    'faults:\n  - { name: from-file, when: { path: /v1/capabilities }, does: { status: 502 } }\n',
  );
  server = start([
    'serve',
    '--port',
    '0',
    '--clock',
    'virtual',
    '--fault',
    file,
    '--rate-limit',
    '600/m',
  ]);
  [, url = ''] = await server.saw(/"ready","url":"([^"]+)"/);
  control = new ControlClient(url);
});
afterAll(() => {
  server.process.kill('SIGKILL');
  rmSync(folder, { recursive: true });
});

/** In a world of its own, named after nothing but its number. */
let worlds = 0;
async function withFault(does: Fault['does'], when: Fault['when'] = {}) {
  worlds += 1;
  const world = `w${worlds}`;
  await control.createWorld(world);
  await control.replaceFaults(world, [{ name: 'planted', when, does }]);
  const send = (path = space, init: RequestInit = {}) =>
    fetch(url + path, { ...init, headers: { 'X-API-Key': `ak_owner~${world}` } });
  const hits = async () => (await control.fault(world, 'planted')).hits;
  return { send, hits, world };
}

const failure = (promise: Promise<unknown>): Promise<Error & { cause?: { code?: string } }> =>
  promise.then(
    () => new Error('no failure'),
    (error) => error,
  );

describe('a real client sees', () => {
  it('a documented refusal and an invented status', async () => {
    const refusal = await withFault({ case: 'space_not_found' }, { operation: 'getSpace' });
    expect((await refusal.send()).status).toBe(404);
    const gateway = await withFault({ status: 504, carried_out: true }, { call: 1 });
    expect((await gateway.send(attach, { method: 'POST' })).status).toBe(504);
    expect((await gateway.send(attach, { method: 'POST' })).status).toBe(409);
  });

  it('a late answer, after the time that the journal says', async () => {
    for (const latency of [
      { ms: 300 },
      { min_ms: 250, max_ms: 300 },
      { median_ms: 300, sigma: 0.1 },
    ]) {
      const { send, world } = await withFault({ latency });
      const order: string[] = [];
      const prompt = fetch(`${url}${space}`, { headers: { 'X-API-Key': 'ak_owner' } });
      await Promise.all([
        send().then(() => order.push('late')),
        prompt.then(() => order.push('prompt')),
      ]);
      expect(order).toEqual(['prompt', 'late']);
      const [entry] = (await control.requests(world)).requests;
      expect(entry?.answer.delay_ms).toBeGreaterThan(150);
    }
  });

  it('a connection that is reset', async () => {
    const { send, hits } = await withFault({ end: 'reset' }, { call: 1 });
    const error = await failure(send(attach, { method: 'POST' }));
    expect([error.name, error.cause?.code]).toEqual(['TypeError', 'ECONNRESET']);
    expect((await send(attach, { method: 'POST' })).status).toBe(201);
    expect(await hits()).toBe(1);
    const lost = await withFault({ end: 'reset', carried_out: true }, { call: 1 });
    expect((await failure(lost.send(attach, { method: 'POST' }))).cause?.code).toBe('ECONNRESET');
    expect((await lost.send(attach, { method: 'POST' })).status).toBe(409);
  });

  it('no answer at all, until it has waited enough', async () => {
    const { send, hits } = await withFault({ end: 'hang' });
    const error = await failure(send(space, { signal: AbortSignal.timeout(300) }));
    expect(error.name).toBe('TimeoutError');
    expect(await hits()).toBe(1);
  });

  it('a body that is cut short, after the status', async () => {
    const { send } = await withFault({ cut_after: 20 });
    const answer = await send();
    expect(answer.status).toBe(200);
    expect((await failure(answer.text())).message).toBe('terminated');
  });

  it('a body that drips, whole in the end', async () => {
    const { send } = await withFault({ drip: { bytes: 100, every_ms: 5 } });
    const reader = (await send()).body?.getReader();
    const pieces: Uint8Array[] = [];
    for (let next = await reader?.read(); next?.value; next = await reader?.read())
      pieces.push(next.value);
    expect(pieces.length).toBeGreaterThan(1);
    expect(JSON.parse(Buffer.concat(pieces).toString()).id).toBe('space_abc123');
  });

  it('a content type that is wrong, and a page in place of JSON', async () => {
    const typed = await (await withFault({ content_type: 'text/html' })).send();
    expect(typed.headers.get('content-type')).toBe('text/html');
    expect(JSON.parse(await typed.text()).id).toBe('space_abc123');
    const page = { status: 502, body: '<h1>Bad Gateway</h1>', content_type: 'text/html' };
    const answer = await (await withFault(page)).send();
    expect(await answer.text()).toBe('<h1>Bad Gateway</h1>');
  });

  it('what it prefers: late, and an invented 500', async () => {
    const answer = await fetch(`${url}${space}`, {
      headers: { 'X-API-Key': 'ak_owner', Prefer: 'code=500, wait=0.1' },
    });
    expect([answer.status, answer.headers.get('preference-applied')]).toEqual([
      500,
      'code=500, wait=0.1',
    ]);
  });
});

describe('serve', () => {
  it('--fault brings those of a file to every world', async () => {
    for (const key of ['ak_owner', 'ak_owner~elsewhere']) {
      const answer = await fetch(`${url}/v1/capabilities`, { headers: { 'X-API-Key': key } });
      expect([answer.status, answer.headers.get('x-understudy-fault')]).toEqual([502, 'from-file']);
    }
  });

  it('--rate-limit counts, and says so', async () => {
    const answer = await fetch(`${url}${space}`, { headers: { 'X-API-Key': 'ak_editor' } });
    expect(answer.headers.get('x-ratelimit-limit')).toBe('600');
    expect(answer.headers.get('x-ratelimit-remaining-requests')).toBe('599');
  });

  it('refuses a file with faults that cannot be, with their lines', async () => {
    const file = join(folder, 'wrong.yaml');
    writeFileSync(
      file,
      'faults:\n  - when: { operation: listSpace }\n    does: { status: 503 }\n  - does: { end: rest }\n',
    );
    const { code, stderr } = await runBuilt(['serve', '--port', '0', '--fault', file]);
    expect(code).toBe(2);
    expect(stderr).toContain('wrong.yaml:2:24  there is no operation listSpace');
    expect(stderr).toContain('did you mean listSpaces?');
    expect(stderr).toMatch(/wrong\.yaml:4:\d+ .*cannot be "rest"/);
    writeFileSync(file, 'fault: []\n');
    expect((await runBuilt(['serve', '--fault', file])).stderr).toContain('has no list of faults');
    expect((await runBuilt(['serve', '--fault', 'none.yaml'])).code).toBe(2);
    expect((await runBuilt(['serve', '--rate-limit', '60'])).stderr).toContain('such as 60/m');
  });
});
