import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse, stringify } from 'yaml';
import { checkApi } from '../../src/engine/api.js';
import { freddyApi } from '../../src/freddy/api.js';
import { createUnderstudy, type JournalEntry } from '../../src/index.js';
import { loadSpec } from '../../src/shipped/document.js';
import { shippedValidators } from '../../src/shipped/validators.js';
import { call } from '../support/call.js';
import { attachStore, getSpace, owner } from '../support/requests.js';

const folder = mkdtempSync(join(tmpdir(), 'understudy-'));
function write(name: string, document: string | object): string {
  const file = join(folder, name);
  writeFileSync(file, typeof document === 'string' ? document : stringify(document));
  return file;
}
const get = (target: string, headers: Record<string, string> = {}) => ({
  method: 'GET',
  target,
  headers,
});

const harbour = write(
  'harbour.yaml',
  `openapi: 3.1.0
info: { title: Harbour, version: '1' }
paths:
  /: { get: { responses: { '200': { description: d, content: { application/json: { example: { hello: harbour } } } } } } }
  /page: { servers: [{ url: 'https://pages.test' }], get: { servers: [{ url: 'https://one.test' }], responses: { '204': { description: d } } } }
  /part: { $ref: '#/components/pathItems/Part' }
  /broken:
    get:
      operationId: getBroken
      responses: { '200': { description: d, content: { application/json: { example: { id: seven }, schema: { type: object, required: [id], properties: { id: { type: integer } } } } } } }
  /random: { get: { responses: { '200': { description: d, content: { application/json: { schema: { type: object, required: [n], properties: { n: { type: integer } } } } } } } } }
components:
  pathItems: { Part: { servers: [{ url: 'https://part.test' }], get: { responses: { '200': { description: d, content: { application/json: { example: { servers: [{ url: 'https://data.test' }] } } } } } } } }
`,
);

