// The loader of a kind of file and the schema that editors use refuse the same: faults of every
// form, planted at every place.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { afterAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { parseProfile } from '../../src/contract/run/profile.js';
import { callerNames, knownNames } from '../../src/contract/tables/caller.js';
import { readForm } from '../../src/contract/tables/form.js';
import { loadContracts } from '../../src/contract/tables/load.js';
import { FileError } from '../../src/files/problem.js';
import { loadSpec } from '../../src/shipped/document.js';
import { sample } from '../support/sample.js';

const spec = loadSpec();
const folder = mkdtempSync(join(tmpdir(), 'understudy-agreement-'));
afterAll(() => rmSync(folder, { recursive: true }));

interface Schema {
  readonly $ref?: string;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly additionalProperties?: boolean | Schema;
  readonly required?: readonly string[];
  readonly items?: Schema;
  readonly prefixItems?: readonly Schema[];
  readonly anyOf?: readonly Schema[];
}

/** Every key is used, so that every place of the schema is reached. */
const files: Readonly<Record<'profile' | 'contracts', string>> = {
  profile: `
base_url: http://127.0.0.1:1
edition: 2026-02
callers: { ${callerNames
    .map(
      (name) =>
        `${name}: { api_key: k, bearer: t, user_id: u, organization_id: o, disposable: true }`,
    )
    .join(', ')} }
known: { ${knownNames.map((name) => `${name}: some_id`).join(', ')} }
disposable: [message_id]
`,
  contracts: `
tables:
  - operation: updateSpace
    given: { space: a_space }
    body: { name: n }
    observe: { call: listSpaces, caller: owner, path: {}, query: { limit: 2 }, rows: [/spaces, $slot.space] }
    makes: { space: a_space }
    changes: [updated_by]
    unseen: { order: a reason }
    coupled: [name]
    rows:
      - caller: owner
        expect: [updated, space_not_found]
        assumed: a source
        documented: a source
        path: { space_id: $slot.space }
        query: {}
        body: { name: m }
        before: [{ call: getSpace, caller: owner, path: { space_id: $slot.space }, query: {} }, { call: updateSpace, body: { name: n } }]
        pause: 1.1
        answer: { /name: m }
        then:
          - { call: getSpace, caller: owner, path: { space_id: $slot.space }, query: {}, when: updated, expect: retrieved, present: /name, equals: [/name, m], assumed: a, documented: b }
          - { call: listSpaces, expect: [listed], includes: [/spaces/*/id, $slot.space], excludes: [/spaces/*/name, n], unique: /spaces/*/id, count: [/spaces, 1] }
          - { call: getSpace, absent: /name, answer: { /name: m } }
          - { call: getSpace, later: [/updated_at, /created_at] }
          - { call: listSpaces, order: [/spaces/*/name, [m]] }
          - { call: listSpaces, fits: /spaces }
          - { call: updateSpace, body: { name: m } }
        given: { space: another_space }
        observe: none
      - { caller: owner, raw_body: '{', content_type: text/plain, expect: malformed_json }
      - { caller: owner, nested: 3, expect: too_deep }
      - { caller: owner, hex_body: 7bff, expect: not_utf8 }
  - operation: listSpaces
    query: { limit: [1, 2] }
    rows: [{ caller: owner, query: { limit: 1 }, expect: listed }]
  - operation: getSpace
    given: { space: a_space }
    observe: { call: updateSpace, body: { name: n } }
    rows: [{ caller: owner, expect: retrieved }]
slots: { space_id: space }
recipes:
  a_space: { call: createSpace, caller: owner, path: {}, query: {}, body: { name: n, organization_id: o }, repeat: 2, value: $response.body#/id, then: [{ call: getSpace }], held_by: [owner], undo: deleteSpace }
  another_space: { from: a_space }
everywhere:
  - { caller: none, expect: authentication_required, assumed: a, documented: b }
  - { caller: owner, raw_body: '{', content_type: text/plain, expect: [malformed_json] }
  - { caller: owner, nested: 3, expect: too_deep }
  - { caller: owner, hex_body: 7bff, expect: not_utf8 }
`,
};

const loaders: Readonly<Record<keyof typeof files, (text: string) => unknown>> = {
  profile: (text) => parseProfile(text, 'a.yaml', {}),
  contracts: (text) => {
    writeFileSync(join(folder, 'a.yaml'), text);
    return loadContracts(spec, folder, { complete: false });
  },
};

/** What the loader says of a file; empty where it is loaded. */
function faultsOf(kind: keyof typeof files, value: unknown): readonly string[] {
  try {
    loaders[kind](JSON.stringify(value));
    return [];
  } catch (error) {
    if (error instanceof FileError) return error.problems.map(({ what }) => what);
    throw error;
  }
}

