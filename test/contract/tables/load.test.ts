import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import {
  ContractError,
  loadContracts,
  shippedContracts,
} from '../../../src/contract/tables/load.js';
import { parseYaml, stringifyYaml } from '../../../src/files/yaml.js';
import { loadSpec } from '../../../src/shipped/document.js';
import { withOdd } from '../../support/odd.js';
import { whole } from '../../support/sample.js';

const spec = loadSpec();
const folders: string[] = [];
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true });
});

function folderWith(files: Readonly<Record<string, string>>): string {
  const folder = mkdtempSync(join(tmpdir(), 'understudy-contracts-'));
  folders.push(folder);
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  return folder;
}

function problemsOf(
  folder: string,
  options?: { readonly complete: boolean; readonly anew?: boolean },
): readonly string[] {
  try {
    loadContracts(spec, folder, options);
  } catch (error) {
    if (!(error instanceof ContractError)) throw error;
    return error.problems.map(
      ({ file, line, column, what, fix }) =>
        `${file.replace(`${folder}/`, '')}:${line}:${column} ${what} | ${fix}`,
    );
  }
  return [];
}

const inFile = (text: string): readonly string[] =>
  problemsOf(folderWith({ 'a.yaml': text }), { complete: false });

/** The shipped contracts with one file changed. */
function shippedWith(file: string, change: (text: string) => string): string {
  const folder = folderWith({});
  cpSync(shippedContracts, folder, { recursive: true });
  writeFileSync(join(folder, file), change(readFileSync(join(folder, file), 'utf8')));
  return folder;
}

describe('the contracts as shipped', () => {
  it('have a row for every case that is reached by state, and name none that is not documented', () => {
    expect(problemsOf(shippedContracts, { complete: true, anew: true })).toEqual([]);
  });

  it('without the row of a case do not load, which names the case, the table and where the case stands', () => {
    const folder = shippedWith('space-vector-stores.yaml', (text) =>
      text.replace(/^.*its_own_dedicated_store }, expect: own_dedicated_store }.*\n/m, ''),
    );
    expect(problemsOf(folder)).toEqual([
      expect.stringMatching(
        /^space-vector-stores\.yaml:9:5 no row expects addVectorStoreToSpace\.own_dedicated_store, which is reached by state \| add a row, or correct openapi\/paths\/space-vector-stores\.yaml:\d+$/,
      ),
    ]);
  });

  it('with a row of a case that is not documented do not load, which says what is near', () => {
    const folder = shippedWith('space-vector-stores.yaml', (text) =>
      text.replace('expect: own_dedicated_store }', 'expect: own_dedicated_stor }'),
    );
    const problems = problemsOf(folder);
    expect(problems[1]).toMatch(
      /^space-vector-stores\.yaml:\d+:\d+ there is no case of addVectorStoreToSpace own_dedicated_stor \| did you mean own_dedicated_store\?$/,
    );
    // Nor is there a row of the one that was meant.
    expect(problems[0]).toContain('no row expects addVectorStoreToSpace.own_dedicated_store');
  });

  it('without a table do not load, which names every case of the operation', () => {
    const folder = shippedWith('vector-stores.yaml', (text) =>
      text.replace('operation: getVectorStoreUsage', 'operation: getStore'),
    );
    const missing = problemsOf(folder).filter((problem) =>
      problem.includes('no row expects getVectorStoreUsage.'),
    );
    expect(missing.map((problem) => /getVectorStoreUsage\.(\w+)/.exec(problem)?.[1])).toEqual([
      'retrieved',
      'organization_access_denied',
    ]);
  });
});

