// The schemas of the files that people write: what they say agrees with what we say.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { afterAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { parseKnown } from '../../src/contract/run/known-findings.js';
import { parseProfile } from '../../src/contract/run/profile.js';
import { callerNames, knownNames, rowCallers } from '../../src/contract/tables/caller.js';
import { loadContracts } from '../../src/contract/tables/load.js';
import { FileError } from '../../src/files/problem.js';
import { checkedScenario } from '../../src/scenario/load.js';
import { parseScenario } from '../../src/scenario/read.js';
import { loadSpec } from '../../src/shipped/document.js';
import { head, type Kind, kinds, schemaOf, shipped, table } from './files.js';

const ajv = new Ajv2020({ allErrors: true, allowUnionTypes: true, strictTuples: false });
addFormats.default(ajv);
const validators = Object.fromEntries(kinds.map((kind) => [kind, ajv.compile(schemaOf(kind))]));
const folder = mkdtempSync(join(tmpdir(), 'understudy-schemas-'));
afterAll(() => rmSync(folder, { recursive: true }));

const spec = loadSpec();
const loaders: Readonly<Record<Kind, (text: string) => unknown>> = {
  scenario: (text) => checkedScenario(parseScenario(text, 'a.yaml')),
  profile: (text) => parseProfile(text, 'a.yaml', {}),
  known: (text) => parseKnown(text, 'a.yaml'),
  contracts: (text) => {
    const own = mkdtempSync(join(folder, 'contracts-'));
    writeFileSync(join(own, 'a.yaml'), text);
    return loadContracts(spec, own, { complete: false });
  },
};
function isLoaded(kind: Kind, text: string): boolean {
  try {
    loaders[kind](text);
    return true;
  } catch (error) {
    if (error instanceof FileError) return false;
    throw error;
  }
}

const good = '{ caller: owner, expect: space_not_found }';

const known = '- { fingerprint: "1a2b3c4d", reason: r, owner: o, expires: 2027-01-31 }\n';

