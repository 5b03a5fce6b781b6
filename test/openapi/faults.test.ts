import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { DocumentError } from '../../src/files/problem.js';
import { readDocument } from '../../src/openapi/read.js';

const folder = mkdtempSync(join(tmpdir(), 'understudy-'));
const write = (name: string, text: string): string => {
  const file = join(folder, name);
  writeFileSync(file, text);
  return file;
};
const head = "openapi: 3.1.0\ninfo: { title: Harbour, version: '1' }\n";
const answer = (schema: string) =>
  `${head}paths:\n  /a: { get: { responses: { '200': { description: d, content: { application/json: { schema: ${schema} } } } } } }\n`;
const parameter = (written: string) =>
  `${head}paths:\n  /a: { get: { parameters: ${written}, responses: { '200': { description: d } } } }\n`;

/** What is written, and the line, the message and the way out that are told. */
const faulty: readonly (readonly [what: string, text: string, told: RegExp])[] = [
  [
    'a type that is none',
    answer('{ type: strin }'),
    /:4:\d+ {2}`type` takes one of string, .* not "strin"\n {2}fix: correct `type`/,
  ],
  [
    'a list of types with one that is none',
    answer('{ type: [string, text] }'),
    /:4:\d+ {2}`type` takes one of/,
  ],
  [
    'a type in the items of a property',
    answer('{ properties: { a: { items: { type: int } } } }'),
    /`type` takes one of .* not "int"/,
  ],
  ['an enum that is no list', answer('{ enum: red }'), /`enum` takes a list, not "red"/],
  [
    'a length that is a text',
    answer('{ maxLength: long }'),
    /`maxLength` takes a whole number, 0 or more, not "long"/,
  ],
  ['a bound that is a text', answer("{ minimum: '3' }"), /`minimum` takes a number, not "3"/],
  [
    'a pattern that is none',
    answer("{ pattern: '(' }"),
    /`pattern` takes a regular expression, not "\("/,
  ],
  [
    'required names that are no list',
    answer('{ required: name }'),
    /`required` takes a list of names, not "name"/,
  ],
  ['a schema that is a text', answer('whole'), /a schema must be a map, not a string/],
  ['properties that are a list', answer('{ properties: [a] }'), /`properties` must be a map/],
  ['alternatives that are a map', answer('{ oneOf: { a: {} } }'), /`oneOf` must be a list/],
  [
    'a response of null',
    `${head}paths:\n  /a: { get: { responses: { '200': null } } }\n`,
    /:4:\d+ {2}a response must be a map, not null/,
  ],
  [
    'responses that are a list',
    `${head}paths:\n  /a: { get: { responses: [] } }\n`,
    /`responses` must be a map/,
  ],
  [
    'a status that is none',
    `${head}paths:\n  /a: { get: { responses: { ok: {} } } }\n`,
    /ok is no status of a response/,
  ],
  [
    'an operation of null',
    `${head}paths:\n  /a: { get: null }\n`,
    /an operation must be a map, not null/,
  ],
  [
    'a path that is a text',
    `${head}paths:\n  /a: soon\n`,
    /:4:7 {2}a path must be a map, not a string/,
  ],
  [
    'a path without its slash',
    `${head}paths:\n  a: { get: { responses: {} } }\n`,
    /the path a does not begin with \/\n {2}fix: write \/a/,
  ],
  ['paths that are a list', `${head}paths: []\n`, /`paths` must be a map/],
  ['parameters that are a map', parameter('{ name: q, in: query }'), /`parameters` must be a list/],
  ['a parameter of null', parameter('[null]'), /a parameter must be a map, not null/],
  ['a parameter without a name', parameter('[{ in: query }]'), /a parameter needs a name/],
  [
    'a parameter in no place',
    parameter('[{ name: q, in: body-of-water }]'),
    /a parameter is in path, query, header, cookie, not in "body-of-water"/,
  ],
  ['a reference that is no text', answer('{ $ref: 7 }'), /a reference must be a text/],
  [
    'a reference to nothing',
    answer("{ $ref: '#/components/schemas/None' }"),
    /refers to #\/components\/schemas\/None, which is not there/,
  ],
  [
    'a reference into the middle of nothing',
    answer("{ $ref: '#/info/title/more' }"),
    /which is not there/,
  ],
  [
    'a schema that refers to itself',
    `${answer("{ $ref: '#/components/schemas/X' }")}components: { schemas: { X: { $ref: '#/components/schemas/X' } } }\n`,
    /:5:\d+ {2}refers to #\/components\/schemas\/X, which leads back to itself/,
  ],
  [
    'two schemas that refer to each other',
    `${answer('{}')}components: { schemas: { X: { $ref: '#/components/schemas/Y' }, Y: { $ref: '#/components/schemas/X' } } }\n`,
    /leads back to itself[\s\S]*leads back to itself/,
  ],
  [
    'a parameter that refers to itself',
    `${parameter("[{ $ref: '#/components/parameters/P' }]")}components: { parameters: { P: { $ref: '#/components/parameters/P' } } }\n`,
    /leads back to itself/,
  ],
  [
    'a path that refers to itself',
    `${head}paths:\n  /a: { $ref: '#/paths/~1a' }\n`,
    /leads back to itself/,
  ],
  [
    'a schema that is a part of itself',
    `${answer('{}')}components: { schemas: { X: { allOf: [{ type: object }, { $ref: '#/components/schemas/X' }] } } }\n`,
    /a schema that holds itself describes nothing/,
  ],
  [
    'a schema that is one of its own alternatives',
    `${answer('{}')}components: { schemas: { X: { oneOf: [{ $ref: '#/components/schemas/Y' }] }, Y: { anyOf: [{ $ref: '#/components/schemas/X' }] } } }\n`,
    /a schema that holds itself/,
  ],
  [
    'a file that is not there',
    answer('{ $ref: none.yaml }'),
    /refers to none\.yaml: there is no such file/,
  ],
  [
    'a file on a server',
    answer("{ $ref: 'https://harbour.test/boat.yaml' }"),
    /refers to another server, https:\/\/harbour\.test\/boat\.yaml/,
  ],
  [
    'a mapping to nothing',
    answer(
      "{ oneOf: [{}], discriminator: { propertyName: kind, mapping: { a: '#/components/schemas/None' } } }",
    ),
    /which is not there/,
  ],
  ['no operation', `${head}paths: {}\n`, /describes no operation/],
  ['broken YAML', `${head}paths: [`, /:\d+:\d+ .*\n {2}fix: correct the YAML/],
  ['broken JSON', '{ "openapi": "3.1.0", "paths": { "/a": } ', /:1:\d+ /],
  ['an empty file', '', /is no OpenAPI document/],
  ['a list', '- a\n- b\n', /is no OpenAPI document/],
  [
    'a later version',
    'openapi: 4.0.0\npaths: {}\n',
    /is OpenAPI "4\.0\.0"; read are Swagger 2\.0, OpenAPI 3\.0 and 3\.1/,
  ],
  ['an earlier version', "swagger: '1.2'\npaths: {}\n", /is Swagger "1\.2"; read are/],
];

