// Every row of the contracts as a vitest test whose name reads as a sentence.
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, describe, expect, it } from 'vitest';
import type { Target } from '../client/target.js';
import { aBoolean, aFunction, anObject, checkOptions, type OptionRule, wholeNumber } from '../files/options.js';
import { loadSpec } from '../shipped/document.js';
import type { OperationId } from '../spec/document.js';
import { withEdges } from './edges/edges.js';
import { masking } from './report/redact.js';
import { describeFinding, isShown } from './report/report.js';
import { close } from './run/closing.js';
import { Guard } from './run/guard.js';
import { type Lock, takeLock } from './run/lock.js';
import { selectionOf } from './run/parts.js';
import { planRun } from './run/plan.js';
import { type Play, type Played, refusalOf } from './run/play.js';
import { PossiblyMade } from './run/possibly-made.js';
import { type Profile, readProfile } from './run/profile.js';
import { RateLimits } from './run/rate-limit.js';
import { notExercised, playOne, whyNot } from './run/run.js';
import { Watch } from './run/watch.js';
import { loadContracts, standInProfile } from './tables/load.js';

export interface DescribeOptions {
  /** Default: the profile of the mock server's default world. */
  readonly profile?: Profile;
  /** Which operations are tested; all when absent. Other operations may still be called to prepare a test. */
  readonly include?: (operation: OperationId) => boolean;
  /** Which operations may be called at all; all when absent. */
  readonly allow?: (operation: OperationId) => boolean;
  readonly seed?: number;
  /** No two runs at once with the same accounts; true when absent, save for a target in this process. */
  readonly lock?: boolean;
  /** Milliseconds for one test, which may be some two hundred requests. Two minutes when absent. */
  readonly timeout?: number;
}

const optionRules: Record<keyof DescribeOptions, OptionRule> = {
  profile: anObject,
  include: aFunction,
  allow: aFunction,
  seed: wholeNumber(0, 2 ** 31),
  lock: aBoolean,
  timeout: wholeNumber(1),
};

/**
 * Declares a test per row. A row for which the profile has no caller or ID is skipped with the reason; a failure prints the finding
 * with the chain that repeats it. Questions and notices do not fail a test. Where every row is skipped, or something is left
 * behind or possibly made, the suite fails; so it does where another run is at work with the same accounts. Rows share ids of the profile, so they run one after the other and in order, whatever the project's
 * own configuration says. Throws a TypeError for an option that is not known.
 */
export function describeContracts(target: Target, options: DescribeOptions = {}): void {
  checkOptions('describeContracts', options, optionRules);
  const spec = loadSpec();
  const { seed = 1, profile = readProfile(standInProfile, {}), lock = !target.inProcess, timeout = 120_000 } = options;
  const selection = selectionOf(options);
  const contracts = withEdges(spec, loadContracts(spec), { seed });
  const watch = new Watch(profile, (milliseconds) => sleep(milliseconds));
  const limits = new RateLimits();
  const guard = new Guard(spec, profile);
  // In this process the same seed makes the same requests; elsewhere two runs must never meet.
  const runId = target.inProcess ? String(seed) : `${Date.now().toString(36)}${process.pid.toString(36)}`;
  const possiblyMade = new PossiblyMade(runId);
  const shared = { guard, limits, possiblyMade, putOff: [], number: 0 };
  const parts = { spec, contracts, target: watch.over(target), profile, seed, runId, ...selection, ...shared };
  const mask = masking(profile.secrets);
  /** Why rows were not played, as long as none was that shows anything. */
  let reasons: string[] | undefined = [];
  const leftovers: string[] = [];
  /** Why nothing more is asked: said once, by the test that found it. */
  let ended: string | undefined;
  let heard = false;
  let locked: Lock | undefined;

  const whyEnded = (play: Play, played: Played): string | undefined => {
    const missing = played.findings.find(({ code }) => code === 'ANSWER_MISSING');
    heard ||= played.requests > 0 && missing === undefined;
    if (missing?.unreachable) return `the target cannot be reached: ${missing.got}`;
    if (missing && !heard) return `the target gives no answer: ${missing.got}`;
    if (limits.areOver) return 'the target answers 429, however long the tests wait; try again later';
    if (play.kind !== 'sign_in' && watch.trouble) return watch.trouble.text;
    if (played.caller === 'owner' && played.lost !== undefined) return played.lost;
    return played.unfit ?? (played.refused && `${refusalOf([played.refused])}; correct the profile`);
  };

  describe(mask(`the contracts on ${target.name}`), { sequential: true, shuffle: false }, () => {
    for (const [i, play] of planRun(spec, contracts, profile, selection).entries()) {
      it(play.title, { timeout }, async (context) => {
        if (ended !== undefined) context.skip(ended);
        if (lock && play.kind !== 'sign_in') locked ??= await takeLock(parts, undefined);
        ended = locked?.busy;
        if (ended !== undefined) expect.fail(ended);
        const reason = whyNot(play, profile, selection.allow);
        const played = reason === undefined ? await playOne(play, { ...parts, number: i + 1 }) : notExercised(play, reason);
        if (isShown(played)) reasons = undefined;
        else if (played.reason !== undefined) reasons?.push(played.reason);
        leftovers.push(...played.leftovers);
        const why = whyEnded(play, played);
        ended = why && mask(why);
        if (ended !== undefined) expect.fail(ended);
        if (played.crash !== undefined) expect.fail(mask(played.crash));
        const failures = played.findings.filter((finding) => finding.severity === 'failure');
        const text = failures.map((finding) => describeFinding(finding, mask).join('\n')).join('\n\n');
        if (text !== '') expect.fail(text);
        if (played.result === 'not_exercised') context.skip(mask(played.reason ?? ''));
      });
    }
    afterAll(async () => {
      leftovers.push(...(await close(parts, locked)).leftovers, ...possiblyMade.list.map((made) => `possibly ${made}`));
      if (leftovers.length > 0) throw new Error(`Left behind: ${leftovers.map(mask).join(', ')}`);
      // If everything was skipped, the suite must not pass; if the run ended early, a test has failed already.
      const [reason] = ended === undefined ? (reasons ?? []) : [];
      if (reason !== undefined) throw new Error(`No row could be played: ${mask(reason)}.`);
    }, timeout);
  });
}
