// No piece of a credential in anything that a run writes: odd keys, sent back by a server in odd
// ways.
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { createUnderstudy } from '../../src/index.js';
import { run, runBuilt } from '../support/cli.js';
import { faultsOfJunit } from '../support/junit.js';
import { REPORT_FILES } from '../support/report-files.js';
import { sample, whole } from '../support/sample.js';
import { readXml } from '../support/xml.js';

const folder = mkdtempSync(join(tmpdir(), 'understudy-secrets-'));
afterAll(() => rmSync(folder, { recursive: true }));
const closing: (() => unknown)[] = [];
afterEach(() => Promise.all(closing.splice(0).map((close) => close())));

/** Of a piece that stands nowhere. */
const BOUND = 8;

const keys: Readonly<Record<string, string>> = {
  'a JWT':
    'eyJhbGciOiJub25lIn0.eyJzdWIiOiJ1c3Jfb3duZXIxIiwib3JnIjoib3JnX3h5ejc4OSJ9.bm8tc2lnbmF0dXJlLWhlcmU',
  'one of odd characters': `q7"Z/w+<9&k'\\v=$P{3}!x;T#8@r`,
  'one in base64': 'Zk9+Xb/2QmZ+7tR/pL0vWq1Ucb3y+A==',
  'a UUID': '3f2b8c1e-9d47-4a60-b5e2-70c8d91fa634',
};

