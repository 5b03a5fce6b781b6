// What a listening server does with clients that are careless, odd, broken or hostile. Bytes are
// exact throughout.
import type { Server } from 'node:http';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createUnderstudy, type ListenOptions, type Understudy } from '../../src/index.js';
import {
  ask,
  type Bytes,
  bytes,
  chunked,
  expectNobodyConnected,
  expectNoPath,
  expectRefusal,
  megabytesInUse,
  type RawAnswer,
  RawConnection,
  request,
  say,
  serverOf,
} from '../support/raw-http.js';
import { itFirst, itInFull, whole } from '../support/sample.js';

const MiB = 1024 * 1024;
const space = '/v1/spaces/space_abc123';
const thread = '/v1/threads/thrd_def456';
const org = '/v1/organizations/org_xyz789';
const attach = `${space}/vector-stores/vs_def456`;
const get = request('GET', space);
const spaceOf = (more: string): string => `{"organization_id":"org_xyz789","name":"New",${more}}`;

let understudy: Understudy;
let port: number;

/** Opens a port beside the one that every test has. */
const listen = async (timeouts: NonNullable<ListenOptions['timeouts']>): Promise<number> =>
  (await understudy.listen({ port: 0, timeouts })).port;

beforeEach(async () => {
  understudy = createUnderstudy();
  ({ port } = await understudy.listen({ port: 0 }));
});

afterEach(async () => {
  expect((await ask(port, get)).status, 'whatever was sent, the server lives on').toBe(200);
  expect(
    understudy.journal.filter(({ problem, breaches }) => problem ?? breaches),
    'no rule threw, no answer broke the document',
  ).toEqual([]);
  await understudy.close();
});

describe('a body that cannot be accepted', () => {
  const nested = (levels: number, open: string, shut: string): string =>
    `${open.repeat(levels)}${shut.repeat(levels)}`;
  const rows: readonly (readonly [what: string, body: Bytes, name: string, field: string])[] = [
    ['JSON that stops in the middle', '{"name": ', 'malformed_json', 'body'],
    ['two JSON texts', '{} {}', 'malformed_json', 'body'],
    ['no JSON at all', 'name=New', 'malformed_json', 'body'],
    [
      'a byte that UTF-8 never has',
      bytes('{"name":"', new Uint8Array([0xff]), '"}'),
      'not_utf8',
      'body',
    ],
    [
      'a character cut short',
      bytes('{"name":"', new Uint8Array([0xe2, 0x82]), '"}'),
      'not_utf8',
      'body',
    ],
    [
      'a body that ends inside a character',
      bytes('{"name":"', new Uint8Array([0xe2, 0x82])),
      'not_utf8',
      'body',
    ],
    [
      'half a surrogate pair in bytes',
      bytes('{"name":"', new Uint8Array([0xed, 0xa0, 0x80]), '"}'),
      'not_utf8',
      'body',
    ],
    ['UTF-16', Buffer.from('{"name":"x"}', 'utf16le'), 'malformed_json', 'body'],
    ['an array', '[{"name":"x"}]', 'body_not_an_object', 'body'],
    ['a string', '"name"', 'body_not_an_object', 'body'],
    ['a number', '7', 'body_not_an_object', 'body'],
    ['null', 'null', 'body_not_an_object', 'body'],
    ['a value of the wrong type', '{"name":7}', 'invalid_body', 'name'],
    ['an object for a text', '{"name":{"toString":"x"}}', 'invalid_body', 'name'],
    [
      'a wrong type inside a list',
      '{"access_users":["usr_a",7]}',
      'invalid_body',
      'access_users[1]',
    ],
    ['a name that is empty', '{"name":""}', 'invalid_body', 'name'],
    ['a name that is too long', `{"name":"${'x'.repeat(256)}"}`, 'invalid_body', 'name'],
    ['a value outside its list', '{"access_mode":"constructor"}', 'invalid_body', 'access_mode'],
    ['NUL in a value', '{"name":"a\\u0000b"}', 'invalid_text', 'name'],
    ['a lone high surrogate in a value', '{"name":"a\\ud800b"}', 'invalid_text', 'name'],
    ['a lone low surrogate in a value', '{"description":"\\udc00"}', 'invalid_text', 'description'],
    ['surrogates in the wrong order', '{"name":"\\udc00\\ud800"}', 'invalid_text', 'name'],
    ['NUL deep inside', '{"other":[{"a/b":"\\u0000"}]}', 'invalid_text', 'other[0].a/b'],
    ['NUL in a key', '{"a\\u0000":1}', 'invalid_text', 'a\u0000'],
    ['a lone surrogate in a key', '{"a":{"\\udfff":1}}', 'invalid_text', 'a.\udfff'],
    ['ten thousand lists in each other', nested(10_000, '[', ']'), 'too_deep', 'body'],
    [
      'ten thousand objects in each other',
      `${nested(10_000, '{"a":', '').concat('1', '}'.repeat(10_000))}`,
      'too_deep',
      'body',
    ],
    [
      'a depth that hides in an unknown field',
      `{"name":"x","other":${nested(10_000, '[', ']')}}`,
      'too_deep',
      'body',
    ],
    ['half a million brackets that never close', '['.repeat(MiB / 2), 'malformed_json', 'body'],
    ['half a million brackets that close', nested(MiB / 2, '[', ']'), 'too_deep', 'body'],
  ];
  it.each(rows)(
    '%s is a 422 that names the field, and the connection goes on',
    async (_, body, name, field) => {
      const before = JSON.stringify(understudy.world.snapshot());
      const [refused, next] = await say(port, bytes(request('PATCH', space, { body }), get), 2);
      expectRefusal(refused as RawAnswer, 422, `updateSpace.${name}`, {
        field,
        message: expect.stringMatching(/./),
      });
      expect(next?.status).toBe(200);
      expect(JSON.stringify(understudy.world.snapshot())).toBe(before);
    },
  );

  it.each([
    'text/plain',
    'application/x-www-form-urlencoded',
    'multipart/form-data; boundary=x',
    'application/jsonp',
    'application/xml',
    'json',
    'text/json',
    'constructor',
    '',
  ])('sent as "%s" is a 422', async (type) => {
    const refused = await ask(
      port,
      request('PATCH', space, { lines: [`Content-Type: ${type}`], body: '{"name":"New"}' }),
    );
    expectRefusal(refused, 422, 'updateSpace.unsupported_content_type', {
      field: 'body',
      message: expect.any(String),
    });
    expect(understudy.world.spaces.get('space_abc123')?.name).toBe('Launch room');
  });

  it.each([
    'application/json',
    'APPLICATION/JSON',
    'application/json;charset=utf-8',
    'application/merge-patch+json',
  ])('sent as "%s" is JSON', async (type) => {
    const lines = [`Content-Type: ${type}`];
    expect(
      (await ask(port, request('PATCH', space, { lines, body: '{"name":"New"}' }))).body.name,
    ).toBe('New');
  });

  it('may be 64 levels deep, and not 65', async () => {
    const deep = (levels: number) =>
      request('PATCH', thread, { body: `{"metadata":{"a":${nested(levels - 2, '[', ']')}}}` });
    expect((await ask(port, deep(64))).status).toBe(200);
    expectRefusal(await ask(port, deep(65)), 422, 'updateThread.too_deep');
  });

  it('leaves nothing behind that would spoil the reading of the next one', async () => {
    const cut = bytes('{"name":"', new Uint8Array([0xf0, 0x9f]));
    const good = request('PATCH', space, { body: '{"name":"Gr\u00fc\u00dfe \u{1f600}"}' });
    const [refused, accepted] = await say(
      port,
      bytes(request('PATCH', space, { body: cut }), good),
      2,
    );
    expectRefusal(refused as RawAnswer, 422, 'updateSpace.not_utf8');
    expect(accepted?.body.name).toBe('Gr\u00fc\u00dfe \u{1f600}');
  });
});

