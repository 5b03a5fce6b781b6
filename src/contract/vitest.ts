// Every row of the contracts as a vitest test whose name reads as a sentence.
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, describe, expect, it } from 'vitest';
import type { Target } from '../client/target.js';
import { loadSpec, type OperationId } from '../spec/document.js';
import { withEdges } from './edges/edges.js';
import { masking } from './report/redact.js';
import { describeFinding } from './report/report.js';
import { Guard } from './run/guard.js';
import { planRun } from './run/plan.js';
import { refusalOf } from './run/play.js';
import { type Profile, readProfile } from './run/profile.js';
import { notExercised, playOne, whyNot } from './run/run.js';
import { selectionOf } from './run/session.js';
import { Watch } from './run/watch.js';
import { loadContracts, standInProfile } from './tables/load.js';

export interface DescribeOptions {
  /** That of the stand-in's default world when absent. */
  readonly profile?: Profile;
  /** Which operations are played; all when absent. What prepares their rows may be any. */
  readonly include?: (operation: OperationId) => boolean;
  /** Which operations may be called at all; all when absent. */
  readonly allow?: (operation: OperationId) => boolean;
  readonly seed?: number;
  /** Milliseconds for one test, which may be some two hundred requests. Two minutes when absent. */
  readonly timeout?: number;
}

/**
 * Declares a test per row. A row that the profile cannot feed is skipped with the reason; a failure prints the finding
 * with the chain that repeats it. Questions and notices do not fail a test. Where every row is skipped, the suite fails.
 */
export function describeContracts(target: Target, options: DescribeOptions = {}): void {
  const spec = loadSpec();
  const { seed = 1, profile = readProfile(standInProfile, {}), timeout = 120_000 } = options;
  const selection = selectionOf(options);
  const contracts = withEdges(spec, loadContracts(spec), { seed });
  const watch = new Watch(profile, (milliseconds) => sleep(milliseconds));
  const guard = new Guard(spec, profile);
  const parts = { spec, contracts, target: watch.over(target), profile, seed, ...selection, guard };
  const mask = masking(profile.secrets);
  const reasons: (string | undefined)[] = [];
  /** Why the target and the profile do not belong together: nothing more is asked then. */
  let unfit: string | undefined;
  describe(mask(`the contracts on ${target.name}`), () => {
    for (const [i, play] of planRun(spec, contracts, profile, selection).entries()) {
      it(play.title, { timeout }, async (context) => {
        if (unfit !== undefined) context.skip(unfit);
        const reason = whyNot(play, profile, selection.allow);
        const played = reason === undefined ? await playOne(play, { ...parts, number: i + 1 }) : notExercised(play, reason);
        if (play.kind === 'row' || play.kind === 'lifecycle') reasons.push(played.reason);
        const lost = played.caller === 'owner' ? played.lost : undefined;
        const trouble = play.kind === 'sign_in' ? undefined : watch.trouble?.text;
        unfit = trouble ?? lost ?? played.unfit ?? (played.refused && `${refusalOf([played.refused])}; correct the profile`);
        if (unfit !== undefined) expect.fail(mask(unfit));
        const failures = played.findings.filter((finding) => finding.severity === 'failure');
        const text = failures.map((finding) => describeFinding(finding, mask).join('\n')).join('\n\n');
        if (text !== '') expect.fail(text);
        if (played.result === 'not_exercised') context.skip(played.reason);
      });
    }
    // Skipped is not passed.
    afterAll(() => {
      if (reasons.length > 0 && !reasons.includes(undefined)) throw new Error(`No row could be played: ${reasons[0]}.`);
    });
  });
}
