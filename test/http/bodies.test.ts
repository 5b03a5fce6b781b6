// Request bodies: compressed ones, and those that a parser in front of the mock server has read
// already.

import { createServer } from 'node:http';
import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync } from 'node:zlib';
import express, { type Express } from 'express';
import { afterEach, describe, expect, it } from 'vitest';
import { listen } from '../../src/http/listen.js';
import { createUnderstudy, type Understudy } from '../../src/index.js';

const opened: { close(): Promise<void> }[] = [];
afterEach(() => Promise.all(opened.splice(0).map((one) => one.close())));

const space = { organization_id: 'org_xyz789', name: 'Grüße' };
const headers = { 'X-API-Key': 'ak_owner', 'content-type': 'application/json' };
const text = Buffer.from(JSON.stringify(space));

type Send = (path: string, init: RequestInit) => Promise<Response>;
async function over(way: string, options: { bodyLimit?: number } = {}): Promise<Send> {
  const understudy = createUnderstudy(options);
  opened.push(understudy);
  if (way === 'fetch') return understudy.fetch;
  const { url } = await understudy.listen({ port: 0 });
  return (path, init) => fetch(url + path, init);
}
const create = (send: Send, encoding: string, body: Uint8Array<ArrayBuffer>) =>
  send('/v1/spaces/', {
    method: 'POST',
    headers: { ...headers, 'content-encoding': encoding },
    body,
  });
// biome-ignore lint/suspicious/noExplicitAny: tests look into bodies of every shape.
const json = (response: Response) => response.json() as Promise<any>;

describe.each(['fetch', 'a port'])('a compressed body, over %s', (way) => {
  it.each([
    ['gzip', gzipSync(text)],
    ['GZip', gzipSync(text)],
    ['x-gzip', gzipSync(text)],
    ['deflate', deflateSync(text)],
    ['deflate', deflateRawSync(text)],
    ['br', brotliCompressSync(text)],
    ['identity', text],
    ['deflate, gzip', gzipSync(deflateSync(text))],
  ])('is read: %s', async (encoding, body) => {
    const response = await create(await over(way), encoding, body);
    expect([response.status, (await json(response)).name]).toEqual([201, 'Grüße']);
  });

  it.each(['compress', 'zstd', 'gzip, none-such', 'constructor'])(
    'in %s is a 415 that names the header',
    async (encoding) => {
      const response = await create(await over(way), encoding, gzipSync(text));
      const { error } = await json(response);
      expect([response.status, response.headers.get('x-understudy-case')]).toEqual([
        415,
        'unsupported_encoding',
      ]);
      expect(response.headers.get('accept-encoding')).toMatch(/gzip.*deflate/);
      expect(error).toMatchObject({
        status: 415,
        details: { header: 'content-encoding', encoding },
      });
    },
  );

  it.each([
    ['gzip', text],
    ['gzip', gzipSync(text).subarray(0, -12)],
    ['deflate', Buffer.from([0x78, 0x9c, 1, 2, 3])],
    ['br', text],
    ['gzip, gzip', gzipSync(text)],
  ])('that is no %s is a 400', async (encoding, body) => {
    const response = await create(await over(way), encoding, body);
    expect([response.status, response.headers.get('x-understudy-case')]).toEqual([
      400,
      'broken_encoding',
    ]);
    expect((await json(response)).error.details).toMatchObject({
      header: 'content-encoding',
      encoding,
    });
  });

  it('is bound by its size inflated', async () => {
    const bomb = gzipSync(Buffer.alloc(200 * 1024 * 1024), { level: 1 });
    for (const body of [bomb.subarray(0, 1024 * 1024), gzipSync(bomb.subarray(0, 900_000))]) {
      const response = await create(await over(way), body === bomb ? 'gzip' : 'gzip, gzip', body);
      expect([400, 413]).toContain(response.status);
    }
    const response = await create(
      await over(way),
      'gzip',
      gzipSync(Buffer.alloc(20 * 1024 * 1024)),
    );
    expect([response.status, (await json(response)).error.details]).toEqual([
      413,
      { limit: 1024 * 1024 },
    ]);
  });

  it('that is empty is none, whatever it says it is', async () => {
    const response = await (await over(way))('/v1/spaces/space_abc123', {
      headers: { ...headers, 'content-encoding': 'compress' },
    });
    expect(response.status).toBe(200);
  });

  it('may be as large as the limit that was set', async () => {
    const exact = Buffer.from(JSON.stringify({ ...space, description: '' }));
    const padded = (size: number) =>
      Buffer.from(JSON.stringify({ ...space, description: 'x'.repeat(size - exact.length) }));
    for (const encoding of ['identity', 'gzip']) {
      const send = await over(way, { bodyLimit: 300 });
      const coded = (size: number) => (encoding === 'gzip' ? gzipSync(padded(size)) : padded(size));
      expect((await create(send, encoding, coded(300))).status).toBe(201);
      const refused = await create(send, encoding, coded(301));
      expect([refused.status, (await json(refused)).error.details]).toEqual([413, { limit: 300 }]);
    }
  });
});