describe('a document with nothing of ours', () => {
  it('has paths and keys of its own, whatever they would mean to worlds', async () => {
    const spec = write('own-worlds.yaml', {
      openapi: '3.1.0',
      info: { title: 'Wharves', version: '1' },
      paths: {
        '/w/{name}/boats': {
          get: {
            responses: {
              200: {
                description: 'd',
                content: { 'application/json': { example: { hello: 'wharf' } } },
              },
            },
          },
        },
      },
    });
    const understudy = createUnderstudy({ spec });
    const headers = { 'x-api-key': 'key~-', 'x-understudy-world': '~' };
    const { status, body, headers: got } = await call(understudy, get('/w/north/boats', headers));
    expect([status, body, got.get('x-understudy-world')]).toEqual([200, { hello: 'wharf' }, null]);
    expect(understudy.journal.map(({ target }) => target)).toEqual(['/w/north/boats']);
    await expect(understudy.fetch('http://x/w/north/none')).resolves.toMatchObject({ status: 404 });
  });

  it('is answered without a header or an envelope of the vendor, whatever is asked', async () => {
    const understudy = createUnderstudy({ spec: harbour });
    const asked = [
      get('/random'),
      get('/none'),
      { ...get('/random'), method: 'PUT' },
      getSpace,
      { ...get('/random'), body: 'x'.repeat(2 ** 21) },
    ];
    for (const request of asked.map((request, i) =>
      i === 4 ? { ...request, method: 'POST' } : request,
    )) {
      const response = await call(understudy, request);
      const names = [...response.headers.keys()].filter(
        (name) => !/^(access-control-|x-understudy-)/.test(name),
      );
      expect(names.filter((name) => !['content-type', 'allow'].includes(name))).toEqual([]);
      expect(response.body.success).toBeUndefined();
      if (response.status >= 400)
        expect(response.headers.get('content-type')).toBe('application/problem+json');
    }
  });

  it('says who answered', async () => {
    const understudy = createUnderstudy({ spec: harbour });
    expect((await call(understudy, get('/random'))).headers.get('x-understudy-source')).toBe(
      'prism',
    );
    expect((await call(understudy, get('/none'))).headers.get('x-understudy-source')).toBe(
      'understudy',
    );
  });

  it('has its own root, and the pages of the document beside it', async () => {
    const understudy = createUnderstudy({ spec: harbour });
    expect((await call(understudy, get('/'))).body).toEqual({ hello: 'harbour' });
    expect((await call(understudy, get('/', { accept: 'text/html,*/*' }))).body).toEqual({
      hello: 'harbour',
    });
    expect((await call(understudy, get('/openapi.json'))).body.info.title).toBe('Harbour');
  });

  it('has its own root for browsers and programs, and the page of this server only where it has none', async () => {
    const content = {
      'text/html': { example: '<h1>Harbour</h1>' },
      'application/json': { example: { hello: 'harbour' } },
    };
    const root = { get: { responses: { '200': { description: 'd', content } } } };
    const both = {
      openapi: '3.1.0',
      info: { title: 'Harbour', version: '1' },
      paths: { '/': root },
    };
    const browser = 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8';
    const vendors = JSON.parse(loadSpec().text);
    vendors.paths['/'] = { get: { security: [], ...root.get } };
    for (const spec of [write('both.yaml', both), write('vendors.yaml', vendors)]) {
      const understudy = createUnderstudy({ spec });
      for (const [accept, type, body] of [
        [browser, 'text/html', '<h1>Harbour</h1>'],
        ['application/json', 'application/json', '{"hello":"harbour"}'],
      ] as const) {
        const response = await understudy.fetch('/', { headers: { accept } });
        expect([response.headers.get('content-type'), await response.text()]).toEqual([type, body]);
      }
    }
    const other = { ...both, paths: { '/boats': root } };
    const understudy = createUnderstudy({ spec: write('rootless.yaml', other) });
    expect(await (await understudy.fetch('/', { headers: { accept: browser } })).text()).toContain(
      '<h1>Understudy</h1>',
    );
    expect((await call(understudy, get('/'))).body).toMatchObject({
      title: 'Harbour',
      callers: [],
    });
    // Another method of the root is the document's to refuse.
    const posting = createUnderstudy({
      spec: write('posting.yaml', { ...both, paths: { '/': { post: root.get } } }),
    });
    expect(
      (await posting.fetch('/', { headers: { accept: browser } })).headers.get('content-type'),
    ).toContain('text/html');
    expect((await posting.fetch('/', { method: 'DELETE' })).status).toBe(405);
  });

  it('is served with this server first wherever it lists servers, and with its data as it stands', async () => {
    const understudy = createUnderstudy({ spec: harbour });
    const urls = ({ servers }: { servers?: { url: string }[] }) => servers?.map(({ url }) => url);
    for (const page of ['/openapi.json', '/openapi.yaml']) {
      const { paths, components, servers } = parse(
        await (await understudy.fetch(`http://here.test:9${page}`)).text(),
      );
      const here = 'http://here.test:9';
      expect(urls({ servers })).toEqual([here]);
      expect([urls(paths['/page']), urls(paths['/page'].get)]).toEqual([
        [here, 'https://pages.test'],
        [here, 'https://one.test'],
      ]);
      expect(urls(components.pathItems.Part)).toEqual([here, 'https://part.test']);
      expect(urls(paths['/random'])).toBeUndefined();
      const { content } = components.pathItems.Part.get.responses['200'];
      expect(content['application/json'].example).toEqual({
        servers: [{ url: 'https://data.test' }],
      });
    }
  });

  it('never sends an answer that breaks it without a word', async () => {
    const entries: JournalEntry[] = [];
    const answers = { strict: 500, report: 200, off: 200 } as const;
    for (const selfCheck of ['strict', 'report', 'off'] as const) {
      const understudy = createUnderstudy({
        spec: harbour,
        selfCheck,
        onExchange: (entry) => entries.push(entry),
      });
      const { status, headers, body } = await call(understudy, get('/broken'));
      expect([status, headers.get('x-understudy-breaches')]).toEqual([
        answers[selfCheck],
        selfCheck === 'off' ? null : '1',
      ]);
      if (selfCheck === 'strict')
        expect(body.validation[0].message).toBe('Response body property id must be integer');
      else expect(body).toEqual({ id: 'seven' });
    }
    expect(
      entries.map(({ operation, status, breaches }) => [operation, status, breaches?.length]),
    ).toEqual([
      ['getBroken', 500, 1],
      ['getBroken', 200, 1],
      ['getBroken', 200, undefined],
    ]);
  });

  it('draws values on request: others for each exchange, the same ones for the same seed', async () => {
    const draw = async () => {
      const understudy = createUnderstudy({ spec: harbour, seed: 7 });
      const drawn = [];
      for (let i = 0; i < 3; i++)
        drawn.push((await call(understudy, get('/random', { prefer: 'dynamic=true' }))).body.n);
      return drawn;
    };
    const [first, second] = [await draw(), await draw()];
    expect(second).toEqual(first);
    expect(new Set(first).size).toBeGreaterThan(1);
  });

  it('is answered in the order of its journal when many ask at once', async () => {
    const understudy = createUnderstudy({ spec: harbour });
    const asked = Array.from({ length: 20 }, (_, i) =>
      call(understudy, get(i % 2 ? '/random' : '/none')),
    );
    await Promise.all(asked);
    expect(understudy.journal.map(({ number }) => number)).toEqual(
      Array.from({ length: 20 }, (_, i) => i + 1),
    );
  });
});

