// A scenario from a file, or by its name: with those that it extends, and the line of every row.
import { nearest } from '../files/nearest.js';
import { ScenarioError } from '../files/problem.js';
import {
  folderOf,
  isFile,
  isFolder,
  nearestFile,
  pathFrom,
  readText,
  shownPath,
  wholePath,
} from '../files/read.js';
import { parseYaml } from '../files/yaml.js';
import {
  fileOfScenario,
  scenarioFileNames,
  scenarioForm,
  scenarioOfText,
} from '../shipped/scenarios.js';
import { CROWDED, CROWDED_DESCRIPTION } from './crowded.js';
import { type ReadScenario, readForm } from './form.js';
import { buildScenario, type LoadedScenario, type WorldSources } from './load.js';
import type { Scenario } from './scenario.js';
import { crowded, type FindBase, type Missing, scenarioOf, sound, withBase } from './value.js';

/**
 * Loads a shipped scenario by name, a file by path, or a value. Throws a ScenarioError that lists
 * every problem.
 */
export const loadScenario = (given: string | object, sources: WorldSources): LoadedScenario =>
  buildScenario(readGiven(given), sources);

export const readGiven = (given: string | object): ReadScenario =>
  typeof given === 'string'
    ? readScenario(given)
    : scenarioOf(given, scenarioForm, basesFrom('scenario'));

/** The scenarios that come with Understudy. */
export const scenarioNames = (): readonly string[] => [...scenarioFileNames(), CROWDED].sort();

/** Each with its description; `crowded` is not built for that. */
export function shippedScenarios(): readonly {
  readonly name: string;
  readonly description: string;
}[] {
  return scenarioNames().map((name) => {
    const description =
      name === CROWDED ? CROWDED_DESCRIPTION : readScenario(name).scenario.description;
    return { name, description: description ?? '' };
  });
}

/**
 * Reads a scenario that comes with Understudy by name, or any file by its path. Throws a
 * ScenarioError where there is none.
 */
export function readScenario(nameOrFile: string): ReadScenario {
  if (nameOrFile === CROWDED) return crowded();
  const file = findFile(nameOrFile, '.');
  if (file !== undefined) return readFile(file, []);
  const { what, fix } = unknownScenario(nameOrFile, '.');
  throw new ScenarioError([{ file: nameOrFile, line: 1, column: 1, what, fix }], `${what} ${fix}`);
}

/**
 * A scenario given as text; `file` names it in problems and is where `extends` is looked up from.
 */
export const parseScenario = (text: string, file: string): ReadScenario =>
  withBase(parse(text, file), basesFrom(file));

/** `within` holds the files that led here by `extends`. */
function readFile(file: string, within: readonly string[]): ReadScenario {
  const shown = shownPath(file);
  const read = readText(file);
  if ('unreadable' in read)
    throw new ScenarioError([
      {
        file: shown,
        line: 1,
        column: 1,
        what: read.unreadable,
        fix: 'name a file that you may read',
      },
    ]);
  return withBase(parse(read.text, shown), basesFrom(file, within));
}

/** What a file may extend: a shipped scenario, or a file beside it. */
function basesFrom(file: string, within: readonly string[] = []): FindBase {
  return (name) => {
    if (name === CROWDED) return crowded();
    const base = findFile(name, folderOf(file));
    if (base === undefined) return unknownScenario(name, folderOf(file));
    const chain = [...within, wholePath(file)];
    if (chain.includes(wholePath(base)))
      return { what: `${name} extends this file in turn`, fix: 'remove the circular reference' };
    return readFile(base, chain);
  };
}

function findFile(nameOrFile: string, folder: string): string | undefined {
  const shipped = fileOfScenario(nameOrFile);
  if (/^[\w-]+$/.test(nameOrFile) && isFile(shipped)) return shipped;
  const file = pathFrom(folder, nameOrFile);
  return isFile(file) ? file : undefined;
}

function parse(text: string, file: string): ReadScenario {
  const known = scenarioOfText(text);
  if (known) return sound(known as Scenario, (...problem) => parseYaml(text, file).at(...problem));
  const parsed = parseYaml(text, file);
  return { ...readForm(parsed, scenarioForm), at: parsed.at };
}

function unknownScenario(name: string, folder: string): Missing {
  if (name === '')
    return {
      what: 'The name of the scenario is empty.',
      fix: `Use one of ${scenarioNames().join(', ')}, or the path of a file.`,
    };
  const path = pathFrom(folder, name);
  if (isFolder(path)) return { what: `${name} is a folder.`, fix: 'Name a file in it.' };
  if (/^[\w-]+$/.test(name)) {
    const names = scenarioNames();
    const close = nearest(name, names);
    const fix = close
      ? `Did you mean "${close}"?`
      : `Use one of ${names.join(', ')}, or the path of a file.`;
    return { what: `Unknown scenario "${name}".`, fix };
  }
  const close = nearestFile(name, folder);
  const fix = close
    ? `Did you mean "${close}"?`
    : `Use the path of a file, or one of ${scenarioNames().join(', ')}.`;
  return { what: `There is no file ${name}.`, fix };
}
