// A scenario that a request names or brings along, and what can be wrong with it.
import type { Verdict } from '../../decide/rule.js';
import type { LoadedScenario } from '../../scenario/load.js';
import type { Json } from '../../spec/message.js';
import type { Control, ScenarioFault } from '../control.js';
import type { Request } from './form.js';

export interface GivenScenario {
  /** Absent where the request has none. */
  readonly loaded?: LoadedScenario;
  readonly fault?: ScenarioFault;
}

export function loadGiven(world: Control, given: Json | undefined): GivenScenario {
  if (given === undefined) return {};
  const loaded = world.load(given);
  return 'world' in loaded ? { loaded } : { fault: loaded };
}

export const soundScenario = {
  unknown_scenario: ({ world, fault }: Request & GivenScenario): Verdict =>
    fault?.unknown === undefined || {
      details: {
        field: 'scenario',
        scenario: fault.unknown,
        scenarios: world.scenarios.map(({ name }) => name),
      },
    },
  broken_scenario: ({ fault }: Request & GivenScenario): Verdict =>
    fault?.problems === undefined || { details: { field: 'scenario', problems: fault.problems } },
};
