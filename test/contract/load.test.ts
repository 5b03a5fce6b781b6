import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { ContractError, loadContracts, shippedContracts } from '../../src/contract/tables/load.js';
import { loadSpec } from '../../src/spec/document.js';

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

function problemsOf(folder: string, options?: { readonly complete: boolean }): readonly string[] {
  try {
    loadContracts(spec, folder, options);
  } catch (error) {
    if (!(error instanceof ContractError)) throw error;
    return error.problems.map(
      ({ file, line, column, what, fix }) => `${file.replace(`${folder}/`, '')}:${line}:${column} ${what} | ${fix}`,
    );
  }
  return [];
}

const inFile = (text: string): readonly string[] => problemsOf(folderWith({ 'a.yaml': text }), { complete: false });

/** The shipped contracts with one file changed. */
function shippedWith(file: string, change: (text: string) => string): string {
  const folder = folderWith({});
  cpSync(shippedContracts, folder, { recursive: true });
  writeFileSync(join(folder, file), change(readFileSync(join(folder, file), 'utf8')));
  return folder;
}

describe('the contracts as shipped', () => {
  it('have a row for every case that is reached by state, and name none that is not documented', () => {
    expect(problemsOf(shippedContracts)).toEqual([]);
  });

  it('without the row of a case do not load, which names the case, the table and where the case stands', () => {
    const folder = shippedWith('space-vector-stores.yaml', (text) =>
      text.replace(/^.*its_own_dedicated_store }, expect: own_dedicated_store }.*\n/m, ''),
    );
    expect(problemsOf(folder)).toEqual([
      expect.stringMatching(
        /^space-vector-stores\.yaml:4:5 no row expects addVectorStoreToSpace\.own_dedicated_store, which is reached by state \| add a row, or correct openapi\/paths\/space-vector-stores\.yaml:\d+$/,
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
    const missing = problemsOf(folder).filter((problem) => problem.includes('no row expects getVectorStoreUsage.'));
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
      'a.yaml:12:21 there is no recipe a_spaec | did you mean a_space?',
      expect.stringMatching(/^a\.yaml:13:14 there is no operation \| use one of listSpaces, /),
      'a.yaml:13:21 there is no key cal | did you mean call?',
      'a.yaml:13:39 there is no caller ownr | did you mean owner?',
      expect.stringMatching(/^a\.yaml:14:13 there is no key colour \| use one of operation, given, /),
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
      - { caller: owner, expect: created, then: [{ when: unknown_role, call: getSpace }] }
`);
    expect(problems).toEqual(['a.yaml:4:58 there is no case that the row expects unknown_role | use one of created']);
  });

  it('that is no YAML is refused before anything else is looked at', () => {
    const [problem] = inFile('tables: [\n  - operation: }\n');
    expect(problem).toMatch(/^a\.yaml:2:\d+ /);
  });
});
