// All rules, in the order in which a report has them.
import { fixOf } from '../files/nearest.js';
import type { Rule } from './rule.js';
import { lists } from './rules/lists.js';
import { mistakes } from './rules/mistakes.js';
import { repeats } from './rules/repeats.js';

export const lintRules: readonly Rule[] = [...mistakes, ...repeats, ...lists];

export const ruleNames: readonly string[] = lintRules.map(({ name }) => name);

/** The first name that is none of a rule, with what to do about it. */
export function unknownRule(
  names: readonly string[],
): { readonly name: string; readonly fix: string } | undefined {
  const name = names.find((one) => !ruleNames.includes(one));
  return name === undefined ? undefined : { name, fix: fixOf(name, ruleNames) };
}
