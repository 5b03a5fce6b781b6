import { readFileSync } from 'node:fs';
import type { ErrorObject } from 'ajv';
import { describe, expect, it } from 'vitest';
import { httpTarget } from '../../../src/client/http-target.js';
import { handlerTarget, type Target } from '../../../src/client/target.js';
import { withEdges } from '../../../src/contract/edges/edges.js';
import { requestSchemas, type Schema } from '../../../src/contract/edges/request-schema.js';
import { freeTexts } from '../../../src/contract/edges/valid.js';
import { planRows } from '../../../src/contract/run/plan.js';
import { type Profile, parseProfile } from '../../../src/contract/run/profile.js';
import { runContracts } from '../../../src/contract/run/run.js';
import { ContractError, loadContracts } from '../../../src/contract/tables/load.js';
import type { Contracts, Row } from '../../../src/contract/tables/table.js';
import { createUnderstudy } from '../../../src/index.js';
import { loadSpec } from '../../../src/shipped/document.js';
import { shippedValidators } from '../../../src/shipped/validators.js';
import type { Operation, OperationId } from '../../../src/spec/document.js';
import { isJsonObject, type Json, type JsonObject } from '../../../src/spec/message.js';
import { atPointer } from '../../../src/spec/pointer.js';
import { checkRequest } from '../../../src/validation/check-request.js';
import type { CheckedSpec } from '../../../src/validation/validators.js';
import { compileSchemas } from '../../support/compile-schemas.js';
import { itFirst, itInFull, sample, whole } from '../../support/sample.js';
import { servedBySecond } from '../../support/second-server.js';
import { createServer } from '../../targets/second-server/server.mjs';

const spec = loadSpec();
const plain = loadContracts(spec);
const document = JSON.parse(spec.text);

interface Edge {
  readonly operation: Operation;
  readonly row: Row;
  readonly part: 'body' | 'query';
  readonly value: JsonObject;
  readonly expected: readonly string[];
}

/** What they make cannot be deleted. */
const staying: readonly OperationId[] = ['createSlice', 'createComposite'];

/** At the edges of transports and databases: whether such a value is taken, nobody says. */
const isExtreme = ({ edge = '' }: Row): boolean =>
  / is 2\^| has a NUL in it| has 65536 characters$| text in it$| blank in it$| has blanks around it| has line breaks/.test(
    edge,
  );

/** The rows that were made from what schemas say, with expressions filled in. */
function edgesOf(contracts: Contracts): readonly Edge[] {
  return contracts.tables.flatMap((table) =>
    table.rows
      .filter((row) => row.edge !== undefined && !isExtreme(row))
      .map((row) => {
        const part = row.edge?.includes('the query') ? 'query' : 'body';
        return {
          operation: spec.operations.get(table.operation) as Operation,
          row,
          part,
          value: filled(row[part] ?? {}) as JsonObject,
          expected: [row.expect].flat(),
        };
      }),
  );
}

/** Any text will do for what an expression stands for, as long as it keeps every schema. */
function filled(value: Json): Json {
  if (Array.isArray(value)) return value.map(filled);
  if (isJsonObject(value))
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, filled(item)]));
  return typeof value === 'string' && value.includes('$') ? 'org_filled_in' : value;
}

const seeds = new Map<number, readonly Edge[]>();
/** Made once for each seed. */
function edgesOfSeed(seed: number): readonly Edge[] {
  const made = seeds.get(seed) ?? edgesOf(withEdges(spec, plain, { seed }));
  seeds.set(seed, made);
  return made;
}

const edges = edgesOfSeed(1);
const isAccepted = ({ operation, expected }: Edge) =>
  (operation.cases.get(expected[0] as string)?.status ?? 0) < 300;
const kept = edges.filter(isAccepted);
const broken = edges.filter((edge) => !isAccepted(edge));

const schemas = Object.fromEntries(
  [...spec.operations.values()].flatMap((operation) =>
    requestSchemas(document, operation, spec.validators).map(({ part, schema }) => [
      `${operation.id}-${part}`,
      schema,
    ]),
  ),
);
const compiled = compileSchemas({ schemas });
/** Everything that breaks, where the compiled validators end at the first. */
function errorsOf({ operation, part, value }: Edge): readonly ErrorObject[] {
  const validate = compiled(`#/schemas/${operation.id}-${part}`);
  return validate(value) ? [] : (validate.errors ?? []);
}

