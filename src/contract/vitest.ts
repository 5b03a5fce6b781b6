// Every row of the contracts as a vitest test whose name reads as a sentence.
import { afterAll, describe, expect, it } from 'vitest';
import type { Target } from '../client/target.js';
import { loadSpec, type OperationId } from '../spec/document.js';
import { withEdges } from './edges/edges.js';
import { redact } from './report/redact.js';
import { describeFinding } from './report/report.js';
import { planRun } from './run/plan.js';
import { type Profile, readProfile } from './run/profile.js';
import { notExercised, whyNot } from './run/run.js';
import { loadContracts, standInProfile } from './tables/load.js';

export interface DescribeOptions {
  /** That of the stand-in's default world when absent. */
  readonly profile?: Profile;
  readonly include?: (operation: OperationId) => boolean;
  readonly seed?: number;
}

/**
 * Declares a test per row. A row that the profile cannot feed is skipped with the reason; a failure prints the finding
 * with the chain that repeats it. Questions and notices do not fail a test. Where every row is skipped, the suite fails.
 */
export function describeContracts(target: Target, options: DescribeOptions = {}): void {
  const spec = loadSpec();
  const { include, seed = 1, profile = readProfile(standInProfile, {}) } = options;
  const contracts = withEdges(spec, loadContracts(spec), { seed });
  const parts = { spec, contracts, target, profile, seed, ...(include ? { include } : {}) };
  const { secrets } = profile;
  const reasons: (string | undefined)[] = [];
  describe(redact(`the contracts on ${target.name}`, secrets), () => {
    for (const [i, play] of planRun(spec, contracts, profile, include).entries()) {
      it(play.title, async (context) => {
        const reason = whyNot(play, profile, include);
        const played = reason === undefined ? await play.play({ ...parts, number: i + 1 }) : notExercised(play, reason);
        if (play.kind === 'row' || play.kind === 'lifecycle') reasons.push(played.reason);
        const failures = played.findings.filter((finding) => finding.severity === 'failure');
        const text = failures.map((finding) => describeFinding(finding).join('\n')).join('\n\n');
        if (text !== '') expect.fail(redact(text, secrets));
        if (played.result === 'not_exercised') context.skip(played.reason);
      });
    }
    // Skipped is not passed.
    afterAll(() => {
      if (reasons.length > 0 && !reasons.includes(undefined)) throw new Error(`No row could be played: ${reasons[0]}.`);
    });
  });
}
