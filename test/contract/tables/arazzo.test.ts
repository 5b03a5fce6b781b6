import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { handlerTarget } from '../../../src/client/target.js';
import { countLeftOut, exportArazzo } from '../../../src/contract/export/export.js';
import {
  type ReasonInPart,
  type ReasonLeftOut,
  reasonsInPart,
  reasonsLeftOut,
} from '../../../src/contract/export/reasons.js';
import { playLifecycle } from '../../../src/contract/run/lifecycle.js';
import { planRows } from '../../../src/contract/run/plan.js';
import { parseProfile } from '../../../src/contract/run/profile.js';
import type { PlannedRow } from '../../../src/contract/run/row.js';
import { readLifecycles } from '../../../src/contract/tables/arazzo.js';
import { loadContracts } from '../../../src/contract/tables/load.js';
import { FileError, type Problem } from '../../../src/files/problem.js';
import { parseYaml, stringifyYaml } from '../../../src/files/yaml.js';
import { createUnderstudy } from '../../../src/index.js';
import { loadSpec } from '../../../src/shipped/document.js';
import { withOdd } from '../../support/odd.js';
import { whole as everything } from '../../support/sample.js';

const spec = loadSpec();
const contracts = loadContracts(spec);
const profile = parseProfile(
  readFileSync('contracts/understudy.profile.yaml', 'utf8'),
  'understudy.profile.yaml',
  {},
);
const shipped = readFileSync('contracts/lifecycles.arazzo.yaml', 'utf8');

function problemsOf(text: string): string {
  const problems: Problem[] = [];
  readLifecycles(spec, text, 'a.arazzo.yaml', problems);
  return new FileError(problems).message;
}

async function play(id: string, drift?: string) {
  const understudy = createUnderstudy(drift === undefined ? {} : { drift });
  const lifecycle = contracts.lifecycles.find((candidate) => candidate.id === id);
  if (!lifecycle) throw new Error(`no lifecycle ${id}`);
  const target = handlerTarget('the mock server', understudy.fetch);
  const played = await playLifecycle(lifecycle, {
    spec,
    contracts,
    profile,
    target,
    seed: 1,
    number: 1,
  });
  return { played, understudy };
}

describe('the lifecycles', () => {
  it('load without a problem', () => {
    expect(problemsOf(shipped)).toBe('');
  });

  it.each(contracts.lifecycles.map(({ id, summary }) => [id, summary]))('%s: %s', async (id) => {
    const { played } = await play(id);
    expect(played.findings).toEqual([]);
    expect(played).toMatchObject({ result: 'right', leftovers: [] });
  });

  it.each([
    ['store_in_a_space', 'guard:addVectorStoreToSpace.already_attached', 'attach_again'],
    ['store_in_a_space', 'guard:addVectorStoreToSpace.other_organization', 'attach_a_foreign'],
    ['refused_move', 'guard:updateStore.target_archived', 'to_the_archived'],
    ['bad_access_mode', 'code:createStoreInSlice.invalid_access_mode', 'refused'],
    ['slice', 'hand:listSlices.stale', 'gone'],
    ['sixty_spaces', 'hand:listSpaces.row_lost', 'default_page'],
  ])('%s is wrong under %s, at the step %s', async (id, drift, step) => {
    const { played } = await play(id, drift);
    const place = contracts.lifecycles
      .find((lifecycle) => lifecycle.id === id)
      ?.steps.find((s) => s.id === step)?.place;
    expect(played.result).toBe('wrong');
    expect(played.findings.map((finding) => finding.place)).toContain(place);
    expect(played.leftovers).toEqual([]);
  });

  it('clean up after a failure', async () => {
    const { understudy } = await play(
      'store_in_a_space',
      'guard:addVectorStoreToSpace.already_attached',
    );
    const fresh = createUnderstudy();
    const live = ({ world }: typeof fresh) =>
      world.spaces.all().filter(({ deleted_at }) => !deleted_at);
    expect(live(understudy)).toHaveLength(live(fresh).length);
    expect(understudy.world.vectorStores.all()).toHaveLength(fresh.world.vectorStores.all().length);
  });

  it('are not exercised where the profile lacks an input', async () => {
    const { disposable_message_id: _, ...known } = profile.known;
    const lifecycle = contracts.lifecycles.find(({ id }) => id === 'message');
    if (!lifecycle) throw new Error('no lifecycle message');
    const target = handlerTarget('the mock server', createUnderstudy().fetch);
    const played = await playLifecycle(lifecycle, {
      spec,
      contracts,
      profile: { ...profile, known },
      target,
      seed: 1,
      number: 1,
    });
    expect(played).toMatchObject({ result: 'not_exercised', findings: [] });
    expect(played.reason).toContain('the profile has no known.disposable_message_id');
  });
});

