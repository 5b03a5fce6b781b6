// The exchanges of a run as HAR 1.2: what the format asks for, and no secret.

import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { HarFile } from '../../../src/cli/har-file.js';
import { handlerTarget, TargetError } from '../../../src/client/target.js';
import { isForCredentials } from '../../../src/contract/dialect.js';
import { masking } from '../../../src/contract/report/redact.js';
import { runContracts } from '../../../src/contract/run/run.js';
import { harAround, harEntry } from '../../../src/har/entry.js';
import { createUnderstudy } from '../../../src/index.js';
import { profile, spec, withoutEdges } from '../../support/drifted-run.js';
import { isHar } from '../../support/har.js';

const folder = mkdtempSync(join(tmpdir(), 'understudy-har-'));
afterAll(() => rmSync(folder, { recursive: true }));

function read(file: string) {
  const har = JSON.parse(readFileSync(file, 'utf8'));
  expect([isHar(har), isHar.errors]).toEqual([true, null]);
  return har.log;
}

const secrets = new Map([
  ['ak_very/secret+value=1', 'OWNER_KEY'],
  ['tok-0123456789abcdef', 'OWNER_TOKEN'],
]);
const pieces = [
  'ak_very/',
  'secret+v',
  'very%2Fsecret',
  'cret%2Bvalue',
  'tok-0123',
  '89abcdef',
  '0123456789',
];
const [key, token] = [...secrets.keys()] as [string, string];
const entryOf = (
  request: { target?: string; headers?: Record<string, string>; body?: string },
  response?: { status?: number; headers?: Record<string, string>; body?: string },
) =>
  harEntry(
    {
      started: new Date(0),
      milliseconds: 1.23456,
      base: 'https://staging.example.com',
      method: 'POST',
      target: request.target ?? '/v1/spaces',
      request: message(request.headers, request.body),
      ...(response
        ? {
            response: {
              status: response.status ?? 200,
              ...message(response.headers, response.body),
            },
          }
        : { comment: `no answer to ${key}` }),
    },
    { mask: masking(secrets), isSecret: isForCredentials },
  );
const message = (headers: Record<string, string> = {}, body = '') => ({
  headers,
  body,
  bytes: Buffer.byteLength(body),
});
const parsed = (entry: object) => {
  const [head, tail] = harAround('1');
  const har = JSON.parse(`${head}${JSON.stringify(entry)}${tail}`);
  expect([isHar(har), isHar.errors]).toEqual([true, null]);
  return har.log.entries[0];
};

describe('an entry', () => {
  it.each<readonly [string, Parameters<typeof entryOf>]>([
    ['in the address', [{ target: `/v1/spaces?key=${encodeURIComponent(key)}&t=${token}#{}` }]],
    [
      'in a header',
      [{ headers: { 'x-api-key': key, authorization: `Bearer ${token}`, 'x-other': key } }],
    ],
    ['in a cookie', [{ headers: { cookie: `a=${token}; b=short` } }]],
    ['in a body', [{ body: JSON.stringify({ a: [key, Buffer.from(token).toString('base64')] }) }]],
    ['in an answer', [{}, { body: `{"said":"${key.slice(0, 12)}… and ${token.slice(5)}"}` }]],
    [
      'in a header of an answer',
      [{}, { headers: { location: `/x?${token}`, 'set-cookie': `s=${key}` } }],
    ],
    ['cut by the end of a body', [{}, { body: `${'x'.repeat(32_760)}${key}` }]],
    ['in an error', [{}]],
  ])('has no secret %s, whole or in part', (_, args) => {
    const entry = parsed(entryOf(...args));
    const written = JSON.stringify(entry);
    for (const piece of pieces) expect(written).not.toContain(piece);
    expect(written).not.toContain(Buffer.from(token).toString('base64').slice(0, 10));
  });

  it('hides every cookie, and what has the name of a credential, though no profile knows them', () => {
    const { request, response } = parsed(
      entryOf(
        { headers: { cookie: 'theirs=abc; other=d', 'x-api-key': 'invented', accept: 'a/b' } },
        { headers: { 'set-cookie': 'session=xyz; Path=/', 'x-auth-token': 'q' } },
      ),
    );
    expect(request.cookies).toEqual([
      { name: 'theirs', value: '***' },
      { name: 'other', value: '***' },
    ]);
    expect(response.cookies).toEqual([{ name: 'session', value: '***' }]);
    expect(request.headers).toEqual([
      { name: 'cookie', value: '***' },
      { name: 'x-api-key', value: '***' },
      { name: 'accept', value: 'a/b' },
    ]);
    expect(response.headers.map(({ value }: { value: string }) => value)).toEqual(['***', '***']);
  });

  it('says who asked, in place of the credential, and what was asked and answered', () => {
    const entry = parsed(
      entryOf(
        {
          target: '/v1/spaces?a=b%20c&a=%22',
          headers: { authorization: `Bearer ${token}` },
          body: '{"a":1}',
        },
        { status: 404, headers: { 'content-type': 'application/json' }, body: '{"é":"\u0000"}' },
      ),
    );
    expect(entry).toMatchObject({
      time: 1.235,
      request: {
        url: 'https://staging.example.com/v1/spaces?a=b%20c&a=%22',
        queryString: [
          { name: 'a', value: 'b c' },
          { name: 'a', value: '"' },
        ],
        headers: [{ name: 'authorization', value: `Bearer $\{OWNER_TOKEN}` }],
        postData: { text: '{"a":1}' },
      },
      response: {
        status: 404,
        content: { mimeType: 'application/json', text: '{"é":"\u0000"}', size: 10 },
      },
    });
    expect(parsed(entryOf({}))).toMatchObject({
      response: { status: 0 },
      comment: `no answer to $\{OWNER_KEY}`,
    });
  });
});

describe('run.har', () => {
  it('has every request of a run, is whole after each of them, and replaces that of an older run', async () => {
    const inner = handlerTarget('the mock server', createUnderstudy().fetch);
    new HarFile(folder).end();
    const file = new HarFile(folder);
    expect(read(file.path).entries).toEqual([]);
    let sent = 0;
    const whole: boolean[] = [];
    const counting = {
      ...inner,
      send: async (...request: Parameters<typeof inner.send>) => {
        // Those that are under way have no entry yet.
        if (sent % 40 === 0) whole.push(read(file.path).entries.length <= sent);
        sent += 1;
        if (sent === 20) throw new TargetError('broken', 'it broke off');
        return inner.send(...request);
      },
    };
    const target = file.over(counting, 'http://in-process', profile.secrets);
    const report = await runContracts({
      spec,
      contracts: withoutEdges(['getSpace']),
      profile,
      target,
      concurrency: 1,
    });
    expect(file.end()).toBeUndefined();
    const { entries } = read(file.path);
    expect(entries).toHaveLength(report.requests);
    expect(whole.length).toBeGreaterThan(3);
    expect(whole).not.toContain(false);
    expect(entries[19]).toMatchObject({ response: { status: 0 }, comment: 'it broke off' });
    expect(readdirSync(folder)).toEqual(['run.har']);
    const written = readFileSync(file.path, 'utf8');
    for (const secret of profile.secrets.keys()) expect(written).not.toContain(secret);
  });
});
