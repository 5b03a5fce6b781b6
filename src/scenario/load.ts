// A scenario file → a world. Rows go in by age, so that the order of insertion is the order of
// time.

import { ScenarioError, withoutRepeats } from '../files/problem.js';
import type { Backfill } from '../world/backfill.js';
import type { Clock } from '../world/clock.js';
import { toTimestamp } from '../world/clock.js';
import type { IdMaker } from '../world/ids.js';
import type { Row } from '../world/indexes.js';
import { createWorld, type World } from '../world/world.js';
import type { ReadScenario } from './form.js';
import { brokenReferences } from './references.js';
import type { Scenario } from './scenario.js';
import { type AnyNoun, allNouns, givenItems } from './sections.js';

export interface LoadedScenario {
  readonly scenario: Scenario;
  readonly world: World;
}

export interface WorldSources {
  /** Made from the scenario's own time. */
  readonly clock: (time: string) => Clock;
  readonly ids: IdMaker;
  /** In place of what the scenario says. */
  readonly backfill?: Backfill | undefined;
  readonly keepDeleted?: number;
}

/** Throws a ScenarioError that lists every problem. */
export function buildScenario(
  read: ReadScenario,
  { clock, backfill, ...sources }: WorldSources,
): LoadedScenario {
  const scenario = checkedScenario(read);
  const world = createWorld({
    ...sources,
    scenario: scenario.scenario,
    clock: clock(scenario.time),
    backfill: backfill ?? scenario.backfill ?? 'immediate',
  });
  fillWorld(world, scenario);
  return { scenario, world };
}

/** The scenario, once nothing is wrong with it. Throws a ScenarioError that lists every problem. */
export function checkedScenario(read: ReadScenario): Scenario {
  const broken = read.isTested ? [] : brokenReferences(read, read.at);
  const problems = withoutRepeats([...read.problems, ...broken]);
  if (problems.length > 0) throw new ScenarioError(problems);
  return read.scenario as Scenario;
}

/** Rows of one second keep the order in which they are given, so those that have one come last. */
function inOrder(world: World, scenario: Scenario, noun: AnyNoun) {
  const given = givenItems(world, scenario, noun);
  if (noun.within === undefined || scenario.order === undefined) return given;
  const place = new Map(scenario.order.map((id, i) => [id, i]));
  const placeOf = ({ item }: (typeof given)[number]): number => place.get((item as Row).id) ?? -1;
  return [...given].sort((a, b) => placeOf(a) - placeOf(b));
}

function fillWorld(world: World, scenario: Scenario): void {
  const filling = {
    start: toTimestamp(Date.parse(scenario.time)),
    ids: world.ids,
    backfill: world.backfill,
  };
  for (const noun of allNouns) noun.fill(world, inOrder(world, scenario, noun), filling);
  if (scenario.ids_made !== undefined) world.ids.rewind(scenario.ids_made);
  if (scenario.frozen) world.clock.freeze();
}