describe('a workflow outside the subset', () => {
  it('is refused with every problem, its place and what to write', () => {
    const text = `arazzo: 2.0.0
info: { title: t, version: '1' }
sourceDescriptions: [{ name: a, type: openapi, url: a.json }]
workflows:
  - workflowId: one
    sumary: one
    inputs: { type: object, properties: { owner: { type: string }, organisation_id: { type: string } } }
    parameters: [{ in: header, name: X-API-Key, value: $inputs.ownr }]
    steps:
      - stepId: a
        operationId: getSpce
        onSucess: []
        x-held-by: [ownr]
        successCriteria: [{ condition: $statusCode == 200 }]
      - stepId: b
        operationId: getSpace
        parameters: [{ in: query, name: spaceid, value: $steps.a.outputs.id }]
        successCriteria:
          - { condition: $statusCode === 200 }
          - { condition: '$[?@.id]', context: $response.body, type: jsonpath }
          - { condition: $statusCode == 299 }
        outputs: { id: $url }
`;
    expect(problemsOf(text)).toMatchInlineSnapshot(`
      "a.arazzo.yaml:1:9  Arazzo 2.0.0 is not understood
        fix: write arazzo: 1.0.1
      a.arazzo.yaml:5:5  summary is not a text
        fix: write a sentence
      a.arazzo.yaml:6:13  there is no key sumary
        fix: did you mean summary?
      a.arazzo.yaml:7:85  there is no input organisation_id
        fix: did you mean organization_id?
      a.arazzo.yaml:8:56  there is no caller ownr
        fix: did you mean owner?
      a.arazzo.yaml:11:22  there is no operation getSpce
        fix: did you mean getSpace?
      a.arazzo.yaml:12:19  there is no key onSucess
        fix: use one of stepId, description, operationId, parameters, requestBody, successCriteria, outputs, x-case, x-clean-up, x-held-by, x-presupposes, x-assumed
      a.arazzo.yaml:13:21  there is no caller ownr
        fix: did you mean owner?
      a.arazzo.yaml:15:9  getSpace needs the path parameter space_id
        fix: add { in: path, name: space_id, value: … }
      a.arazzo.yaml:17:41  there is no query parameter of getSpace spaceid
        fix: use one of organization_id
      a.arazzo.yaml:17:57  there is no output of a id
        fix: there are none
      a.arazzo.yaml:19:26  the condition $statusCode === 200 is not understood
        fix: write LEFT == RIGHT or LEFT != RIGHT, of $statusCode, $response.body#/…, $inputs.… or $steps.….outputs.…, numbers, 'texts', true, false and null
      a.arazzo.yaml:20:26  the condition $[?@.id] is not understood
        fix: write $..LIST[?@.FIELD == {VALUE}] or $..[?count($..LIST[?@.FIELD == {VALUE}]) == 0]
      a.arazzo.yaml:22:24  the output $url is not understood
        fix: write $response.body#/…"
    `);
  });

  it('may not ask for what its case does not vouch for', () => {
    const asked = shipped.replace(
      `"$response.body#/status == 'active'"`,
      '$response.body#/archived_at == null',
    );
    expect(problemsOf(asked)).toMatch(
      /^a\.arazzo\.yaml:\d+:\d+ {2}unarchived does not vouch for \/archived_at\n {2}fix: leave the criterion out: nobody documented the value$/,
    );
  });

  const sound = `arazzo: 1.0.1
info: { title: t, version: '1' }
sourceDescriptions: [{ name: a, type: openapi, url: a.json }]
workflows:
  - workflowId: one
    summary: one
    inputs: { type: object, properties: { owner: { type: string } } }
    parameters: [{ in: header, name: X-API-Key, value: $inputs.owner }]
    steps:
      - stepId: list
        operationId: listThreads
        parameters: [{ in: query, name: limit, value: 1 }]
        successCriteria: [{ condition: $statusCode == 200 }]
        outputs: { first: $response.body#/data/0/id }
      - stepId: get
        operationId: getThread
        parameters: [{ in: path, name: thread_id, value: $steps.list.outputs.first }]
        successCriteria:
          - { condition: $statusCode == 200 }
          - { condition: $response.body#/title != null }
          - { condition: '$..space_ids[?@ == {$response.body#/id}]', context: $response.body, type: jsonpath }
      - stepId: again
        operationId: listThreads
        successCriteria:
          - { condition: $statusCode == 200 }
          - { condition: '$..[?count($..data[?@.id == {$steps.list.outputs.first}]) == 0]', context: $response.body, type: jsonpath }
      - stepId: delete
        operationId: deleteSpace
        parameters: [{ in: path, name: space_id, value: x }]
        successCriteria: [{ condition: $statusCode == 404 }, { condition: $response.body#/error/code == 'RESOURCE_NOT_FOUND' }]
        x-clean-up: true
`;

  it('is none where nothing is wrong', () => {
    expect(problemsOf(sound)).toBe('');
  });

  it.each([
    [
      'data/0/id }',
      'data/0/idd }',
      '14:27  there is no /data/0/idd in an answer of listThreads\n  fix: did you mean /data/0/id?',
    ],
    [
      'body#/title',
      'body#/titel',
      '20:26  there is no /titel in an answer of getThread\n  fix: did you mean /title?',
    ],
    [
      '{$response.body#/id}',
      '{$response.body#/titel}',
      '21:26  there is no /titel in an answer of getThread\n  fix: did you mean /title?',
    ],
    [
      'error/code ==',
      'error/cod ==',
      '30:75  there is no /error/cod in an answer of deleteSpace\n  fix: did you mean /error/code?',
    ],
    [
      '$..space_ids[',
      '$..space_id[',
      '21:26  there is no list space_id in an answer of getThread\n  fix: did you mean space_ids?',
    ],
    [
      '$..space_ids[?@ ',
      '$..space_ids[?@.id ',
      '21:26  the rows of space_ids are plain values\n  fix: write @ alone',
    ],
    [
      '[?@.id ==',
      '[?@.idd ==',
      '26:26  there is no field in the rows of data called idd\n  fix: did you mean id?',
    ],
    [
      '[?@.id ==',
      '[?@ ==',
      '26:26  the rows of data are no plain values\n  fix: name a field: id, ',
    ],
    [
      'value: $inputs.owner',
      'value: owner',
      '8:56  the credential is no input\n  fix: write $inputs.owner, or another caller',
    ],
    [
      'properties: { owner: { type: string } }',
      'properties: 7',
      '7:41  properties is not a map\n  fix: write one with a value for each name',
    ],
    [
      'outputs: { first: $response.body#/data/0/id }',
      'outputs: first',
      '14:18  outputs is not a map\n  fix: write one with a value for each name',
    ],
    [
      'parameters: [{ in: header',
      'parameters: [{ in: query, name: limt, value: 1 }, { in: header',
      '10:9  there is no query parameter of listThreads limt\n  fix: did you mean limit?',
    ],
    [
      '/title != null }',
      '/title = null }\n          - { condition: $response.body#/titel != null }',
      '21:26  there is no /titel in an answer of getThread',
    ],
  ])('with %j as %j is refused: %s', (from, to, problem) => {
    expect(sound).toContain(from);
    expect(problemsOf(sound.replace(from, to))).toContain(`a.arazzo.yaml:${problem}`);
  });

  it('is refused in words, whatever stands in whatever place', () => {
    const whole = parseYaml(sound, 'a.yaml').value;
    // A place and what is wrong, then what to do; and nothing that only a program would say.
    const inWords = /^(?:a\.arazzo\.yaml:\d+:\d+ {2}| {2}fix: )(?!.*(?:undefined|NaN|\[object)).+$/;
    const odds = [null, 7, 'text', [null], { x: null }];
    for (const [i, odd] of odds.entries())
      for (const [place, changed] of [...withOdd(whole, odd)].entries()) {
        // Each place with one of them, or with all.
        if (!everything && place % odds.length !== i) continue;
        const lines = problemsOf(stringifyYaml(changed))
          .split('\n')
          .filter((line) => line !== '');
        expect(lines.filter((line) => !inWords.test(line))).toEqual([]);
      }
  });

  it('is a problem of the whole folder, beside those of the tables', () => {
    const folder = mkdtempSync(join(tmpdir(), 'understudy-'));
    writeFileSync(
      join(folder, 'bad.arazzo.yaml'),
      shipped.replace('operationId: createSlice', 'operationId: createSlic'),
    );
    writeFileSync(join(folder, 'bad.yaml'), 'tabels: []\n');
    const load = () => loadContracts(spec, folder, { complete: false });
    expect(load).toThrow(
      /bad\.arazzo\.yaml:\d+:\d+ {2}there is no operation createSlic\n {2}fix: did you mean createSlice\?/,
    );
    expect(load).toThrow(/did you mean tables\?/);
  });
});

describe('the export', () => {
  const exported = exportArazzo(spec, contracts, { documentUrl: 'document.json' });

  const planned = planRows(spec, contracts);
  const leftOut = (reason: ReasonLeftOut) =>
    exported.leftOut
      .filter((row) => row.reason === reason)
      .map(({ title, place }) => `${title} ${place}`);
  const rowsWhere = (is: (row: PlannedRow) => boolean) =>
    planned.filter(is).map(({ title, row }) => `${title} ${row.place}`);

  it('has every row, or says why not', () => {
    expect(exported.rows).toBeGreaterThan(exported.leftOut.length);
    expect(exported.rows + exported.leftOut.length).toBe(planned.length);
    expect(exported.lifecycles).toBe(contracts.lifecycles.length);
  });

  it('leaves out what Arazzo cannot send', () => {
    const isRaw = ({ row }: PlannedRow) =>
      [row.raw_body, row.hex_body, row.nested, row.content_type].some((part) => part !== undefined);
    const isRepeated = ({ row }: PlannedRow) => Object.values(row.query ?? {}).some(Array.isArray);
    expect(leftOut('raw_body')).toEqual(expect.arrayContaining(rowsWhere(isRaw)));
    const others = exported.leftOut
      .filter(({ reason }) => reason !== 'repeated_parameter')
      .map(({ place }) => place);
    expect(leftOut('repeated_parameter')).toEqual(
      rowsWhere((row) => isRepeated(row) && !others.includes(row.row.place)),
    );
  });

  it('leaves rows out, and says some in part, for most of the reasons that it knows', () => {
    const idle = Object.keys(reasonsLeftOut).filter(
      (reason) => leftOut(reason as ReasonLeftOut).length === 0,
    );
    expect(idle).toEqual(['no_body']);
    expect(countLeftOut(exported)).toMatchObject({ raw_body: leftOut('raw_body').length });
    for (const reason of Object.keys(reasonsInPart))
      expect(exported.inPart[reason as ReasonInPart], reason).toBeGreaterThan(0);
  });
});