describe('a faulty contract', () => {
  it('is refused with file, line, what and fix, all problems at once', () => {
    const problems = inFile(`recipes:
  a_space: { call: createSpce, value: $response.body#/id, undo: deleteSpace }
  nothing: { call: getSpace }
  many: { from: a_spce, repeat: 0 }
  whose: { value: x, held_by: [owner, admn] }
slots: { space_id: space }
tabels: []
tables:
  - operation: getSpce
    rows: []
  - operation: getSpace
    given: { space: a_spaec }
    observe: { cal: getSpace, caller: ownr }
    colour: red
    rows:
      - { caller: ownr, expect: retrieved }
      - { caller: owner, expect: retreived, expct: retrieved }
      - { caller: owner, expect: retrieved, then: [{ call: getThred, caller: viewr, expect: x }] }
      - just a text
`);
    expect(problems).toEqual([
      'a.yaml:2:20 there is no operation createSpce | did you mean createSpace?',
      'a.yaml:3:12 the recipe has no value | add `value`, such as $response.body#/id',
      'a.yaml:4:17 there is no recipe a_spce | did you mean a_space?',
      'a.yaml:4:33 is not a whole number above 0 | write how many times, such as 20',
      'a.yaml:5:31 nothing shows whose it is | add to `then` a call that its holder may make',
      'a.yaml:5:39 there is no caller admn | did you mean admin?',
      'a.yaml:7:9 there is no key tabels | did you mean tables?',
      'a.yaml:9:16 there is no operation getSpce | did you mean getSpace?',
      'a.yaml:10:11 the list is empty | add to it, or leave the key out',
      'a.yaml:12:21 there is no recipe a_spaec | did you mean a_space?',
      'a.yaml:13:14 call is missing | name an operation, such as call: getSpace',
      'a.yaml:13:21 there is no key cal | did you mean call?',
      'a.yaml:13:39 there is no caller ownr | did you mean owner?',
      expect.stringMatching(
        /^a\.yaml:14:13 there is no key colour \| use one of operation, given, /,
      ),
      'a.yaml:16:19 there is no caller ownr | did you mean owner?',
      'a.yaml:17:34 there is no case of getSpace retreived | did you mean retrieved?',
      'a.yaml:17:52 there is no key expct | did you mean expect?',
      'a.yaml:18:60 there is no operation getThred | did you mean getThread?',
      'a.yaml:18:78 there is no caller viewr | did you mean viewer?',
      expect.stringMatching(/^a\.yaml:19:9 is not a map \| write one with caller, expect, /),
    ]);
  });

  it('may not name what no expression, profile or slot has', () => {
    const problems = inFile(`recipes:
  a_name: { value: $nam }
tables:
  - operation: createSpace
    given: { wanted: a_name }
    body: { organization_id: $known.organisation_id, name: $slot.wantd }
    rows:
      - { caller: owner, expect: created, then: [{ call: listSpaces, query: { cursor: $callers.ownr.user_id } }] }
      - { caller: owner, expect: created, body: { name: costs $5 } }
`);
    expect(problems).toEqual([
      'a.yaml:2:20 there is no expression $nam | did you mean $name?',
      'a.yaml:6:30 there is no id in profiles organisation_id | did you mean organization_id?',
      'a.yaml:6:60 there is no slot that is filled here wantd | did you mean wanted?',
      'a.yaml:8:87 there is no caller ownr | did you mean owner?',
      expect.stringMatching(/^a\.yaml:9:57 there is no expression \$5 \| use one of \$known, /),
    ]);
  });

  it('may look only after a case that its row expects', () => {
    const problems = inFile(`tables:
  - operation: createSpace
    rows:
      - { caller: owner, expect: created, then: [{ when: unknown_role, call: listThreads }] }
`);
    expect(problems).toEqual([
      'a.yaml:4:58 there is no case that the row expects unknown_role | use one of created',
    ]);
  });

  it('that is no YAML is refused before anything else is looked at', () => {
    const [problem] = inFile('tables: [\n  - operation: }\n');
    expect(problem).toMatch(/^a\.yaml:2:\d+ /);
  });
});