const find = (operation: OperationId, about: string): readonly string[] => {
  const found = edges.filter((edge) => edge.operation.id === operation && edge.row.edge === about);
  expect(found, `${operation}, where ${about}`).toHaveLength(1);
  return found[0]?.expected ?? [];
};

describe('the edges', () => {
  it('are the same for the same seed, byte for byte, and others for another', () => {
    const text = (all: readonly Edge[]) => JSON.stringify(all.map(({ row }) => row));
    expect(text(edgesOf(withEdges(spec, plain, { seed: 2 })))).toBe(text(edgesOfSeed(2)));
    expect(text(edgesOf(withEdges(spec, plain)))).toBe(text(edges));
    const names = (seed: number) =>
      new Set(text(edgesOfSeed(seed)).match(/"name":"[^$"][^"]{9,}"/g));
    expect(names(1).size).toBeGreaterThan(20);
    expect([...names(1)].filter((name) => names(2).has(name))).toEqual([]);
  });

  it('are told apart by their titles, and few', () => {
    const titles = planRows(spec, {
      ...plain,
      everywhere: [],
      tables: withEdges(spec, plain).tables,
    })
      .filter(({ row }) => row.edge !== undefined)
      .map(({ title }) => title);
    expect(titles.filter((title, i) => titles.indexOf(title) !== i)).toEqual([]);
    expect(edges.length).toBeGreaterThan(400);
    expect(edges.length).toBeLessThan(plain.tables.flatMap(({ rows }) => rows).length);
    for (const { row } of edges) expect(row.place).toMatch(/^openapi\/paths\/[\w-]+\.yaml:\d+:1$/);
  });

  it('of what can never be deleted send the longest texts together, and nothing of which nobody says that it is taken', () => {
    for (const id of staying) {
      const made = kept.filter(({ operation }) => operation.id === id);
      expect(
        made.map(({ row }) => row.edge),
        id,
      ).toEqual(['name has 255 characters, description has 300 characters']);
      expect(made.filter(({ expected }) => expected.length > 1)).toEqual([]);
    }
  });

  it('keep every schema where they should, whole requests and single values', () => {
    expect(
      kept.flatMap((edge) =>
        errorsOf(edge).map((error) => `${edge.operation.id} ${edge.row.edge} ${error.keyword}`),
      ),
    ).toEqual([]);
    const whole = kept.filter(({ row }) => /^the (body|query) is sample/.test(row.edge ?? ''));
    const bodies = [...spec.operations.values()]
      .filter(({ body, id }) => body && !staying.includes(id))
      .map(({ id }) => id);
    expect(
      new Set(whole.filter(({ part }) => part === 'body').map(({ operation }) => operation.id)),
    ).toEqual(new Set(bodies));
    // With the optional fields in and out.
    const fields = (id: OperationId) =>
      [1, 2, 3].flatMap((seed) =>
        edgesOfSeed(seed)
          .filter(
            ({ operation, row }) =>
              operation.id === id && row.edge?.startsWith('the body is sample'),
          )
          .map(({ value }) => Object.keys(value).sort().join()),
      );
    for (const id of bodies) expect(new Set(fields(id)).size, id).toBeGreaterThan(1);
  });

  it('pass the request check of the mock server, or are refused by it for what they break', () => {
    for (const { operation, row, part, value } of edges) {
      const pairs =
        part === 'query'
          ? Object.entries(value).map(([name, item]) => [name, String(item)] as [string, string])
          : [];
      const request = {
        method: operation.method,
        target: `/?${new URLSearchParams(pairs)}`,
        headers: { 'content-type': 'application/json' },
        body: new TextEncoder().encode(part === 'body' ? JSON.stringify(value) : ''),
      };
      const violations = checkRequest(operation, shippedValidators, request).violations.filter(
        (violation) => violation.in === part,
      );
      const refused = broken.some((edge) => edge.row === row);
      expect(violations.length > 0, `${operation.id}, where ${row.edge}`).toBe(refused);
    }
  });

  it('break one constraint each', () => {
    const found = broken.map((edge) => {
      const errors = errorsOf(edge).filter(({ keyword }) => keyword !== 'propertyNames'); // comes beside the keyword inside it
      return {
        about: `${edge.operation.id} ${edge.row.edge}`,
        keywords: errors.map(({ keyword }) => keyword),
      };
    });
    const odd = found.filter(
      ({ keywords }) => keywords.length !== 1 && keywords.sort().join() !== 'enum,type',
    );
    expect(odd).toEqual([]);
  });

  it('break every constraint of every request schema and parameter', () => {
    const wanted = constraintsOfDocument();
    const shown = new Set(
      broken.flatMap((edge) => errorsOf(edge).map((error) => constraintOf(edge, error))),
    );
    expect(wanted.length).toBeGreaterThan(150);
    expect(new Set(wanted.map((constraint) => constraint.split(' ').at(-1)))).toEqual(
      new Set([
        ...['type', 'enum', 'required', 'minLength', 'maxLength', 'pattern', 'minimum', 'maximum'],
        ...['minItems', 'maxItems', 'uniqueItems', 'maxProperties', 'null'],
      ]),
    );
    expect(wanted.filter((constraint) => !shown.has(constraint))).toEqual([]);
  });

  it('hold a server to texts of characters that servers get wrong, and to their bounds by plain ones, however it counts', () => {
    for (const { value, row } of kept.filter(({ row }) =>
      /^(name|title|content|description) has \d{2,} char/.test(row.edge ?? ''),
    )) {
      const [, field, size] = /^(\w+) has (\d+)/.exec(row.edge ?? '') as unknown as [
        string,
        string,
        string,
      ];
      const text = value[field] as string;
      expect([...text]).toHaveLength(Number(size));
      const isBound = size === '300' || ['name 255', 'title 200'].includes(`${field} ${size}`);
      if (isBound) expect(Buffer.byteLength(text)).toBe(Number(size));
      else
        for (const kind of [/[^\0-\x7f]/, /\p{Emoji_Presentation}/u, /["'`]/, /\\/])
          expect(text).toMatch(kind);
      expect(text).toBe(text.trim().normalize());
    }
    const bounds = kept.filter(({ row }) =>
      /^name has (1 character|255 characters)(,|$)/.test(row.edge ?? ''),
    );
    const names = Object.values(schemas).filter(
      ({ properties }) => properties?.name?.maxLength === 255,
    );
    // Of what stays, the longer one alone.
    expect(bounds).toHaveLength(2 * names.length - staying.length);
  });

  it('draw nothing that the document leaves open, and nothing that a row would read as an expression', () => {
    for (const { row, part, operation } of kept) {
      const table = plain.tables.find((candidate) => candidate.operation === operation.id);
      const rows = JSON.stringify([table?.body, table?.query, table?.rows]);
      JSON.stringify(row[part], (key, value) => {
        if (typeof value !== 'string') return value;
        if (value.includes('$')) expect(rows).toContain(JSON.stringify(value));
        expect(value.isWellFormed() && !/\p{Cc}/u.test(value)).toBe(true);
        if (/^(name|title|content|description|search)$/.test(key))
          expect(value.trim()).not.toBe('');
        return value;
      });
    }
  });

  it('leave alone what must name something, and what is April’s', () => {
    const varied = new Set(
      kept.flatMap(({ operation, part, row }) =>
        (row.edge ?? '').split(', ').flatMap((one) => {
          const field = /^[a-z_]+/.exec(one)?.[0] as string;
          return field === 'the' || / is (null|empty)$/.test(one)
            ? []
            : [`${operation.id} ${part} ${field}`];
        }),
      ),
    );
    const fields = Object.entries(schemas).flatMap(([name, schema]) =>
      Object.entries(schema.properties ?? {}).map(([field, property]) => ({
        field,
        property,
        isVaried: varied.has(`${name.replace('-', ' ')} ${field}`),
      })),
    );
    expect(fields.filter(({ property, isVaried }) => property['x-edition'] && isVaried)).toEqual(
      [],
    );
    const isText = ({ type, items }: Schema) =>
      [items ? items.type : type].flat().every((each) => each === 'string' || each === 'null');
    const namesSomething = ({ field, property }: (typeof fields)[number]) =>
      isText(property) && !property.enum && !freeTexts.includes(field);
    const still = fields.filter(
      (each) => !each.isVaried && !each.property['x-edition'] && !namesSomething(each),
    );
    expect([...new Set(still.map(({ field }) => field))]).toEqual([
      'type', // of what stays, in rows of its own
      'owner_type', // which goes with owner_id
    ]);
    expect(fields.filter((each) => each.isVaried && namesSomething(each))).toEqual([]);
  });

  it('are as open as the rows of their table', () => {
    expect(find('listSpaces', 'limit in the query is 0')).toEqual(['invalid_parameter', 'listed']); // K-C38
    expect(find('listSpaces', 'limit in the query is 101')).toEqual(['invalid_parameter']);
    expect(find('listVectorStores', 'take in the query is 0')).toEqual([
      'invalid_parameter',
      'listed',
    ]);
    expect(find('listStores', 'status in the query is outside its values')).toEqual([
      'invalid_parameter',
      'listed',
    ]); // April's
    // April's; the items are made up, so that a server may say first that nothing is called so.
    expect(find('createSpace', 'vector_store_ids has an item twice')).toEqual([
      'invalid_body',
      'vector_store_not_found',
      'created',
      'unknown_field',
      'other_organization',
    ]);
    expect(find('createThread', 'visible_in_ui is false')).toEqual([
      'created',
      'organization_access_denied',
    ]); // S-C15
    expect(find('updateVectorStore', 'description is null')).toEqual(['updated']);
    expect(find('updateVectorStore', 'flow_id is null')).toEqual(['updated', 'invalid_body']); // no row says so
    expect(find('deleteAllThreads', 'organization_id in the query does not match ^org_')).toEqual([
      'invalid_organization_id',
    ]);
    expect(find('createStoreInSlice', 'access_mode is outside its values')).toEqual([
      'invalid_access_mode',
    ]);
    expect(find('createStoreInSlice', 'access_mode is null')).toEqual([
      'invalid_body',
      'invalid_access_mode',
    ]);
  });

  it('change no message but the disposable one', () => {
    const recipes = edges
      .filter(({ operation }) => operation.id === 'updateMessage')
      .map(({ row }) => row.given?.message);
    expect(new Set(recipes)).toEqual(new Set(['a_disposable_message']));
  });
});

describe('a schema that cannot be sampled', () => {
  const changed = (
    change: (schemas: Record<string, { properties: Record<string, object> }>) => void,
  ): CheckedSpec => {
    const other = structuredClone(document);
    change(other.components.schemas);
    return { ...spec, text: JSON.stringify(other) };
  };
  const problemsOf = (other: CheckedSpec): readonly string[] => {
    try {
      withEdges(other, plain);
    } catch (error) {
      if (error instanceof ContractError)
        return error.problems.map(({ file, line, what }) => `${file}:${line} ${what}`);
      throw error;
    }
    return [];
  };

  it('is an error that names it, where its bounds contradict each other', () => {
    const problems = problemsOf(
      changed(({ SliceCreate, SpaceCreate }) => {
        Object.assign(SliceCreate?.properties.name ?? {}, { minLength: 9, maxLength: 3 });
        Object.assign(SpaceCreate?.properties.name ?? {}, { minLength: 9, maxLength: 3 });
      }),
    );
    expect(problems).toEqual([
      expect.stringMatching(/^openapi\/paths\/slices\.yaml:\d+ SliceCreate cannot be sampled: /),
      expect.stringMatching(/^openapi\/paths\/spaces\.yaml:\d+ SpaceCreate cannot be sampled: /),
    ]);
  });

  it('is one where it refers to itself', () => {
    const problems = problemsOf(
      changed(({ MessageUpdate }) => {
        Object.assign(MessageUpdate?.properties.metadata ?? {}, {
          properties: { inner: { $ref: '#/components/schemas/MessageUpdate' } },
        });
      }),
    );
    expect(problems).toEqual([
      expect.stringContaining(
        'updateMessage cannot be sampled: #/components/schemas/MessageUpdate',
      ),
    ]);
  });

  it('is one where a sample breaks what the request check asks for', () => {
    const problems = problemsOf(
      changed(({ SliceUpdate }) => {
        Object.assign(SliceUpdate?.properties.name ?? {}, { maxLength: 400 });
      }),
    );
    expect(problems).toContainEqual(
      expect.stringContaining(
        'SliceUpdate, where name has 400 characters, should be valid: maxLength (255) breaks at /name',
      ),
    );
  });

  it('is one where what should break does not, and where no case answers it', () => {
    const loose = problemsOf(
      changed(({ SliceCreate }) => {
        Object.assign(SliceCreate?.properties.name ?? {}, { maxLength: 200 });
      }),
    );
    expect(loose).toEqual([
      expect.stringContaining(
        'SliceCreate, where name has 201 characters, should break maxLength at /name: nothing breaks',
      ),
    ]);
    const operations = new Map(spec.operations);
    const operation = operations.get('createComposite') as Operation;
    const cases = new Map([...operation.cases].filter(([name]) => name !== 'invalid_body'));
    operations.set('createComposite', { ...operation, cases });
    expect(problemsOf({ ...spec, operations })).toContainEqual(
      expect.stringContaining('createComposite has no case for CompositeCreate, where '),
    );
  });
});

describe.each(whole ? [2, 3, 4] : [2])('the edges of seed %i', (seed) => {
  const all = withEdges(spec, plain, { seed });
  const tables = all.tables.map((table) => ({
    ...table,
    rows: table.rows.filter((row) => row.edge !== undefined),
  }));
  const contracts = { ...all, tables, everywhere: [], lifecycles: [] };
  const play = async (
    target: Target,
    profile: Profile,
    include: (operation: OperationId) => boolean,
    allow = include,
  ) => {
    const report = await runContracts({
      spec,
      contracts,
      profile,
      target,
      seed,
      include,
      allow,
      concurrency: 1,
    });
    return {
      rows: report.rows.length,
      idle: report.rows
        .filter(({ result }) => result === 'not_exercised')
        .map(({ title }) => title),
      found: report.findings
        .filter(({ severity }) => severity !== 'notice')
        .map(({ code, title, expected, got }) => `${code} ${title}: ${expected}, got ${got}`),
    };
  };

  it('hold on the mock server', async () => {
    const profile = parseProfile(
      readFileSync('contracts/understudy.profile.yaml', 'utf8'),
      'understudy.profile.yaml',
      {},
    );
    const target = handlerTarget('the mock server', createUnderstudy().fetch);
    const some = new Set(sample([...spec.operations.keys()], (id) => id, 3));
    const { rows, idle, found } = await play(
      target,
      profile,
      (id) => some.has(id),
      () => true,
    );
    expect({ idle, found }).toEqual({ idle: [], found: [] });
    expect(rows).toBeGreaterThan(whole ? 500 : 100);
  });

  itInFull('hold on the second server', async () => {
    const server = createServer();
    await server.listen(0);
    const { profile } = server;
    const played = play(httpTarget(profile.base_url), { ...profile, secrets: new Map() }, (id) =>
      servedBySecond.includes(id),
    );
    const { rows, idle, found } = await played.finally(() => server.close());
    expect({ idle, found }).toEqual({ idle: [], found: [] });
    expect(rows).toBeGreaterThan(200);
  });
});

type Node = { readonly [keyword: string]: unknown };

/** What says nothing about a value, and what only holds other schemas. */
const silent = [
  'title',
  'description',
  'default',
  'x-edition',
  'properties',
  'items',
  'propertyNames',
  'additionalProperties',
];
const everyType = ['array', 'boolean', 'null', 'number', 'object', 'string'];

/**
 * Every constraint that a request can break, as `operation part path keyword`; the others are left
 * out with the reason.
 */
function constraintsOfDocument(): readonly string[] {
  const found: string[] = [];
  const resolve = (node: Node): Node =>
    typeof node.$ref === 'string'
      ? {
          ...resolve(
            node.$ref
              .split('/')
              .slice(1)
              .reduce((at, token) => at[token], document),
          ),
          ...node,
          $ref: undefined,
        }
      : node;
  const walk = (node: Node, at: string, path: string): void => {
    const schema = resolve(node);
    const types = [schema.type ?? []].flat() as string[];
    for (const keyword of Object.keys(schema).filter(
      (key) => schema[key] !== undefined && !silent.includes(key),
    )) {
      if (keyword === 'type') {
        // Another kind of body than an object is a row of contracts/everywhere.yaml.
        if (at.endsWith('body') && path === '') continue;
        // Whatever stands in a path or a query is a text.
        if (!at.endsWith('body') && types.includes('string')) continue;
        // A value may be any JSON.
        if ([...types].sort().join() === everyType.join()) continue;
        if (at.endsWith('body') && !types.includes('null')) found.push(`${at} ${path} not null`);
      }
      if (keyword === '$ref') continue;
      if (keyword === 'required')
        for (const name of schema.required as string[])
          found.push(`${at} ${path}/${name} required`);
      else found.push(`${at} ${path} ${keyword}`);
    }
    for (const [name, property] of Object.entries(
      (schema.properties ?? {}) as Record<string, Node>,
    ))
      walk(property, at, `${path}/${name}`);
    if (schema.items) walk(schema.items as Node, at, `${path}/*`);
    if (schema.propertyNames) walk(schema.propertyNames as Node, at, `${path}/{key}`);
    if (typeof schema.additionalProperties === 'object')
      walk(schema.additionalProperties as Node, at, `${path}/{value}`);
  };
  for (const item of Object.values(document.paths) as Record<string, Node>[]) {
    for (const method of ['get', 'post', 'put', 'patch', 'delete']) {
      const operation = item[method];
      if (!operation) continue;
      const parameters = [item.parameters ?? [], operation.parameters ?? []].flat() as Node[];
      for (const { name, in: part, schema, required } of parameters.map(resolve)) {
        // A path without a parameter is another path.
        if (required && part === 'query')
          found.push(`${operation.operationId} query /${name} required`);
        walk(schema as Node, `${operation.operationId} ${part}`, `/${name}`);
      }
      const body = operation.requestBody as
        | { content: { 'application/json': { schema: Node } } }
        | undefined;
      if (body) walk(body.content['application/json'].schema, `${operation.operationId} body`, '');
    }
  }
  return found;
}

/** The constraint that an error is about, in the words of `constraintsOfDocument`. */
function constraintOf(
  { operation, part, value }: Edge,
  { instancePath, keyword, params, ...error }: ErrorObject,
): string {
  let schema: Node | undefined = schemas[`${operation.id}-${part}`] as Node | undefined;
  let path = '';
  for (const token of instancePath.split('/').slice(1)) {
    const properties = (schema?.properties ?? {}) as Record<string, Node>;
    const step = schema?.items ? '*' : token in properties ? token : '{value}';
    path += `/${step}`;
    schema = (step === '*' ? schema?.items : (properties[token] ?? schema?.additionalProperties)) as
      | Node
      | undefined;
  }
  if (error.propertyName !== undefined) path += '/{key}';
  if (keyword === 'required') path += `/${params.missingProperty}`;
  const isNull = keyword === 'type' && atPointer(value, instancePath) === null;
  return `${operation.id} ${part} ${path} ${isNull ? 'not null' : keyword}`;
}

describe('values that transports and databases may not carry', () => {
  const extremes = withEdges(spec, plain).tables.flatMap(({ operation, rows }) =>
    rows.filter(isExtreme).map((row) => ({ operation, row })),
  );

  it('are tried in every number, text and list of ids, and may be taken or refused', () => {
    const edges = extremes.map(({ operation, row }) => `${operation} ${row.edge}`);
    expect(edges).toEqual(
      expect.arrayContaining([
        'createSpace access_users has an empty text in it',
        'createSpace access_users has a blank in it',
        'createSpace name has a NUL in it',
        'createSpace description has 65536 characters',
        'createSpace name has blanks around it',
        'updateThread metadata has line breaks and an accent of its own in it',
        'createSlice name has blanks around it, description has blanks around it',
        'listSlices skip in the query is 2^63',
        'listThreads limit in the query is 2^31',
      ]),
    );
    for (const { operation, row } of extremes) {
      const statuses = [row.expect]
        .flat()
        .map((name) => spec.operations.get(operation)?.cases.get(name)?.status ?? 0);
      expect(Math.min(...statuses)).toBeLessThan(300);
      expect(statuses).toContain(422);
    }
  });

  itFirst(2).each<[string, OperationId, RegExp, RegExp]>([
    ['a NUL', 'createSpace', /"name":"before\\u0000/, /^/],
    ['a large number', 'listSlices', /^/, /skip=9223372036854776/],
    ['a blank id', 'createComposite', /"member_slice_ids":\[" "\]/, /^/],
  ])('show a server that fails over %s', async (_, operation, body, query) => {
    const inner = handlerTarget('the mock server', createUnderstudy().fetch);
    const { method } = spec.operations.get(operation) as Operation;
    const target: Target = {
      name: inner.name,
      send: async (request, signal) =>
        request.method === method &&
        body.test(new TextDecoder().decode(request.body)) &&
        query.test(request.target)
          ? { status: 500, headers: { 'content-type': 'text/plain' }, body: 'out of range' }
          : inner.send(request, signal),
    };
    const report = await runContracts({
      spec,
      contracts: withEdges(spec, plain),
      profile: parseProfile(
        readFileSync('contracts/understudy.profile.yaml', 'utf8'),
        'understudy.profile.yaml',
        {},
      ),
      target,
      include: (id) => id === operation,
      allow: () => true,
      wait: async () => {},
    });
    const found = report.findings.filter(({ severity }) => severity === 'failure');
    expect(found.map((one) => `${one.code} ${one.operation}`)).toContain(
      `SERVER_ERROR ${operation}`,
    );
  });
});
