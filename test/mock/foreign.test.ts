import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse, stringify } from 'yaml';
import { createUnderstudy } from '../../src/index.js';
import { loadForeign } from '../../src/mock/foreign.js';
import { loadSpec } from '../../src/spec/document.js';
import { DocumentError } from '../../src/spec/problem.js';
import { call } from '../support/call.js';
import { run } from '../support/cli.js';
import { attachStore, getSpace, owner } from '../support/requests.js';

const folder = mkdtempSync(join(tmpdir(), 'understudy-'));
function write(name: string, document: string | object): string {
  const file = join(folder, name);
  writeFileSync(file, typeof document === 'string' ? document : stringify(document));
  return file;
}

const pets = `openapi: 3.1.0
info: { title: Pets, version: '1' }
paths:
  /pets/{id}:
    parameters: [{ name: id, in: path, required: true, schema: { type: integer } }]
    get:
      operationId: getPet
      parameters:
        - { name: limit, in: query, schema: { type: number, maximum: 10, multipleOf: 0.5 } }
        - { name: X-Kind, in: header, schema: { enum: [cat, dog] } }
      responses:
        '200': { description: A pet, content: { application/json: { schema: { $ref: '#/components/schemas/Pet' } } } }
        '404': { description: None, content: { application/json: { examples: { gone: { value: { error: gone } } } } } }
    put:
      requestBody: { required: true, content: { application/json: { schema: { type: object, required: [name], properties: { name: { type: string } } } } } }
      responses: { '204': { description: Done }, '422': { description: Bad, content: { application/json: { example: { bad: true } } } } }
components:
  schemas:
    Pet: { type: object, required: [id, name], properties: { id: { type: integer }, name: { type: string, minLength: 3 } } }
`;