/** A contract with everything that a contract can have, in which each mistake is made alone. */
const sound = `slots: { space_id: space, vector_store_id: vector_store, thread_id: thread }
recipes:
  a_space:
    call: createSpace
    caller: admin
    body: { organization_id: $known.organization_id, name: $name }
    value: $response.body#/id
    undo: deleteSpace
  a_shown_space: { from: a_space, repeat: 2, then: [{ call: getSpace, caller: owner }] }
  a_thread:
    value: $known.empty_thread_id
    then: [{ call: getThread }]
    held_by: [owner, admin]
  its_name: { call: getSpace, value: $response.body#/name }
  its_list: { call: listSpaces, query: { limit: 1 }, path: {}, value: $response.body#/spaces/0/id }
tables:
  - operation: updateSpace
    given: { space: a_space, name: its_name }
    body: { name: $slot.name }
    observe: { call: listSpaces, query: { limit: 100 }, rows: [/spaces, $slot.name] }
    coupled: [description]
    rows:
      - caller: owner
        given: { thread: a_thread, beside_it: its_list }
        path: { space_id: $slot.space }
        query: { organization_id: $known.organization_id }
        before: [{ call: addThreadToSpace, caller: owner, query: { organization_id: $known.organization_id } }]
        pause: 1.5
        expect: updated
        answer: { /name: $slot.name, /updated_at: $response.body#/updated_at }
        then:
          - { call: getSpace, equals: [/name, $response.body#/name], assumed: a sheet }
          - { call: getThread, excludes: [/metadata/any/thing, 7] }
          - { call: updateThread, body: { metadata: { a/b: 1 } } }
          - { call: getThread, present: /space_ids/0 }
          - { when: updated, call: listSpaces, unique: /spaces/*/id }
          - { call: updateSpace, body: { name: '' }, expect: invalid_body, equals: [/error/code, INVALID], documented: a page }
      - { caller: owner, body: { name: $slot.name, colour: red }, observe: none, expect: [invalid_body, updated] }
      - { caller: owner, raw_body: '{}', content_type: text/plain, expect: updated }
  - operation: createSpace
    makes: { space: a_space }
    body: { name: $name }
    rows:
      - { caller: owner, expect: created, documented: a page, then: [{ call: getSpace, includes: [/access_users/*, $slot.space] }] }
everywhere:
  - { caller: none, expect: authentication_required }
  - { caller: owner, hex_body: 7b7D, expect: not_utf8 }
  - { caller: owner, nested: 10000, expect: too_deep }
`;

