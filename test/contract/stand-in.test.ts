import { readFileSync } from 'node:fs';
import { afterAll, describe, expect, it } from 'vitest';
import { handlerTarget } from '../../src/client/target.js';
import { withEdges } from '../../src/contract/edges.js';
import { loadContracts } from '../../src/contract/load.js';
import { parseProfile } from '../../src/contract/profile.js';
import { countCoverage } from '../../src/contract/report.js';
import { runContracts } from '../../src/contract/run.js';
import { describeContracts } from '../../src/contract/vitest.js';
import { createUnderstudy } from '../../src/index.js';
import { loadSpec } from '../../src/spec/document.js';

const profile = parseProfile(readFileSync('contracts/understudy.profile.yaml', 'utf8'), 'understudy.profile.yaml', {});
const spec = loadSpec();
const shared = createUnderstudy();
const before = shared.world.snapshot();

describeContracts(handlerTarget('the stand-in', shared.fetch), { profile });

afterAll(() => {
  // Slices cannot be deleted by the API, so archived ones stay; nothing else may.
  const after = shared.world.snapshot();
  const lost = (table: 'spaces' | 'vectorStores' | 'threads' | 'messages') => {
    const ids = new Set(after[table].map((row) => (row as { id: string }).id));
    return before[table].map((row) => (row as { id: string }).id).filter((id) => !ids.has(id));
  };
  for (const table of ['spaces', 'vectorStores', 'threads'] as const) expect(lost(table)).toEqual([]);
});

describe('a whole run on the stand-in', () => {
  it('shows every case that is reached by state, without a failure, a question or a leftover', async () => {
    const report = await runContracts({
      spec,
      contracts: withEdges(spec, loadContracts(spec)),
      profile,
      target: handlerTarget('the stand-in', createUnderstudy().fetch),
    });
    expect(
      report.findings
        .filter((finding) => finding.severity !== 'notice')
        .map(({ code, operation, expected, got }) => ({ code, operation, expected, got })),
    ).toEqual([]);
    expect(report.findings).toEqual([]);
    const idle = report.coverage.filter(
      ({ result, reason }) => result === 'not_exercised' && !/^reached by (april|rate_limit)$/.test(reason ?? ''),
    );
    expect(idle).toEqual([]);
    expect(countCoverage(report).wrong).toBe(0);
    expect(report.leftovers).toEqual([]);
  });
});
