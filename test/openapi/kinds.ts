// Documents of other people's, one for each kind of thing that a mock server may get wrong, and
// what a client is to see.

export interface Exchange {
  /** `GET /boats?tag=a` */
  readonly request: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly status: number;
  /** What the body holds, where it is JSON, else the text; or what is true of it. */
  readonly holds?: unknown;
  /** What the body's JSON is, to the last field. */
  readonly is?: unknown;
  readonly sends?: Readonly<Record<string, string | RegExp>>;
  /** Lower-case names of headers that are not sent. */
  readonly lacks?: readonly string[];
}

export interface Kind {
  readonly kind: string;
  readonly document: string;
  readonly exchanges: readonly Exchange[];
}

const json = (schema: string) =>
  `{ content: { application/json: { schema: ${schema} } }, description: d }`;
const get = (schema: string, parameters = '[]') =>
  `{ get: { parameters: ${parameters}, responses: { '200': ${json(schema)} } } }`;
/** An operation that says yes to whatever keeps its parameters. */
const takes = (parameters: string) =>
  `{ get: { parameters: ${parameters}, responses: { '200': { description: d, content: { application/json: { example: { ok: true } } } } } } }`;
const head = (version = '3.1.0') => `openapi: ${version}\ninfo: { title: Harbour, version: '1' }\n`;
const form = { 'content-type': 'application/x-www-form-urlencoded' };
const asJson = { 'content-type': 'application/json' };
const ok = (request: string, more: Partial<Exchange> = {}): Exchange => ({
  request,
  status: 200,
  ...more,
});
const refused = (request: string, more: Partial<Exchange> = {}): Exchange => ({
  request,
  status: 422,
  ...more,
});

/** Whatever a generator makes, as long as it is no part of the document. */
const small = (body: unknown): boolean =>
  (JSON.stringify(body) ?? '').length < 500 && !/openapi|paths|Harbour/.test(JSON.stringify(body));
const values =
  (type: string) =>
  (body: unknown): boolean => {
    const made = Object.values(body as object);
    return (
      made.length > 0 &&
      made.every((value) => (Array.isArray(value) ? 'array' : typeof value) === type)
    );
  };
/** An operation that says which it is, and takes whole numbers in its path. */
const route = (name: string, ...parameters: string[]) =>
  `{ get: { parameters: [${parameters.map((parameter) => `{ name: ${parameter}, in: path, required: true, schema: { type: integer } }`)}], responses: { '200': { description: d, content: { application/json: { example: { route: ${name} } } } } } } }`;
const parts = (fields: Readonly<Record<string, string>>) => ({
  headers: { 'content-type': 'multipart/form-data; boundary=b' },
  body: `${Object.entries(fields)
    .map(
      ([name, value]) =>
        `--b\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`,
    )
    .join('')}--b--\r\n`,
});