describe('a contract', () => {
  it('without a mistake loads', () => {
    expect(inFile(sound)).toEqual([]);
  });

  /** What stands in place of what, and what is said of it. */
  const mistakes: readonly (readonly [from: string, to: string, problem: string])[] = [
    // the form
    [
      'expect: updated\n        answer',
      'expect: []\n        answer',
      'the list is empty | add to it, or leave the key out',
    ],
    [
      'expect: updated\n        answer',
      'answer',
      'expect is missing | name the case that must answer',
    ],
    [
      'expect: updated\n        answer',
      'expect: 7\n        answer',
      'is not a text | write one, in quotes where it looks like something else',
    ],
    [
      '- caller: owner\n        given',
      '- given',
      'caller is missing | say who calls, such as caller: owner',
    ],
    [
      '{ call: getThread, present',
      '{ present',
      'call is missing | name an operation, such as call: getSpace',
    ],
    [
      '- operation: createSpace\n    makes',
      '- makes',
      'operation is missing | name one, such as operation: getSpace',
    ],
    [
      'observe: none',
      'observe: none, before: { call: getSpace }',
      'is not a list | write one, with - before each item',
    ],
    [
      'observe: none',
      'observe: none, then: { call: getSpace }',
      'is not a list | write one, with - before each item',
    ],
    ['pause: 1.5', 'pause: soon', 'is not a number above 0 | write how many seconds, such as 1.1'],
    [
      'hex_body: 7b7D',
      'hex_body: zz',
      "is not hex | write two digits for each byte, in quotes, such as '7bff7d'",
    ],
    [
      'hex_body: 7b7D',
      'hex_body: 7b7',
      "is not hex | write two digits for each byte, in quotes, such as '7bff7d'",
    ],
    [
      'nested: 10000',
      'nested: deep',
      'is not a whole number above 0 | write how many arrays, such as 10000',
    ],
    [
      'includes: [/access_users/*, $slot.space]',
      'includes: [/access_users/*]',
      'is not a pair | write a pointer and a value, such as [/name, $slot.name]',
    ],
    [
      'includes: [/access_users/*',
      'includes: [access_users/*',
      'is not a pointer | begin with /, such as /data/*/id',
    ],
    [
      'present: /space_ids',
      'present: space_ids',
      'is not a pointer | begin with /, such as /data/*/id',
    ],
    ['answer: { /name', 'answer: { name', 'is not a pointer | begin with /, such as /data/*/id'],
    [
      'query: { limit: 1 }',
      'query: { limit: { is: 1 } }',
      'cannot be sent in a query | write a text, a number, true, false, or a list of them',
    ],
    [
      '[/metadata/any/thing, 7]',
      '[/metadata/any/thing, .inf]',
      'is nothing that JSON can carry | write a text, a number, true, false, null, a list or a map',
    ],
    ['body: { name: $name }', 'body: [1]', 'is not a map | write one with a value for each key'],
    [
      '- { caller: none, expect: authentication_required }',
      '- { caller: none, expect: authentication_required, query: {} }',
      'there is no key query | use one of caller, expect, assumed, documented, raw_body, nested, hex_body, content_type',
    ],
    // names
    [
      'slots: { space_id',
      'slots: { spaec_id: space, space_id',
      'there is no path parameter spaec_id | did you mean space_id?',
    ],
    [
      'path: { space_id',
      'path: { spce_id',
      'there is no path parameter of updateSpace spce_id | did you mean space_id?',
    ],
    [
      'path: {}',
      'path: { space_id: x }',
      'there is no path parameter of listSpaces space_id | there are none',
    ],
    [
      'query: { organization_id: $known.organization_id }\n',
      'query: { organisation_id: $known.organization_id }\n',
      'there is no query parameter of updateSpace organisation_id | did you mean organization_id?',
    ],
    [
      'query: { limit: 1 }',
      'query: { limt: 1 }',
      'there is no query parameter of listSpaces limt | did you mean limit?',
    ],
    [
      'query: { limit: 100 }',
      'query: { limt: 100 }',
      'there is no query parameter of listSpaces limt | did you mean limit?',
    ],
    [
      'body: { organization_id: $known',
      'body: { organisation_id: $known',
      'there is no /organisation_id in a request of createSpace | did you mean organization_id?',
    ],
    [
      "body: { name: '' }",
      "body: { nmae: '' }",
      'there is no /nmae in a request of updateSpace | did you mean name?',
    ],
    [
      'call: getThread, present',
      'call: getThread, body: {}, present',
      'getThread takes no body | leave it out',
    ],
    ['caller: admin', 'caller: ownr', 'there is no caller ownr | did you mean owner?'],
    ['observe: none', 'observe: nnoe', 'there is no way to observe nnoe | did you mean none?'],
    [
      'coupled: [description]',
      'coupled: [descripton]',
      'there is no field in a request of updateSpace descripton | did you mean description?',
    ],
    [
      'expect: not_utf8',
      'expect: not_utf',
      'no operation documents not_utf | did you mean not_utf8?',
    ],
    [
      'undo: deleteSpace',
      'undo: listSpaces',
      'listSpaces takes nothing away that its path names | name one whose path ends in what was made',
    ],
    [
      '{ from: a_space',
      '{ from: a_shown_space',
      'a_shown_space is made from this recipe in turn | remove the circular reference',
    ],
    [
      'value: $known.empty_thread_id',
      'caller: owner\n    value: $known.empty_thread_id',
      'caller stands here without call | add call, or leave it out',
    ],
    [
      "raw_body: '{}'",
      "raw_body: '{}', nested: 3",
      'raw_body is not sent beside nested | leave one of them out',
    ],
    [
      "raw_body: '{}', content_type",
      'content_type',
      'only a body that is written out has a type of its own | add a body, or leave it out',
    ],
    // what an answer holds
    [
      'equals: [/name',
      'equals: [/nmae',
      'there is no /nmae in an answer of getSpace | did you mean /name?',
    ],
    [
      'includes: [/access_users/*',
      'includes: [/access_users/*/id',
      'there is no /access_users/*/id in an answer of getSpace | end at /access_users/*, which holds nothing more',
    ],
    [
      'excludes: [/metadata/any/thing',
      'excludes: [/metadta/any/thing',
      'there is no /metadta/any/thing in an answer of getThread | did you mean /metadata/any/thing?',
    ],
    [
      'present: /space_ids/0',
      'present: /space_id/0',
      'there is no /space_id/0 in an answer of getThread | did you mean /space_ids/0?',
    ],
    [
      'unique: /spaces/*/id',
      'unique: /spaces/*/idd',
      'there is no /spaces/*/idd in an answer of listSpaces | did you mean /spaces/*/id?',
    ],
    [
      'unique: /spaces/*/id',
      'unique: /spaces/0/id',
      'names one place, which nothing can repeat | write * for each row, such as /data/*/id',
    ],
    [
      'rows: [/spaces',
      'rows: [/spacs',
      'there is no /spacs in an answer of listSpaces | did you mean /spaces?',
    ],
    [
      'answer: { /name',
      'answer: { /nam',
      'there is no /nam in an answer of updateSpace | did you mean /name?',
    ],
    [
      'equals: [/error/code',
      'equals: [/name',
      'there is no /name in an answer of updateSpace | use one of success, error',
    ],
    [
      '$response.body#/name]',
      '$response.body#/nam]',
      'there is no /nam in an answer of updateSpace | did you mean /name?',
    ],
    [
      '$response.body#/updated_at',
      '$response.body#/updatd_at',
      'there is no /updatd_at in an answer of updateSpace | did you mean /updated_at?',
    ],
    [
      'value: $response.body#/name',
      'value: $response.body#/nam',
      'there is no /nam in an answer of getSpace | did you mean /name?',
    ],
    [
      'value: $response.body#/name',
      'value: $response.bdy#/name',
      'there is no expression $response.bdy#/name | write $response.body#/…, and nothing around it',
    ],
    [
      'value: $response.body#/name',
      'value: a $response.body#/name',
      'there is no expression a $response.body#/name | write $response.body#/…, and nothing around it',
    ],
    [
      '$response.body#/spaces/0/id',
      '$response.body#/spaces/*/id',
      '$response.body#/spaces/*/id names more than one | write a number in place of *',
    ],
    [
      'body: { name: $name }',
      'body: { name: $response.body#/name }',
      'nothing has answered yet here | use $slot.…, which a recipe fills',
    ],
    [
      'makes: { space: a_space }',
      'makes: { space: its_list }',
      'there is no /spaces/0/id in an answer of createSpace | use one of id, organization_id, ',
    ],
    // slots
    [
      'given: { thread',
      'given: { spce: a_space, thread',
      'nothing here uses the slot spce | did you mean space?',
    ],
    [
      'given: { thread: a_thread, ',
      'given: { ',
      'nothing fills the slot thread, which addThreadToSpace needs | add it to `given`, before what needs it',
    ],
    [
      'given: { space: a_space, name: its_name }',
      'given: { name: its_name, space: a_space }',
      'nothing fills the slot space, which its_name needs | add it to `given`, before what needs it',
    ],
    // twice
    [
      '- operation: createSpace\n    makes: { space: a_space }',
      '- operation: updateSpace\n    given: { space: a_space }',
      'there is a table of updateSpace already, at ',
    ],
  ];

  it.each(mistakes)('with %j as %j is refused: %s', (from, to, problem) => {
    expect(sound).toContain(from);
    const problems = inFile(sound.replace(from, to));
    expect(problems.map((one) => one.replace(/^a\.yaml:\d+:\d+ /, ''))).toContainEqual(
      expect.stringContaining(problem),
    );
    expect(problems.every((one) => /^a\.yaml:\d+:\d+ /.test(one))).toBe(true);
  });

  it('without rows, or without what its rows need, is refused once', () => {
    expect(inFile('tables: [{ operation: listThreads }]')).toEqual([
      'a.yaml:1:10 rows is missing | add one, such as { caller: owner, expect: retrieved }',
    ]);
    const rows = '[{ caller: owner, expect: retrieved }, { caller: admin, expect: retrieved }]';
    expect(inFile(`tables: [{ operation: getSpace, rows: ${rows} }]`)).toEqual([
      'a.yaml:1:10 nothing fills the slot space_id, which getSpace needs | add it to `given`, before what needs it',
    ]);
    const filled = rows.replace('owner', 'owner, path: { space_id: x }');
    expect(inFile(`tables: [{ operation: getSpace, rows: ${filled} }]`)).toEqual([
      expect.stringMatching(
        /^a\.yaml:1:101 nothing fills the slot space_id, which getSpace needs /,
      ),
    ]);
  });

  it('with nothing in place of a map is refused where it stands', () => {
    expect(inFile('tables: [null]\nrecipes: { x: null }\neverywhere: [null]')).toEqual([
      expect.stringMatching(/^a\.yaml:1:10 is not a map \| write one with operation, /),
      expect.stringMatching(/^a\.yaml:2:15 is not a map \| write one with call, /),
      'a.yaml:2:15 the recipe has no value | add `value`, such as $response.body#/id',
      expect.stringMatching(/^a\.yaml:3:14 is not a map \| write one with caller, /),
    ]);
    const rows = '{ caller: owner, expect: created, then: [null], before: [null] }, null';
    expect(inFile(`tables: [{ operation: createSpace, rows: [${rows}] }]`)).toEqual([
      expect.stringMatching(/^a\.yaml:1:84 is not a map \| write one with call, /),
      expect.stringMatching(/^a\.yaml:1:100 is not a map \| write one with call, /),
      expect.stringMatching(/^a\.yaml:1:109 is not a map \| write one with caller, /),
    ]);
  });

  it('with a value of another kind in any place is refused in words, or read', () => {
    const all = parseYaml(sound, 'a.yaml').value;
    const odd = [null, 7, 'text', [], {}, { x: null }];
    // A place, what is wrong and what to do, and nothing that only a program would say.
    const inWords = /^a\.yaml:\d+:\d+ (?!.*(?:undefined|NaN|\[object)).+ \| .+$/;
    expect(inFile(stringifyYaml(all))).toEqual([]);
    const others = odd.map((value) => [...withOdd(all, value)]);
    for (const [i, changed] of [...withOdd(all, [null])].entries()) {
      if (!whole && i % 3 !== 0) continue;
      expect(inFile(stringifyYaml(changed)).filter((problem) => !inWords.test(problem))).toEqual(
        [],
      );
      const other = others[i % odd.length]?.[i];
      expect(inFile(stringifyYaml(other)).filter((problem) => !inWords.test(problem))).toEqual([]);
    }
    for (const text of [
      '',
      'null',
      '[]',
      '7',
      '- tables',
      'tables: !!set {a}',
      'tables: !!timestamp 2001-01-01',
      '[[['.repeat(5000),
    ])
      expect(inFile(text), text.slice(0, 20)).not.toEqual([]);
  });
});

describe('a folder of contracts', () => {
  it('may have a recipe and a slot in one file only', () => {
    const text = 'slots: { space_id: space }\nrecipes: { a_name: { value: $name } }\n';
    expect(problemsOf(folderWith({ 'a.yaml': text, 'b.yaml': text }), { complete: false })).toEqual(
      [
        expect.stringMatching(
          /^b\.yaml:1:20 there is a slot of space_id already, at .*a\.yaml:1:20 \| keep one of them$/,
        ),
        expect.stringMatching(
          /^b\.yaml:2:20 there is a recipe a_name already, at .*a\.yaml:2:20 \| keep one of them$/,
        ),
      ],
    );
    expect(inFile('recipes: { a_name: { value: a }, a_name: { value: b } }')).toEqual([
      expect.stringContaining('this key stands here a second time | keep one of them'),
    ]);
  });

  it('may have recipes that are made from each other in no circle', () => {
    expect(inFile('recipes: { xa: { from: xb }, xb: { from: xc }, xc: { from: xb } }')).toEqual([
      'a.yaml:1:42 xc is made from this recipe in turn | remove the circular reference',
      'a.yaml:1:60 xb is made from this recipe in turn | remove the circular reference',
    ]);
  });

  it('may have no file that is passed over for its name', () => {
    expect(
      problemsOf(folderWith({ 'a.yml': sound, 'b.yaml': sound, 'my.profile.yml': '' }), {
        complete: false,
      }),
    ).toEqual(['a.yml:1:1 is not read for its name | rename it to end in .yaml']);
  });

  it('that is empty, or not there, or holds what cannot be read, is refused', () => {
    const none = folderWith({});
    expect(problemsOf(none, { complete: false })).toEqual([
      expect.stringContaining(':1:1 the folder holds no contracts | add a file that ends in .yaml'),
    ]);
    expect(problemsOf(join(none, 'nowhere'))).toEqual([
      expect.stringContaining('cannot be read: there is no such file or folder (ENOENT)'),
    ]);
    mkdirSync(join(none, 'a.yaml'));
    expect(problemsOf(none, { complete: false })).toEqual([
      expect.stringContaining('a.yaml:1:1 cannot be read: it is a folder (EISDIR)'),
    ]);
  });

  it('may have a name with colons in it', () => {
    const folder = join(folderWith({}), 'a:b');
    mkdirSync(folder);
    writeFileSync(
      join(folder, 'a.yaml'),
      'everywhere: [{ caller: none, expect: nothing_of_ours }]\n',
    );
    expect(problemsOf(folder)[0]).toMatch(/a:b(\/a\.yaml)?:1:\d+ /);
  });
});
