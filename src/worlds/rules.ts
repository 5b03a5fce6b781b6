// How many worlds there are, and which of them start from which scenario: `checkout-*` from
// `crowded`.

import type { ScenarioSource } from '../scenario/generator.js';
import { fits } from '../spec/pattern.js';

/** How many worlds there are at most, beside the default one. */
export const MAX_WORLDS = 500;

export interface ScenarioRule {
  /** A name; `*` in it stands for any letters. */
  readonly worlds: string;
  readonly scenario: string | ScenarioSource;
}

/** That of the first rule which fits the name. */
export const scenarioFor = (
  name: string,
  rules: readonly ScenarioRule[],
): string | ScenarioSource | undefined => rules.find(({ worlds }) => fits(name, worlds))?.scenario;
