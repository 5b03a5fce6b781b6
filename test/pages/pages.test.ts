// The pages that the mock server has of its own: the document, and `GET /`.
import { createHash } from 'node:crypto';
import { createServer } from 'node:http';
import express from 'express';
import { afterEach, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { listen } from '../../src/http/listen.js';
import { createUnderstudy, type Understudy } from '../../src/index.js';
import { ask, request } from '../support/raw-http.js';

const opened: { close(): Promise<void> }[] = [];
afterEach(() => Promise.all(opened.splice(0).map((one) => one.close())));
function fresh(options: Parameters<typeof createUnderstudy>[0] = {}): Understudy {
  const understudy = createUnderstudy(options);
  opened.push(understudy);
  return understudy;
}
const vendor = 'https://api.aitronos.com';
const browser = { accept: 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8' };

/** Of the YAML only this part is parsed, since all of it takes a second. */
function serversIn(text: string): readonly { readonly url: string }[] {
  if (text.startsWith('{')) return JSON.parse(text).servers;
  const [part = ''] = /^servers:\n(?: .*\n)*/m.exec(text) ?? [];
  return parse(part).servers;
}

describe('the document that is served', () => {
  const serversAt = async (fetched: Response | Promise<Response>) => {
    const text = await (await fetched).text();
    return serversIn(text).map(({ url }) => url);
  };
  it.each(['/openapi.json', '/openapi.yaml'])(
    'names this server first, and then the vendor: %s',
    async (path) => {
      const understudy = fresh();
      const { url, port } = await understudy.listen({ port: 0 });
      expect(await serversAt(fetch(url + path))).toEqual([url, vendor]);
      expect(
        await serversAt(fetch(`http://localhost:${port}${path}`).catch(() => fetch(url + path))),
      ).toContain(vendor);
      expect(await serversAt(understudy.fetch(`http://app.local:3000${path}`))).toEqual([
        'http://app.local:3000',
        vendor,
      ]);
      expect(await serversAt(understudy.fetch(path))).toEqual(['http://understudy.local', vendor]);
    },
  );

  it('names the host that its client used, and what a proxy says of it', async () => {
    const { url } = await fresh().listen({ port: 0 });
    const behind = { 'x-forwarded-proto': 'https', 'x-forwarded-host': 'mock.example.com, inner' };
    expect(await serversAt(fetch(`${url}/openapi.json`, { headers: behind }))).toEqual([
      'https://mock.example.com',
      vendor,
    ]);
  });

  it('names the path that the app is mounted under', async () => {
    const app = express().use('/mock/api', fresh().app);
    const listening = await listen(
      { server: createServer(app), unanswered: new Set() },
      { port: 0 },
    );
    opened.push(listening);
    const base = `${listening.url}/mock/api`;
    expect(await serversAt(fetch(`${base}/openapi.json?x=1`))).toEqual([base, vendor]);
    expect(await (await fetch(base, { headers: browser })).text()).toContain(
      `href="${base}/openapi.json"`,
    );
  });

  it.each(['"><script>', 'a b', 'a\u00fc', 'x#y', '[::1', '..', 'a/b', "'); drop"])(
    'names its address where the host is %s',
    async (host) => {
      const { port, url } = await fresh().listen({ port: 0 });
      for (const path of ['/openapi.json', '/openapi.yaml']) {
        const message = request('GET', path)
          .toString('latin1')
          .replace('Host: understudy.test', `Host: ${host}`);
        const { status, text } = await ask(port, Buffer.from(message, 'latin1'));
        if (status === 400) continue; // no HTTP at all
        const [server] = serversIn(text);
        expect([url, `http://${host}`]).toContain(server?.url);
        expect(() => new URL(server?.url as string)).not.toThrow();
      }
    },
  );

  it('is otherwise the one of the package, which names the vendor alone', async () => {
    const understudy = fresh();
    const { servers, ...rest } = (await (await understudy.fetch('/openapi.json')).json()) as {
      servers: object[];
    };
    const { servers: shipped, ...bundled } = JSON.parse(understudy.spec.text) as {
      servers: object[];
    };
    expect(rest).toEqual(bundled);
    expect(servers.slice(1)).toEqual(shipped);
    expect(shipped).toEqual([expect.objectContaining({ url: vendor })]);
  });
});

describe('GET /', () => {
  it('is a page for browsers: callers, ids, commands and links, without a script and under a strict policy', async () => {
    const { url } = await fresh().listen({ port: 0 });
    const response = await fetch(`${url}/`, { headers: browser });
    const text = await response.text();
    expect([response.status, response.headers.get('content-type')]).toEqual([
      200,
      'text/html; charset=utf-8',
    ]);
    const policy = response.headers.get('content-security-policy') as string;
    expect(policy).toMatch(/^default-src 'none'; style-src 'sha256-[\w+/=]+'; /);
    expect(policy).not.toContain('unsafe');
    const [, style = ''] = /<style>([^<]*)<\/style>/.exec(text) ?? [];
    expect(policy).toContain(`'sha256-${createHash('sha256').update(style).digest('base64')}'`);
    expect(text).not.toMatch(/<script| on\w+=|javascript:| style=/i);
    for (const shown of [
      'ak_owner',
      'tok_owner',
      'ak_expired',
      'space_abc123',
      'thrd_def456',
      'vs_def456',
      'org_xyz789',
    ])
      expect(text).toContain(`<code>${shown}</code>`);
    for (const page of ['json', 'yaml']) expect(text).toContain(`href="${url}/openapi.${page}"`);
    expect(text.match(/<pre>curl /g)).toHaveLength(3);
  });

  it('is short JSON for programs, with the same links, and has commands that work as they stand', async () => {
    const understudy = fresh();
    for (const accept of [
      '*/*',
      'application/json',
      'application/json, text/html;q=0.5',
      'text/html;q=0',
      '',
    ]) {
      const response = await understudy.fetch('/', { headers: { accept } });
      expect(response.headers.get('content-type'), accept).toBe('application/json');
      expect(await response.json()).toMatchObject({
        links: [
          'http://understudy.local/__admin/',
          'http://understudy.local/openapi.json',
          'http://understudy.local/openapi.yaml',
        ],
        ids: { spaces: expect.arrayContaining(['space_abc123']) },
        commands: [expect.any(String), expect.any(String), expect.any(String)],
      });
    }
  });

  it('has a head without a body, and no other method', async () => {
    const understudy = fresh();
    const head = await understudy.fetch('/', { method: 'HEAD', headers: browser });
    expect([head.status, head.headers.get('content-type'), await head.text()]).toEqual([
      200,
      'text/html; charset=utf-8',
      '',
    ]);
    expect((await understudy.fetch('/', { method: 'POST', headers: browser })).status).toBe(404);
  });

  it('shows what somebody named as text, whatever it is', async () => {
    const hostile = `</script><img src=x onerror="alert(1)"><style>*{}</style>'&amp;`;
    const understudy = fresh();
    const created = await understudy.fetch('/v1/spaces/', {
      method: 'POST',
      headers: { 'X-API-Key': 'ak_owner', 'content-type': 'application/json' },
      body: JSON.stringify({ organization_id: 'org_xyz789', name: hostile }),
    });
    expect(created.status).toBe(201);
    const own = fresh({
      scenario: {
        scenario: 'hostile',
        description: hostile,
        time: '2026-02-26T15:30:00Z',
        organizations: [
          { id: hostile, name: hostile, users: [{ id: `${hostile}2`, name: hostile }] },
        ],
        callers: [{ api_key: hostile, user_id: `${hostile}2`, note: hostile }],
      } as never,
    });
    for (const each of [understudy, own]) {
      const page = await (await each.fetch('/', { headers: browser })).text();
      expect(page).toContain('&#60;/script&#62;&#60;img src=x onerror=&#34;alert(1)&#34;&#62;');
      expect(page).not.toMatch(/<img|<script|<\/script/i);
      expect(page.match(/<style>/g)).toHaveLength(1);
    }
  });
});
