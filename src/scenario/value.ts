// A scenario that is given as data, or comes in the package: with the rows of the one that it
// extends, and the place of each.
import type { Form } from '../files/form.js';
import { nearest } from '../files/nearest.js';
import { ScenarioError } from '../files/problem.js';
import type { ProblemAt } from '../files/yaml.js';
import { pointerOf, pointerTokens } from '../spec/pointer.js';
import type { Draft } from '../world/noun.js';
import { CROWDED, crowdedScenario } from './crowded.js';
import { allLists, type ReadScenario, readForm } from './form.js';
import { withGenerated } from './generate.js';
import type { Scenario } from './scenario.js';
import { sections } from './sections.js';

/** Why there is no scenario of a name. */
export interface Missing {
  readonly what: string;
  readonly fix: string;
}

/** Finds what a scenario extends, by name or by file. */
export type FindBase = (name: string) => ReadScenario | Missing;

/** One that was checked before. */
export const sound = (scenario: Scenario, at: ProblemAt): ReadScenario => ({
  scenario,
  at,
  problems: [],
  lost: new Set(),
  damaged: new Set(),
});

/** Problems of data name a pointer in place of the line. */
const atPointerOf =
  (file: string): ProblemAt =>
  (pointer, what, fix) => ({ file, pointer, line: 1, column: 1, what, fix });

/** To look up all that its rows refer to would be a fifth of its start. */
export const crowded = (): ReadScenario => ({
  ...sound(crowdedScenario(), atPointerOf(CROWDED)),
  isTested: true,
});

/** A scenario given as a value. */
export function scenarioOf(given: unknown, form: Form, findBase: FindBase): ReadScenario {
  const at = atPointerOf('scenario');
  let value: unknown;
  try {
    // A copy, so that a later change of the caller's object changes no world.
    value = JSON.parse(JSON.stringify(given) ?? 'null');
  } catch (error) {
    throw new ScenarioError([
      at(
        '',
        // Of a circle, the lines after the first draw it.
        `cannot be written as JSON: ${(error as Error).message.split('\n', 1)[0]}`,
        'give plain data',
      ),
    ]);
  }
  return withBase(
    { ...readForm({ value, at, problems: [], isSound: () => true }, form), at },
    findBase,
  );
}

/** Reads scenarios where there are no files: those of the package by name, any other as a value. */
export function createScenarioReader(
  form: Form,
  shipped: ReadonlyMap<string, object>,
): (given: string | object) => ReadScenario {
  const find: FindBase = (name) => {
    if (name === CROWDED) return crowded();
    const scenario = shipped.get(name);
    if (scenario) return withBase(sound(scenario as Scenario, atPointerOf(name)), find);
    const names = [...shipped.keys(), CROWDED].sort();
    const close = nearest(name, names);
    const fix = close
      ? `Did you mean "${close}"?`
      : `Use one of ${names.join(', ')}, or give a scenario as an object.`;
    return { what: `Unknown scenario "${name}".`, fix };
  };
  return (given) => {
    if (typeof given !== 'string') return scenarioOf(given, form, find);
    const found = find(given);
    if ('scenario' in found) return found;
    const { what, fix } = found;
    throw new ScenarioError([{ file: given, line: 1, column: 1, what, fix }], `${what} ${fix}`);
  };
}

/** With the rows that it has made, and those of the scenario that it extends, if it does. */
export function withBase(own: ReadScenario, findBase: FindBase): ReadScenario {
  const name = own.scenario.extends;
  if (name === undefined) return withGenerated(own);
  const base = findBase(name);
  if (!('scenario' in base)) return withGenerated(withoutBase(own, base));
  return extend(base, withGenerated(own, base));
}

/**
 * Without its base, a scenario may refer to rows that are not known: no list is checked for missing
 * rows.
 */
function withoutBase(own: ReadScenario, { what, fix }: Missing): ReadScenario {
  return { ...own, problems: [...own.problems, own.at('/extends', what, fix)], lost: allLists };
}

/** The lists at the top, those of nouns and another. */
const lists = [...sections, 'faults'];

/** The rows of the base come first; a problem is placed where its row stands. */
function extend(base: ReadScenario, own: ReadScenario): ReadScenario {
  const rowsOf = ({ scenario }: ReadScenario, section: string): readonly unknown[] =>
    (scenario as Readonly<Record<string, readonly unknown[] | undefined>>)[section] ?? [];
  const rows = Object.fromEntries(
    lists.map((section) => [section, [...rowsOf(base, section), ...rowsOf(own, section)]]),
  );
  const { limits = base.scenario.limits } = own.scenario;
  return {
    scenario: { ...own.scenario, ...rows, ...(limits ? { limits } : {}) } as Draft<Scenario>,
    problems: [...base.problems, ...own.problems],
    lost: new Set([...base.lost, ...own.lost]),
    damaged: new Set([...base.damaged, ...own.damaged]),
    at: (pointer, what, fix) => {
      const [section, index, ...rest] = pointerTokens(pointer);
      const known = lists.find((name) => name === section);
      if (known === undefined || index === undefined) return own.at(pointer, what, fix);
      const before = rowsOf(base, known).length;
      if (Number(index) < before) return base.at(pointer, what, fix);
      return own.at(pointerOf([known, Number(index) - before, ...rest]), what, fix);
    },
  };
}