describe('names that nobody knows', () => {
  const strange = [
    'colour',
    '__proto__',
    'constructor',
    'prototype',
    'toString',
    'hasOwnProperty',
    '__defineGetter__',
    'a/b~c',
    '',
  ];
  const born = Object.getOwnPropertyNames(Object.prototype);
  const prototypeOfObject = Object.getPrototypeOf({});
  afterEach(() => {
    expect(Object.getOwnPropertyNames(Object.prototype)).toEqual(born);
    expect(Object.getPrototypeOf({})).toBe(prototypeOfObject);
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
    expect(Object.keys(Object.prototype)).toEqual([]);
  });

  it('in a body are ignored and listed, and the row has none of them', async () => {
    const threadOf = (more: string) => `{"organization_id":"org_xyz789","title":"New",${more}}`;
    const extra = strange.map(
      (name) => `${JSON.stringify(name)}:{"polluted":true,"__proto__":{"polluted":true}}`,
    );
    const plain = await ask(
      port,
      request('POST', '/v1/threads', { body: threadOf('"visible_in_ui":true') }),
    );
    const odd = await ask(port, request('POST', '/v1/threads', { body: threadOf(extra.join()) }));
    expect(odd.status).toBe(201);
    expect(understudy.journal.at(-1)?.ignored).toEqual(strange.map((name) => `body.${name}`));
    const same = { id: '', created_at: '', updated_at: '', last_message_at: '' };
    expect({ ...odd.body, ...same }).toEqual({ ...plain.body, ...same });
    const rowOf = (id: string) => Reflect.ownKeys(understudy.world.threads.get(id) as object);
    expect(rowOf(odd.body.id)).toEqual(rowOf(plain.body.id));
  });

  it('are refused one by one where the vendor refuses unknown fields, and make nothing', async () => {
    const before = JSON.stringify(understudy.world.snapshot());
    for (const name of strange) {
      const refused = await ask(
        port,
        request('POST', '/v1/spaces/', {
          body: spaceOf(`${JSON.stringify(name)}:{"polluted":true}`),
        }),
      );
      expectRefusal(refused, 422, 'createSpace.unknown_field', {
        field: name,
        message: `${name} is not a field of this request`,
      });
      expect(understudy.journal.at(-1)?.ignored).toBeUndefined();
    }
    expect(JSON.stringify(understudy.world.snapshot())).toBe(before);
  });

  it('change no row that they are sent to', async () => {
    const body =
      '{"__proto__":{"name":"Mine"},"constructor":{"prototype":{"name":"Mine"}},"id":"space_mine","created_by":"usr_x"}';
    const before = JSON.stringify(understudy.world.spaces.get('space_abc123'));
    const { status } = await ask(port, request('PATCH', space, { body }));
    expect(status).toBe(200);
    expect(understudy.journal.at(-1)?.ignored).toEqual([
      'body.__proto__',
      'body.constructor',
      'body.id',
      'body.created_by',
    ]);
    expect(JSON.stringify(understudy.world.spaces.get('space_abc123'))).toBe(before);
  });

  it('in metadata, which holds any JSON, are data like others', async () => {
    const metadata =
      '{"__proto__":{"polluted":true},"constructor":{"prototype":{"polluted":true}},"list":[{"__proto__":null}]}';
    await ask(port, request('PATCH', thread, { body: `{"metadata":${metadata}}` }));
    await ask(port, request('PATCH', thread, { body: '{"metadata":{"color":"red"}}' }));
    const { text } = await ask(port, request('GET', thread));
    expect(text).toContain(`"metadata":${metadata.slice(0, -1)},"color":"red"}`);
  });

  it('in the query are ignored and listed', async () => {
    const query = strange.map((name) => `${encodeURIComponent(name)}=1`).join('&');
    const { status, text } = await ask(
      port,
      request('GET', `${org}/knowledge/slices?${query}&__proto__[polluted]=1&limit=1`),
    );
    expect(status).toBe(200);
    expect(understudy.journal.at(-1)?.ignored).toEqual(
      [...strange, '__proto__[polluted]'].map((name) => `query.${name}`),
    );
    expect(text).toBe((await ask(port, request('GET', `${org}/knowledge/slices?limit=1`))).text);
  });

  it('in the headers change nothing', async () => {
    const lines = strange
      .filter((name) => /^[\w]+$/.test(name))
      .map((name) => `${name}: {"polluted":true}`);
    const odd = await ask(port, request('GET', space, { lines: [...lines, ...lines] }));
    expect([odd.status, odd.text]).toEqual([200, (await ask(port, get)).text]);
  });

  it('are no credentials, ids, roles, parameters or cases either', async () => {
    const key = (name: string) => `GET ${space} HTTP/1.1\r\nHost: x\r\n${name}\r\n\r\n`;
    for (const name of ['__proto__', 'constructor', 'toString']) {
      expectRefusal(await ask(port, key(`X-API-Key: ${name}`)), 401, 'getSpace.invalid_api_key');
      expectRefusal(
        await ask(port, key(`Authorization: Bearer ${name}`)),
        401,
        'getSpace.token_invalid',
      );
      expectNoPath(await ask(port, request('GET', `/v1/${name}`)));
      expectRefusal(
        await ask(port, request('GET', `/v1/spaces/${name}`)),
        404,
        'getSpace.space_not_found',
        { space_id: name },
      );
      const prefer = request('GET', space, { lines: [`Prefer: example=${name}`] });
      expectRefusal(await ask(port, prefer), 400, 'unknown_preference');
      const role = request('POST', '/v1/spaces/', {
        body: spaceOf(`"visible_to_roles":["${name}"]`),
      });
      expectRefusal(await ask(port, role), 422, 'createSpace.unknown_role');
      const sort = request('GET', `${org}/knowledge/stores?sort=${name}`);
      expectRefusal(await ask(port, sort), 422, 'listStores.invalid_parameter');
    }
  });

  it('fill a page of the journal at most, however many and long they are', async () => {
    const many = Array.from({ length: 5000 }, (_, i) => `"f${i}":0`).join();
    await ask(port, request('PATCH', space, { body: `{"${'k'.repeat(MiB / 2)}":0,${many}}` }));
    const ignored = understudy.journal.at(-1)?.ignored ?? [];
    expect(ignored).toHaveLength(101);
    expect(ignored[0]).toBe(`body.${'k'.repeat(100)}…`);
    expect(ignored.at(-1)).toBe('4901 more in body');
  });
});

