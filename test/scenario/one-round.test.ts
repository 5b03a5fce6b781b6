// Whoever writes a scenario file sees every fault of it in one round, in the order of its lines.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ScenarioError } from '../../src/files/problem.js';
import { checkedScenario } from '../../src/scenario/load.js';
import { loadScenario, parseScenario, readScenario } from '../../src/scenario/read.js';
import { virtualClock } from '../../src/world/clock.js';
import { createIdMaker } from '../../src/world/ids.js';

const sources = { clock: virtualClock, ids: createIdMaker(1) };
const head = `scenario: mine
description: Mine
time: '2026-02-26T15:30:00Z'
organizations:
  - { id: org_1, name: One, users: [{ id: usr_1, name: U }] }
`;
const store = (id: string, rest = ''): string =>
  `  - { id: ${id}, organization_id: org_1, created_by: usr_1, name: V${rest} }\n`;

function errorOf(work: () => unknown): ScenarioError {
  try {
    work();
  } catch (error) {
    if (error instanceof ScenarioError) return error;
    throw error;
  }
  return expect.fail('no problem was found');
}

const faultsOf = (text: string): readonly string[] =>
  errorOf(() => checkedScenario(parseScenario(text, 'mine.yaml'))).problems.map(
    ({ line, what }) => `${line} ${what}`,
  );