const others: readonly unknown[] = [7, true, '', 'zzz', null, [], {}];

interface Planted {
  readonly name: string;
  readonly value: unknown;
}

type Path = readonly (string | number)[];

function changed(value: unknown, path: Path, change: (parent: never, key: never) => void): unknown {
  const copy = structuredClone({ whole: value });
  const all = ['whole', ...path];
  const parent = all.slice(0, -1).reduce<unknown>((node, key) => (node as never)[key], copy);
  change(parent as never, all.at(-1) as never);
  return copy.whole;
}

/**
 * The value with each fault at each place; `reached` gets the properties of the schema that it
 * passes.
 */
function* plant(root: Schema, whole: unknown, reached: Set<Schema>): Generator<Planted> {
  const resolve = (schema: Schema): Schema =>
    schema.$ref === undefined
      ? schema
      : resolve(
          schema.$ref
            .split('/')
            .slice(1)
            .reduce<unknown>((node, key) => (node as never)[key as never], root) as Schema,
        );
  function* walk(unresolved: Schema, value: unknown, path: Path): Generator<Planted> {
    const schema = resolve(unresolved);
    const at = `/${path.join('/')}`;
    for (const other of others)
      yield {
        name: `${at} is ${JSON.stringify(other)}`,
        value: changed(whole, path, (parent: Record<string, unknown>, key: string) => {
          parent[key] = other;
        }),
      };
    if (typeof value !== 'object' || value === null) return;
    const isList = Array.isArray(value);
    if (!isList && schema.additionalProperties === false)
      yield {
        name: `${at} has zzz`,
        value: changed(whole, [...path, 'zzz'], (p: Record<string, unknown>) => (p.zzz = 1)),
      };
    for (const key of schema.required ?? [])
      yield {
        name: `${at} has no ${key}`,
        value: changed(whole, [...path, key], (p: Record<string, unknown>) => delete p[key]),
      };
    for (const [key, item] of Object.entries(value)) {
      const list = (schema.anyOf ?? []).map(resolve).find(({ items }) => items);
      const below = isList
        ? (schema.prefixItems?.[Number(key)] ?? schema.items ?? list?.items)
        : (schema.properties?.[key] ?? schema.additionalProperties);
      if (typeof below !== 'object') continue;
      reached.add(below);
      yield* walk(below, item, [...path, isList ? Number(key) : key]);
    }
  }
  yield* walk(root, whole, []);
}

/** Every schema of a property, of an item, of a pair. */
function* partsOf(schema: unknown): Generator<Schema> {
  if (typeof schema !== 'object' || schema === null) return;
  const { properties = {}, prefixItems = [] } = schema as Schema;
  yield* Object.values(properties);
  yield* prefixItems;
  for (const below of Object.values(schema)) yield* partsOf(below);
}

describe.each(['profile', 'contracts'] as const)(
  'the schema and the loader of %s files',
  (kind) => {
    const schema = JSON.parse(readFileSync(`schemas/${kind}.json`, 'utf8'));
    const ajv = new Ajv2020({ allowUnionTypes: true, strictTuples: false });
    addFormats.default(ajv);
    const validate = ajv.compile(schema);
    const whole = parse(files[kind]);
    const reached = new Set<Schema>();
    const planted = [...plant(schema, whole, reached)];

    it('take a file that uses every key', () => {
      expect([validate(whole), faultsOf(kind, whole)]).toEqual([true, []]);
      expect([...partsOf(schema)].filter((part) => !reached.has(part))).toEqual([]);
    });

    it('refuse the same faults of form, wherever they stand', () => {
      const some = sample(planted, ({ name }) => name, kind === 'contracts' ? 24 : 3);
      const disagreed = some.flatMap(({ name, value }) => {
        const isGood = validate(value);
        const faults = faultsOf(kind, value);
        if (!isGood && faults.length === 0)
          return [`${name}: only the schema refuses it: ${ajv.errorsText(validate.errors)}`];
        const ofForm = isGood ? faultsOfForm[kind](value, faults) : [];
        return ofForm.length > 0
          ? [`${name}: only the loader refuses it: ${ofForm.join('; ')}`]
          : [];
      });
      expect(planted.length).toBeGreaterThan(500);
      expect(disagreed).toEqual([]);
    });
  },
);

/**
 * Those of the loader's faults that a schema can see, too; not what only a look at the document, or
 * at a value's use, shows.
 */
const faultsOfForm = {
  profile: (_: unknown, faults: readonly string[]): readonly string[] =>
    faults.filter((what) => what !== 'is not the URL of a server'),
  contracts: (value: unknown): readonly string[] => {
    const found: string[] = [];
    readForm(value, (pointer, what) => found.push(`${pointer} ${what}`));
    return found;
  },
};