describe('a query that cannot be accepted', () => {
  const spaces = '/v1/spaces/?organization_id=org_xyz789';
  const outOfRange = (target: string, name: string): [target: string, field: string][] =>
    [
      '0',
      '-1',
      '101',
      '1.5',
      '1e1',
      '0x10',
      'ten',
      '',
      '%20',
      '99999999999999999999',
      'NaN',
      'Infinity',
      '%D9%A1',
    ].map((value) => [`${target}${target.includes('?') ? '&' : '?'}${name}=${value}`, name]);
  it.each<[target: string, field: string]>([
    ...outOfRange(spaces, 'limit'),
    ...outOfRange(`${org}/knowledge/slices`, 'limit'),
    ...outOfRange(`${org}/vector-stores`, 'take'),
    [`${org}/knowledge/slices?skip=-1`, 'skip'],
    [`${org}/knowledge/slices?skip=1.5`, 'skip'],
    ['/v1/threads?is_pinned=TRUE', 'is_pinned'],
    ['/v1/threads?order=constructor', 'order'],
    ['/v1/spaces/', 'organization_id'],
    ['/v1/spaces/?organization_id=', 'organization_id'],
    [`${space}?organization_id=%00`, 'organization_id'],
    [`${space}?organization_id=org%00_xyz789`, 'organization_id'],
    [`${space}?organization_id=%ED%A0%80`, 'organization_id'],
    [`${space}?organization_id=org_xyz789%FF`, 'organization_id'],
    [`${space}?organization_id=%C3`, 'organization_id'],
    ['/v1/threads?search=%F0%9F', 'search'],
  ])('%s is a 422 that names %s', async (target, field) => {
    const refused = await ask(port, request('GET', target));
    const [operation] = refused.headers['x-understudy-case']?.split('.') ?? [];
    expectRefusal(refused, 422, `${operation}.invalid_parameter`, {
      field,
      message: expect.stringContaining(field),
    });
  });

  it.each([
    [`${spaces}&organization_id=org_xyz789`, 'organization_id'],
    [`${spaces}&limit=1&limit=1`, 'limit'],
    [`${spaces}&limit=1&%6Cimit=2`, 'limit'],
    [`${spaces}&limit&limit`, 'limit'],
    [`${spaces}&cursor=&cursor=%00`, 'cursor'],
  ])('%s gives %s twice, which is a 422', async (target, field) => {
    const details = { field, message: expect.stringContaining('only once') };
    expectRefusal(
      await ask(port, request('GET', target)),
      422,
      'listSpaces.repeated_parameter',
      details,
    );
  });

  it('is not one that merely looks odd', async () => {
    for (const query of [
      'limit=%31',
      'limit=%2B1',
      '&&limit=1&',
      '=&limit=1',
      '?limit=1',
      'limit=1;limit=2&x'.replace('limit=1;', ''),
      '%',
    ])
      expect((await ask(port, request('GET', `${spaces}&${query}`))).status, query).toBe(200);
    for (const search of ['%EF%BF%BD', '%zz', '%', '%F0%9F%98%80', '+', '%2500'])
      expect((await ask(port, request('GET', `/v1/threads?search=${search}`))).status, search).toBe(
        200,
      );
  });
});

