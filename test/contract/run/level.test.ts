import { describe, expect, it } from 'vitest';
import { handlerTarget } from '../../../src/client/target.js';
import { withEdges } from '../../../src/contract/edges/edges.js';
import { atLevel, callsOf } from '../../../src/contract/run/choice.js';
import { budgets, type Level } from '../../../src/contract/run/level.js';
import type { Report } from '../../../src/contract/run/options.js';
import { planRun } from '../../../src/contract/run/plan.js';
import type { Play } from '../../../src/contract/run/play.js';
import { runContracts } from '../../../src/contract/run/run.js';
import { loadContracts } from '../../../src/contract/tables/load.js';
import { createUnderstudy } from '../../../src/index.js';
import { profile, spec } from '../../support/drifted-run.js';
import { itFirst } from '../../support/sample.js';

const contracts = withEdges(spec, loadContracts(spec));
const all = planRun(spec, contracts, profile);

const statusOf = ({ operation, expected }: Play): number | undefined =>
  spec.operations.get(operation)?.cases.get(expected[0] ?? '')?.status;

/** Operation and case of each row that is not an edge. */
const casesIn = (plays: readonly Play[], isWanted: (status: number) => boolean): Set<string> =>
  new Set(
    plays
      .filter((play) => play.kind === 'row' && !play.isEdge && isWanted(statusOf(play) ?? 0))
      .map(({ operation, expected }) => `${operation} ${expected[0]}`),
  );

async function played(level: Level): Promise<{ report: Report; archived: number }> {
  const understudy = createUnderstudy();
  const target = handlerTarget('the mock server', understudy.fetch);
  const report = await runContracts({
    spec,
    contracts,
    profile,
    target,
    level,
    concurrency: 8,
    wait: async () => {},
  });
  let archived = 0;
  for (let skip = 0, more = true; more; skip += 100) {
    const path = `/v1/organizations/org_xyz789/knowledge/slices?status=archived&limit=100&skip=${skip}`;
    const request = new Request(`http://x${path}`, { headers: { 'x-api-key': 'ak_owner' } });
    const page = (await (await understudy.fetch(request)).json()) as {
      items: { name: string }[];
      has_more: boolean;
    };
    archived += page.items.filter(({ name }) => name.includes('understudy-')).length;
    more = page.has_more;
  }
  return { report, archived };
}

const levels = ['smoke', 'standard', 'full'] as const;

describe('a level', () => {
  itFirst(1).each(levels)('%s sends no more than it may', async (level) => {
    const { report, archived } = await played(level);
    expect(report.findings).toEqual([]);
    expect(report.rows.filter(({ result }) => result !== 'right')).toEqual([]);
    expect(report.requests).toBeLessThanOrEqual(budgets[level]);
    expect(report.leftovers).toEqual([]);
    expect(report.level).toBe(level);
    expect(archived).toBeLessThanOrEqual(20);
  });

  it.each(levels)('%s would send no more than it may, where all goes well', (level) => {
    const target = handlerTarget('nobody', () => Promise.reject(new Error('nothing is sent')));
    const options = { spec, contracts, profile, target, level };
    const calls = [...callsOf(atLevel(level, all, spec), options).values()];
    expect(calls.reduce((sum, count) => sum + count, 0)).toBeLessThanOrEqual(budgets[level]);
  });

  it('smoke has every success and every refusal by state once, and no edges', () => {
    const smoke = atLevel('smoke', all, spec);
    const byState = (status: number): boolean => status < 400 || [403, 404, 409].includes(status);
    expect(casesIn(smoke, byState)).toEqual(casesIn(all, byState));
    const rows = smoke.filter(({ kind }) => kind === 'row');
    const seen = rows.map((play) => {
      const status = statusOf(play);
      return `${play.operation} ${status === 401 || status === 422 ? status : play.expected[0]}`;
    });
    expect(new Set(seen).size).toBe(seen.length);
    expect(rows.filter(({ isEdge }) => isEdge)).toEqual([]);
    for (const status of [401, 422]) {
      const own = (plays: readonly Play[]): Set<string> =>
        new Set(plays.filter((p) => !p.isEdge && statusOf(p) === status).map((p) => p.operation));
      expect(own(smoke)).toEqual(own(all));
    }
  });

  it('standard has every case, and is a part of full in the same order', () => {
    const standard = atLevel('standard', all, spec);
    expect(casesIn(standard, () => true)).toEqual(casesIn(all, () => true));
    expect(standard).toEqual(all.filter((play) => standard.includes(play)));
    expect(atLevel('full', all, spec)).toEqual(all);
  });
});