describe('one round', () => {
  it('shows faults of the schema, of references, of times and of twins, in the order of the lines', () => {
    const text = `${head}slices:
  - { id: kslice_1, organization_id: org_1, created_by: usr_2, name: '' }
vector_stores:
${store('vs_1', ', colour: red')}${store('vs_1')}${store('vs_3', ', slice_id: kslice_2')}${store('vs_4', ", created_at: '2027-01-01T00:00:00Z'")}spaces:
  - { id: space_1, organization_id: org_1, created_by: usr_1, vector_store_id: vs_9 }
  - just a text
  - { id: space_3, organization_id: org_9, created_by: usr_1, name: S, vector_store_id: null, access_mode: privat }
`;
    expect(faultsOf(text)).toEqual([
      '7 there is no user usr_2',
      '7 slices[0].name is empty',
      '9 vector_stores[0].colour is not a known key',
      '10 the vector store vs_1 is defined twice',
      '11 there is no slice kslice_2',
      "12 2027-01-01T00:00:00Z is later than the scenario's time, 2026-02-26T15:30:00Z",
      '14 spaces[0].name is missing',
      '14 there is no vector store vs_9',
      '15 spaces[1] must be a map, not the text "just a text"',
      '16 there is no organization org_9',
      '16 spaces[2].access_mode cannot be "privat"',
    ]);
  });

  it('shows what stands before broken YAML too, and nothing of what stands behind it', () => {
    const text = `${head}vector_stores:
${store('vs_1', ', colour: red')}${store('vs_2', ', created_by: usr_1')}  - { id: "vs_3, organization_id: org_1 }
  - { id: "vs_4", organization_id: org_9 }
`;
    const [unknown, twice, ...broken] = faultsOf(text);
    expect([unknown, twice]).toEqual([
      '7 vector_stores[0].colour is not a known key',
      '8 this key stands here a second time',
    ]);
    expect(broken).toHaveLength(1);
    expect(broken[0]).toMatch(/^(9|10) /);
  });

  it.each([
    [
      'a misspelt list',
      `${head}vector_store:\n${store('vs_memory')}`,
      '6 vector_store is not a known key',
    ],
    [
      'a list that is none',
      `${head}vector_stores: V\n`,
      '6 vector_stores must be a list or a map, not the text "V"',
    ],
    [
      'a base that is not there',
      `${head}extends: nowhere-at-all\n`,
      '6 Unknown scenario "nowhere-at-all".',
    ],
  ])('says nothing of rows that %s may hold', (_, text, fault) => {
    const space =
      '{ id: space_1, organization_id: org_1, created_by: usr_1, name: S, vector_store_id: vs_memory }';
    expect(faultsOf(`${text}spaces:\n  - ${space}\n`)).toEqual([fault]);
  });

  it('does not say of what it could not read that it is absent', () => {
    const text = `${head}callers:\n  - { api_key: 7, user_id: [usr_1], note: n }\nslices:\n  - { id: k, organization_id: org_1, created_by: usr_1, name: K, archived_by: usr_1, archived_at: soon }\n`;
    expect(faultsOf(text)).toEqual([
      '7 callers[0].api_key must be a text, not the number 7',
      '7 callers[0].user_id must be a text, not a list',
      '9 "soon" is not a valid date',
    ]);
  });

  it('still says of a name that is near to a known one that it is wrong', () => {
    const text = `${head}extends: nowhere-at-all\nslices:\n  - { id: k, organization_id: org_11, created_by: usr_1, name: K }\n`;
    expect(faultsOf(text)).toContain('8 there is no organization org_11');
  });

  it('shows the faults of a file and of the one that it extends', () => {
    const folder = mkdtempSync(join(tmpdir(), 'understudy-round-'));
    try {
      writeFileSync(join(folder, 'base.yaml'), `${head}colour: red\n`);
      writeFileSync(
        join(folder, 'own.yaml'),
        `${head.split('organizations')[0]}extends: base.yaml\ncolor: red\nslices: none\n`,
      );
      const { problems } = errorOf(() => checkedScenario(readScenario(join(folder, 'own.yaml'))));
      expect(
        problems.map(({ file, line, what }) => `${file.slice(folder.length + 1)}:${line} ${what}`),
      ).toEqual([
        'base.yaml:6 colour is not a known key',
        'own.yaml:5 color is not a known key',
        'own.yaml:6 slices must be a list or a map, not the text "none"',
      ]);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it('shows a list at its key where the list begins on the next line', () => {
    expect(faultsOf(`${head}colour:\n  - red\n  - blue\n`)).toEqual([
      '6 colour is not a known key',
    ]);
  });

  it('prints at most fifty, and says how many more there are', () => {
    const faults = (count: number): string =>
      errorOf(() =>
        checkedScenario(parseScenario(`${head}slices:\n${'  - {}\n'.repeat(count)}`, 'mine.yaml')),
      ).message;
    const lines = faults(20).split('\n');
    expect([lines.length, lines.at(-1)]).toEqual([101, 'and 30 more']);
    expect(lines.filter((line) => line.startsWith('mine.yaml:'))).toHaveLength(50);
    expect(faults(12).split('\n')).toHaveLength(96);
  });

  it('prints nothing that a terminal would obey', () => {
    const { message } = errorOf(() =>
      checkedScenario(
        parseScenario(
          `${head}slices:\n  - { id: k, organization_id: "\\e[2J\\nx", created_by: usr_1, name: K }\n`,
          'mine.yaml',
        ),
      ),
    );
    expect(message.split('\n')).toHaveLength(2);
    expect(message).not.toContain('\u001b');
  });
});

describe('a scenario given as a value', () => {
  const value = {
    scenario: 'mine',
    description: 'Mine',
    time: '2026-02-26T15:30:00Z',
    organizations: [{ id: 'org_1', name: 'One', users: [{ id: 'usr_1', name: 'U' }] }],
    callers: [{ api_key: 'ak', user_id: 'usr_1', note: 'n' }],
  };

  it('becomes a world, and is not changed by what happens to the value later', () => {
    const mine = structuredClone(value);
    const { scenario, world } = loadScenario(mine, sources);
    mine.scenario = 'yours';
    expect([scenario.scenario, world.credentials.has('ak')]).toEqual(['mine', true]);
  });

  it('may extend a shipped one', () => {
    const { organizations: _, ...rest } = value;
    const { world } = loadScenario({ ...rest, callers: [], extends: 'default' }, sources);
    expect(world.spaces.has('space_abc123')).toBe(true);
  });

  it('is checked like a file, its problems named by pointer', () => {
    const { message } = errorOf(() =>
      loadScenario(
        {
          ...value,
          colour: 'red',
          slices: [{ id: 'k', organization_id: 'org_1', created_by: 'usr_9', name: 'K' }],
        },
        sources,
      ),
    );
    expect(message.split('\n').filter((_, i) => i % 2 === 0)).toEqual([
      'scenario at /colour  colour is not a known key',
      'scenario at /slices/0/created_by  there is no user usr_9',
    ]);
    const circle: Record<string, unknown> = { ...value };
    circle.slices = [circle];
    for (const odd of [[], null, 7, circle, { ...value, spaces: 7n }])
      expect(errorOf(() => loadScenario(odd as object, sources)).message).toMatch(
        /^scenario at the top {2}/,
      );
  });
});