describe('a message that is too large', () => {
  const tooLarge = (length: number) => `{"description":"${'x'.repeat(length - 18)}"}`;

  it('is one whose body has a byte more than a mebibyte, by its length or in chunks', async () => {
    const over = tooLarge(MiB + 1);
    const inChunks = chunked('PATCH', space, [
      over.slice(0, 10),
      over.slice(10, MiB),
      over.slice(MiB),
    ]);
    for (const message of [request('PATCH', space, { body: over }), inChunks]) {
      const [refused, next] = await say(port, bytes(message, get), 2);
      expectRefusal(refused as RawAnswer, 413, 'body_too_large', { limit: MiB });
      expect(next?.status, 'the rest of the body is not taken for a request').toBe(200);
    }
    expect(understudy.world.spaces.get('space_abc123')?.description).not.toMatch(/^xx/);
  });

  it('is not one of a mebibyte, by its length, in chunks or in very small chunks', async () => {
    const full = tooLarge(MiB);
    const { description } = JSON.parse(full);
    expect((await ask(port, request('PATCH', space, { body: full }))).body.description).toBe(
      description,
    );
    const halves = chunked('PATCH', space, [full.slice(0, MiB / 2), full.slice(MiB / 2)]);
    expect((await ask(port, halves)).body.description).toBe(description);
    const small = `{"description":"${Array.from({ length: 3000 }, (_, i) => i).join(' ')}"}`;
    const bits = chunked('PATCH', space, [...small]);
    expect((await ask(port, bits)).body.description).toBe(JSON.parse(small).description);
  });

  it('is refused before anything else is looked at', async () => {
    const message = `POST /v1/nowhere HTTP/1.1\r\nHost: x\r\nContent-Type: text/plain\r\nContent-Length: ${MiB + 1}\r\n\r\n`;
    expectRefusal(
      await ask(port, bytes(message, Buffer.alloc(MiB + 1, 0xff))),
      413,
      'body_too_large',
    );
  });

  it.each([
    ['a header', `GET ${space} HTTP/1.1\r\nHost: x\r\nX-Long: ${'x'.repeat(17_000)}\r\n\r\n`],
    [
      'the name of a header',
      `GET ${space} HTTP/1.1\r\nHost: x\r\n${'x'.repeat(17_000)}: 1\r\n\r\n`,
    ],
    ['many headers', `GET ${space} HTTP/1.1\r\nHost: x\r\n${'X-Some: thing\r\n'.repeat(2000)}\r\n`],
    ['the target', `GET /v1/spaces/${'x'.repeat(17_000)} HTTP/1.1\r\nHost: x\r\n\r\n`],
    ['the query', `GET ${space}?${'x=1&'.repeat(5000)} HTTP/1.1\r\nHost: x\r\n\r\n`],
    ['headers without an end', `GET ${space} HTTP/1.1\r\nHost: x\r\nX-Long: ${'x'.repeat(17_000)}`],
    [
      'ten megabytes of headers',
      `GET ${space} HTTP/1.1\r\nHost: x\r\nX-Long: ${'x'.repeat(10_000_000)}\r\n\r\n`,
    ],
  ])('is one whose head is over 16 KiB: %s', async (_, message) => {
    const connection = await RawConnection.open(port);
    const refused = await connection.send(message).answer();
    expectRefusal(refused, 431, 'headers_too_large', { limit: 16 * 1024 });
    expect(refused.headers.connection).toBe('close');
    await connection.end();
    await connection.drop();
  });

  it('is not one whose head is just below, however many headers it has', async () => {
    expect(
      (await ask(port, request('GET', space, { lines: [`X-Long: ${'x'.repeat(16_000)}`] }))).status,
    ).toBe(200);
    const small = `GET ${space} HTTP/1.1\r\nHost: x\r\n${'a:\r\n'.repeat(3500)}X-API-Key: ak_owner\r\n\r\n`;
    expect((await ask(port, small)).status, 'the last of 3500 headers counts').toBe(200);
  });

  itInFull(
    'hundreds of times over leaves no trace in memory',
    async () => {
      const over = request('PATCH', space, { body: tooLarge(MiB + 1) });
      const deep = request('PATCH', space, {
        body: `{"other":${'['.repeat(10_000)}${']'.repeat(10_000)}}`,
      });
      const flood = `GET ${space} HTTP/1.1\r\nX-Long: ${'x'.repeat(60_000)}\r\n\r\n`;
      const unknown = request('PATCH', space, {
        body: `{${Array.from({ length: 5000 }, (_, i) => `"f${i}":0`).join()}}`,
      });
      const wrong = (target: string, body: string) => request('POST', target, { body });
      const ones = `[${'1,'.repeat(50_000)}1]`;
      const broken = [
        wrong('/v1/spaces/', spaceOf(`"access_users":${ones}`)),
        wrong(`${thread}/generateName`, `{"messages":${ones}}`),
        wrong(`${org}/vector-stores`, `{"access_users":${ones}}`),
        wrong(`${org}/knowledge/composites`, `{"member_slice_ids":${ones}}`),
      ];
      const round = async (times: number): Promise<void> => {
        for (let i = 0; i < times; i++) {
          expect((await ask(port, over)).status).toBe(413);
          expect((await ask(port, deep)).status).toBe(422);
          expect((await ask(port, flood)).status).toBe(431);
          expect((await ask(port, unknown)).status).toBe(200);
        }
      };
      await round(5); // code is compiled and pools are filled
      const before = await megabytesInUse();
      for (const message of broken) expect((await ask(port, message)).status).toBe(422);
      await round(whole ? 200 : 60);
      // What the journal keeps of these requests is small; what was sent to make them is 70 MB and
      // more.
      await expect.poll(megabytesInUse, { timeout: 5000 }).toBeLessThan(before + 10);
    },
    60_000,
  );
});