describe('the app behind other middleware', () => {
  async function mounted(build: (app: Express, understudy: Understudy) => void): Promise<string> {
    const understudy = createUnderstudy();
    const app = express();
    build(app, understudy);
    const listening = await listen(
      { server: createServer(app), unanswered: new Set() },
      { port: 0 },
    );
    opened.push(listening);
    return listening.url;
  }
  const parsers = {
    raw: express.raw({ type: '*/*' }),
    text: express.text({ type: '*/*' }),
    json: express.json(),
    'json, not strict': express.json({ strict: false }),
    'urlencoded, which leaves JSON alone': express.urlencoded(),
    'text, which leaves JSON alone': express.text(),
  };
  it.each(Object.entries(parsers))(
    'reads what express.%s has read, at the root and under a path',
    async (_, parser) => {
      for (const mount of ['/', '/mock', '/a/b']) {
        const url = await mounted((app, understudy) => app.use(parser).use(mount, understudy.app));
        const at = mount === '/' ? url : url + mount;
        for (const body of [text, gzipSync(text)]) {
          const encoded = body === text ? headers : { ...headers, 'content-encoding': 'gzip' };
          const response = await fetch(`${at}/v1/spaces/`, {
            method: 'POST',
            headers: encoded,
            body,
          });
          expect([response.status, (await json(response)).name]).toEqual([201, 'Grüße']);
        }
        expect((await fetch(`${at}/v1/spaces/space_abc123`, { headers })).status).toBe(200);
        const attach = `${at}/v1/spaces/space_abc123/vector-stores/vs_def456`;
        expect(
          (await fetch(attach, { method: 'POST', headers: { 'X-API-Key': 'ak_owner' } })).status,
        ).toBe(201);
      }
    },
  );

  it('refuses a form as it does without a parser', async () => {
    const url = await mounted((app, understudy) =>
      app.use(express.urlencoded()).use(understudy.app),
    );
    const form = { 'X-API-Key': 'ak_owner', 'content-type': 'application/x-www-form-urlencoded' };
    const response = await fetch(`${url}/v1/spaces/`, {
      method: 'POST',
      headers: form,
      body: 'name=New',
    });
    expect([response.status, response.headers.get('x-understudy-case')]).toEqual([
      422,
      'createSpace.unsupported_content_type',
    ]);
  });

  it('takes the bytes where a platform keeps them, and does not wait for those that nobody kept', async () => {
    const swallow =
      (keep: boolean) =>
      async (request: express.Request, _: express.Response, next: () => void) => {
        const chunks: Buffer[] = [];
        for await (const chunk of request) chunks.push(chunk);
        if (keep) Object.assign(request, { rawBody: Buffer.concat(chunks) });
        next();
      };
    for (const keep of [true, false]) {
      const url = await mounted((app, understudy) => app.use(swallow(keep)).use(understudy.app));
      const response = await fetch(`${url}/v1/spaces/`, { method: 'POST', headers, body: text });
      expect(response.status).toBe(keep ? 201 : 422);
    }
  });
});

