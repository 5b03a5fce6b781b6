// A page from another origin, in a real browser, which alone enforces what a server allows to such
// pages.
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { type Browser, chromium, type Page } from 'playwright-core';
import { afterAll, describe, expect, it } from 'vitest';
import { createUnderstudy } from '../../src/index.js';
import { beforeAllWithTool, findChromium } from '../support/tools.js';

interface Answered {
  readonly status?: number;
  /** Those that the browser lets the page see. */
  readonly headers?: Readonly<Record<string, string>>;
  // biome-ignore lint/suspicious/noExplicitAny: tests look into bodies of every shape.
  readonly body?: any;
  /** The name of the error, when the browser keeps the answer from the page. */
  readonly failed?: string;
}
/**
 * What page.html reports: each of its calls, sent to the mock server and to a server that knows
 * nothing of other origins.
 */
type Results = Readonly<
  Record<string, { readonly mockServer: Answered; readonly silent: Answered }>
>;

interface Visit {
  readonly results: Results;
  /** The methods of all requests that arrived at the silent server. */
  readonly silentMethods: readonly string[];
  readonly preflights: number;
}

/** One for all pages: each start of a browser takes longer than what is done in it. */
let browser: Promise<Browser> | undefined;
afterAll(async () => (await browser)?.close());
async function newPage(): Promise<Page> {
  browser ??= chromium.launch({ executablePath: findChromium(), args: ['--no-sandbox'] });
  return (await browser).newPage();
}

/** Opens page.html in a browser and waits for its report. */
async function visit(): Promise<Visit> {
  const shown = await newPage();
  const understudy = createUnderstudy();
  const servers: Server[] = [];
  const serve = async (listener: RequestListener): Promise<string> => {
    const server = createServer(listener).listen(0, '127.0.0.1');
    servers.push(server);
    await once(server, 'listening');
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  };
  const silentMethods: string[] = [];
  let report: (results: Results) => void = () => {};
  const reported = new Promise<Results>((resolve) => {
    report = resolve;
  });
  try {
    const { url: mockServer } = await understudy.listen({ port: 0 });
    const silent = await serve((request, response) => {
      silentMethods.push(request.method as string);
      response.setHeader('content-type', 'application/json').end('{}');
    });
    const own = await serve(async (request, response) => {
      if (request.url === '/results') report(JSON.parse(await text(request)));
      response
        .setHeader('content-type', 'text/html')
        .end(readFileSync(new URL('page.html', import.meta.url)));
    });
    const page = `${own}/?${new URLSearchParams({ 'mock-server': mockServer, silent })}`;
    await shown.goto(page);
    const results = await reported;
    const preflights = understudy.journal.filter(({ method }) => method === 'OPTIONS').length;
    return { results, silentMethods, preflights };
  } finally {
    await shown.close();
    await understudy.close();
    for (const server of servers) server.close().closeAllConnections();
  }
}

describe('a page from another origin', () => {
  const visited = beforeAllWithTool(visit, 90_000);
  const mockServer = (name: string): Answered => visited().results[name]?.mockServer ?? {};

  it('may not read one answer of a server that says nothing of other origins, nor even ask most of it', () => {
    const all = Object.entries(visited().results);
    expect(all.length).toBeGreaterThan(5);
    expect(all.filter(([, { silent }]) => silent.failed !== 'TypeError')).toEqual([]);
    // The one call without a header of its own is sent; for all others the browser asks first, and
    // is not answered.
    expect(visited().silentMethods).toEqual(['GET', ...Array(all.length - 1).fill('OPTIONS')]);
    expect(visited().preflights).toBeGreaterThan(0);
  });

  it('reads with a key', () => {
    expect(mockServer('a key')).toMatchObject({ status: 200, body: { id: 'space_abc123' } });
  });

  it('writes JSON with a token', () => {
    expect(mockServer('a token and JSON')).toMatchObject({
      status: 201,
      body: { name: 'From a page' },
    });
    expect(mockServer('a change')).toMatchObject({
      status: 200,
      body: { name: 'Renamed by a page' },
    });
    expect(mockServer('detaching')).toMatchObject({ status: 204, body: null });
  });

  it('reads the body of a refusal', () => {
    expect(mockServer('no credential')).toMatchObject({
      status: 401,
      body: { error: { code: 'AUTHENTICATION_REQUIRED' } },
    });
    expect(mockServer('attaching').status).toBe(201);
    expect(mockServer('attaching again')).toMatchObject({
      status: 409,
      body: {
        error: {
          code: 'RESOURCE_ALREADY_EXISTS',
          details: { space_id: 'space_abc123', vector_store_id: 'vs_def456' },
        },
      },
    });
  });

  it('asks for a case by name, and reads which case answered', () => {
    expect(mockServer('a case by name')).toMatchObject({
      status: 403,
      headers: {
        'x-understudy-case': 'getSpace.view_access_required',
        'preference-applied': 'code=403',
      },
    });
  });

  it('reads the headers that tell what to do next', () => {
    const { headers: limited, status, body } = mockServer('a rate limit by name');
    expect(status).toBe(429);
    expect(limited?.['retry-after']).toMatch(/^\d+$/);
    expect(limited?.['x-request-id']).toBe(body.error.trace_id);
    expect(limited).toMatchObject({
      'x-ratelimit-limit': expect.any(String),
      'x-ratelimit-reset': expect.any(String),
    });
    expect(mockServer('a wrong method')).toMatchObject({
      status: 405,
      headers: { allow: expect.stringContaining('PATCH') },
    });
  });
});

describe('the pages of this server, in the address bar', () => {
  /** What the browser shows; nothing where it saves a file instead. */
  const shown = beforeAllWithTool(async () => {
    const page = await newPage();
    const understudy = createUnderstudy();
    const { url } = await understudy.listen({ port: 0 });
    const saved = createServer((_, response) =>
      response.setHeader('content-type', 'application/yaml').end('openapi: 3.1.0'),
    );
    await once(saved.listen(0, '127.0.0.1'), 'listening');
    const show = async (address: string): Promise<string> => {
      try {
        await page.goto(address);
      } catch (error) {
        if (/Download is starting/.test(String(error))) return '';
        throw error;
      }
      return page.content();
    };
    try {
      return {
        home: await show(url),
        json: await show(`${url}/openapi.json`),
        yaml: await show(`${url}/openapi.yaml`),
        saved: await show(`http://127.0.0.1:${(saved.address() as AddressInfo).port}/openapi.yaml`),
      };
    } finally {
      await page.close();
      await understudy.close();
      saved.close().closeAllConnections();
    }
  }, 240_000);

  it('opens the document and does not save it, as YAML and as JSON', () => {
    expect(shown().yaml).toMatch(/<pre[^>]*>openapi: 3\.1\.0\ninfo:\n/);
    expect(shown().json).toMatch(/<pre[^>]*>\{\s+"openapi": "3\.1\.0"/);
    // Sent as application/yaml, it would be saved.
    expect(shown().saved).toBe('');
  });

  it('opens the page of this server with its style', () => {
    expect(shown().home).toContain('<h1>Understudy</h1>');
  });
});