describe('ids in a path', () => {
  const long = 'x'.repeat(10 * 1024);
  it.each([
    ['%2F is part of an id', 'a%2Fb', 'a/b'],
    ['a path inside an id goes nowhere', '..%2Fspaces%2Fspace_abc123', '../spaces/space_abc123'],
    ['two dots are an id', '..', '..'],
    ['one dot is an id', '.', '.'],
    ['encoded dots are an id', '%2E%2e', '..'],
    ['spaces are kept', '%20a%20b%20', ' a b '],
    ['a plus is a plus', 'a+b', 'a+b'],
    ['ten kilobytes are an id', long, long],
    ['letters of other scripts are kept', '%C3%A4%E4%BD%A0%F0%9F%98%80', '\u00e4\u4f60\u{1f600}'],
    ['letters are not composed', 'a%CC%88', 'a\u0308'],
    ['a percent sign alone stands for itself', '100%', '100%'],
    ['a broken escape stands for itself', 'a%zzb%2', 'a%zzb%2'],
    ['escapes that are not UTF-8 stand for themselves', '%FF%ED%A0%80', '%FF%ED%A0%80'],
    ['an escape is decoded once', '%252F', '%2F'],
    ['NUL is a character', 'a%00b', 'a\u0000b'],
    ['markup is text', '%3Cscript%3E%22%27', '<script>"\''],
    ['a hash is a character', 'a%23b', 'a#b'],
    ['a question mark is a character', 'a%3Fb', 'a?b'],
    ['a semicolon is a character', 'a;b=c', 'a;b=c'],
    ['case counts', 'SPACE_ABC123', 'SPACE_ABC123'],
  ])('%s', async (_, sent, meant) => {
    const answers = await say(
      port,
      bytes(
        request('GET', `/v1/spaces/${sent}`),
        request('GET', `/v1/spaces/${sent}/threads?limit=1`),
        request('POST', `${space}/vector-stores/${sent}`),
        request('DELETE', `/v1/threads/${sent}`),
        request('PATCH', `${org}/vector-stores/${sent}`, { body: '{"name":"New"}' }),
      ),
      5,
    );
    const [first, second, third, fourth, fifth] = answers as [
      RawAnswer,
      RawAnswer,
      RawAnswer,
      RawAnswer,
      RawAnswer,
    ];
    expectRefusal(first, 404, 'getSpace.space_not_found', { space_id: meant });
    expectRefusal(second, 404, 'listSpaceThreads.space_not_found', { space_id: meant });
    expectRefusal(third, 404, 'addVectorStoreToSpace.vector_store_not_found', {
      vector_store_id: meant,
    });
    expectRefusal(fourth, 404, 'deleteThread.thread_not_found', { thread_id: meant });
    expectRefusal(fifth, 404, 'updateVectorStore.vector_store_not_found', {
      vector_store_id: meant,
    });
    expect(understudy.world.spaces.get('space_abc123')?.deleted_at).toBeNull();
  });

  it('are not walked: dots lead to no other path', async () => {
    for (const path of [
      '/v1/spaces/x/../space_abc123',
      '/v1/./spaces/space_abc123',
      '/v1//spaces/space_abc123',
      `/..${space}`,
      `${space}/`,
    ])
      expectNoPath(await ask(port, request('GET', path)));
  });

  it('outside ASCII must be escaped: raw bytes are not HTTP, and are refused as such', async () => {
    for (const raw of [
      '/v1/spaces/\u00e4',
      `${space}?search=\u{1f600}`,
      bytes('/v1/spaces/', new Uint8Array([0xff])),
    ])
      expectRefusal(
        await ask(port, bytes('GET ', raw, ' HTTP/1.1\r\nHost: x\r\n\r\n')),
        400,
        'bad_http',
        {},
      );
  });
});

