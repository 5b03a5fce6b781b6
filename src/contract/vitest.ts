// Every row of the contracts as a vitest test whose name reads as a sentence.
import { afterAll, describe, expect, it } from 'vitest';
import { readRateLimit } from '../client/rate.js';
import type { Target } from '../client/target.js';
import {
  aBoolean,
  aFunction,
  anObject,
  checkOptions,
  type OptionRule,
  oneOf,
  wholeNumber,
} from '../files/options.js';
import { loadSpec } from '../shipped/document.js';
import type { OperationId } from '../spec/document.js';
import { withEdges } from './edges/edges.js';
import { record } from './matchers/recorded.js';
import { masking } from './report/redact.js';
import { describeFault, describeFinding } from './report/text.js';
import { failsRun, isShown } from './report/verdict.js';
import { canaryInWords } from './run/canary.js';
import type { KnownFinding } from './run/finding.js';
import { type Level, levels } from './run/level.js';
import type { Shard } from './run/options.js';
import type { Played } from './run/play.js';
import { type Profile, readProfile } from './run/profile.js';
import { Run } from './run/run.js';
import { RunEnd } from './run/stopped.js';
import { loadContracts, mockServerProfile } from './tables/load.js';

export interface DescribeOptions {
  /** Default: the profile of the mock server's default world. */
  readonly profile?: Profile;
  /**
   * Which operations are tested; all when absent. Other operations may still be called to prepare a
   * test.
   */
  readonly include?: (operation: OperationId) => boolean;
  /** Which operations may be called at all; all when absent. */
  readonly allow?: (operation: OperationId) => boolean;
  readonly seed?: number;
  /**
   * No two runs at once with the same accounts; true when absent, save for a target in this
   * process.
   */
  readonly lock?: boolean;
  /** How much is tested: `smoke`, `standard` or `full`; all of it when absent. */
  readonly level?: Level;
  /** One part of the tests, such as `{ index: 1, count: 4 }`. */
  readonly shard?: Shard;
  /**
   * How fast requests are sent: `60/m`, `auto` for what the server's headers say, or `off`; as fast
   * as they are answered when absent.
   */
  readonly rateLimit?: string;
  /**
   * The run ends after so many requests: the test that meets the end fails, the others are skipped.
   */
  readonly maxRequests?: number;
  /**
   * Deviations that are accepted for now, from `readKnown`: they fail no test. An entry that has
   * expired or matches nothing fails the suite.
   */
  readonly known?: readonly KnownFinding[];
  /** Whether one exchange is judged twice, as proof that the tests look; true when absent. */
  readonly canary?: boolean;
  /** Milliseconds for one test, which may be some two hundred requests. Two minutes when absent. */
  readonly timeout?: number;
}

const aShard: OptionRule = {
  expected: 'a part and the number of parts, such as { index: 1, count: 4 }',
  holds: (value) => {
    const { index, count } = (value ?? {}) as Partial<Shard>;
    return wholeNumber(1).holds(count) && wholeNumber(1, count).holds(index);
  },
};

const optionRules: Record<keyof DescribeOptions, OptionRule> = {
  profile: anObject,
  include: aFunction,
  allow: aFunction,
  seed: wholeNumber(0, 2 ** 31),
  lock: aBoolean,
  level: oneOf(...levels),
  shard: aShard,
  rateLimit: {
    expected: "a number a second, minute or hour, such as '60/m'; 'auto' or 'off'",
    holds: (value) => typeof value === 'string' && readRateLimit(value) !== undefined,
  },
  maxRequests: wholeNumber(1),
  known: { expected: 'what readKnown gives', holds: Array.isArray },
  canary: aBoolean,
  timeout: wholeNumber(1),
};

