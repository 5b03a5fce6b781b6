// How many worlds there are, and which of them start from which scenario: `checkout-*` from
// `crowded`.
import type { Scenario } from '../scenario/scenario.js';

/** How many worlds there are at most, beside the default one. */
export const MAX_WORLDS = 500;

export interface ScenarioRule {
  /** A name; `*` in it stands for any letters. */
  readonly worlds: string;
  readonly scenario: string | Scenario;
}

/** That of the first rule which fits the name. */
export const scenarioFor = (
  name: string,
  rules: readonly ScenarioRule[],
): string | Scenario | undefined => rules.find(({ worlds }) => fits(name, worlds))?.scenario;

function fits(name: string, pattern: string): boolean {
  const [first = '', ...others] = pattern.split('*');
  if (others.length === 0) return name === pattern;
  const last = others.pop() as string;
  if (!name.startsWith(first) || !name.endsWith(last)) return false;
  let at = first.length;
  for (const part of others) {
    const found = name.indexOf(part, at);
    if (found < 0) return false;
    at = found + part.length;
  }
  return at <= name.length - last.length;
}
