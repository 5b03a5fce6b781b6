// `understudy/fetch` gives the answers of the main entry, byte for byte, and loads nothing of Node.
import { deflateRawSync, deflateSync, gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import * as web from '../../src/fetch.js';
import * as node from '../../src/index.js';
import {
  attachStore,
  detachStore,
  getSpace,
  owner,
  type Sent,
  viewer,
} from '../support/requests.js';

const space = { organization_id: 'org_xyz789', name: 'Ünïcode 🎭' };
const json = { ...owner.post('/v1/spaces/', space).headers };
const deflated = (encoding: string, body: Uint8Array<ArrayBuffer>): Sent => ({
  method: 'POST',
  target: '/v1/spaces/',
  headers: { ...json, 'content-encoding': encoding },
  body,
});
const text = Buffer.from(JSON.stringify(space));

const sequence: readonly Sent[] = [
  getSpace,
  attachStore,
  attachStore,
  viewer.post(attachStore.target),
  owner.post('/v1/spaces/', space),
  owner.post('/v1/spaces/', '{"name"'),
  owner.post('/v1/spaces/', { organization_id: 'org_xyz789', name: '' }),
  owner.post('/v1/spaces/', { name: 'x'.repeat(1024 * 1024) }),
  owner.get('/v1/spaces/?organization_id=org_xyz789&limit=1'),
  owner.get('/v1/spaces/?organization_id=org_xyz789&cursor=%21%21'),
  owner.get('/v1/threads?organization_id=org_xyz789'),
  detachStore,
  { ...getSpace, method: 'HEAD' },
  { ...getSpace, method: 'OPTIONS' },
  { ...getSpace, method: 'PUT' },
  { ...getSpace, headers: {} },
  { ...getSpace, headers: { ...getSpace.headers, prefer: 'example=space_not_found' } },
  { ...getSpace, headers: { ...getSpace.headers, prefer: 'code=429' } },
  { ...getSpace, headers: { ...getSpace.headers, prefer: 'example=none' } },
  owner.get('/v1/spaces/a%2Fb'),
  owner.get('/v1/nowhere?x=1'),
  { method: 'GET', target: '/openapi.json' },
  deflated('gzip', gzipSync(text)),
  deflated('deflate', deflateSync(text)),
  deflated('deflate', deflateRawSync(text)),
  deflated('deflate, gzip', gzipSync(deflateSync(text))),
  deflated('gzip', gzipSync(Buffer.alloc(2 * 1024 * 1024))),
];

async function answers({ fetch }: { readonly fetch: web.FetchHandler }) {
  const all = [];
  for (const { method, target, headers = {}, body } of sequence) {
    const response = await fetch(target, {
      method,
      headers,
      ...(body === undefined ? {} : { body }),
    });
    all.push({
      asked: `${method} ${target}`,
      status: response.status,
      headers: [...response.headers],
      text: await response.text(),
    });
  }
  return all;
}

describe('understudy/fetch', () => {
  it.each([
    ['the default world', {}],
    ['another seed, without our own check', { seed: 7, selfCheck: 'off' }],
    ['another shipped world', { scenario: 'twenty-stores' }],
    [
      'a world of its own',
      {
        scenario: {
          scenario: 'mine',
          description: 'Mine',
          time: '2026-03-01T00:00:00Z',
          extends: 'default',
        },
      },
    ],
    ['a low limit of bodies', { bodyLimit: 60 }],
  ] as const)('answers as the main entry does: %s', async (_, options) => {
    const given = await answers(web.createUnderstudy(options));
    expect(given).toEqual(await answers(node.createUnderstudy(options)));
    expect(new Set(given.map(({ status }) => status)).size).toBeGreaterThan(5);
  });

  it('serves the document as it is in the package', () => {
    expect(JSON.parse(web.createUnderstudy().spec.text)).toEqual(
      JSON.parse(node.createUnderstudy().spec.text),
    );
  });

  it('says what is wrong with a scenario, by pointer, and which names there are', () => {
    const wrong = { scenario: 'mine', description: 'Mine', time: 'noon' };
    const problemsOf = (
      create: (options: web.UnderstudyOptions) => unknown,
      scenario: string | object,
    ): string => {
      try {
        create({ scenario: scenario as web.Scenario });
      } catch (error) {
        return (error as Error).message;
      }
      return '';
    };
    expect(problemsOf(web.createUnderstudy, wrong)).toMatch(/^scenario at \/time {2}/);
    expect(problemsOf(web.createUnderstudy, wrong)).toBe(problemsOf(node.createUnderstudy, wrong));
    expect(problemsOf(web.createUnderstudy, 'defalt')).toBe(
      'Unknown scenario "defalt". Did you mean "default"?',
    );
    expect(problemsOf(web.createUnderstudy, './mine.yaml')).toMatch(
      /^Unknown scenario .* Use one of access, .* as an object\.$/,
    );
    expect(
      problemsOf(web.createUnderstudy, {
        ...wrong,
        time: '2026-03-01T00:00:00Z',
        extends: 'defalt',
      }),
    ).toMatch(/Did you mean "default"\?/);
  });

  it('has no options that need a file or a port, and says so', () => {
    const more = { spec: 'mine.yaml', drift: 'vary:slow' } as web.UnderstudyOptions;
    expect(() => web.createUnderstudy(more)).toThrow(
      /has no option 'spec'[\s\S]*has no option 'drift'/,
    );
    expect(Object.keys(web.createUnderstudy()).sort()).toEqual([
      'addMessage',
      'embeddings',
      'fetch',
      'journal',
      'scenario',
      'spec',
      'world',
      'worlds',
    ]);
  });

  it('offers no page that it cannot write', async () => {
    const { fetch } = web.createUnderstudy();
    expect((await fetch('/openapi.yaml')).status).toBe(404);
    expect(await (await fetch('/')).text()).not.toContain('openapi.yaml');
    expect((await fetch('/', { headers: { accept: 'text/html' } })).status).toBe(200);
  });

  it.each([
    ['br', 415, 'that browsers cannot inflate'],
    ['gzip', 400, 'that the body is not in'],
  ])('refuses a coding, %s, with a %s: one %s', async (encoding, status) => {
    const { fetch } = web.createUnderstudy();
    const response = await fetch('/v1/spaces/', {
      method: 'POST',
      headers: { ...json, 'content-encoding': encoding },
      body: text,
    });
    expect([response.status, response.headers.get('accept-encoding')]).toEqual([
      status,
      'identity, gzip, x-gzip, deflate',
    ]);
  });
});