/**
 * Declares a test per row. A row for which the profile has no caller or ID is skipped with the
 * reason; a failure prints the finding with the chain that repeats it. Questions and notices do not
 * fail a test. Where every row is skipped, or something is left behind or possibly made, the suite
 * fails; so it does where another run is at work with the same accounts. A test that takes too long
 * ends the run. Rows share ids of the profile, so they run one after the other and in order,
 * whatever the project's own configuration says. Throws a TypeError for an option that is not
 * known.
 */
export function describeContracts(target: Target, options: DescribeOptions = {}): void {
  checkOptions('describeContracts', options, optionRules);
  const spec = loadSpec();
  const {
    seed = 1,
    profile = readProfile(mockServerProfile, {}),
    lock = !target.inProcess,
    canary = true,
    timeout = 120_000,
  } = options;
  // In this process the same seed makes the same requests; elsewhere two runs must never meet.
  const runId = target.inProcess
    ? String(seed)
    : `${Date.now().toString(36)}${process.pid.toString(36)}`;
  const contracts = withEdges(spec, loadContracts(spec), { seed });
  const ending = new AbortController();
  const { include, allow, level, shard, maxRequests, known } = options;
  const selection = {
    ...(include ? { include } : {}),
    ...(allow ? { allow } : {}),
    ...(level ? { level } : {}),
    ...(shard ? { shard } : {}),
    ...(maxRequests ? { maxRequests } : {}),
    ...(known ? { known } : {}),
    rateLimit: readRateLimit(options.rateLimit ?? 'off') ?? 'off',
  };
  const run = new Run({
    spec,
    contracts,
    profile,
    target,
    seed,
    runId,
    lock,
    canary,
    signal: ending.signal,
    ...selection,
  });
  const mask = masking(profile.secrets);
  const tooLong = new RunEnd({
    why: 'time',
    text: `a test was ended, or took longer than ${timeout / 1000} s`,
  });

  describe(mask(`the contracts on ${target.name}`), { sequential: true, shuffle: false }, () => {
    for (const [i, play] of run.plays.entries()) {
      it(play.title, { timeout }, async ({ skip, signal }) => {
        if (run.stopped) skip(mask(run.stopped.text));
        signal?.addEventListener('abort', () => ending.abort(tooLong));
        const played = await run.play(play, i + 1);
        if (played) record(played);
        // Why nothing more is asked is said once, by the test that found it.
        if (run.misfit) run.stop(run.misfit);
        if (run.stopped) expect.fail(mask(run.stopped.text));
        const failure = played && failureOf(played, mask);
        if (failure) expect.fail(failure);
        if (played?.result === 'not_exercised') skip(mask(played.reason ?? ''));
      });
    }
    afterAll(async () => {
      const report = await run.close();
      const { leftovers, possiblyMade, rows, stopped, knownFaults = [] } = report;
      if (report.canary?.seen === false)
        throw new Error(`The tests do not look: ${canaryInWords(report.canary)}.`);
      const left = [...leftovers, ...possiblyMade.map((made) => `possibly ${made}`)];
      if (left.length > 0) throw new Error(`Left behind: ${left.map(mask).join(', ')}`);
      if (knownFaults.length > 0)
        throw new Error(
          mask(knownFaults.map((fault) => describeFault(fault).join('\n')).join('\n')),
        );
      // If everything was skipped, the suite must not pass; if the run ended early, a test has
      // failed already.
      const [reason] = stopped || rows.some(isShown) ? [] : rows.flatMap((row) => row.reason ?? []);
      if (reason !== undefined) throw new Error(`No row could be played: ${mask(reason)}.`);
    }, timeout);
  });
}

/** Why a test fails; nothing where it does not. */
function failureOf(
  { crash, findings }: Played,
  mask: (text: string) => string,
): string | undefined {
  if (crash !== undefined) return mask(crash);
  const failures = findings.filter((finding) => failsRun(finding, 'failure'));
  return (
    failures.map((finding) => describeFinding(finding, mask).join('\n')).join('\n\n') || undefined
  );
}