describe('a document that is not ours', () => {
  const foreign = loadForeign(write('pets.yaml', pets));
  const get = (target: string, headers: Record<string, string> = {}) => ({ method: 'GET', target, headers });
  const put = (body: string) => ({ method: 'PUT', target: '/pets/7', headers: { 'content-type': 'application/json' }, body });

  it('is answered from its schemas where it has no example: valid, marked, the same for the same seed', async () => {
    const answers = await Promise.all([1, 1, 2].map((seed) => call(createUnderstudy({ foreign, seed }), get('/pets/7'))));
    for (const { status, headers, body } of answers) {
      expect(status).toBe(200);
      expect(headers.get('x-understudy-source')).toBe('generated');
      expect(body).toMatchObject({ id: expect.any(Number), name: expect.stringMatching(/.{3}/) });
    }
    expect(answers[1]?.body).toEqual(answers[0]?.body);
    expect(answers[2]?.body).not.toEqual(answers[0]?.body);
  });

  it('is answered from its examples, by status or by name', async () => {
    for (const wish of ['code=404', 'example=gone']) {
      const { status, headers, body } = await call(createUnderstudy({ foreign }), get('/pets/7', { prefer: wish }));
      expect([status, headers.get('x-understudy-source'), body]).toEqual([404, 'example', { error: 'gone' }]);
    }
    const unknown = await call(createUnderstudy({ foreign }), get('/pets/7', { prefer: 'example=nope' }));
    expect(unknown.body.error.details.cases).toEqual(['200', '404', '404 gone']);
  });

  it.each([
    ['/pets/x', {}, 'id must be of type integer'],
    ['/pets/7?limit=11', {}, 'limit must be at most 10'],
    ['/pets/7?limit=1.3', {}, 'limit breaks multipleOf'],
    ['/pets/7', { 'x-kind': 'fish' }, "X-Kind must be one of {'cat', 'dog'}"],
  ])('refuses %s %j with the field named, where it documents no answer to that', async (target, headers, message) => {
    const { status, case: name, body } = await call(createUnderstudy({ foreign }), get(target, headers));
    expect([status, name, body.error.details.message]).toEqual([422, 'invalid_request', message]);
  });

  it('refuses a body with its own 422 where it documents one', async () => {
    const understudy = createUnderstudy({ foreign });
    expect((await call(understudy, put('{}'))).body).toEqual({ bad: true });
    expect((await call(understudy, put('{"name"'))).body).toEqual({ bad: true });
    const done = await call(understudy, put('{"name":"Rex"}'));
    expect([done.status, done.headers.get('x-understudy-source')]).toEqual([204, 'empty']);
  });

  it('has its own paths, methods and pages, and not ours', async () => {
    const understudy = createUnderstudy({ foreign });
    expect((await call(understudy, getSpace)).case).toBe('unknown_path');
    expect((await call(understudy, { ...get('/pets/7'), method: 'DELETE' })).headers.get('allow')).toBe(
      'GET, HEAD, PUT, OPTIONS',
    );
    expect((await call(understudy, get('/openapi.json'))).body.info.title).toBe('Pets');
  });

  it('keeps our rules for our operations when it is our document with more', async () => {
    const more = JSON.parse(loadSpec().text);
    more.paths['/v1/files'] = {
      get: {
        operationId: 'listFiles',
        responses: { '200': { description: 'Files', content: { 'application/json': { example: [] } } } },
      },
    };
    const understudy = createUnderstudy({ foreign: loadForeign(write('more.yaml', more)) });
    expect((await call(understudy, owner.get('/v1/files'))).body).toEqual([]);
    expect((await call(understudy, attachStore)).case).toBe('addVectorStoreToSpace.attached');
    expect((await call(understudy, attachStore)).case).toBe('addVectorStoreToSpace.already_attached');
  });

  it.each([
    ['no file', join(folder, 'none.yaml'), /none\.yaml:1:1 {2}there is no such file/],
    ['broken YAML', write('broken.yaml', 'openapi: 3.1.0\npaths: ['), /broken\.yaml:\d+:\d+ .*\n {2}fix: correct the YAML/],
    [
      'another version',
      write('old.yaml', { ...parse(pets), openapi: '3.0.3' }),
      /old\.yaml:5:10 .*is not OpenAPI 3\.1 but 3\.0\.3|is not OpenAPI 3\.1 but 3\.0\.3/,
    ],
    ['no operation', write('idle.yaml', { ...parse(pets), paths: {} }), /describes no operation/],
    [
      'two bad references',
      write(
        'refs.yaml',
        pets
          .replace('#/components/schemas/Pet', 'pet.yaml')
          .replace('name: { type: string, minLength: 3 }', "name: { $ref: '#/components/schemas/Name' }"),
      ),
      /refers to another file, pet\.yaml[\s\S]*npx @redocly\/cli bundle[\s\S]*refers to #\/components\/schemas\/Name, which is not there/,
    ],
  ])('stops the start on %s, with place and fix', (_, file, message) => {
    expect(() => loadForeign(file)).toThrow(DocumentError);
    expect(() => loadForeign(file)).toThrow(message);
  });

  it('ends the command with 2, and an unusable schema does not pass for a usable one', async () => {
    const { code, stderr } = await run(['serve', '--port', '0', '--spec', join(folder, 'none.yaml')]);
    expect([code, stderr]).toEqual([2, expect.stringContaining('there is no such file')]);
    const file = write('schema.yaml', pets.replace('minLength: 3', 'pattern: "("'));
    expect(() => loadForeign(file)).toThrow();
  });
});

describe('our own document', () => {
  it('stops the start when an operation of it has no rule', async () => {
    const { createAnswerer } = await import('../../src/mock/answer.js');
    const understudy = createUnderstudy();
    const spec = {
      ...understudy.spec,
      operations: new Map<unknown, unknown>([...understudy.spec.operations, ['listFiles', { id: 'listFiles' }]]),
    } as never;
    const stage = {
      spec,
      world: understudy.world,
      journal: { entries: [], next: 1, write: () => {} },
      seed: 1,
      selfCheck: 'strict',
    } as const;
    expect(() => createAnswerer(stage)).toThrow(
      'No rule answers listFiles; each operation of the document needs one in src/rules/.',
    );
  });
});
