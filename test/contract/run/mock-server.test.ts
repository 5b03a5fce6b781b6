import { readFileSync } from 'node:fs';
import { afterAll, describe, expect, it } from 'vitest';
import { handlerTarget } from '../../../src/client/target.js';
import { withEdges } from '../../../src/contract/edges/edges.js';
import { countCoverage } from '../../../src/contract/report/verdict.js';
import { atLevel } from '../../../src/contract/run/choice.js';
import { planRun } from '../../../src/contract/run/plan.js';
import { parseProfile } from '../../../src/contract/run/profile.js';
import { runContracts } from '../../../src/contract/run/run.js';
import { loadContracts } from '../../../src/contract/tables/load.js';
import type { Contracts } from '../../../src/contract/tables/table.js';
import { describeContracts } from '../../../src/contract/vitest.js';
import { createUnderstudy, type Understudy } from '../../../src/index.js';
import { loadSpec } from '../../../src/shipped/document.js';
import { sample, whole } from '../../support/sample.js';

const profile = parseProfile(
  readFileSync('contracts/understudy.profile.yaml', 'utf8'),
  'understudy.profile.yaml',
  {},
);
const spec = loadSpec();
const shared = createUnderstudy();

/**
 * What a caller can see of a world. A slice cannot be deleted by the API: archived is the least
 * that can stay of it.
 */
function visible({ world }: Understudy) {
  const live = (rows: readonly { id: string; deleted_at?: string | null }[]) =>
    rows.filter(({ deleted_at }) => !deleted_at).map(({ id }) => id);
  return {
    spaces: live(world.spaces.all()),
    vectorStores: live(world.vectorStores.all()),
    threads: live(world.threads.all()),
    slices: world.slices
      .all()
      .filter(({ status }) => status === 'active')
      .map(({ id }) => id),
  };
}

// A test for each of its rows. What follows plays the rows of all operations.
const shown = sample([...spec.operations.keys()], (id) => id, 24);
describeContracts(handlerTarget('the mock server', shared.fetch), {
  profile,
  include: (id) => shown.includes(id),
});

afterAll(() => {
  expect(visible(shared)).toEqual(visible(createUnderstudy()));
});

/**
 * Every row that is written by hand. Of the edges of the schemas, the first for each answer, so
 * that no case is without a row, and one in sixty-four of the others.
 */
function sampled({ tables, ...contracts }: Contracts): Contracts {
  return {
    ...contracts,
    tables: tables.map((table) => {
      const edges = table.rows.filter(({ edge }) => edge !== undefined);
      const answers = new Set(edges.map(({ expect }) => String(expect)));
      const kept = new Set([
        ...[...answers].map((answer) => edges.find((row) => String(row.expect) === answer)),
        ...sample(edges, ({ edge }) => `${table.operation} ${edge}`, 64),
      ]);
      return {
        ...table,
        rows: table.rows.filter((row) => row.edge === undefined || kept.has(row)),
      };
    }),
  };
}

describe('a whole run on the mock server', () => {
  it('shows every case that is reached by state, without a failure, a question or a leftover', async () => {
    const understudy = createUnderstudy();
    const contracts = sampled(withEdges(spec, loadContracts(spec)));
    const planned = planRun(spec, contracts, profile);
    // What is refused alike by every operation: a wrong credential, an unknown parameter.
    const general = planned.filter(({ place }) => place.includes('everywhere.yaml'));
    const kept = sample(general, ({ title }) => title, 48);
    const left = new Set(general.filter((play) => !kept.includes(play)));
    const casesLeft = [...left].flatMap(({ operation, expected }) =>
      expected.map((name) => `${operation}.${name}`),
    );
    const report = await runContracts({
      spec,
      contracts,
      plays: atLevel(whole ? 'full' : 'standard', planned, spec).filter((play) => !left.has(play)),
      profile,
      target: handlerTarget('the mock server', understudy.fetch),
      // The clock of the mock server moves by itself.
      wait: async () => {},
      concurrency: 8,
    });
    expect(
      report.findings
        .filter((finding) => finding.severity !== 'notice')
        .map(({ code, operation, expected, got }) => ({ code, operation, expected, got })),
    ).toEqual([]);
    expect(report.findings).toEqual([]);
    const idle = report.coverage.filter(
      ({ case: name, result, reason }) =>
        result === 'not_exercised' &&
        !casesLeft.includes(name) &&
        !/^(only too many requests lead|the February edition cannot give)/.test(reason ?? ''),
    );
    expect(idle).toEqual([]);
    expect(countCoverage(report).wrong).toBe(0);
    expect(report.leftovers).toEqual([]);
    expect(visible(understudy)).toEqual(visible(createUnderstudy()));
  });
});
