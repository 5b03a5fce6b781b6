// Faults, limits and late answers where a document of the user's own is served: they meet the
// operations that Prism answers as they meet those that a rule does.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it, vi } from 'vitest';
import { ControlClient, type Fault } from '../../src/control/client.js';
import { createUnderstudy, type UnderstudyOptions } from '../../src/index.js';
import { loadSpec } from '../../src/shipped/document.js';
import { getSpace } from '../support/requests.js';

const folder = mkdtempSync(join(tmpdir(), 'understudy-faults-'));
afterAll(() => rmSync(folder, { recursive: true }));

const boats = {
  '/boats/{id}': {
    get: {
      operationId: 'getBoat',
      parameters: [{ name: 'id', in: 'path', required: true, schema: { type: 'string' } }],
      responses: {
        200: { description: 'd', content: { 'application/json': { example: { id: 'a' } } } },
        503: { description: 'd', content: { 'application/json': { example: { full: true } } } },
      },
    },
    put: {
      operationId: 'putBoat',
      responses: { 200: { description: 'd', content: { 'application/json': { example: {} } } } },
    },
  },
};
function write(name: string, paths: object): string {
  const file = join(folder, name);
  const info = { title: 'Boats', version: '1' };
  writeFileSync(file, JSON.stringify({ openapi: '3.1.0', info, paths }));
  return file;
}
const template = '/v1/spaces/{space_id}';
const { [template]: space } = JSON.parse(loadSpec().text).paths;
/** Nothing of ours, and one operation of ours beside theirs. */
const documents = {
  'of others': write('others.json', boats),
  'with ours': write('ours.json', {
    ...boats,
    [template]: {
      get: {
        operationId: 'getSpace',
        responses: space.get.responses && { 200: { description: 'd' } },
      },
    },
  }),
};

function served(spec: string, options: UnderstudyOptions = {}) {
  const understudy = createUnderstudy({ spec, ...options });
  const control = new ControlClient('http://a.test', { fetch: understudy.fetch });
  const send = (headers: Record<string, string> = {}, method = 'GET') =>
    understudy.fetch('/boats/a', { method, headers });
  return { understudy, control, send };
}
const fault = (does: Fault['does'], when: Fault['when'] = {}): Fault => ({
  name: 'planted',
  when,
  does,
});

