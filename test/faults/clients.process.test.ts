// Each fault as three real clients see it: fetch in Node, fetch in a page of another origin in Chromium, and the
// vendor's own client for Python, unchanged.
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { type Browser, chromium } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ControlClient, type Fault } from '../../src/control/client.js';
import { createUnderstudy } from '../../src/index.js';
import { beforeAllWithTool, findChromium, installVendorSdk } from '../support/tools.js';

/** What a client has of an answer. */
interface Seen {
  readonly status?: number;
  readonly type?: string;
  /** Of the space, or of the error. */
  readonly id?: string;
  readonly code?: string;
  /** A body that is no JSON. */
  readonly text?: string;
  /** Seconds to wait, as the answer says. */
  readonly retryAfter?: string;
  /** The error that the client throws, in place of a status or of the body. */
  readonly failed?: string;
  readonly ms: number;
}

interface Expected {
  readonly does?: Fault['does'];
  /** One request is let through. */
  readonly limited?: true;
  /** By every client, or by each of them; `ms` is the least. */
  readonly seen: Partial<Seen> | Readonly<Record<Client, Partial<Seen>>>;
}
type Client = 'fetch' | 'python' | 'chromium';

const JSON_TYPE = 'application/json';
const space = { status: 200, id: 'space_abc123', type: JSON_TYPE };
const faults: Readonly<Record<string, Expected>> = {
  reset: {
    does: { end: 'reset' },
    seen: {
      fetch: { failed: 'ECONNRESET' },
      python: { failed: 'ReadError' },
      chromium: { failed: 'TypeError' },
    },
  },
  truncated: {
    does: { cut_after: 20 },
    seen: {
      fetch: { status: 200, failed: 'UND_ERR_SOCKET' },
      python: { status: 200, failed: 'RemoteProtocolError' },
      chromium: { status: 200, failed: 'TypeError' },
    },
  },
  hang: {
    does: { end: 'hang' },
    seen: {
      fetch: { failed: 'TimeoutError' },
      python: { failed: 'ReadTimeout' },
      chromium: { failed: 'TimeoutError' },
    },
  },
  'wrong-type': { does: { content_type: 'text/html' }, seen: { ...space, type: 'text/html' } },
  // Some five pieces, and a wait before each but the first.
  drip: { does: { drip: { bytes: 100, every_ms: 60 } }, seen: { ...space, ms: 150 } },
  latency: { does: { latency: { ms: 300 } }, seen: { ...space, ms: 290 } },
  'forced-case': {
    does: { case: 'space_not_found' },
    seen: { status: 404, code: 'RESOURCE_NOT_FOUND', type: JSON_TYPE },
  },
  undocumented: {
    does: { status: 503, retry_after: 2 },
    seen: { status: 503, code: 'SERVER_ERROR', type: JSON_TYPE, retryAfter: '2' },
  },
  'not-json': {
    does: { status: 502, body: '<h1>Bad Gateway</h1>', content_type: 'text/html' },
    seen: { status: 502, type: 'text/html', text: '<h1>Bad Gateway</h1>' },
  },
  'rate-limit': {
    limited: true,
    seen: { status: 429, code: 'RATE_LIMIT_EXCEEDED', type: JSON_TYPE, retryAfter: '3600' },
  },
};
/** A client waits for an answer no longer than this. */
const PATIENCE_MS = 1000;

/** With nothing from outside it: a page runs it too. */
async function look({ url, key, patience }: { url: string; key: string; patience: number }) {
  const begun = performance.now();
  const seen: Record<string, unknown> = {};
  try {
    const response = await fetch(`${url}/v1/spaces/space_abc123`, {
      headers: { 'X-API-Key': key },
      signal: AbortSignal.timeout(patience),
    });
    seen.status = response.status;
    seen.type = response.headers.get('content-type');
    seen.retryAfter = response.headers.get('retry-after');
    const text = await response.text();
    if (/^\{/.test(text)) {
      const body = JSON.parse(text);
      seen.id = body.id;
      seen.code = body.error?.code;
    } else seen.text = text;
  } catch (error) {
    const { name, cause } = error as Error & { cause?: { code?: string } };
    seen.failed = cause?.code ?? name;
  }
  return { ...seen, ms: performance.now() - begun } as Seen;
}

const understudy = createUnderstudy();
let url = '';
let control: ControlClient;
/** A world for each client and fault. */
const worldOf = (client: Client, fault: string): string => `${client}-${fault}`;
const keyOf = (client: Client, fault: string): string => `ak_owner~${worldOf(client, fault)}`;

beforeAll(async () => {
  ({ url } = await understudy.listen({ port: 0 }));
  control = new ControlClient(url);
  for (const [fault, { does, limited }] of Object.entries(faults))
    for (const client of ['fetch', 'python', 'chromium'] as const) {
      const world = worldOf(client, fault);
      await control.createWorld(world);
      if (does) await control.replaceFaults(world, [{ name: fault, does }]);
      if (!limited) continue;
      await control.setLimits(world, { rate: '1/h' });
      await look({ url, key: keyOf(client, fault), patience: 10_000 });
    }
});
let browser: Browser | undefined;
afterAll(async () => {
  await browser?.close();
  await understudy.close();
});

type All = Readonly<Record<string, Seen>>;
async function each(client: Client, see: (key: string) => Promise<Seen>): Promise<All> {
  const seen = Object.keys(faults).map(
    async (fault) => [fault, await see(keyOf(client, fault))] as const,
  );
  return Object.fromEntries(await Promise.all(seen));
}

const clients: Readonly<Record<Client, () => Promise<All>>> = {
  fetch: () => each('fetch', (key) => look({ url, key, patience: PATIENCE_MS })),
  chromium: async () => {
    browser = await chromium.launch({ executablePath: findChromium(), args: ['--no-sandbox'] });
    const page = await browser.newPage();
    return each('chromium', (key) => page.evaluate(look, { url, key, patience: PATIENCE_MS }));
  },
  python: async () => {
    const python = await installVendorSdk('5.0.0');
    const script = fileURLToPath(new URL('sdk_faults.py', import.meta.url));
    const keys = Object.keys(faults).map((fault) => keyOf('python', fault));
    const { stdout } = await promisify(execFile)(
      python,
      [script, url, String(PATIENCE_MS / 1000), ...keys],
      { env: { ...process.env, NO_PROXY: '*' }, timeout: 120_000 },
    );
    const lines = stdout.trim().split('\n');
    return Object.fromEntries(
      Object.keys(faults).map((fault, i) => [fault, JSON.parse(lines[i] as string)]),
    );
  },
};

describe.each(Object.keys(clients) as Client[])('%s sees', (client) => {
  const seen = beforeAllWithTool(clients[client], 240_000);

  it.each(Object.entries(faults))('%s as what it is', async (fault, { limited, ...expected }) => {
    const all = expected.seen as Partial<Seen> & Readonly<Record<Client, Partial<Seen>>>;
    const { ms: least = 0, ...wanted } = all[client] ?? all;
    const { ms, ...got } = seen()[fault] as Seen;
    expect(got).toMatchObject(wanted);
    expect('failed' in got).toBe('failed' in wanted);
    expect(ms).toBeGreaterThanOrEqual(least);
    const { requests } = await control.requests(worldOf(client, fault));
    const { limit, fault: planted } = requests.at(-1) ?? {};
    expect(limited ? limit : planted).toBe(limited ? 'rate' : fault);
  });
});