describe('requests that are unusual and lawful', () => {
  it.each([
    ['with a length of 0 and no type', ['Content-Length: 0']],
    ['with neither length nor type', []],
    ['with a type and nothing of it', ['Content-Type: application/json', 'Content-Length: 0']],
    ['with a type that does not matter', ['Content-Type: text/plain', 'Content-Length: 0']],
    ['with no chunks', ['Transfer-Encoding: chunked']],
  ])('attach a store %s', async (_, lines) => {
    const last = lines.includes('Transfer-Encoding: chunked') ? '0\r\n\r\n' : '';
    const attached = await ask(port, bytes(request('POST', attach, { lines }), last));
    expect([attached.status, attached.headers['x-understudy-case']]).toEqual([
      201,
      'addVectorStoreToSpace.attached',
    ]);
  });

  it('attach a store with a body that nobody reads', async () => {
    const lines = ['Content-Type: text/plain'];
    const [attached, next] = await say(
      port,
      bytes(request('POST', attach, { lines, body: 'GET / HTTP/1.1\r\n\r\n' }), get),
      2,
    );
    expect([attached?.status, next?.status]).toEqual([201, 200]);
    expect(understudy.journal.at(-2)?.ignored).toEqual(['body']);
  });

  it('wait for 100 Continue, and get it before the body is sent', async () => {
    const connection = await RawConnection.open(port);
    const lines = ['Expect: 100-continue', 'Content-Type: application/json', 'Content-Length: 14'];
    expect((await connection.send(request('PATCH', space, { lines })).answer()).status).toBe(100);
    expect((await connection.send('{"name":"New"}').answer()).body.name).toBe('New');
    await connection.drop();
  });

  it('expect something else, and are served all the same', async () => {
    expect(
      (await ask(port, request('PATCH', space, { lines: ['Expect: tea'], body: '{"name":"New"}' })))
        .body.name,
    ).toBe('New');
  });

  it('are of HTTP/1.0, with and without a host, and end the connection', async () => {
    for (const host of ['', 'Host: x\r\n']) {
      const connection = await RawConnection.open(port);
      connection.send(`GET ${space} HTTP/1.0\r\n${host}X-API-Key: ak_owner\r\n\r\n`);
      expect((await connection.answer()).body.id).toBe('space_abc123');
      await connection.end();
      await connection.drop();
    }
  });

  it('come many in one write, are carried out in order and answered in order', async () => {
    const stores = `${space}/vector-stores`;
    const answers = await say(
      port,
      bytes(
        request('PATCH', space, { body: '{"name":"One"}' }),
        get,
        chunked('PATCH', space, ['{"name":', '"Two"', '}']),
        get,
        request('PATCH', space, { body: '{"name": ' }),
        request('POST', attach),
        request('POST', attach),
        request('GET', stores),
        request('DELETE', attach),
        request('GET', stores),
        request('GET', '/v1/nowhere'),
        request('PATCH', space, {
          body: `{"name":"Three","description":"${'x'.repeat(200_000)}"}`,
        }),
        get,
      ),
      13,
    );
    expect(answers.map(({ status }) => status)).toEqual([
      200, 200, 200, 200, 422, 201, 409, 200, 204, 200, 404, 200, 200,
    ]);
    expect([1, 3, 12].map((i) => answers[i]?.body.name)).toEqual(['One', 'Two', 'Three']);
    expect([7, 9].map((i) => answers[i]?.body.vector_stores.length)).toEqual([2, 1]);
  });

  it('do not overtake one whose body has to be inflated, or is still on its way', async () => {
    const deflated = gzipSync(`{"name":"Inflated"}${' '.repeat(MiB / 2)}`);
    const renamed = (name: string) => request('PATCH', space, { body: `{"name":"${name}"}` });
    const [, inflated, , again] = await say(
      port,
      bytes(
        request('PATCH', space, { body: deflated, lines: ['Content-Encoding: gzip'] }),
        get,
        renamed('Plain'),
        get,
      ),
      4,
    );
    expect([inflated?.body.name, again?.body.name]).toEqual(['Inflated', 'Plain']);

    const connection = await RawConnection.open(port);
    const late = renamed('Late');
    connection.send(late.subarray(0, -4));
    await new Promise((resolve) => setTimeout(resolve, 20));
    connection.send(bytes(late.subarray(-4), get));
    await connection.answer();
    expect((await connection.answer()).body.name).toBe('Late');
    await connection.drop();
  });

  it('come two hundred in one write', async () => {
    const ids = Array.from({ length: 200 }, (_, i) => `space_${i}`);
    const answers = await say(
      port,
      bytes(...ids.map((id) => request('GET', `/v1/spaces/${id}`))),
      200,
    );
    expect(answers.map(({ body }) => body.error.details.space_id)).toEqual(ids);
  });

  it('come byte by byte', async () => {
    const connection = await RawConnection.open(port);
    connection.socket.setNoDelay(true);
    for (const byte of request('PATCH', space, { body: '{"name":"Gr\u00fc\u00dfe"}' })) {
      connection.send(new Uint8Array([byte]));
      await new Promise(setImmediate);
    }
    expect((await connection.answer()).body.name).toBe('Gr\u00fc\u00dfe');
    await connection.drop();
  });

  it('name their headers in any case', async () => {
    for (const name of ['x-api-key', 'X-API-KEY', 'x-Api-kEY']) {
      const message = `PATCH ${space} HTTP/1.1\r\nhOST: x\r\n${name}:ak_owner\r\ncONTENT-tYPE:application/json\r\nCONTENT-LENGTH:2\r\n\r\n{}`;
      expect((await ask(port, message)).status, name).toBe(200);
    }
    expect(
      (
        await ask(
          port,
          `GET ${space} HTTP/1.1\r\nhost: x\r\nAUTHORIZATION: Bearer tok_owner\r\n\r\n`,
        )
      ).status,
    ).toBe(200);
  });

  it('name the whole URL, as proxies are told to', async () => {
    for (const origin of [
      'http://understudy.test',
      'HTTP://x:4010',
      'https://user:pass@[::1]:1',
      'http://[bad',
      'http://a:b:c',
      'http://',
    ]) {
      const { status, body } = await ask(
        port,
        request('GET', `${origin}${space}?organization_id=org_xyz789`),
      );
      expect([status, body.id], origin).toEqual([200, 'space_abc123']);
    }
    for (const target of [
      'http://understudy.test',
      'http://understudy.test/',
      'http://understudy.test?x=1',
    ]) {
      const { status, body } = await ask(port, request('GET', target));
      expect([status, body.links.length], target).toEqual([200, 3]);
      expectNoPath(await ask(port, request('GET', target.replace(/test\/?/, 'test/nowhere'))));
    }
  });

  it('ask for the head alone, and get no byte more', async () => {
    for (const target of [
      space,
      '/v1/spaces/space_invalid',
      '/v1/nowhere',
      '/openapi.json',
      `${org}/vector-stores?take=0`,
    ]) {
      const full = await ask(port, request('GET', target));
      const connection = await RawConnection.open(port);
      const head = await connection.send(request('HEAD', target), get).answer('HEAD');
      expect(
        [head.status, head.headers['content-length'], head.headers['x-understudy-case']],
        target,
      ).toEqual([full.status, full.headers['content-length'], full.headers['x-understudy-case']]);
      expect((await connection.answer()).body.id).toBe('space_abc123');
      await connection.drop();
    }
  });

  it('ask to speak something else, and are answered in HTTP/1.1', async () => {
    for (const upgrade of ['websocket', 'h2c'])
      expect(
        (
          await ask(
            port,
            request('GET', space, { lines: ['Connection: Upgrade', `Upgrade: ${upgrade}`] }),
          )
        ).status,
      ).toBe(200);
    expectRefusal(await ask(port, request('PROPFIND', space)), 405, 'method_not_allowed');
    expectNoPath(await ask(port, request('OPTIONS', '*')));
  });
});