describe.each(Object.entries(documents))('a document %s', (kind, spec) => {
  it.each<[string, Fault, object]>([
    ['by its operation', fault({ status: 504 }, { operation: 'getBoat' }), { status: 504 }],
    ['by a pattern', fault({ status: 504 }, { operation: 'get*' }), { status: 504 }],
    ['by its path', fault({ status: 504 }, { path: '/boats/{id}' }), { status: 504 }],
    ['by its method', fault({ status: 504 }, { method: 'GET' }), { status: 504 }],
    ['by nothing', fault({ status: 504, carried_out: true }), { status: 504 }],
    ['late', fault({ latency: { ms: 5 } }), { status: 200, delay_ms: 5 }],
    ['lost', fault({ end: 'reset' }), { status: 503, end: 'reset' }],
    ['left hanging', fault({ end: 'hang', carried_out: true }), { status: 200, end: 'hang' }],
    ['cut short', fault({ cut_after: 3 }), { status: 200, end: { cutAt: 3 } }],
    ['of another type', fault({ content_type: 'text/css' }), { status: 200 }],
  ])('has faults %s', async (_, planted, answer) => {
    const { understudy, control, send } = served(spec);
    await control.addFault('default', planted);
    // One that hangs never comes.
    send().catch(() => {});
    await vi.waitFor(() => expect(understudy.journal.length).toBe(1), 20_000);
    expect(understudy.journal).toMatchObject([{ operation: 'getBoat', fault: 'planted', answer }]);
    expect(await control.fault('default', 'planted')).toMatchObject({ calls: 1, hits: 1 });
    if (planted.does.content_type)
      expect(understudy.journal[0]?.answer.headers['content-type']).toBe('text/css');
  });

  it('counts calls, and leaves other operations alone', async () => {
    const { control, send } = served(spec, {
      faults: [fault({ status: 502, body: 'No.' }, { operation: 'getBoat', call: 2 })],
    });
    const statuses: number[] = [];
    for (let i = 0; i < 3; i += 1) statuses.push((await send()).status);
    expect(statuses).toEqual([200, 502, 200]);
    expect((await send({}, 'PUT')).status).toBe(200);
    expect(await control.fault('default', 'planted')).toMatchObject({ calls: 3, hits: 1 });
  });

  it('answers with what it has for a status, and else with a problem that is said to be invented', async () => {
    const { understudy, control, send } = served(spec);
    await control.addFault('default', fault({ status: 503, retry_after: 3 }));
    const documented = await send();
    expect([documented.status, await documented.json()]).toEqual([503, { full: true }]);
    expect(documented.headers.get('retry-after')).toBe('3');
    expect(documented.headers.get('x-understudy-basis')).toBeNull();
    const invented = await send({}, 'PUT');
    expect(await invented.json()).toEqual({
      type: 'about:blank',
      title: 'Service Unavailable',
      status: 503,
    });
    expect(invented.headers.get('x-understudy-basis')).toBe('invented');
    expect(understudy.journal).toMatchObject([
      { fault: 'planted' },
      { fault: 'planted', basis: 'invented' },
    ]);
    expect(understudy.journal[0]).not.toHaveProperty('basis');
    const names = [...invented.headers.keys()].join();
    expect(names).not.toMatch(/ratelimit|freddy/);
  });

  it('has limits, which refuse what is too much', async () => {
    const { control, send } = served(spec, { rateLimit: '2/m' });
    const key = { 'x-api-key': 'ak_owner' };
    const statuses: number[] = [];
    for (let i = 0; i < 3; i += 1) statuses.push((await send(key)).status);
    expect(statuses).toEqual([200, 200, 429]);
    const refused = await send(key);
    expect([refused.status, refused.headers.get('retry-after')]).toEqual([429, '30']);
    expect((await send()).status).toBe(200);
    expect(await control.limits('default')).toMatchObject({ refused: 2 });
  });

  it('answers as late as it is asked to', async () => {
    const { understudy, send } = served(spec);
    const answer = await send({ prefer: 'wait=0.01' });
    expect(answer.headers.get('preference-applied')).toBe('wait=0.01');
    expect(understudy.journal[0]?.answer.delay_ms).toBe(10);
  });

  it('has no faults for what it does not have, with the nearest name', async () => {
    const { control } = served(spec);
    const refused = control.addFault('default', fault({ status: 503 }, { operation: 'getBoot' }));
    await expect(refused).rejects.toMatchObject({
      details: { problems: [{ fix: 'did you mean getBoat?' }] },
    });
    const unserved = fault({ status: 503 }, { operation: 'listThreads' });
    await expect(control.addFault('default', unserved)).rejects.toThrow();
    const ours = control.addFault('default', fault({ status: 503 }, { operation: 'getSpace' }));
    await (kind === 'with ours' ? ours : expect(ours).rejects.toThrow());
  });

  it('is asked about by the names of its operations', async () => {
    const { control, send } = served(spec);
    await send();
    const { holds } = await control.verify('default', [
      { request: { operation: 'getBoat' }, times: 1 },
      { request: { operation: 'putBoat' }, never: true },
    ]);
    expect(holds).toBe(true);
  });
});

it('a rule beside Prism has the same faults', async () => {
  const { understudy } = served(documents['with ours'], { faults: [fault({ status: 504 })] });
  const { target, ...sent } = getSpace;
  expect((await understudy.fetch(target, sent as RequestInit)).status).toBe(504);
  expect((await understudy.fetch('/boats/a')).status).toBe(504);
  expect((await understudy.fetch('/boots')).status).toBe(404);
});