describe('our document with more', () => {
  it('keeps our rules for our operations, and the vendor’s form for the rest', async () => {
    const more = JSON.parse(loadSpec().text);
    more.paths['/v1/files'] = {
      get: {
        operationId: 'listFiles',
        responses: {
          '200': { description: 'Files', content: { 'application/json': { example: [] } } },
        },
      },
    };
    const understudy = createUnderstudy({ spec: write('more.yaml', more) });
    const files = await call(understudy, owner.get('/v1/files'));
    expect([
      files.body,
      files.headers.get('x-understudy-source'),
      files.headers.has('freddy-api-version'),
    ]).toEqual([[], 'prism', false]);
    const attached = await call(understudy, attachStore);
    expect([attached.case, attached.headers.get('x-understudy-source')]).toEqual([
      'addVectorStoreToSpace.attached',
      'rule',
    ]);
    expect((await call(understudy, attachStore)).case).toBe(
      'addVectorStoreToSpace.already_attached',
    );
    expect((await call(understudy, get('/v1/none'))).case).toBe('unknown_path');
  });

  it('answers an operation of ours by Prism where its path or method is another', async () => {
    const moved = {
      openapi: '3.1.0',
      info: {},
      paths: {
        '/spaces': {
          get: { operationId: 'listSpaces', responses: { '200': { description: 'd' } } },
        },
      },
    };
    const understudy = createUnderstudy({ spec: write('moved.yaml', moved) });
    expect((await call(understudy, get('/spaces'))).headers.get('x-understudy-source')).toBe(
      'prism',
    );
  });
});

describe('Prism', () => {
  it('names the range of Prism that was tried, which runs on the oldest Node', async () => {
    const { loadOtherDocument } = await import('../../src/user-document/user-document.js');
    const read = (file: string) =>
      JSON.parse(readFileSync(new URL(`../../${file}`, import.meta.url), 'utf8'));
    const { peerDependencies, devDependencies, engines } = read('package.json');
    const library = '@stoplight/prism-http';
    const range: string = peerDependencies[library];
    const nowhere = () => {
      throw new Error('Cannot find module');
    };
    expect(() => loadOtherDocument(harbour, loadSpec(), nowhere)).toThrow(
      `Another document is answered by Prism, which is not installed.\n  fix: npm install --save-dev ${library}@${range}`,
    );
    expect(readFileSync(new URL('../../docs/spec.md', import.meta.url), 'utf8')).toContain(
      `npm install --save-dev ${library}@${range}\n`,
    );
    expect(range).toMatch(/^~\d+\.\d+\.\d+$/);
    const tried: string = devDependencies[library];
    const minor = (version: string) => version.replace('~', '').split('.').slice(0, 2);
    expect(minor(tried)).toEqual(minor(range));
    const installed = read(`node_modules/${library}/package.json`);
    expect(installed.version).toBe(tried);
    expect(Number(/^>=(\d+)/.exec(installed.engines.node)?.[1])).toBeLessThanOrEqual(
      Number(/\d+/.exec(engines.node)?.[0]),
    );
  });
});

describe('files that a document refers to', () => {
  it('are read with it, and their own references as well', async () => {
    mkdirSync(join(folder, 'parts'), { recursive: true });
    write(
      'parts/paths.yaml',
      "boats: { get: { responses: { '200': { $ref: 'answers.yaml#/Boats' } } } }",
    );
    write(
      'parts/answers.yaml',
      "Boats: { description: d, content: { application/json: { schema: { $ref: '#/Boat' } } } }\nBoat: { $ref: boat.json }",
    );
    write(
      'parts/boat.json',
      '{ "type": "object", "required": ["id"], "properties": { "id": { "$ref": "../main.yaml#/components/schemas/Id" } } }',
    );
    const main = write(
      'main.yaml',
      `openapi: 3.1.0
info: { title: Parts, version: '1' }
paths: { /boats: { $ref: 'parts/paths.yaml#/boats' } }
components: { schemas: { Id: { type: integer, example: 9 } } }
`,
    );
    const understudy = createUnderstudy({ spec: main });
    expect((await call(understudy, get('/boats'))).body).toEqual({ id: 9 });
  });
});

describe('our own document', () => {
  it('stops the start when an operation of it has no rule', () => {
    const understudy = createUnderstudy();
    const spec = {
      ...understudy.spec,
      operations: new Map<unknown, unknown>([
        ...understudy.spec.operations,
        ['listFiles', { id: 'listFiles' }],
      ]),
    } as never;
    expect(() => checkApi(freddyApi(spec, shippedValidators))).toThrow(
      'No rule answers listFiles; each operation of the document needs one in src/rules/.',
    );
  });
});
