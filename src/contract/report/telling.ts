// A run with what every file of its report needs of it, worked out once.
import type { Report } from '../run/options.js';
import { type Comparison, compare, type Earlier } from './compare.js';
import { type Headline, headlinesOf } from './headlines.js';
import { type Mask, masking } from './redact.js';
import { exitCode, type FailOn, verdictIn, whyInconclusive } from './verdict.js';

export interface Telling {
  readonly report: Report;
  readonly failOn: FailOn;
  readonly headlines: readonly Headline[];
  /** Takes credentials out of what came from outside. */
  readonly mask: Mask;
  readonly exitCode: number;
  /** The exit code in words. */
  readonly verdict: string;
  /** Why the run is inconclusive; absent where it is not. */
  readonly why: string | undefined;
  /** With earlier runs, where some were given. */
  readonly comparison: Comparison | undefined;
}

export function tell(
  report: Report,
  failOn: FailOn = 'failure',
  earlier: readonly Earlier[] = [],
): Telling {
  const code = exitCode(report, failOn);
  return {
    report,
    failOn,
    headlines: headlinesOf(report.findings),
    mask: masking(report.secrets),
    exitCode: code,
    verdict: verdictIn(code),
    why: whyInconclusive(report),
    comparison: compare(report, earlier, failOn),
  };
}