describe('a call in process that is given up', () => {
  const start = () => {
    const understudy = createUnderstudy();
    return { understudy, version: understudy.world.version };
  };
  const init = { method: 'POST', headers, body: text };

  it('before it began does nothing', async () => {
    const { understudy, version } = start();
    const reason = new Error('changed my mind');
    await expect(
      understudy.fetch('/v1/spaces/', { ...init, signal: AbortSignal.abort(reason) }),
    ).rejects.toBe(reason);
    const request = new Request('http://understudy.local/v1/spaces/', {
      ...init,
      signal: AbortSignal.abort(),
    });
    await expect(understudy.fetch(request)).rejects.toThrow(
      expect.objectContaining({ name: 'AbortError' }),
    );
    expect([understudy.world.version, understudy.journal.length]).toEqual([version, 0]);
  });

  it('in the middle of its body does nothing', async () => {
    const { understudy, version } = start();
    const controller = new AbortController();
    const body = new ReadableStream({ start: (stream) => stream.enqueue(text.subarray(0, 5)) });
    const call = understudy.fetch('/v1/spaces/', {
      ...init,
      body,
      duplex: 'half',
      signal: controller.signal,
    } as RequestInit);
    setTimeout(() => controller.abort(), 20);
    await expect(call).rejects.toThrow(expect.objectContaining({ name: 'AbortError' }));
    expect([understudy.world.version, understudy.journal.length]).toEqual([version, 0]);
  });

  it('while its answer is held back is rejected at once', async () => {
    const understudy = createUnderstudy({ drift: 'vary:slow' });
    for (let i = 1; i < 100; i++) await understudy.fetch('/v1/nowhere');
    const controller = new AbortController();
    const call = understudy.fetch('/v1/nowhere', { signal: controller.signal });
    let late = false;
    const timer = setTimeout(() => {
      late = true;
    }, 450);
    setTimeout(() => controller.abort(new Error('enough')), 20);
    await expect(call).rejects.toThrow('enough');
    clearTimeout(timer);
    expect(late).toBe(false);
  });

  it('never asks an endless body for more than the limit', async () => {
    let chunks = 0;
    const body = new ReadableStream({
      pull: (stream) => {
        chunks += 1;
        stream.enqueue(new Uint8Array(100_000));
      },
    });
    const response = await createUnderstudy().fetch('/v1/spaces/', {
      ...init,
      body,
      duplex: 'half',
    } as RequestInit);
    expect(response.status).toBe(413);
    expect(chunks).toBeLessThan(20);
  });
});

describe('options', () => {
  it.each([
    [
      { sead: 7 },
      /createUnderstudy has no option 'sead'\. Did you mean seed\? It takes scenario, seed, clock/,
    ],
    [{ constructor: 1 }, /has no option 'constructor'/],
    [{ seed: '7' }, /seed must be a whole number from 0 on, not '7'/],
    [{ clock: 'wound' }, /clock must be 'real' or 'virtual', not 'wound'/],
    [
      { bodyLimit: 0, onExchange: 'log' },
      /bodyLimit must be.*\n.*onExchange must be a function, not 'log'/,
    ],
    [{ scenario: 7 }, /scenario must be a string or an object, not 7/],
    ['default', /takes an object of options, not 'default'/],
    [null, /takes an object of options, not null/],
  ])('that are wrong are named, all at once: %j', (options, message) => {
    expect(() => createUnderstudy(options as never)).toThrow(message);
    expect(() => createUnderstudy(options as never)).toThrow(TypeError);
  });

  it('of listen and close are looked at too', async () => {
    const understudy = createUnderstudy({ seed: undefined as never });
    await expect(understudy.listen({ prot: 1 } as never)).rejects.toThrow(
      /listen has no option 'prot'\. Did you mean port\?/,
    );
    await expect(understudy.listen({ port: '4010' } as never)).rejects.toThrow(
      /port must be a whole number from 0 to 65535/,
    );
    await expect(understudy.listen({ port: 0, timeouts: { header: 1 } } as never)).rejects.toThrow(
      /Did you mean headers\?/,
    );
    await expect(understudy.close({ grace: 1 } as never)).rejects.toThrow(/Did you mean graceMs\?/);
  });
});
