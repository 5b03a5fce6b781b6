// Every row of the contracts as a vitest test whose name reads as a sentence.
import { describe, expect, it } from 'vitest';
import type { Target } from '../client/target.js';
import { loadSpec, type OperationId } from '../spec/document.js';
import { withEdges } from './edges.js';
import { loadContracts } from './load.js';
import { planRun } from './plan.js';
import type { Profile } from './profile.js';
import { describeFinding } from './report.js';
import { whyNot } from './run.js';

export interface DescribeOptions {
  readonly profile: Profile;
  readonly include?: (operation: OperationId) => boolean;
  readonly seed?: number;
}

/**
 * Declares a test per row. A row that the profile cannot feed is skipped with the reason; a failure prints the finding
 * with the chain that repeats it. Questions and notices do not fail a test.
 */
export function describeContracts(target: Target, options: DescribeOptions): void {
  const spec = loadSpec();
  const { profile, include, seed = 1 } = options;
  const contracts = withEdges(spec, loadContracts(spec), { seed });
  const parts = { spec, contracts, target, profile, seed, ...(include ? { include } : {}) };
  const plays = planRun(spec, contracts, profile, include);
  describe(`the contracts on ${target.name}`, () => {
    for (const [i, play] of plays.entries()) {
      it(play.title, async (context) => {
        const reason = whyNot(play, profile, include);
        if (reason !== undefined) context.skip(reason);
        const played = await play.play({ ...parts, number: i + 1 });
        if (played.result === 'not_exercised') context.skip(played.reason);
        const failures = played.findings.filter((finding) => finding.severity === 'failure');
        expect(failures.map((finding) => describeFinding(finding).join('\n')).join('\n\n')).toBe('');
      });
    }
  });
}