/** What a server makes of the key that it was sent. */
const echoes: readonly ((key: string) => unknown)[] = [
  (key) => key,
  (key) => ({ key }),
  (key) => JSON.stringify({ request: JSON.stringify({ key }) }),
  (key) => encodeURIComponent(key),
  (key) => encodeURIComponent(encodeURIComponent(key)).toLowerCase(),
  (key) => [...key].map((c) => `&#${c.charCodeAt(0)};`).join(''),
  (key) => [...key].map((c) => `&#x${c.charCodeAt(0).toString(16)};`).join(''),
  (key) => [...key].map((c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`).join(''),
  (key) => Buffer.from(`user:${key}`).toString('base64'),
  (key) => Buffer.from(key).toString('hex'),
  (key) => key.toUpperCase(),
  (key) => `${key.slice(0, 15)}\n${key.slice(15)}`,
  (key) => `${key.slice(0, 20)}...`,
  (key) => `${key.slice(0, 6)}***${key.slice(-6)}`,
  (key) => key.split('.').at(-1),
  // A report shows the beginning of a body.
  (key) => `${'-'.repeat(150)}${key}`,
  (key) => `${'-'.repeat(160)}${encodeURIComponent(key)}`,
];

/**
 * Lets the owner in, and refuses everything else with the key in the details, each time in another
 * way.
 */
async function echoing(key: string): Promise<string> {
  const { fetch } = createUnderstudy();
  let count = 0;
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const isOwner = request.headers['x-api-key'] === key;
    const body = Buffer.concat(chunks);
    const answer = await fetch(
      new Request(`http://inside${request.url}`, {
        method: request.method ?? 'GET',
        headers: {
          'content-type': request.headers['content-type'] ?? 'application/json',
          ...(isOwner ? { 'x-api-key': 'ak_owner' } : {}),
        },
        ...(body.length > 0 ? { body } : {}),
      }),
    );
    const text = await answer.text();
    const headers = { 'content-type': 'application/json' };
    if (answer.status < 400) return void response.writeHead(answer.status, headers).end(text);
    count += 1;
    const echo = echoes[count % echoes.length]?.(key);
    response.writeHead(answer.status, { ...headers, 'x-debug': encodeURIComponent(String(echo)) });
    response.end(
      JSON.stringify({
        success: false,
        error: { code: 'ODD', type: echo, details: { echo } },
        [`seen ${echo}`]: echo,
      }),
    );
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  closing.push(() => {
    server.closeAllConnections();
    return server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

let count = 0;
async function check(
  url: string,
  profile: string,
  environment: Readonly<Record<string, string>>,
  runs = run,
) {
  const number = ++count;
  const file = join(folder, `profile-${number}.yaml`);
  writeFileSync(file, profile);
  const reports = join(folder, `report-${number}`);
  const only = ['createSpace', 'getSpace'].flatMap((id) => ['--include-operation-id', id]);
  const args = [
    'check',
    ...(url === '' ? [] : [url]),
    '--profile',
    file,
    '--report-dir',
    reports,
    '--fail-on',
    'notice',
    ...(whole ? [] : ['--level', 'smoke']),
    ...only,
  ];
  const { code, stdout, stderr } = await runs(args, environment);
  const files = Object.fromEntries(
    readdirSync(reports).map((name) => [name, readFileSync(join(reports, name), 'utf8')]),
  );
  return { code, texts: { stdout, stderr, ...files } as Readonly<Record<string, string>> };
}

const pieces = (text: string): readonly string[] =>
  Array.from({ length: Math.max(0, text.length - BOUND + 1) }, (_, i) => text.slice(i, i + BOUND));

/** A text, and what readers of it may make of it. */
function readings(text: string): readonly string[] {
  const json = (value: string) =>
    value
      .replace(/\\u([0-9a-f]{4})/gi, (_, hex) => String.fromCharCode(Number.parseInt(hex, 16)))
      .replace(/\\(["\\/])/g, '$1');
  const xml = (value: string) =>
    value
      .replace(/&#x([0-9a-f]+);/gi, (_, hex) => String.fromCodePoint(Number.parseInt(hex, 16)))
      .replace(/&#(\d+);/g, (_, number) => String.fromCodePoint(Number(number)))
      .replace(
        /&(amp|lt|gt|quot|apos);/g,
        (_, name: 'amp') => ({ amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" })[name],
      );
  const url = (value: string) =>
    value.replace(/%([0-9a-f]{2})/gi, (_, hex) => String.fromCharCode(Number.parseInt(hex, 16)));
  const base64 = (value: string) =>
    [...value.matchAll(/[\w+/-]{12,}/g)]
      .map(([word]) => Buffer.from(word, 'base64').toString('latin1'))
      .join('\n');
  const hex = (value: string) =>
    [...value.matchAll(/(?:[0-9a-f]{2}){6,}/gi)]
      .map(([word]) => Buffer.from(word, 'hex').toString('latin1'))
      .join('\n');
  const once = new Set([text, json(text), xml(text), url(text)]);
  const twice = [
    ...new Set([...once, ...[...once].flatMap((value) => [json(value), xml(value), url(value)])]),
  ];
  return [...twice, ...twice.map((value) => value.replace(/\s/g, '')), base64(text), hex(text)].map(
    (value) => value.toLowerCase(),
  );
}

const owner = (key: string): string =>
  `callers:\n  owner: { api_key: ${key}, user_id: usr_owner1 }\nknown: { organization_id: org_xyz789 }\n`;

describe('a credential', () => {
  it.each(sample(Object.entries(keys), ([what]) => what, 3))(
    '%s stands in no piece in anything that a run writes',
    async (what, key) => {
      // One by the program itself, whose Node may have words of its own.
      const runs = what === 'a JWT' ? runBuilt : run;
      const { code, texts } = await check(
        await echoing(key),
        owner(`"\${OWNER_KEY}"`),
        { OWNER_KEY: key },
        runs,
      );
      expect(code).toBe(1);
      expect(Object.keys(texts).sort()).toEqual(
        [...REPORT_FILES, 'ledger.jsonl', 'stderr', 'stdout'].sort(),
      );
      for (const name of ['stdout', 'results.json', 'junit.xml'])
        expect(texts[name]).toContain(`\${OWNER_KEY}`);
      // A name of JSON stands in a pointer, which has escapes of its own.
      const pointer = (text: string) => text.replaceAll('~1', '/').replaceAll('~0', '~');
      for (const [name, text] of Object.entries(texts))
        for (const reading of new Set([...readings(text), ...readings(pointer(text))]))
          for (const piece of pieces(key.toLowerCase()))
            expect(reading.includes(piece), `${piece} in ${name}`).toBe(false);
    },
  );

  it('that is written out in the profile is hidden as well', async () => {
    const key = 'Zk9+Xb/2QmZ+7tR';
    const { texts } = await check(await echoing(key), owner(`'${key}'`), {});
    for (const name of ['stdout', 'results.json', 'junit.xml']) {
      expect(texts[name]).toContain(`\${callers.owner.api_key}`);
      expect(texts[name]).not.toContain(key.slice(0, BOUND));
    }
  });
});

describe('the report’s own words stay', () => {
  const validate = new Ajv2020({
    strict: true,
    strictRequired: false,
    allowUnionTypes: true,
  }).compile(JSON.parse(readFileSync('contracts/results.schema.json', 'utf8')) as object);
  const profile = readFileSync('contracts/understudy.profile.yaml', 'utf8');

  const values: readonly [what: string, profile: string, value: string][] = [
    ['a key is "failure"', owner(`"\${VALUE}"`), 'failure'],
    ['a key is "testcase"', owner(`"\${VALUE}"`), 'testcase'],
    ['a key is "null"', owner(`"\${VALUE}"`), 'null'],
    ['a key is "1"', owner(`"\${VALUE}"`), '1'],
    ['a key is "owner"', owner(`"\${VALUE}"`), 'owner'],
    [
      'the address holds a word',
      `${owner('ak_owner')}base_url: "http://\${VALUE}.localhost:9"\n`,
      'test',
    ],
    [
      'an id is a digit',
      profile.replace(/viewer_department_id: .*/, `viewer_department_id: "\${VALUE}"`),
      '0',
    ],
    [
      'an id is an operation',
      profile.replace(/viewer_department_id: .*/, `viewer_department_id: "\${VALUE}"`),
      'getSpace',
    ],
  ];

  it.each(sample(values, ([what]) => what, 4))('where %s', async (what, profile, value) => {
    const url = what.startsWith('the address') ? '' : 'http://127.0.0.1:9';
    const { code, texts } = await check(url, profile, { VALUE: value });
    expect(code).toBe(3);
    const results: unknown = JSON.parse(texts['results.json'] ?? '');
    expect(validate(results) ? [] : validate.errors).toEqual([]);
    expect(faultsOfJunit(await readXml(texts['junit.xml'] ?? ''))).toEqual([]);
    expect(texts.stdout).toMatch(/^Inconclusive, exit code 3:$/m);
    expect(texts.stdout).toMatch(/^failure ANSWER_MISSING {2}/m);
    if (value === 'test') expect(results).toMatchObject({ target: 'http://test.localhost:9' });
  });
});
