import type { Log, Result } from 'sarif';
import { describe, expect, it } from 'vitest';
import { codes } from '../../../src/contract/judge/codes.js';
import { toSarif } from '../../../src/contract/report/sarif.js';
import { tell } from '../../../src/contract/report/telling.js';
import { alteredRun, inBody } from '../../support/altered.js';

const report = alteredRun(
  ['getSpace', 'listThreads'],
  inBody((body) => body.replace(/"trace_id":"[^"]*",/, '"new_field":1,')),
);

describe('results.sarif', () => {
  it('has a result for each finding, with its rule, level, row and fingerprint', async () => {
    const { findings } = await report;
    const { version, runs } = toSarif(tell(await report)) as Log;
    expect([version, runs.length]).toEqual(['2.1.0', 1]);
    const [{ results = [], tool } = {} as (typeof runs)[0]] = runs;
    expect(results.length).toBe(findings.length);
    const known = (tool.driver.rules ?? []).map(({ id }) => id);
    expect(new Set(known).size).toBe(known.length);
    for (const [i, result] of results.entries()) {
      const finding = findings[i];
      expect(known).toContain(result.ruleId);
      expect(result.level).toBe(
        { failure: 'error', question: 'warning', notice: 'note' }[finding?.severity ?? 'failure'],
      );
      expect(result.partialFingerprints).toEqual({ 'understudy/v1': finding?.fingerprint });
      expect(placeOf(result)).toBe(finding?.place);
      expect(result.message.text).toContain(finding?.title);
    }
    expect(results.map(({ level }) => level)).toContain('note');
    for (const rule of tool.driver.rules ?? [])
      expect(rule.shortDescription?.text).toBe(codes[rule.id as keyof typeof codes].means);
  });

  it('says that a run that ended early did not succeed', async () => {
    const stopped = { ...(await report), stopped: { why: 'time', text: 'over' } as const };
    const [run] = (toSarif(tell(stopped)) as Log).runs;
    expect(run?.invocations?.[0]?.executionSuccessful).toBe(false);
  });
});

/** As the report has it; the column is 1 where a finding has none. */
function placeOf({ locations }: Result): string {
  const { artifactLocation, region } = locations?.[0]?.physicalLocation ?? {};
  const place = `${artifactLocation?.uri}:${region?.startLine}`;
  return region?.startColumn === 1 ? place : `${place}:${region?.startColumn}`;
}