export const kinds: readonly Kind[] = [
  {
    kind: 'maps, and schemas that allow anything',
    document: `${head()}paths:
  /berths: ${get('{ type: object, additionalProperties: { type: boolean } }')}
  /nested: ${get('{ type: object, additionalProperties: { type: object, additionalProperties: { type: integer } } }')}
  /lists: ${get('{ type: object, additionalProperties: { type: array, items: { type: string } } }')}
  /named: ${get("{ type: object, patternProperties: { '^b': { type: integer } } }")}
  /anything: ${get('{}')}
  /yes: ${get('true')}
  /field: ${get('{ type: object, required: [cargo], properties: { cargo: {} } }')}
  /open: ${get('{ type: object, additionalProperties: true }')}
`,
    exchanges: [
      ok('GET /berths', { holds: values('boolean') }),
      ok('GET /nested', { holds: values('object') }),
      ok('GET /lists', { holds: values('array') }),
      ...['/named', '/anything', '/yes', '/open'].map((path) =>
        ok(`GET ${path}`, { holds: small }),
      ),
      ok('GET /field', { holds: (body: unknown) => 'cargo' in (body as object) }),
      ok('GET /anything', { headers: { prefer: 'dynamic=true' }, holds: small }),
    ],
  },
  {
    kind: 'arrays in query, path, header and cookie',
    document: `${head()}paths:
  /q: ${takes(`[
    { name: tag, in: query, schema: { type: array, items: { type: string, minLength: 2 } } },
    { name: ids, in: query, explode: false, schema: { type: array, items: { type: integer }, maxItems: 3 } },
    { name: pipes, in: query, style: pipeDelimited, explode: false, schema: { type: array, items: { type: integer } } },
    { name: spaces, in: query, style: spaceDelimited, explode: false, schema: { type: array, items: { type: integer } } },
    { name: 'list[]', in: query, schema: { type: array, items: { type: integer } } },
    { name: maybe, in: query, schema: { type: [array, 'null'], items: { type: integer } } },
    { name: held, in: query, schema: { $ref: '#/components/schemas/Ids' } }]`)}
  /p/{ids}: ${takes('[{ name: ids, in: path, required: true, schema: { type: array, items: { type: integer } } }]')}
  /l/{ids}: ${takes('[{ name: ids, in: path, required: true, style: label, schema: { type: array, items: { type: integer } } }]')}
  /m/{ids}: ${takes('[{ name: ids, in: path, required: true, style: matrix, schema: { type: array, items: { type: integer } } }]')}
  /h: ${takes('[{ name: X-Ids, in: header, schema: { type: array, items: { enum: [a, b] } } }]')}
  /c: ${takes(`[{ name: crew, in: cookie, explode: false, schema: { type: array, items: { type: integer } } },
    { name: watch, in: cookie, required: true, schema: { type: integer } }]`)}
components: { schemas: { Ids: { type: array, items: { type: integer } } } }
`,
    exchanges: [
      ok('GET /q?tag=ab'),
      ok('GET /q?tag=ab&tag=cd'),
      refused('GET /q?tag=ab&tag=c'),
      refused('GET /q?tag=c&tag=ab'),
      ok('GET /q?ids=1'),
      ok('GET /q?ids=1,2,3'),
      refused('GET /q?ids=1,x'),
      refused('GET /q?ids=1,2,3,4'),
      ok('GET /q?pipes=1%7C2'),
      refused('GET /q?pipes=1%7Cx'),
      ok('GET /q?spaces=1%202'),
      ok('GET /q?spaces=1+2'),
      refused('GET /q?spaces=1%20x'),
      ok('GET /q?list[]=1&list[]=2'),
      ok('GET /q?maybe=1'),
      refused('GET /q?maybe=x'),
      ok('GET /q?held=1&held=2'),
      refused('GET /q?held=1&held=x'),
      ok('GET /p/1,2,3'),
      ok('GET /p/1'),
      refused('GET /p/1,x'),
      ok('GET /l/.1,2'),
      refused('GET /l/.1,x'),
      ok('GET /m/;ids=1,2'),
      refused('GET /m/;ids=x'),
      ok('GET /h', { headers: { 'x-ids': 'a, b' } }),
      refused('GET /h', { headers: { 'x-ids': 'a,c' } }),
      ok('GET /c', { headers: { cookie: 'watch=4; crew=1,2' } }),
      refused('GET /c', { headers: { cookie: 'watch=4; crew=1,x' } }),
      refused('GET /c', { headers: { cookie: 'watch=x' } }),
      refused('GET /c'),
    ],
  },
  {
    kind: 'arrays in OpenAPI 3.0 and Swagger 2.0',
    document: `swagger: '2.0'
info: { title: Harbour, version: '1' }
produces: [application/json]
paths:
  /q:
    get:
      parameters:
        - { name: csv, in: query, type: array, items: { type: integer }, collectionFormat: csv }
        - { name: multi, in: query, type: array, items: { type: integer }, collectionFormat: multi }
        - { name: ssv, in: query, type: array, items: { type: integer }, collectionFormat: ssv }
        - { name: pipes, in: query, type: array, items: { type: integer }, collectionFormat: pipes }
      responses: { '200': { description: d, schema: { type: object }, examples: { application/json: { ok: true } } } }
  /p/{ids}:
    get:
      parameters: [{ name: ids, in: path, required: true, type: array, items: { type: integer } }]
      responses: { '200': { description: d, schema: { type: array, items: { $ref: '#/definitions/Boat' } } } }
definitions: { Boat: { type: object, required: [id], properties: { id: { type: integer, example: 7 } } } }
`,
    exchanges: [
      ok('GET /q?csv=1,2&multi=1&multi=2', { is: { ok: true } }),
      refused('GET /q?csv=1,x'),
      refused('GET /q?multi=1&multi=x'),
      ok('GET /q?pipes=1%7C2&ssv=1%202'),
      refused('GET /q?ssv=1%20x'),
      ok('GET /p/1,2', { holds: [{ id: 7 }] }),
      refused('GET /p/1,x'),
    ],
  },
  {
    kind: 'parameters that are described by a media type',
    document: `${head('3.0.3')}paths:
  /q: ${takes(`[{ name: where, in: query, required: true, content: { application/json: { schema: { $ref: '#/components/schemas/Where' } } } }]`)}
  /h: ${takes(`[{ name: X-Where, in: header, content: { application/json: { schema: { type: array, items: { type: integer } } } } }]`)}
  /p/{where}: ${takes(`[{ name: where, in: path, required: true, content: { application/json: { schema: { $ref: '#/components/schemas/Where' } } } }]`)}
components: { schemas: { Where: { type: object, required: [quay], properties: { quay: { type: string, maxLength: 3 } } } } }
`,
    exchanges: [
      ok('GET /q?where=%7B%22quay%22%3A%22n%22%7D'),
      refused('GET /q?where=%7B%22quay%22%3A%22north%22%7D'),
      refused('GET /q?where=%7B%7D'),
      refused('GET /q?where=%7B'),
      refused('GET /q'),
      ok('GET /p/%7B%22quay%22%3A%22n%22%7D'),
      refused('GET /p/%7B%22quay%22%3A%22north%22%7D'),
      ok('GET /h', { headers: { 'x-where': '[1, 2]' } }),
      refused('GET /h', { headers: { 'x-where': '["a"]' } }),
    ],
  },
  {
    kind: 'paths behind references, parameters of a path',
    document: `${head()}paths:
  /a: { $ref: '#/components/pathItems/Boats' }
  /again/{id}: { $ref: '#/components/pathItems/Boat' }
  /shared/{id}:
    parameters: [{ name: id, in: path, required: true, schema: { type: integer } }, { name: q, in: query, schema: { type: integer } }]
    get: { parameters: [{ name: q, in: query, schema: { type: string } }], responses: { '200': { $ref: '#/components/responses/Ok' } } }
components:
  pathItems:
    Boats: { get: { responses: { '200': { $ref: '#/components/responses/Ok' } } } }
    Boat:
      parameters: [{ $ref: '#/components/parameters/Id' }]
      get: { responses: { '200': { $ref: '#/components/responses/Ok' } } }
      delete: { responses: { '204': { description: gone } } }
  parameters: { Id: { name: id, in: path, required: true, schema: { type: integer } } }
  responses: { Ok: { description: d, content: { application/json: { examples: { one: { $ref: '#/components/examples/One' } } } } } }
  examples: { One: { value: { boat: Ilse } } }
`,
    exchanges: [
      ok('GET /a', { is: { boat: 'Ilse' } }),
      ok('GET /again/7', { is: { boat: 'Ilse' } }),
      refused('GET /again/x'),
      { request: 'DELETE /again/7', status: 204, lacks: ['content-type'] },
      ok('GET /shared/7?q=words'),
      refused('GET /shared/x?q=words'),
    ],
  },
  {
    kind: 'responses by range and by default',
    document: `${head()}paths:
  /default: { get: { responses: { default: { description: d, content: { application/json: { example: { from: default } } } } } } }
  /range:
    get:
      parameters: [{ name: n, in: query, schema: { type: integer } }]
      responses:
        2XX: { description: d, content: { application/json: { example: { from: 2XX } } } }
        4xx: { description: e, content: { application/json: { example: { from: 4XX } } } }
        5XX: { description: e, content: { application/json: { schema: { type: object, properties: { why: { const: broken } } } } } }
  /mixed:
    get:
      parameters: [{ name: n, in: query, schema: { type: integer } }]
      responses:
        '204': { description: nothing }
        '404': { description: e, content: { application/json: { examples: { gone: { value: { why: gone } }, moved: { value: { why: moved } } } } } }
        default: { description: e, content: { application/json: { example: { from: default } } } }
`,
    exchanges: [
      ok('GET /default', { is: { from: 'default' } }),
      ok('GET /range', { is: { from: '2XX' } }),
      { request: 'GET /range', headers: { prefer: 'code=404' }, status: 404, is: { from: '4XX' } },
      {
        request: 'GET /range',
        headers: { prefer: 'code=502' },
        status: 502,
        is: { why: 'broken' },
      },
      { request: 'GET /range?n=x', status: 422, is: { from: '4XX' } },
      { request: 'GET /mixed', status: 204 },
      { request: 'GET /mixed', headers: { prefer: 'code=404' }, status: 404, is: { why: 'gone' } },
      {
        request: 'GET /mixed',
        headers: { prefer: 'code=404, example=moved' },
        status: 404,
        is: { why: 'moved' },
      },
      { request: 'GET /mixed?__code=404&__example=moved', status: 404, is: { why: 'moved' } },
      {
        request: 'GET /mixed',
        headers: { prefer: 'code=503' },
        status: 503,
        is: { from: 'default' },
      },
      { request: 'GET /mixed?n=x', status: 422, is: { from: 'default' } },
      {
        request: 'GET /range',
        headers: { prefer: 'code=abc' },
        status: 422,
        holds: { title: 'Invalid request' },
      },
      {
        request: 'GET /range',
        headers: { prefer: 'code=302' },
        status: 404,
        holds: { status: 404 },
      },
    ],
  },
  {
    kind: 'bodies in every form that the document lists, and no other',
    document: `${head()}paths:
  /both:
    post:
      requestBody:
        required: true
        content:
          application/json: { schema: { $ref: '#/components/schemas/In' } }
          application/x-www-form-urlencoded: { schema: { $ref: '#/components/schemas/In' } }
      responses: { '201': { description: d, content: { application/json: { example: { ok: true } } } } }
  /upload:
    post:
      requestBody: { required: true, content: { multipart/form-data: { schema: { type: object, required: [photo], properties: { photo: { type: string, format: binary }, note: { type: string }, about: { $ref: '#/components/schemas/In' } } } } } }
      responses: { '201': { description: d } }
  /optional:
    post:
      requestBody: { content: { application/json: { schema: { $ref: '#/components/schemas/In' } } } }
      responses: { '201': { description: d } }
  /merge:
    patch:
      requestBody: { required: true, content: { application/merge-patch+json: { schema: { type: object, minProperties: 1 } } } }
      responses: { '200': { description: d } }
  /xml:
    post:
      requestBody: { required: true, content: { application/xml: { schema: { $ref: '#/components/schemas/In' } } } }
      responses: { '200': { description: d } }
  /raw:
    put:
      requestBody: { required: true, content: { application/octet-stream: {}, text/plain: { schema: { type: string, maxLength: 5 } } } }
      responses: { '204': { description: d } }
components:
  schemas: { In: { type: object, required: [size], properties: { size: { type: integer }, tags: { type: array, items: { type: string, maxLength: 3 }, minItems: 2 } } } }
`,
    exchanges: [
      { request: 'POST /both', headers: form, body: 'size=4', status: 201, is: { ok: true } },
      { request: 'POST /both', headers: form, body: 'size=4&tags=a&tags=b', status: 201 },
      refused('POST /both', { headers: form, body: 'size=4&tags=a&tags=long' }),
      refused('POST /both', { headers: form, body: 'tags=a' }),
      refused('POST /both', { headers: form, body: 'size=wide' }),
      { request: 'POST /both', headers: asJson, body: '{"size":4}', status: 201 },
      refused('POST /both', { headers: asJson, body: '{"size":"wide"}' }),
      {
        request: 'POST /both',
        headers: asJson,
        body: '{"size"',
        status: 400,
        holds: { title: 'Invalid JSON' },
      },
      refused('POST /both'),
      {
        request: 'POST /both',
        headers: { 'content-type': 'text/plain' },
        body: 'size=4',
        status: 415,
      },
      { request: 'POST /optional', status: 201 },
      refused('POST /optional', { headers: asJson, body: '{}' }),
      { request: 'POST /upload', ...parts({ photo: 'bytes', note: 'n' }), status: 201 },
      { request: 'POST /upload', ...parts({ photo: 'bytes', about: '{"size":4}' }), status: 201 },
      {
        request: 'POST /both',
        headers: { 'content-type': 'nonsense' },
        body: '{"size":4}',
        status: 415,
      },
      {
        request: 'POST /both',
        headers: { ...asJson, accept: ';;, application/json' },
        body: '{"size":4}',
        status: 201,
      },
      refused('POST /upload', parts({ note: 'n' })),
      refused('POST /upload'),
      {
        request: 'POST /upload',
        headers: { 'content-type': 'multipart/form-data; boundary=b' },
        body: '--b\r\nbroken',
        status: 422,
      },
      ok('PATCH /merge', {
        headers: { 'content-type': 'application/merge-patch+json' },
        body: '{"a":1}',
      }),
      refused('PATCH /merge', {
        headers: { 'content-type': 'application/merge-patch+json' },
        body: '{}',
      }),
      ok('POST /xml', {
        headers: { 'content-type': 'application/xml' },
        body: '<in><size>4</size></in>',
      }),
      {
        request: 'PUT /raw',
        headers: { 'content-type': 'application/octet-stream' },
        body: '\u0001\u0002',
        status: 204,
      },
      {
        request: 'PUT /raw',
        headers: { 'content-type': 'text/plain' },
        body: 'short',
        status: 204,
      },
      refused('PUT /raw', { headers: { 'content-type': 'text/plain' }, body: 'too long' }),
    ],
  },
  {
    kind: 'patterns that the flag u does not take, and formats that nobody knows',
    document: `${head()}paths:
  /a: ${takes(`[
    { name: mail, in: query, schema: { type: string, pattern: '^[\\w-.]+\\@[\\w-.]+$' } },
    { name: link, in: query, schema: { type: string, pattern: '^ftp\\:\\/\\/' } },
    { name: brace, in: query, schema: { type: string, pattern: '^{a}$' } },
    { name: call, in: query, schema: { type: string, format: callsign } },
    { name: nick, in: query, schema: { type: string, format: nickname } }]`)}
  /b: ${get("{ type: object, required: [code], properties: { code: { type: string, pattern: '^[A-Z]{2}\\-[0-9]{3}$' }, made: { type: string, format: brand } } }")}
`,
    exchanges: [
      ok('GET /a?mail=a-b.c@d-e.f'),
      refused('GET /a?mail=a'),
      ok('GET /a?link=ftp://x'),
      refused('GET /a?link=http://x'),
      ok('GET /a?brace=%7Ba%7D'),
      refused('GET /a?brace=a'),
      ok('GET /a?call=x&nick=y'),
      ok('GET /b', { holds: { code: /^[A-Z]{2}-\d{3}$/ } }),
    ],
  },
  {
    kind: 'nullable, where it is a keyword and where it is a word',
    document: `${head('3.0.3')}paths:
  /a: ${get("{ type: object, required: [n, m, k], properties: { n: { nullable: true, allOf: [{ $ref: '#/components/schemas/N' }] }, m: { type: string, nullable: true, example: null }, k: { nullable: true } } }")}
  /b:
    post:
      requestBody: { content: { application/json: { schema: { type: object, properties: { n: { nullable: true, oneOf: [{ type: integer }, { type: boolean }] }, e: { type: string, enum: [a], nullable: true } } } } } }
      responses: { '204': { description: d } }
components: { schemas: { N: { type: object, required: [id], properties: { id: { type: integer } } } } }
`,
    exchanges: [
      ok('GET /a', { holds: { n: { id: 0 }, m: null } }),
      { request: 'POST /b', headers: asJson, body: '{"n":null,"e":null}', status: 204 },
      refused('POST /b', { headers: asJson, body: '{"n":"x"}' }),
      refused('POST /b', { headers: asJson, body: '{"e":"b"}' }),
    ],
  },
  {
    kind: 'nullable left over in 3.1, and types that are lists',
    document: `${head()}paths:
  /a: ${get("{ type: object, required: [n, m], properties: { n: { nullable: true, anyOf: [{ type: integer }] }, m: { type: [string, 'null'] }, k: { nullable: false, oneOf: [{ type: string }] } } }")}
  /sized: ${get('{ type: integer, exclusiveMinimum: true, minimum: 3 }')}
  /const: ${get('{ type: object, required: [kind], properties: { kind: { const: boat } }, unevaluatedProperties: false }')}
`,
    exchanges: [
      ok('GET /a', { holds: { n: 0, m: 'string' } }),
      ok('GET /sized', { holds: small }),
      ok('GET /const', { is: { kind: 'boat' } }),
    ],
  },
  {
    kind: 'the key $ref in data',
    document: `${head()}paths:
  /example: { get: { responses: { '200': { description: d, content: { application/json: { example: { $ref: berth-3, note: x } } } } } } }
  /examples: { get: { responses: { '200': { description: d, content: { application/json: { examples: { one: { value: [{ $ref: '#/nowhere' }] } } } } } } } }
  /default: ${get('{ type: object, required: [link], properties: { link: { type: object, default: { $ref: other.yaml } } } }')}
  /property: ${get('{ type: object, required: [$ref], properties: { $ref: { type: string, example: quay } } }')}
  /enum: ${get('{ enum: [{ $ref: one }] }')}
`,
    exchanges: [
      ok('GET /example', { is: { $ref: 'berth-3', note: 'x' } }),
      ok('GET /examples', { is: [{ $ref: '#/nowhere' }] }),
      ok('GET /default', { is: { link: { $ref: 'other.yaml' } } }),
      ok('GET /property', { is: { $ref: 'quay' } }),
      ok('GET /enum', { is: { $ref: 'one' } }),
    ],
  },
  {
    kind: 'media types with a star, texts, bytes, XML and problems',
    document: `${head()}paths:
  /star: { get: { responses: { '200': { description: d, content: { '*/*': { example: { a: 1 } } } } } } }
  /schema: { get: { responses: { '200': { description: d, content: { '*/*': { schema: { type: object, required: [a], properties: { a: { type: integer } } } } } } } } }
  /app: { get: { responses: { '200': { description: d, content: { 'application/*': { schema: { type: array, items: { type: string } } } } } } } }
  /text: { get: { responses: { '200': { description: d, content: { 'text/*': { schema: { type: string, minLength: 9 } } } } } } }
  /csv: { get: { responses: { '200': { description: d, content: { text/csv: { example: "a,b\\n1,2" } } } } } }
  /pdf: { get: { responses: { '200': { description: d, content: { application/pdf: { schema: { type: string, format: binary } } } } } } }
  /bytes: { get: { responses: { '200': { description: d, content: { application/octet-stream: {} } } } } }
  /xml: { get: { responses: { '200': { description: d, content: { application/xml: { schema: { type: object, properties: { name: { type: string, example: A&B } } } } } } } } }
  /hal: { get: { responses: { '200': { description: d, content: { application/hal+json: { schema: { type: object, required: [id], properties: { id: { type: integer } } } } } } } } }
  /either: { get: { responses: { '200': { description: d, content: { application/xml: { example: <a/> }, application/json: { example: { a: 1 } } } } } } }
  /object: { get: { responses: { '200': { description: d, content: { text/plain: { example: { a: 1 } } } } } } }
  /charset: { get: { responses: { '200': { description: d, content: { 'application/json; charset=utf-8': { schema: { type: object, required: [a], properties: { a: { type: integer } } } } } } } } }
`,
    exchanges: [
      ok('GET /star', { is: { a: 1 }, sends: { 'content-type': 'application/json' } }),
      ok('GET /star', { headers: { accept: 'application/json' }, is: { a: 1 } }),
      ok('GET /schema', { is: { a: 0 }, sends: { 'content-type': 'application/json' } }),
      ok('GET /app', { holds: small, sends: { 'content-type': 'application/json' } }),
      ok('GET /text', { holds: /^.{9,}$/, sends: { 'content-type': 'text/plain' } }),
      ok('GET /csv', { holds: 'a,b\n1,2', sends: { 'content-type': 'text/csv' } }),
      ok('GET /pdf', { holds: /./, sends: { 'content-type': 'application/pdf' } }),
      ok('GET /bytes'),
      ok('GET /xml', {
        holds: '<xml><name>A&amp;B</name></xml>',
        sends: { 'content-type': 'application/xml' },
      }),
      ok('GET /hal', { is: { id: 0 }, sends: { 'content-type': 'application/hal+json' } }),
      ok('GET /either', { is: { a: 1 } }),
      ok('GET /either', { headers: { accept: 'application/xml' }, holds: '<a/>' }),
      { request: 'GET /either', headers: { accept: 'image/png' }, status: 406 },
      ok('GET /object', { is: { a: 1 } }),
      ok('GET /charset', { is: { a: 0 } }),
    ],
  },
  {
    kind: 'headers of responses',
    document: `${head()}paths:
  /boats:
    post:
      responses:
        '201':
          description: d
          headers:
            Location: { required: true, schema: { type: string }, example: /boats/9 }
            X-Next-Page: { schema: { type: integer, examples: [3] } }
            X-Fresh: { required: true, schema: { type: boolean } }
            X-Named: { schema: { type: string }, examples: { one: { value: Ilse } } }
            X-Mode: { schema: { enum: [slow, fast] } }
            x-quay: { $ref: '#/components/headers/Quay' }
            Content-Type: { schema: { type: string } }
            Content-Encoding: { schema: { type: string, enum: [gzip, br] } }
            content-md5: { schema: { type: string } }
            Transfer-Encoding: { schema: { type: string }, example: chunked }
            Content-Length: { schema: { type: integer }, example: 7 }
          content: { application/json: { example: { id: 9 } } }
  /old: { get: { responses: { '308': { description: d, headers: { Location: { schema: { type: string }, example: /bünde } } } } } }
components: { headers: { Quay: { schema: { type: string, default: north } } } }
`,
    exchanges: [
      {
        request: 'POST /boats',
        status: 201,
        is: { id: 9 },
        sends: {
          location: '/boats/9',
          'x-next-page': '3',
          'x-fresh': /^(true|false)$/,
          'x-named': 'Ilse',
          'x-mode': 'slow',
          'x-quay': 'north',
          'content-type': 'application/json',
          'access-control-expose-headers': /location.*x-next-page/,
        },
        // What says how a body travels is the sender's to say (Prism's issue 2787).
        lacks: ['content-encoding', 'content-md5', 'transfer-encoding', 'content-length'],
      },
      {
        request: 'GET /old',
        status: 308,
        sends: { location: '/b%C3%BCnde' },
        lacks: ['content-type'],
      },
    ],
  },
  {
    kind: 'what is read-only, and what is write-only',
    document: `${head('3.0.3')}paths:
  /users:
    get: { responses: { '200': ${json("{ type: array, items: { $ref: '#/components/schemas/User' } }")} } }
    post:
      requestBody: { required: true, content: { application/json: { schema: { $ref: '#/components/schemas/User' } } } }
      responses: { '201': ${json("{ $ref: '#/components/schemas/User' }")} }
  /whole:
    put:
      requestBody: { required: true, content: { application/json: { schema: { allOf: [{ $ref: '#/components/schemas/Base' }, { required: [id, pin, name], properties: { name: { type: string } } }] } } } }
      responses: { '200': ${json("{ allOf: [{ $ref: '#/components/schemas/Base' }, { required: [id, pin, name], properties: { name: { type: string } } }] }")} }
components:
  schemas:
    Base: { type: object, properties: { id: { type: integer, readOnly: true }, pin: { $ref: '#/components/schemas/Pin' } } }
    Pin: { type: string, writeOnly: true }
    User:
      type: object
      required: [id, login, secret, home]
      properties:
        id: { type: integer, readOnly: true }
        login: { type: string }
        secret: { type: string, writeOnly: true }
        home: { type: object, required: [since, door], properties: { since: { type: string, readOnly: true }, door: { type: string, writeOnly: true } } }
`,
    exchanges: [
      ok('GET /users', { is: [{ id: 0, login: 'string', home: { since: 'string' } }] }),
      {
        request: 'POST /users',
        headers: asJson,
        body: '{"login":"a","secret":"b","home":{"door":"c"}}',
        status: 201,
        is: { id: 0, login: 'string', home: { since: 'string' } },
      },
      refused('POST /users', { headers: asJson, body: '{"login":"a","home":{"door":"c"}}' }),
      ok('PUT /whole', {
        headers: asJson,
        body: '{"pin":"1","name":"n"}',
        is: { id: 0, name: 'string' },
      }),
      refused('PUT /whole', { headers: asJson, body: '{"name":"n"}' }),
    ],
  },
  {
    kind: 'examples and defaults in schemas',
    document: `${head()}paths:
  /boat: ${get('{ type: object, required: [id, name, status, crew], properties: { id: { type: integer, examples: [42] }, name: { type: string, example: Ilse }, status: { type: string, default: moored }, crew: { type: array, items: { type: string, example: Jo } } } }')}
  /whole: ${get('{ type: object, examples: [{ name: Ilse }], properties: { name: { type: string } } }')}
  /old: ${get('{ type: object, example: { name: Ilse }, properties: { name: { type: string } } }')}
  /all: ${get("{ allOf: [{ $ref: '#/components/schemas/A' }, { type: object, properties: { b: { type: integer, example: 2 } } }] }")}
  /some: ${get("{ anyOf: [{ $ref: '#/components/schemas/A' }, { type: string }] }")}
  /enum: ${get('{ type: string, enum: [north, south] }')}
  /title: ${get("{ type: object, properties: { title: { anyOf: [{ type: string }, { type: 'null' }], examples: [Ilse] } } }")}
  /either: ${get("{ oneOf: [{ $ref: '#/components/schemas/A' }, { type: string }], example: gold }")}
  /both: ${get("{ allOf: [{ $ref: '#/components/schemas/A' }, { type: object }], examples: [{ a: 7 }] }")}
components: { schemas: { A: { type: object, required: [a], properties: { a: { type: integer, example: 1 } } } } }
`,
    exchanges: [
      ok('GET /boat', { is: { id: 42, name: 'Ilse', status: 'moored', crew: ['Jo'] } }),
      ok('GET /whole', { is: { name: 'Ilse' } }),
      ok('GET /old', { is: { name: 'Ilse' } }),
      ok('GET /all', { is: { a: 1, b: 2 } }),
      ok('GET /some', { is: { a: 1 } }),
      ok('GET /enum', { is: 'north' }),
      ok('GET /title', { is: { title: 'Ilse' } }),
      ok('GET /either', { is: 'gold' }),
      ok('GET /both', { is: { a: 7 } }),
    ],
  },
  {
    kind: 'templates inside a segment',
    document: `${head()}paths:
  /tides/{day}.json: ${route('json', 'day')}
  /tides/{day}.txt: ${route('txt', 'day')}
  /range/{from}..{to}: ${route('range', 'from', 'to')}
  /api{major}/info: ${route('version', 'major')}
  /crews/{id}:sail: ${route('sail', 'id')}
  /crews/{id}: ${route('crew', 'id')}
  /crews/all: ${route('all')}
  /tiles/{z}/{x}-{y}@2x.png: ${route('tile', 'z', 'x', 'y')}
  /ships/{boat-id}/{$line}: ${route('odd', 'boat-id', '$line')}
  /find({id}): ${route('odata', 'id')}
`,
    exchanges: [
      ok('GET /tides/7.json', { is: { route: 'json' } }),
      ok('GET /tides/7.txt', { is: { route: 'txt' } }),
      { request: 'GET /tides/7.pdf', status: 404 },
      refused('GET /tides/x.json'),
      ok('GET /range/1..5', { is: { route: 'range' } }),
      refused('GET /range/1..x'),
      ok('GET /api2/info', { is: { route: 'version' } }),
      ok('GET /crews/7:sail', { is: { route: 'sail' } }),
      ok('GET /crews/7%3Asail', { is: { route: 'sail' } }),
      ok('GET /crews/7', { is: { route: 'crew' } }),
      ok('GET /crews/all', { is: { route: 'all' } }),
      ok('GET /tiles/1/2-3@2x.png', { is: { route: 'tile' } }),
      refused('GET /tiles/1/2-x@2x.png'),
      ok('GET /ships/7/8', { is: { route: 'odd' } }),
      refused('GET /ships/7/x'),
      ok('GET /find(7)', { is: { route: 'odata' } }),
      { request: 'POST /crews/7', status: 405, sends: { allow: 'GET' } },
    ],
  },
  {
    kind: 'the base path of servers',
    document: `${head()}servers: [{ url: 'https://harbour.test/api/v3/' }, { url: '/{region}/harbour', variables: { region: { default: north } } }]
paths:
  /boats: ${route('boats')}
  /api/v3/own: ${route('own')}
  /elsewhere: { servers: [{ url: 'https://other.test/special' }], get: { responses: { '200': { description: d, content: { application/json: { example: { route: elsewhere } } } } } } }
`,
    exchanges: [
      ok('GET /boats', { is: { route: 'boats' } }),
      ok('GET /api/v3/boats', { is: { route: 'boats' } }),
      ok('GET /south/harbour/boats', { is: { route: 'boats' } }),
      ok('GET /api/v3/own', { is: { route: 'own' } }),
      ok('GET /special/elsewhere', { is: { route: 'elsewhere' } }),
      { request: 'GET /api/v4/boats', status: 404 },
    ],
  },
  {
    kind: 'the base path of Swagger 2.0, its bodies and forms',
    document: `swagger: 2.0
info: { title: Harbour, version: '1' }
basePath: /v9
consumes: [application/json]
produces: [application/json]
paths:
  /boats:
    post:
      parameters: [{ name: body, in: body, required: true, schema: { $ref: '#/definitions/Boat' } }]
      responses: { '201': { description: d, schema: { $ref: '#/definitions/Boat' }, headers: { X-Left: { type: integer } } } }
  /form:
    post:
      consumes: [application/x-www-form-urlencoded]
      parameters: [{ name: size, in: formData, required: true, type: integer }]
      responses: { '204': { description: d, headers: { X-Marks: { type: array, items: { type: string } } } } }
  /upload:
    post:
      consumes: [multipart/form-data]
      parameters: [{ name: photo, in: formData, required: true, type: file }, { name: size, in: formData, type: integer }]
      responses: { '204': { description: d } }
definitions:
  Boat: { type: object, required: [id, name], properties: { id: { type: integer, readOnly: true }, name: { type: string, x-nullable: true, pattern: '^[\\w-.]*$' } } }
`,
    exchanges: [
      {
        request: 'POST /v9/boats',
        headers: asJson,
        body: '{"name":"a"}',
        status: 201,
        is: { id: 0, name: 'string' },
        sends: { 'x-left': '0' },
      },
      { request: 'POST /boats', headers: asJson, body: '{"name":null}', status: 201 },
      refused('POST /boats', { headers: asJson, body: '{}' }),
      refused('POST /boats', { headers: asJson, body: '{"name":"a b"}' }),
      refused('POST /boats'),
      {
        request: 'POST /form',
        headers: form,
        body: 'size=1',
        status: 204,
        sends: { 'x-marks': 'string' },
      },
      refused('POST /form', { headers: form, body: 'size=x' }),
      { request: 'POST /upload', ...parts({ photo: 'bytes' }), status: 204 },
      refused('POST /upload', parts({ photo: 'bytes', size: 'x' })),
      refused('POST /upload', parts({ size: '1' })),
    ],
  },
  {
    kind: 'objects in the query',
    document: `${head()}paths:
  /must: ${takes('[{ name: filter, in: query, required: true, style: deepObject, explode: true, schema: { type: object, properties: { quay: { type: string, maxLength: 3 }, size: { type: object, properties: { min: { type: integer } } } } } }]')}
  /may: ${takes('[{ name: filter, in: query, style: deepObject, explode: true, schema: { type: object, required: [quay], properties: { quay: { type: string, maxLength: 3 } } } }]')}
  /spread: ${takes('[{ name: page, in: query, schema: { type: object, required: [limit], properties: { limit: { type: integer } } } }]')}
  /flat: ${takes('[{ name: page, in: query, explode: false, schema: { type: object, properties: { limit: { type: integer } } } }]')}
`,
    exchanges: [
      ok('GET /must?filter[quay]=n'),
      ok('GET /must?filter%5Bquay%5D=n'),
      refused('GET /must?filter[quay]=north'),
      ok('GET /must?filter[size][min]=2'),
      refused('GET /must?filter[size][min]=x'),
      refused('GET /must'),
      ok('GET /may'),
      ok('GET /may?filter[quay]=n'),
      refused('GET /may?filter[other]=n'),
      ok('GET /spread'),
      ok('GET /spread?limit=2'),
      refused('GET /spread?limit=x'),
      ok('GET /flat?page=limit,2'),
      refused('GET /flat?page=limit,x'),
    ],
  },
  {
    kind: 'operations of HEAD, OPTIONS and TRACE',
    document: `${head()}paths:
  /head: { head: { responses: { '200': { description: d, headers: { X-Count: { schema: { type: integer }, example: 5 } }, content: { application/json: { schema: { type: object } } } } } } }
  /options: { options: { responses: { '200': { description: d, content: { application/json: { example: { can: [GET] } } } } } } }
  /both: { head: { responses: { '204': { description: d } } }, get: { responses: { '200': { description: d, content: { application/json: { example: 1 } } } } } }
  /get: { get: { responses: { '200': { description: d, content: { application/json: { example: [1] } } } } } }
`,
    exchanges: [
      ok('HEAD /head', { holds: '', sends: { 'x-count': '5' } }),
      ok('OPTIONS /options', { is: { can: ['GET'] } }),
      { request: 'HEAD /both', status: 204, holds: '' },
      ok('GET /both', { is: 1 }),
      ok('HEAD /get', {
        holds: '',
        sends: { 'content-type': 'application/json', 'content-length': '3' },
      }),
      {
        request: 'OPTIONS /get',
        headers: { origin: 'http://a.test', 'access-control-request-method': 'GET' },
        status: 204,
      },
      { request: 'GET /head', status: 405, sends: { allow: 'HEAD' } },
    ],
  },
  {
    kind: 'discriminators',
    document: `${head()}paths:
  /mapped: ${get("{ oneOf: [{ $ref: '#/components/schemas/Tug' }, { $ref: '#/components/schemas/Ferry' }], discriminator: { propertyName: kind, mapping: { tug: '#/components/schemas/Tug', ferry: '#/components/schemas/Ferry' } } }")}
  /named: ${get("{ anyOf: [{ $ref: '#/components/schemas/Tug' }, { $ref: '#/components/schemas/Ferry' }], discriminator: { propertyName: kind } }")}
  /list: ${get("{ type: array, items: { $ref: '#/components/schemas/Any' } }")}
  /child: ${get("{ $ref: '#/components/schemas/Sloop' }")}
  /base: ${get("{ $ref: '#/components/schemas/Sail' }")}
  /send:
    post:
      requestBody: { required: true, content: { application/json: { schema: { $ref: '#/components/schemas/Any' } } } }
      responses: { '204': { description: d } }
components:
  schemas:
    Tug: { type: object, required: [kind, pull], properties: { kind: { type: string }, pull: { type: integer } } }
    Ferry: { type: object, required: [kind], properties: { kind: { type: string } } }
    Any: { oneOf: [{ $ref: '#/components/schemas/Ferry' }, { $ref: '#/components/schemas/Tug' }], discriminator: { propertyName: kind, mapping: { t: Tug, f: '#/components/schemas/Ferry' } } }
    Sail: { type: object, required: [rig], properties: { rig: { type: string } }, discriminator: { propertyName: rig, mapping: { sloop: '#/components/schemas/Sloop' } } }
    Sloop: { allOf: [{ $ref: '#/components/schemas/Sail' }, { type: object, properties: { masts: { type: integer } } }] }
`,
    exchanges: [
      ok('GET /mapped', { is: { kind: 'tug', pull: 0 } }),
      ok('GET /named', { is: { kind: 'Tug', pull: 0 } }),
      ok('GET /list', { is: [{ kind: 'f' }] }),
      ok('GET /child', { is: { rig: 'sloop', masts: 0 } }),
      ok('GET /base', { is: { rig: 'sloop' } }),
      { request: 'POST /send', headers: asJson, body: '{"kind":"t","pull":3}', status: 204 },
      { request: 'POST /send', headers: asJson, body: '{"kind":"f"}', status: 204 },
      refused('POST /send', { headers: asJson, body: '{"kind":"x"}' }),
    ],
  },
  {
    kind: 'schemas that hold themselves, and what cannot be made',
    document: `${head('3.0.3')}paths:
  /node: ${get("{ $ref: '#/components/schemas/Node' }")}
  /tree: ${get("{ type: array, items: { $ref: '#/components/schemas/Tree' } }")}
  /maybe: ${get("{ $ref: '#/components/schemas/Maybe' }")}
  /send:
    post:
      requestBody: { required: true, content: { application/json: { schema: { $ref: '#/components/schemas/Node' } } } }
      responses: { '204': { description: d } }
components:
  schemas:
    Node: { type: object, required: [id], properties: { id: { type: integer }, next: { $ref: '#/components/schemas/Node' } } }
    Tree: { type: object, required: [kids], properties: { kids: { type: array, items: { $ref: '#/components/schemas/Tree' } } } }
    Maybe: { type: object, required: [next], properties: { next: { nullable: true, allOf: [{ $ref: '#/components/schemas/Maybe' }] } } }
`,
    exchanges: [
      ok('GET /node', { holds: { id: 0 } }),
      ok('GET /tree', { holds: [{ kids: [] }] }),
      ok('GET /maybe', { holds: small }),
      { request: 'POST /send', headers: asJson, body: '{"id":1,"next":{"id":2}}', status: 204 },
      refused('POST /send', { headers: asJson, body: '{"id":1,"next":{"id":"x"}}' }),
    ],
  },
  {
    kind: 'credentials',
    document: `${head()}security: [{ key: [] }]
paths:
  /in: ${route('in')}
  /open: { get: { security: [], responses: { '200': { description: d, content: { application/json: { example: { route: open } } } } } } }
  /basic: { get: { security: [{ basic: [] }, { bearer: [] }], responses: { '200': { description: d } } } }
components:
  securitySchemes:
    key: { type: apiKey, in: header, name: X-Key }
    basic: { type: http, scheme: basic }
    bearer: { type: http, scheme: bearer }
`,
    exchanges: [
      { request: 'GET /in', status: 401, holds: { status: 401 } },
      ok('GET /in', { headers: { 'x-key': 'any' }, is: { route: 'in' } }),
      ok('GET /open', { is: { route: 'open' } }),
      { request: 'GET /basic', status: 401, sends: { 'www-authenticate': /Basic/i } },
      ok('GET /basic', { headers: { authorization: 'Bearer t' } }),
    ],
  },
  {
    kind: 'values that Prism alone does not make',
    document: `${head()}paths:
  /pair: ${get('{ type: array, prefixItems: [{ type: integer }, { type: string }], minItems: 2 }')}
  /closed-pair: ${get('{ type: object, required: [at], properties: { at: { type: array, prefixItems: [{ type: number }, { type: number }], items: false, minItems: 2 } } }')}
  /numbers: ${get('{ type: array, items: { type: integer, minimum: 1, maximum: 3 }, uniqueItems: true, minItems: 3 }')}
  /texts: ${get('{ type: array, items: { type: string }, uniqueItems: true, minItems: 2 }')}
  /boats: ${get("{ type: array, items: { $ref: '#/components/schemas/Boat' }, uniqueItems: true, minItems: 2 }")}
  /not-zero: ${get('{ type: integer, not: { const: 0 } }')}
  /not-named: ${get("{ type: string, minLength: 1, not: { enum: ['string'] } }")}
  /not-text: ${get('{ not: { type: string } }')}
  /without: ${get('{ type: object, properties: { a: { type: string } }, not: { required: [a] } }')}
  /needed: ${get("{ type: object, required: [zip], x-note: { shown: 'never' } }")}
  /bytes: ${get('{ type: object, properties: { data: { type: string, format: byte }, for: { type: string, format: duration }, own: { type: string, format: byte, example: QQ== } } }')}
components: { schemas: { Boat: { type: object, required: [id], properties: { id: { type: integer } } } } }
`,
    exchanges: [
      ok('GET /pair', {
        holds: ([number, text]: unknown[]) => Number.isInteger(number) && typeof text === 'string',
      }),
      ok('GET /closed-pair', {
        holds: ({ at }: { at: unknown[] }) => at.length === 2 && at.every(Number.isFinite),
      }),
      ok('GET /numbers', { holds: (list: number[]) => [...list].sort().join() === '1,2,3' }),
      ok('GET /texts', {
        holds: (list: unknown[]) => list.length >= 2 && new Set(list).size === list.length,
      }),
      ok('GET /boats', {
        holds: (list: { id: number }[]) => new Set(list.map(({ id }) => id)).size >= 2,
      }),
      ok('GET /not-zero', { holds: (value: unknown) => Number.isInteger(value) && value !== 0 }),
      ok('GET /not-named', {
        holds: (value: unknown) => typeof value === 'string' && value !== '' && value !== 'string',
      }),
      ok('GET /not-text', { holds: (value: unknown) => typeof value !== 'string' }),
      ok('GET /without', { holds: (value: object) => !('a' in value) }),
      ok('GET /needed', {
        holds: (value: object) => 'zip' in value && !/x-|__|never/.test(JSON.stringify(value)),
      }),
      ok('GET /bytes', { is: { data: 'c3RyaW5n', for: 'P1D', own: 'QQ==' } }),
    ],
  },
  {
    kind: 'alternatives in parameters',
    document: `${head()}paths:
  /maybe-list: ${takes("[{ name: id, in: query, schema: { anyOf: [{ type: array, items: { type: integer } }, { type: 'null' }], title: Ids } }]")}
  /maybe-number: ${takes("[{ name: n, in: query, schema: { oneOf: [{ type: 'null' }, { type: integer, maximum: 9 }] } }]")}
  /either: ${takes('[{ name: q, in: query, schema: { oneOf: [{ type: integer }, { type: boolean }] } }]')}
  /either/{id}: ${takes('[{ name: id, in: path, required: true, schema: { oneOf: [{ type: integer, minimum: 100 }, { type: string, pattern: "^[a-z]+$" }] } }]')}
  /head: ${takes("[{ name: X-Level, in: header, schema: { oneOf: [{ $ref: '#/components/schemas/Level' }, { type: string, enum: [high] }] } }]")}
  /which: ${takes('[{ name: n, in: query, schema: { oneOf: [{ type: integer, maximum: 5 }, { type: integer, minimum: 5 }] } }]')}
components: { schemas: { Level: { type: integer } } }
`,
    exchanges: [
      ok('GET /maybe-list?id=1'),
      ok('GET /maybe-list?id=1&id=2'),
      ok('GET /maybe-list'),
      refused('GET /maybe-list?id=x'),
      refused('GET /maybe-list?id=1&id=x'),
      ok('GET /maybe-number?n=9'),
      refused('GET /maybe-number?n=10'),
      ok('GET /either?q=1'),
      ok('GET /either?q=true'),
      refused('GET /either?q=x'),
      ok('GET /either/100'),
      ok('GET /either/abc'),
      refused('GET /either/7'),
      refused('GET /either/ABC'),
      ok('GET /head', { headers: { 'x-level': '3' } }),
      ok('GET /head', { headers: { 'x-level': 'high' } }),
      refused('GET /head', { headers: { 'x-level': 'low' } }),
      ok('GET /which?n=4'),
      refused('GET /which?n=5'),
    ],
  },
  {
    kind: 'empty values in the query',
    document: `${head()}paths:
  /may: ${takes('[{ name: q, in: query, required: true, allowEmptyValue: true, schema: { type: string } }]')}
  /number: ${takes('[{ name: n, in: query, required: true, allowEmptyValue: true, schema: { type: integer } }, { name: m, in: query, required: true, schema: { type: integer } }]')}
  /must: ${takes('[{ name: q, in: query, required: true, schema: { type: integer } }]')}
`,
    exchanges: [
      ok('GET /may?q='),
      ok('GET /may?q'),
      refused('GET /may'),
      ok('GET /number?n=&m=1'),
      refused('GET /number?n=&m='),
      refused('GET /number?n=x&m=1'),
      refused('GET /must?q='),
    ],
  },
  {
    kind: 'lists and objects in the headers of responses',
    document: `${head()}paths:
  /boats:
    get:
      responses:
        '204':
          description: d
          headers:
            X-Ids: { schema: { type: array, items: { type: integer } } }
            X-Two: { schema: { type: array, minItems: 2, items: { $ref: '#/components/schemas/Side' } } }
            X-Given: { schema: { type: array, items: { type: integer }, example: [4, 5] } }
            X-Told: { schema: { type: array, items: { type: string } }, example: [a, b] }
            X-Named: { schema: { type: array, items: { type: string } }, examples: { one: { value: [c, d] } } }
            X-Size: { schema: { type: object, properties: { length: { type: integer }, unit: { type: string, default: m } } } }
            X-Spot: { required: true, schema: { type: object }, example: { quay: 7 } }
components: { schemas: { Side: { type: string, enum: [port, starboard] } } }
`,
    exchanges: [
      {
        request: 'GET /boats',
        status: 204,
        sends: {
          'x-ids': '0',
          'x-two': 'port,port',
          'x-given': '4,5',
          'x-told': 'a,b',
          'x-named': 'c,d',
          'x-size': 'length,0,unit,m',
          'x-spot': 'quay,7',
        },
      },
    ],
  },
  {
    kind: 'objects in forms',
    document: `${head()}paths:
  /form: { post: { requestBody: { required: true, content: { application/x-www-form-urlencoded: { schema: { $ref: '#/components/schemas/Form' } } } }, responses: { '204': { description: d } } } }
  /parts: { post: { requestBody: { required: true, content: { multipart/form-data: { schema: { $ref: '#/components/schemas/Form' }, encoding: { about: { contentType: application/json } } } } }, responses: { '204': { description: d } } } }
  /joined: { post: { requestBody: { required: true, content: { application/x-www-form-urlencoded: { schema: { allOf: [{ $ref: '#/components/schemas/Form' }, { type: object, required: [size], properties: { size: { type: integer } } }] } } } }, responses: { '204': { description: d } } } }
  /free: { post: { requestBody: { required: true, content: { application/x-www-form-urlencoded: { schema: { type: object, required: [name], additionalProperties: { type: string } } } } }, responses: { '204': { description: d } } } }
  /other: { post: { requestBody: { content: { multipart/form-data: { schema: { type: object, properties: { drawing: { type: object } } }, encoding: { drawing: { contentType: application/xml } } } } }, responses: { '204': { description: d } } } }
components:
  schemas:
    About: { type: object, required: [id], properties: { id: { type: integer }, note: { type: string }, in: { type: object, properties: { bay: { type: integer } } } } }
    Form: { type: object, required: [made], properties: { made: { type: string, readOnly: true }, about: { $ref: '#/components/schemas/About' }, ids: { anyOf: [{ type: array, items: { type: integer } }, { type: 'null' }] } } }
`,
    exchanges: [
      ...['{"id":1}', '{"id":1,"note":"a, b & c","in":{"bay":2}}'].flatMap((about) => [
        {
          request: 'POST /form',
          headers: form,
          body: `about=${encodeURIComponent(about)}`,
          status: 204,
        },
        { request: 'POST /parts', ...parts({ about }), status: 204 },
      ]),
      ...['{}', '{"id":"x"}', '{"id":1,"in":{"bay":"x"}}', '7'].flatMap((about) => [
        refused('POST /form', { headers: form, body: `about=${encodeURIComponent(about)}` }),
        refused('POST /parts', parts({ about })),
      ]),
      { request: 'POST /form', headers: form, body: 'about=%7B', status: 415, holds: /JSON/ },
      { request: 'POST /form', headers: form, body: 'ids=1&ids=2', status: 204 },
      refused('POST /form', { headers: form, body: 'ids=1&ids=x' }),
      {
        request: 'POST /joined',
        headers: form,
        body: 'size=1&about=%7B%22id%22%3A1%7D',
        status: 204,
      },
      refused('POST /joined', { headers: form, body: 'about=%7B%22id%22%3A1%7D' }),
      refused('POST /joined', { headers: form, body: 'size=1&about=%7B%7D' }),
      { request: 'POST /free', headers: form, body: 'name=a&other=b', status: 204 },
      refused('POST /free', { headers: form, body: 'other=b' }),
      { request: 'POST /other', ...parts({ drawing: '<svg/>' }), status: 204 },
    ],
  },
  {
    kind: 'schemas that are referred to in many places',
    document: `${head('3.0.3')}paths:
  /twice: { get: { responses: { '200': ${json("{ $ref: '#/components/schemas/D0' }")} } }, post: { requestBody: { content: { application/json: { schema: { $ref: '#/components/schemas/D0' } } } }, responses: { '204': { description: d } } } }
  /list: ${get("{ $ref: '#/components/schemas/Failure' }")}
  /narrowed: ${get("{ type: object, properties: { kind: { type: string, enum: [tug], allOf: [{ $ref: '#/components/schemas/Kind' }] }, other: { $ref: '#/components/schemas/Kind' } } }")}
  /deep: ${get(`{ type: object, properties: { ${'a: { type: object, properties: { '.repeat(20)}id: { $ref: '#/components/schemas/Id' }${' } }'.repeat(20)} } }`)}
  /wide: ${get(`{ type: object, properties: { ${Array.from({ length: 400 }, (_, i) => `f${i}: { type: object, required: [id], description: ${'x'.repeat(100)}, properties: { id: { $ref: '#/components/schemas/Id' } } }`).join(', ')} } }`)}
  /none: ${get('{ type: object, properties: { a: { type: string, enum: [] } } }')}
components:
  schemas:
    Id: { type: string, pattern: '^(0|[1-9][0-9]*)$', minLength: 4, maxLength: 6 }
    Kind: { type: string, enum: [ferry, tug] }
    One: { type: object, required: [code], properties: { code: { type: integer } } }
    Failure: { allOf: [{ $ref: '#/components/schemas/One' }, { type: object, required: [others], properties: { others: { type: array, items: { $ref: '#/components/schemas/One' } } } }] }
${Array.from({ length: 30 }, (_, i) => `    D${i}: { type: object, properties: { a: { $ref: '#/components/schemas/D${i + 1}' }, b: { $ref: '#/components/schemas/D${i + 1}' } } }`).join('\n')}
    D30: { type: object, properties: { id: { type: integer } } }
`,
    exchanges: [
      ok('GET /twice', { is: {} }),
      {
        request: 'POST /twice',
        headers: asJson,
        body: `${'{"a":'.repeat(30)}{"id":1}${'}'.repeat(30)}`,
        status: 204,
      },
      refused('POST /twice', {
        headers: asJson,
        body: `${'{"b":'.repeat(30)}{"id":"x"}${'}'.repeat(30)}`,
      }),
      ok('GET /list', { is: { code: 0, others: [{ code: 0 }] } }),
      ok('GET /narrowed', { is: { kind: 'tug', other: 'ferry' } }),
      ok('GET /deep', { holds: small }),
      ok('GET /wide', {
        holds: ({ f399 }: { f399: { id: string } }) => /^[1-9]\d{3,5}$/.test(f399.id),
      }),
      ok('GET /none', { is: { a: 'string' } }),
    ],
  },
  {
    kind: 'anchors, aliases and merge keys of YAML',
    document: `${head()}x-ok: &ok { description: d, content: { application/json: { example: { ok: true } } } }
x-base: &base { responses: { '200': *ok }, tags: [a] }
paths:
  /alias: { get: { responses: { '200': *ok } } }
  /merged: { get: { <<: *base, operationId: merged } }
`,
    exchanges: [ok('GET /alias', { is: { ok: true } }), ok('GET /merged', { is: { ok: true } })],
  },
];
