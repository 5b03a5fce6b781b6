// Replays of recordings by every kind of program, in a mock server of this process.
import { brotliCompressSync, gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { decodedAtOnce } from '../../src/client/content-encoding.js';
import { handlerTarget } from '../../src/client/target.js';
import { readHar } from '../../src/har/read.js';
import { type ReplayOptions, replay } from '../../src/har/replay.js';
import { createUnderstudy } from '../../src/index.js';

interface Shape {
  readonly method?: string;
  readonly url?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly postData?: object;
  readonly bodySize?: number;
  readonly status?: number;
  readonly content?: object;
  readonly came?: Readonly<Record<string, string>>;
  readonly more?: object;
}

const list = (headers: Readonly<Record<string, string>>) =>
  Object.entries(headers).map(([name, value]) => ({ name, value }));

const api = 'https://api.example.com';
const entry = ({
  method = 'GET',
  url = `${api}/v1/capabilities`,
  headers = {},
  ...rest
}: Shape) => ({
  request: {
    method,
    url,
    httpVersion: 'http/2.0',
    headers: list({ 'X-API-Key': 'ak_owner', ...headers }),
    ...(rest.postData ? { postData: rest.postData } : {}),
    bodySize: rest.bodySize ?? 0,
  },
  response: {
    status: rest.status ?? 200,
    headers: list(rest.came ?? {}),
    content: rest.content ?? { size: 0, mimeType: 'application/json' },
  },
  ...rest.more,
});
const json = (value: unknown) => {
  const text = JSON.stringify(value);
  return { size: Buffer.byteLength(text), mimeType: 'application/json', text };
};
const posted = (value: unknown) => ({ mimeType: 'application/json', text: JSON.stringify(value) });

const har = (entries: readonly object[]) => JSON.stringify({ log: { version: '1.2', entries } });

const inflate = (bytes: Uint8Array, coding: string) => decodedAtOnce(bytes, coding, 2 ** 20);

async function replayed(
  entries: readonly object[],
  options: Partial<ReplayOptions> & {
    readonly before?: (fetch: typeof globalThis.fetch) => unknown;
  } = {},
) {
  const understudy = createUnderstudy();
  await options.before?.(understudy.fetch as typeof globalThis.fetch);
  const { operations } = understudy.spec;
  const seen: string[] = [];
  const target = handlerTarget('here', understudy.fetch);
  const result = await replay(readHar(har(entries), 'a.har', { inflate }), {
    target: {
      ...target,
      send: (request) => {
        seen.push(`${request.method} ${request.target}`);
        return target.send(request);
      },
    },
    operations: [...operations.values()],
    credentials: understudy.world.credentials.all(),
    casesOf: ({ method, template }) => {
      const found = [...operations.values()].find(
        (one) => one.method === method && one.template === template,
      );
      return [...(found?.cases.values() ?? [])];
    },
    ...options,
  });
  return { ...result, seen, journal: understudy.journal };
}
const differences = ({ exchanges }: Awaited<ReturnType<typeof replayed>>) =>
  exchanges.map((one) => one.differences);

/** The answers of a server whose ids and times are others. */
async function recordedElsewhere(requests: readonly Shape[], seed = 7) {
  const elsewhere = createUnderstudy({ seed });
  const entries: object[] = [];
  const ids: Record<string, string> = {};
  for (const { method = 'GET', url = '', headers = {}, postData } of requests) {
    const target = url.replace(/\{(\w+)\}/g, (_, name) => ids[name] ?? name);
    const { text = '' } = (postData ?? {}) as { text?: string };
    const sent = { 'X-API-Key': 'ak_owner', ...headers };
    const response = await elsewhere.fetch(target, {
      method,
      headers: { ...sent, ...(text ? { 'content-type': 'application/json' } : {}) },
      ...(text ? { body: text } : {}),
    });
    const body = await response.text();
    const { id } = JSON.parse(body || '{}');
    ids[`id${entries.length}`] = id;
    entries.push(
      entry({
        method,
        url: `https://staging.example.com/api${target}`,
        headers: { ...headers, ...(text ? { 'Content-Type': 'application/json' } : {}) },
        ...(postData ? { postData, bodySize: Buffer.byteLength(text) } : {}),
        status: response.status,
        content: { size: Buffer.byteLength(body), mimeType: 'application/json', text: body },
      }),
    );
  }
  return entries;
}
const newSpace = {
  organization_id: 'org_xyz789',
  name: 'From a recording',
  access_mode: 'private',
};

describe('a replay', () => {
  it('maps ids that the server makes, in the path, in a query and in a body, and lets times differ', async () => {
    const entries = await recordedElsewhere([
      { method: 'POST', url: '/v1/spaces/', postData: posted(newSpace) },
      { url: '/v1/spaces/{id0}' },
      { method: 'PATCH', url: '/v1/spaces/{id0}', postData: posted({ name: 'Renamed' }) },
      { method: 'POST', url: '/v1/threads', postData: posted({ organization_id: 'org_xyz789' }) },
      { method: 'POST', url: '/v1/spaces/{id0}/threads/{id3}' },
      { url: '/v1/spaces/{id0}/threads' },
      { method: 'DELETE', url: '/v1/spaces/{id0}' },
      { url: '/v1/spaces/{id0}' },
    ]);
    const result = await replayed(entries);
    expect(differences(result)).toEqual(entries.map(() => []));
    expect(result.ids).toBeGreaterThan(1);
    const made = (result.seen[1] as string).split('/').at(-1) as string;
    expect(JSON.stringify(entries)).not.toContain(made);
    expect(result.exchanges[1]?.sent).toBe(`GET /v1/spaces/${made}`);
    expect(result.seen[4]).toMatch(new RegExp(`^POST /v1/spaces/${made}/threads/thrd_`));
  });

  it('tells a status, a case and fields that differ', async () => {
    const attach = `${api}/v1/spaces/space_abc123/vector-stores/vs_def456`;
    const error = {
      code: 'RESOURCE_ALREADY_EXISTS',
      message: 'This resource already exists.',
      system_message: 'Vector store already attached to space',
      type: 'client_error',
      status: 409,
      details: { space_id: 'space_abc123', vector_store_id: 'vs_def456' },
      trace_id: 'req_1a2b',
      timestamp: '2026-01-01T00:00:00Z',
    };
    const result = await replayed([
      entry({ method: 'POST', url: attach, status: 409, content: json({ success: false, error }) }),
      entry({
        method: 'POST',
        url: attach,
        status: 409,
        content: json({
          success: false,
          error: { ...error, message: 'Other words.', details: { space_id: 'space_abc123' } },
        }),
      }),
      entry({
        url: `${api}/v1/spaces/space_none`,
        status: 404,
        came: { 'X-Understudy-Case': 'getSpace.other_organization' },
      }),
    ]);
    expect(differences(result)).toEqual([
      [{ at: 'status', recorded: 409, here: 201 }],
      [
        { at: '/error/message', recorded: 'Other words.', here: 'This resource already exists.' },
        { at: '/error/details/vector_store_id', here: 'vs_def456' },
      ],
      expect.arrayContaining([
        { at: 'case', recorded: 'other_organization', here: 'space_not_found' },
      ]),
    ]);
    expect(result.different).toBe(3);
  });

  it('finds another case behind the same status by what the error says', async () => {
    const error = {
      code: 'RESOURCE_NOT_FOUND',
      system_message: 'Vector store not found',
      type: 'client_error',
      status: 404,
    };
    const { operations } = createUnderstudy().spec;
    const cases = [...(operations.get('addVectorStoreToSpace')?.cases.values() ?? [])].filter(
      ({ status }) => status === 404,
    );
    const store = cases.find(({ name }) => name.includes('store'));
    const recorded = (store?.value as { error: object } | undefined)?.error ?? error;
    const result = await replayed([
      entry({
        method: 'POST',
        url: `${api}/v1/spaces/space_none/vector-stores/vs_none`,
        status: 404,
        content: json({ success: false, error: recorded }),
      }),
    ]);
    expect(result.exchanges[0]?.differences[0]).toEqual({
      at: 'case',
      recorded: store?.name,
      here: 'space_not_found',
    });
  });

  it('does not take for made what both servers know, what the client has sent, or words', async () => {
    const page = async (query: string) => {
      const response = await createUnderstudy().fetch(
        `/v1/spaces/?organization_id=org_xyz789${query}`,
        { headers: { 'X-API-Key': 'ak_owner' } },
      );
      return await response.json();
    };
    const right = (await page('')) as Record<string, unknown>;
    const [name, rows] = Object.entries(right).find(([, value]) => Array.isArray(value)) as [
      string,
      object[],
    ];
    const turned = { ...right, [name]: [...rows].reverse() };
    const other = { ...right, [name]: rows.map((row) => ({ ...row, access_mode: 'public_x1' })) };
    const url = `${api}/v1/spaces/?organization_id=org_xyz789`;
    const result = await replayed([
      entry({ url, content: json(right) }),
      entry({ url, content: json(turned) }),
      entry({ url, content: json(other) }),
    ]);
    const [same, order, words] = differences(result).map((found) => found.map(({ at }) => at));
    expect(same).toEqual([]);
    expect(order).toContain(`/${name}/0/id`);
    expect(words).toContain(`/${name}/0/access_mode`);
  });

  it('compares a list of another length as a whole', async () => {
    const url = `${api}/v1/spaces/?organization_id=org_xyz789`;
    const [found] = differences(await replayed([entry({ url, content: json({ spaces: [] }) })]));
    expect(found).toEqual(
      expect.arrayContaining([expect.objectContaining({ at: '/spaces', recorded: '0 items' })]),
    );
  });

  it('sends an id for another one where it is told to', async () => {
    const result = await replayed(
      [entry({ url: `${api}/v1/spaces/space_prod1`, status: 200, content: json({}) })],
      { ids: { space_prod1: 'space_abc123' } },
    );
    expect(result.seen).toEqual(['GET /v1/spaces/space_abc123']);
  });

  it('replaces ids behind escapes, and not inside of other words', async () => {
    const { seen, journal } = await replayed(
      [
        entry({ url: `${api}/v1/threads?search=a%2Cthrd_old1%20x_thrd_old1`, method: 'GET' }),
        entry({
          method: 'POST',
          url: `${api}/v1/threads`,
          headers: { 'Content-Type': 'application/json' },
          postData: {
            mimeType: 'application/json',
            text: '{"name":"\\nthrd_old1 \\u00e9thrd_old1 thrd_old12"}',
          },
        }),
      ],
      { ids: { thrd_old1: 'thrd_new1' } },
    );
    expect(seen[0]).toBe('GET /v1/threads?search=a%2Cthrd_new1%20x_thrd_old1');
    expect(journal[1]?.request.body).toBe('{"name":"\\nthrd_new1 \\u00e9thrd_new1 thrd_old12"}');
  });
});

describe('what of a recording is sent', () => {
  it('is what was for the API, wherever it was', async () => {
    const asset = { size: 1, mimeType: 'text/javascript', text: 'x' };
    const result = await replayed([
      entry({
        url: 'https://app.example.com/',
        content: { size: 1, mimeType: 'text/html', text: 'x' },
      }),
      entry({ url: 'https://app.example.com/v1/app.js', content: asset }),
      entry({ url: `${api}/edge/v1/spaces/space_abc123`, method: 'OPTIONS', status: 204 }),
      entry({ url: `${api}/edge/v1/spaces/space_abc123`, more: { _resourceType: 'fetch' } }),
      entry({ url: `${api}/edge/v1/none`, status: 404 }),
      entry({ url: `${api}/edge/v1/capabilities`, method: 'PUT', status: 405 }),
      entry({ url: `${api}/health` }),
      entry({ url: `${api}/edge/v1/threads` }),
      entry({ url: 'https://other.example.com/v1/threads' }),
      entry({ url: 'data:text/plain,hello' }),
      entry({ url: `${api}/v1/spaces/space_abc123`, more: { _resourceType: 'document' } }),
    ]);
    expect(result.seen).toEqual([
      'GET /v1/spaces/space_abc123',
      'GET /v1/none',
      'PUT /v1/capabilities',
      'GET /v1/threads',
    ]);
    expect(result.origins).toEqual([api]);
    expect(result.leftOut).toEqual({ other_origin: 4, preflight: 1, no_operation: 1, asset: 1 });
    expect(result.otherOrigins).toEqual(['https://other.example.com']);
  });

  it('is that of the origins that are named', async () => {
    const entries = [
      entry({}),
      entry({}),
      entry({ url: 'http://localhost:4010/w/one/v1/threads' }),
    ];
    const { seen } = await replayed(entries, { origins: ['http://localhost:4010'] });
    expect(seen).toEqual(['GET /v1/threads']);
    expect((await replayed([])).exchanges).toEqual([]);
  });

  it('has no header of HTTP/2, of the connection, of the cache or of another world', async () => {
    const { journal, exchanges } = await replayed([
      entry({
        headers: {
          ':authority': 'api.example.com',
          ':method': 'GET',
          Host: 'x',
          'Content-Length': '7',
          'If-None-Match': '"1"',
          'X-Understudy-World': 'other',
          'sec-fetch-mode': 'cors',
          Cookie: 'a=b',
          'Accept-Encoding': 'br',
          'X-Mine': '1',
          Prefer: 'example=listed',
        },
        status: 304,
      }),
    ]);
    const { headers } = journal[0]?.request ?? { headers: {} };
    expect(Object.keys(headers).sort()).toEqual(['prefer', 'x-api-key', 'x-mine']);
    // The browser had the body already.
    expect(exchanges[0]?.differences).toEqual([]);
  });

  it('is in the order of the clock', async () => {
    const at = (second: number) => ({ startedDateTime: `2026-01-01T00:00:0${second}.000+01:00` });
    const { seen } = await replayed([
      entry({ url: `${api}/v1/threads?a=2`, more: at(2) }),
      entry({ url: `${api}/v1/threads?a=1`, more: at(1) }),
    ]);
    expect(seen).toEqual(['GET /v1/threads?a=1', 'GET /v1/threads?a=2']);
  });

  it('has the body in every form in which programs write it', async () => {
    const text = JSON.stringify({ name: 'Käse' });
    const base64 = (bytes: Uint8Array) => ({
      mimeType: 'application/json',
      encoding: 'base64',
      text: Buffer.from(bytes).toString('base64'),
    });
    const headers = { 'Content-Type': 'application/json' };
    const send = (postData: object | undefined, more: Shape = {}) =>
      entry({
        method: 'POST',
        url: `${api}/v1/threads`,
        headers,
        status: 201,
        ...(postData ? { postData } : {}),
        ...more,
      });
    const { journal, leftOut, withoutBody } = await replayed([
      send({ mimeType: 'application/json', text }, { bodySize: Buffer.byteLength(text) }),
      send(base64(Buffer.from(text))),
      send(base64(gzipSync(text)), { headers: { ...headers, 'Content-Encoding': 'gzip' } }),
      send({
        mimeType: 'application/x-www-form-urlencoded',
        params: [{ name: 'a', value: 'b c' }],
      }),
      send(undefined),
      send(undefined, { bodySize: 20 }),
      send({ mimeType: 'application/json', text: text.slice(0, 5) }, { bodySize: 100 }),
      send({ mimeType: 'multipart/form-data', params: [{ name: 'f' }] }, { bodySize: 100 }),
    ]);
    expect(journal.map(({ request }) => request.body)).toEqual([
      text,
      text,
      text,
      'a=b+c',
      undefined,
    ]);
    expect([leftOut, withoutBody]).toEqual([{ body_missing: 3 }, [5, 6, 7]]);
  });

  it('is only what reads, where nothing may be written', async () => {
    const understudy = createUnderstudy();
    const target = { ...handlerTarget('here', understudy.fetch), readOnly: true };
    const { leftOut } = await replayed(
      [entry({ method: 'DELETE', url: `${api}/v1/threads` }), entry({})],
      { target },
    );
    expect([leftOut, understudy.journal.map(({ method }) => method)]).toEqual([
      { write: 1 },
      ['GET'],
    ]);
  });
});

describe('an answer of a recording', () => {
  const url = `${api}/v1/spaces/space_abc123`;
  const answer = async () =>
    (
      await createUnderstudy().fetch('/v1/spaces/space_abc123', {
        headers: { 'X-API-Key': 'ak_owner' },
      })
    ).text();

  it('is read in every form in which programs write it', async () => {
    const text = await answer();
    const size = Buffer.byteLength(text);
    const base64 = (bytes: Uint8Array) => ({
      size,
      mimeType: 'application/json',
      encoding: 'base64',
      text: Buffer.from(bytes).toString('base64'),
    });
    const forms = [
      entry({ url, content: { size, mimeType: 'application/json', text } }),
      entry({ url, content: base64(Buffer.from(text)) }),
      entry({ url, content: base64(Buffer.from(text)), came: { 'content-encoding': 'br' } }),
      entry({ url, content: base64(gzipSync(text)), came: { 'content-encoding': 'gzip' } }),
      entry({ url, content: base64(brotliCompressSync(text)), came: { 'Content-Encoding': 'br' } }),
    ];
    const result = await replayed(forms);
    expect(differences(result)).toEqual(forms.map(() => []));
    expect(result.exchanges.every(({ unread }) => unread === undefined)).toBe(true);
    const other = await replayed([
      entry({
        url,
        content: base64(gzipSync(text.replace('space_abc123', 'space_zzz'))),
        came: { 'content-encoding': 'gzip' },
      }),
    ]);
    expect(other.different).toBe(1);
  });

  it('is compared as far as the file has it', async () => {
    const text = await answer();
    const size = Buffer.byteLength(text);
    const result = await replayed([
      entry({ url, content: { size, mimeType: 'application/json', text: text.slice(0, 30) } }),
      entry({ url, content: { size, mimeType: 'application/json' } }),
      entry({ url, status: 404, content: { size, mimeType: 'application/json' } }),
      entry({ url, status: 0 }),
    ]);
    expect(result.exchanges.map(({ unread }) => unread !== undefined)).toEqual([
      true,
      true,
      false,
      false,
    ]);
    expect([result.different, result.unanswered]).toEqual([1, 1]);
  });
});

describe('the credential of a request', () => {
  const as = async (headers: Readonly<Record<string, string>>, more: Shape = {}, options = {}) => {
    const shape = { url: `${api}/v1/spaces/space_abc123`, ...more };
    const one = entry(shape);
    one.request.headers = list(headers);
    const { exchanges, journal } = await replayed([one], options);
    return [exchanges[0]?.as.credential, exchanges[0]?.as.user_id, journal[0]?.user_id];
  };

  it('stays where the world knows it, whatever world it was for', async () => {
    expect(await as({ 'X-API-Key': 'ak_viewer' })).toEqual(['known', null, 'usr_viewer1']);
    expect(await as({ Authorization: 'Bearer tok_viewer~one' })).toEqual([
      'known',
      null,
      'usr_viewer1',
    ]);
  });

  it.each([
    ['masked', { 'X-API-Key': '***' }],
    ['masked', { Authorization: 'Bearer ***' }],
    ['masked', { authorization: `Bearer $\{OWNER_KEY}` }],
    ['unknown', { 'X-API-Key': 'ak_of_production' }],
    ['missing', {}],
  ] as const)(
    'that is %s is that of the first caller, or of the one that is named',
    async (kind, headers) => {
      expect(await as(headers)).toEqual([kind, 'usr_owner1', 'usr_owner1']);
      expect(await as(headers, {}, { caller: 'usr_viewer1' })).toEqual([
        kind,
        'usr_viewer1',
        'usr_viewer1',
      ]);
    },
  );

  it('is that of the user whom our own HAR names', async () => {
    const more = { more: { _understudy: { user_id: 'usr_editor1' } } };
    expect(await as({ 'X-API-Key': '***' }, more)).toEqual([
      'masked',
      'usr_editor1',
      'usr_editor1',
    ]);
    expect(await as({ 'X-API-Key': '***' }, more, { caller: 'usr_viewer1' })).toEqual([
      'masked',
      'usr_viewer1',
      'usr_viewer1',
    ]);
  });

  it('is refused again where it was refused, and for the same reason', async () => {
    expect(await as({}, { status: 401 })).toEqual(['missing', null, undefined]);
    expect(await as({ 'X-API-Key': 'ak_gone~one' }, { status: 401 })).toEqual([
      'unknown',
      null,
      undefined,
    ]);
    const one = entry({
      status: 401,
      headers: { 'X-API-Key': '***' },
      more: { _understudy: { case: 'api_key_expired' } },
    });
    const { exchanges } = await replayed([one]);
    expect(exchanges[0]?.here).toEqual({ status: 401, case: 'api_key_expired' });
  });
});
