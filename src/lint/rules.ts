// All rules, in the order in which a report has them.
import type { Rule } from './rule.js';
import { lists } from './rules/lists.js';
import { mistakes } from './rules/mistakes.js';
import { repeats } from './rules/repeats.js';

export const lintRules: readonly Rule[] = [...mistakes, ...repeats, ...lists];

export const ruleNames: readonly string[] = lintRules.map(({ name }) => name);
