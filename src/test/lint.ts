// The lint of what one test has asked, for the fixtures: a finding that is severe enough fails the test.
import { lostAfter } from '../engine/journal.js';
import { aList, checkOptions, oneOf } from '../files/options.js';
import { lint } from '../lint/lint.js';
import { atLeast, type Severity, severities } from '../lint/rule.js';
import { unknownRule } from '../lint/rules.js';
import { describeFinding } from '../lint/text.js';
import { loadSpec } from '../shipped/document.js';
import type { TestWorld } from './world.js';

export interface TestLint {
  /** The least severe finding that fails the test. Default `error`. */
  readonly failOn?: Severity;
  /** Rules that are not asked, such as one that the test breaks on purpose. */
  readonly ignore?: readonly string[];
}

/** It needs the requests of all tests: another one may have asked for the next page. */
const OF_ALL_TESTS = 'unfollowed-page';

/**
 * What is to fail the test, or undefined; with `false` nobody looks. Throws a TypeError for an option
 * or a rule that there is not.
 */
export function lintTest(world: TestWorld, given: TestLint | boolean): Error | undefined {
  if (given === false) return undefined;
  const options = given === true ? {} : given;
  checkOptions('lint', options, { failOn: oneOf(...severities), ignore: aList });
  const { failOn = 'error', ignore = [] } = options;
  const unknown = unknownRule(ignore);
  if (unknown) throw new TypeError(`lint: there is no rule ${unknown.name}; ${unknown.fix}`);
  const entries = world.journal;
  const lost = lostAfter(0, entries);
  const { findings } = lint({
    sections: [{ world: world.name, entries }],
    lost,
    gone: 0,
    spec: loadSpec(),
    ignore: [...ignore, OF_ALL_TESTS],
  });
  const bad = atLeast(findings, failOn);
  if (bad.length === 0) return undefined;
  const gap = lost > 0 ? `\nNot seen: ${lost} requests that the journal no longer has.` : '';
  return new Error(
    `The client did what the lint fails on (failOn: '${failOn}').\n\n${bad.map(describeFinding).join('\n').trimEnd()}${gap}`,
  );
}