describe('a faulty document', () => {
  it.each(faulty)('with %s is refused with its place and a fix', (what, text, told) => {
    const file = write(`${what.replace(/\W+/g, '-')}.yaml`, text);
    expect(() => readDocument(file)).toThrow(DocumentError);
    expect(() => readDocument(file)).toThrow(told);
    expect(() => readDocument(file)).toThrow(/^\/.*:\d+:\d+ {2}.+\n {2}fix: .+/);
  });

  it('is refused with all its faults at once, in the order of its lines', () => {
    const text = `${head}paths:
  /a: { get: { parameters: [null], responses: { '200': { $ref: '#/none' } } } }
  /b: { get: { responses: { 200: { content: { application/json: { schema: { type: strin } } } } } } }
  /c: { get: { responses: { 200: null } } }
`;
    const [problems] = [readProblems(write('many.yaml', text))];
    expect(problems.map(({ line, what }) => [line, what])).toEqual([
      [4, 'a parameter must be a map, not null'],
      [4, 'refers to #/none, which is not there'],
      [5, expect.stringContaining('`type` takes')],
      [6, 'a response must be a map, not null'],
    ]);
  });

  it('in another file is told with that file', () => {
    write('part.yaml', 'Boat:\n  type: boat\n');
    const [problem] = readProblems(write('whole.yaml', answer("{ $ref: 'part.yaml#/Boat' }")));
    expect(problem).toMatchObject({ file: join(folder, 'part.yaml'), line: 2, column: 9 });
  });

  it('and what only looks faulty is taken', () => {
    const trifles = [
      '{ type: object, properties: { type: { type: string }, $ref: { type: string }, pattern: { type: string } } }',
      '{ type: string, format: brand, x-note: [1] }',
      '{ type: object, required: true, nullable: true, description: null, example: null, minLength: null }',
      "{ type: string, pattern: '^[\\w-.]+\\@$' }",
      '{ $ref: "#/components/schemas/A~1b%20c" }',
    ];
    for (const [i, schema] of trifles.entries())
      expect(() =>
        readDocument(
          write(
            `trifle-${i}.yaml`,
            `${answer(schema)}components: { schemas: { 'A/b c': { type: string } } }\n`,
          ),
        ),
      ).not.toThrow();
    expect(
      readDocument(
        write(
          'number.yaml',
          `openapi: 3.1\ninfo: {}\npaths: { /a: { get: { responses: { 200: { description: d } } } } }\n`,
        ),
      ).version,
    ).toBe('3.1');
    expect(
      readDocument(
        write(
          'bom.json',
          '\uFEFF{ "swagger": "2.0", "paths": { "/a": { "get": { "responses": {} } } } }',
        ),
      ).version,
    ).toBe('2.0');
  });
});

function readProblems(file: string) {
  try {
    readDocument(file);
  } catch (error) {
    if (error instanceof DocumentError) return error.problems;
  }
  throw new Error('nothing was refused');
}