const files: readonly (readonly [kind: Kind, isGood: boolean, text: string])[] = [
  ['scenario', true, head],
  ['scenario', true, `${head}callers: [{ api_key: ak, state: no_subject, note: n }]\n`],
  ['scenario', false, `${head}colour: red\n`],
  ['scenario', false, `${head}slices: {}\n`],
  ['scenario', false, `${head}callers: [{ api_key: ak, state: asleep, note: n }]\n`],
  ['scenario', false, `${head}callers: [{ api_key: ak, state: no_subject }]\n`],
  ['scenario', false, head.replace(/time.*/, 'time: tomorrow')],
  ['scenario', false, '[]'],
  ['profile', true, ''],
  [
    'profile',
    true,
    'callers: { owner: { api_key: ak, user_id: u, disposable: true } }\nknown: { organization_id: o }\n',
  ],
  [
    'profile',
    true,
    'base_url: http://127.0.0.1:1\nedition: 2026-02\ncallers:\nknown: { message_id: m }\ndisposable: [message_id]\n',
  ],
  ['profile', false, 'base_uri: x\n'],
  ['profile', false, 'edition: 2027-01\n'],
  ['profile', false, 'callers: { ownr: { api_key: ak } }\n'],
  ['profile', false, 'callers: { owner: { apikey: ak } }\n'],
  ['profile', false, 'callers: { owner: { api_key: 7 } }\n'],
  ['profile', false, 'callers: { owner: { disposable: perhaps } }\n'],
  ['profile', false, 'known: { organisation_id: o }\n'],
  ['profile', false, 'known: [a]\n'],
  ['profile', false, 'disposable: message_id\n'],
  ['profile', false, 'disposable: [massage_id]\n'],
  ['known', true, ''],
  ['known', true, known],
  ['known', true, known.replace('}', ', operation: o, row: r, level: full, what: w }')],
  ['known', false, 'a: b\n'],
  ['known', false, '[a]\n'],
  ['known', false, known.replace('}', ', colour: red }')],
  ['known', false, known.replace('}', ', level: high }')],
  ['known', false, known.replace('}', ', row: 7 }')],
  ['known', false, known.replace('reason: r', 'reason: TODO')],
  ['known', false, known.replace('owner: o', 'owner: " "')],
  ['known', false, known.replace('"1a2b3c4d"', '12345678')],
  ['known', false, known.replace('1a2b3c4d', '1A2B3C4D')],
  ['known', false, known.replace('2027-01-31', '2027-02-30')],
  ['known', false, known.replace('2027-01-31', 'TODO')],
  ...['fingerprint', 'reason', 'owner', 'expires'].map(
    (key) => ['known', false, known.replace(`${key}:`, 'what:')] as const,
  ),
  ['contracts', true, table(good)],
  [
    'contracts',
    true,
    table(
      '{ caller: none, expect: [authentication_required, space_not_found], query: { organization_id: [a, b] } }',
    ),
  ],
  [
    'contracts',
    true,
    table(
      '{ caller: owner, expect: space_not_found, then: [{ call: getSpace, expect: space_not_found, present: /error }] }',
    ),
  ],
  ['contracts', false, table('{ caler: owner, expect: space_not_found }')],
  ['contracts', false, table('{ caller: ownr, expect: space_not_found }')],
  ['contracts', false, table('{ caller: owner, expect: space_not_foun }')],
  ['contracts', false, table('{ caller: owner, expect: [] }')],
  ['contracts', false, table('{ caller: owner, expect: space_not_found, nested: 0 }')],
  ['contracts', false, table('{ caller: owner, expect: space_not_found, hex_body: 7b7 }')],
  ['contracts', false, table('{ caller: owner, expect: space_not_found, pause: 0 }')],
  [
    'contracts',
    false,
    table('{ caller: owner, expect: space_not_found, then: [{ call: getSpce }] }'),
  ],
  [
    'contracts',
    false,
    table('{ caller: owner, expect: space_not_found, then: [{ call: getSpace, absent: id }] }'),
  ],
  [
    'contracts',
    false,
    table('{ caller: owner, expect: space_not_found, then: [{ call: getSpace, equals: [/id] }] }'),
  ],
  ['contracts', false, table('just a text')],
  ['contracts', false, table(good, '    colour: red\n')],
  ['contracts', false, table(good).replace('getSpace', 'getSpce')],
  ['contracts', false, `${table(good)}  b: { value: 7 }\n`],
  ['contracts', false, 'tabels: []\n'],
];

describe('the schema and the loader', () => {
  it.each(files)('agree on a %s that is good (%s): %s', (kind, isGood, text) => {
    expect([validators[kind]?.(parse(text) ?? null), isLoaded(kind, text)]).toEqual([
      isGood,
      isGood,
    ]);
  });

  it.each(shipped)('agree on the %s %s', (kind, file) => {
    expect(validators[kind]?.(parse(readFileSync(file, 'utf8')))).toBe(true);
  });

  it('know the same callers, ids, operations and cases', () => {
    const [profile, contracts] = [schemaOf('profile'), schemaOf('contracts')];
    expect(Object.keys(profile.properties.callers.properties).sort()).toEqual(
      [...callerNames].sort(),
    );
    expect(Object.keys(profile.properties.known.properties).sort()).toEqual([...knownNames].sort());
    expect([...profile.properties.disposable.items.enum].sort()).toEqual([...knownNames].sort());
    expect([...contracts.$defs.caller.enum].sort()).toEqual([...rowCallers].sort());
    expect(contracts.$defs.operation.enum).toEqual([...spec.operations.keys()]);
    expect(new Set(contracts.$defs.case.enum)).toEqual(
      new Set([...spec.operations.values()].flatMap(({ cases }) => [...cases.keys()])),
    );
  });
});