describe('bytes that are no request', () => {
  const post = (lines: string, rest: Bytes = '') =>
    bytes(`PATCH ${space} HTTP/1.1\r\nHost: x\r\n${lines}\r\n\r\n`, rest);
  const rows: readonly (readonly [what: string, message: Bytes])[] = [
    ['words', 'hello, is anybody there?\r\n\r\n'],
    ['noise', new Uint8Array(Array.from({ length: 5000 }, (_, i) => (i * 7919) % 256))],
    ['nothing but NUL', new Uint8Array(1000)],
    ['the greeting of TLS', new Uint8Array([0x16, 3, 1, 2, 0, 1, 0, 1, 0xfc, 3, 3])],
    ['the greeting of HTTP/2', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'],
    ['an invalid method', request('BREW', space)],
    ['a method in small letters', request('get', space)],
    ['a version that there is not', request('GET', space, { version: '9.9' })],
    ['a target that is neither path nor URL', request('GET', 'spaces')],
    ['a space in the target', request('GET', '/v1/spaces/a b')],
    ['NUL in the target', bytes('GET /v1/\0 HTTP/1.1\r\nHost: x\r\n\r\n')],
    ['NUL in a header', request('GET', space, { lines: ['X-Odd: a\0b'] })],
    ['NUL in the name of a header', request('GET', space, { lines: ['X-\0Odd: a'] })],
    ['a control character in a header', request('GET', space, { lines: ['X-Odd: a\u0007b'] })],
    ['a space in the name of a header', request('GET', space, { lines: ['X Odd: a'] })],
    ['a header without a colon', request('GET', space, { lines: ['X-Odd'] })],
    ['lines that end in LF alone', request('GET', space).toString().replaceAll('\r', '')],
    ['no host', `GET ${space} HTTP/1.1\r\nX-API-Key: ak_owner\r\n\r\n`],
    ['two lengths that differ', post('Content-Length: 2\r\nContent-Length: 3', '{}')],
    ['two lengths that agree', post('Content-Length: 2\r\nContent-Length: 2', '{}')],
    ['a length and chunks', post('Content-Length: 5\r\nTransfer-Encoding: chunked', '0\r\n\r\n')],
    ['a length below nothing', post('Content-Length: -1')],
    ['a length that is no number', post('Content-Length: two', '{}')],
    ['a length beyond counting', post('Content-Length: 99999999999999999999999')],
    ['a coding that is not chunked', post('Transfer-Encoding: gzip', '{}')],
    ['a chunk whose size is no number', post('Transfer-Encoding: chunked', 'zz\r\n')],
    ['a chunk longer than it says', post('Transfer-Encoding: chunked', '1\r\n{}\r\n0\r\n\r\n')],
    [
      'a chunk with endless extensions',
      post('Transfer-Encoding: chunked', `1;${'x'.repeat(20_000)}`),
    ],
    ['CONNECT, which is for proxies', 'CONNECT understudy.test:443 HTTP/1.1\r\nHost: x\r\n\r\n'],
  ];
  it.each(rows)('%s: the envelope says so, and the connection ends', async (_, message) => {
    const before = JSON.stringify(understudy.world.snapshot());
    const connection = await RawConnection.open(port);
    const refused = await connection.send(message).answer();
    expectRefusal(refused, 400, 'bad_http', {});
    expect(refused.headers.connection).toBe('close');
    await connection.end();
    await connection.drop();
    expect(understudy.journal.map(({ case: name }) => name)).toEqual(['bad_http']);
    expect(JSON.stringify(understudy.world.snapshot())).toBe(before);
  });

  it('after requests that were whole do not cost these their answers', async () => {
    const connection = await RawConnection.open(port);
    connection.send(
      request('PATCH', space, { body: '{"name":"New"}' }),
      get,
      post('Transfer-Encoding: chunked', 'zz\r\n'),
      'more noise',
    );
    expect((await connection.answer()).status).toBe(200);
    expect((await connection.answer()).body.name).toBe('New');
    expectRefusal(await connection.answer(), 400, 'bad_http');
    await connection.end();
    await connection.drop();
  });

  it('after the last request of a connection are not listened to', async () => {
    const connection = await RawConnection.open(port);
    connection.send(
      request('GET', space, { lines: ['Connection: close'] }),
      request('DELETE', space),
    );
    expect((await connection.answer()).body.id).toBe('space_abc123');
    await connection.end();
    await connection.drop();
    expect(understudy.world.spaces.get('space_abc123')?.deleted_at).toBeNull();
  });
});

describe('clients that are slow', () => {
  const timeouts = { headers: 150, request: 300 };
  const head = `PATCH ${space} HTTP/1.1\r\nHost: x\r\nX-API-Key: ak_owner\r\nContent-Type: application/json\r\n`;
  itFirst(3).each([
    ['say nothing', ''],
    ['stop in the first line', 'GET /v1/spa'],
    ['stop in the headers', `GET ${space} HTTP/1.1\r\nHost: x\r\nX-API-`],
    ['stop before the body', `${head}Content-Length: 20\r\n\r\n`],
    ['stop in the body', `${head}Content-Length: 20\r\n\r\n{"name":`],
    ['stop between chunks', `${head}Transfer-Encoding: chunked\r\n\r\n5\r\n{"nam\r\n`],
    ['stop in the second request', bytes(get, 'GET /v1/spa')],
    [
      'stop after a body that is already too large',
      bytes(`${head}Content-Length: ${2 * MiB}\r\n\r\n`, 'x'.repeat(MiB + 1)),
    ],
  ])('and %s get a 408, while others are served', async (_, message) => {
    const slow = await listen(timeouts);
    const connection = await RawConnection.open(slow);
    connection.send(message);
    if (message instanceof Buffer && message.subarray(0, get.length).equals(get))
      expect((await connection.answer()).status).toBe(200);
    for (const other of await Promise.all(Array.from({ length: 5 }, () => ask(slow, get))))
      expect(other.status).toBe(200);
    const refused = await connection.answer();
    expectRefusal(refused, 408, 'request_timeout', {});
    expect(refused.headers.connection).toBe('close');
    await connection.end();
    await connection.drop();
    expect(understudy.world.spaces.get('space_abc123')?.name).toBe('Launch room');
  });

  it('and trickle for ever get a 408 all the same', async () => {
    const connection = await RawConnection.open(await listen(timeouts));
    connection.send(`GET ${space} HTTP/1.1\r\nHost: x\r\nX-Slow: `);
    const trickle = setInterval(() => connection.send('x'), 20);
    expectRefusal(await connection.answer(), 408, 'request_timeout');
    clearInterval(trickle);
    await connection.end();
    await connection.drop();
  });

  it('and do not leave after a refusal are shown the door', async () => {
    const slow = await listen(timeouts);
    const server = await serverOf(slow);
    const connections = await Promise.all(
      [
        'noise\r\n\r\n',
        bytes(get, 'noise\r\n\r\n'),
        'GET /v1',
        `${head}Transfer-Encoding: chunked\r\n\r\nzz\r\n`,
      ].map(async (message) => (await RawConnection.open(slow)).send(message)),
    );
    await expectNobodyConnected(server);
    await Promise.all(connections.map((connection) => connection.drop()));
  });
});

describe('clients that go away', () => {
  let server: Server;
  beforeEach(async () => {
    server = await serverOf(port);
  });
  const stages: readonly (readonly [when: string, message: Bytes])[] = [
    ['before the first byte', ''],
    ['in the first line', 'GET /v1/spa'],
    ['in the headers', `GET ${space} HTTP/1.1\r\nHost: x\r\nX-`],
    [
      'in the body',
      bytes(
        request('PATCH', space, {
          lines: ['Content-Type: application/json', 'Content-Length: 20'],
        }),
        '{"name":"',
      ),
    ],
    [
      'between chunks',
      bytes(request('PATCH', space, { lines: ['Transfer-Encoding: chunked'] }), '5\r\n{"nam\r\n'),
    ],
    ['before the answer', get],
    ['before many answers', bytes(...Array.from({ length: 20 }, () => get))],
    ['after noise', 'noise\r\n\r\n'],
    ['after CONNECT', 'CONNECT x:1 HTTP/1.1\r\nHost: x\r\n\r\n'],
  ];
  it.each(stages)('%s, politely or not, change nothing and leave nothing', async (_, message) => {
    const before = JSON.stringify(understudy.world.snapshot());
    for (const how of ['close', 'reset'] as const) {
      const connection = await RawConnection.open(port);
      connection.send(message);
      await ask(port, get); // the server has read what was sent before
      await connection.drop(how);
    }
    await expectNobodyConnected(server);
    expect(JSON.stringify(understudy.world.snapshot())).toBe(before);
  });

  itInFull('in the same moment as they speak, and rudely, harm nobody', async () => {
    for (let i = 0; i < 25; i++) {
      const connections = await Promise.all(stages.map(() => RawConnection.open(port)));
      for (const [j, connection] of connections.entries()) connection.send(stages[j]?.[1] as Bytes);
      if (i % 2 === 0) await new Promise(setImmediate);
      await Promise.all(connections.map((connection) => connection.drop('reset')));
    }
    await expectNobodyConnected(server);
  });

  it('with half a request are told that it was no whole one, as long as they listen', async () => {
    for (const message of ['GET /v1/spa', ...stages.slice(3, 5).map(([, sent]) => sent)]) {
      const connection = await RawConnection.open(port);
      expectRefusal(await connection.send(message).halfClose().answer(), 400, 'bad_http');
      await connection.end();
      await connection.closed;
    }
    await expectNobodyConnected(server);
  });

  it('by half, having asked, get their answer', async () => {
    const connection = await RawConnection.open(port);
    expect((await connection.send(get).halfClose().answer()).body.id).toBe('space_abc123');
    await connection.closed;
  });

  itInFull('a thousand of them, at every stage, are no burden to others', async () => {
    const before = JSON.stringify(understudy.world.snapshot());
    for (let batch = 0; batch < 10; batch++) {
      const connections = await Promise.all(
        Array.from({ length: 100 }, async (_, i) =>
          (await RawConnection.open(port)).send(stages[i % stages.length]?.[1] as Bytes),
        ),
      );
      expect((await ask(port, get)).body.id).toBe('space_abc123');
      await Promise.all(
        connections.map((connection, i) => connection.drop(i % 3 === 0 ? 'reset' : 'close')),
      );
    }
    await expectNobodyConnected(server);
    expect(JSON.stringify(understudy.world.snapshot())).toBe(before);
  });

  it('do not matter to a server that closes: it is gone at once, whatever is open', async () => {
    const other = createUnderstudy();
    const listening = await other.listen({ port: 0 });
    const messages = [...stages.map(([, message]) => message), get];
    const connections = await Promise.all(
      messages.map(async (message) => (await RawConnection.open(listening.port)).send(message)),
    );
    await ask(listening.port, get);
    const started = performance.now();
    await other.close();
    expect(performance.now() - started).toBeLessThan(1000);
    await Promise.all(connections.map((connection) => connection.drop()));
    await expect(RawConnection.open(listening.port)).rejects.toThrow('ECONNREFUSED');
  });
});
