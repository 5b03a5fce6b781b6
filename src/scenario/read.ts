// A scenario file → its data with those of the files it extends, and the place of every node at hand.
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, dirname, isAbsolute, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { nearest } from '../spec/nearest.js';
import { ScenarioError } from '../spec/problem.js';
import { pointerTokens } from '../spec/relation.js';
import { type ProblemAt, parseYaml } from '../spec/yaml-file.js';
import { pointerToken } from '../validation/violation.js';
import type { Draft } from '../world/noun.js';
import { CROWDED, CROWDED_DESCRIPTION, crowdedScenario } from './crowded.js';
import { allLists, type Formed, readForm } from './form.js';
import type { Scenario } from './scenario.js';
import { sections } from './sections.js';

const fixtures = fileURLToPath(new URL('../../fixtures/', import.meta.url));

export interface ReadScenario extends Formed {
  /** A problem at the node a pointer names, such as `/spaces/0/vector_store_id`. */
  readonly at: ProblemAt;
}

/** The scenarios that come with Understudy. */
export function scenarioNames(): readonly string[] {
  const files = readdirSync(fixtures).filter((file) => file.endsWith('.yaml'));
  return [...files.map((file) => file.slice(0, -'.yaml'.length)), CROWDED].sort();
}

/** Each with its description; `crowded` is not built for that. */
export function shippedScenarios(): readonly { readonly name: string; readonly description: string }[] {
  return scenarioNames().map((name) => {
    const description = name === CROWDED ? CROWDED_DESCRIPTION : readScenario(name).scenario.description;
    return { name, description: description ?? '' };
  });
}

/** Reads a scenario that comes with Understudy by name, or any file by its path. Throws a ScenarioError where there is none. */
export function readScenario(nameOrFile: string): ReadScenario {
  if (nameOrFile === CROWDED) return crowded();
  const file = findFile(nameOrFile, '.');
  if (file !== undefined) return readFile(file, []);
  const { what, fix } = unknownScenario(nameOrFile, '.');
  throw new ScenarioError([{ file: nameOrFile, line: 1, column: 1, what, fix }], `${what} ${fix}`);
}

const crowded = (): ReadScenario =>
  sound(crowdedScenario(), (pointer, what, fix) => ({ file: CROWDED, pointer, line: 1, column: 1, what, fix }));

const sound = (scenario: Scenario, at: ProblemAt): ReadScenario => ({
  scenario,
  at,
  problems: [],
  lost: new Set(),
  damaged: new Set(),
});

function findFile(nameOrFile: string, folder: string): string | undefined {
  // A pipe is one too: `--scenario <(…)`.
  const isFile = (path: string): boolean => statSync(path, { throwIfNoEntry: false })?.isDirectory() === false;
  const shipped = `${fixtures}${nameOrFile}.yaml`;
  if (/^[\w-]+$/.test(nameOrFile) && isFile(shipped)) return shipped;
  const file = isAbsolute(nameOrFile) ? nameOrFile : join(folder, nameOrFile);
  return isFile(file) ? file : undefined;
}

/** `within` holds the files that led here by `extends`. */
function readFile(file: string, within: readonly string[]): ReadScenario {
  const fromHere = relative(process.cwd(), file);
  const shown = fromHere.startsWith('..') ? file : fromHere;
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    const what = `cannot be read: ${(error as Error).message}`;
    throw new ScenarioError([{ file: shown, line: 1, column: 1, what, fix: 'name a file that you may read' }]);
  }
  return extended(parse(text, shown), file, within);
}

/** A scenario given as text; `file` names it in problems and is where `extends` is looked up from. */
export function parseScenario(text: string, file: string): ReadScenario {
  return extended(parse(text, file), file, []);
}

/** A scenario given as a value: its problems name a pointer in place of the line. */
export function scenarioOf(given: unknown): ReadScenario {
  const at: ProblemAt = (pointer, what, fix) => ({ file: 'scenario', pointer, line: 1, column: 1, what, fix });
  let value: unknown;
  try {
    // A copy, so that a later change of the caller's object changes no world.
    value = JSON.parse(JSON.stringify(given) ?? 'null');
  } catch (error) {
    throw new ScenarioError([at('', `cannot be written as JSON: ${(error as Error).message}`, 'give plain data')]);
  }
  return extended({ ...readForm({ value, at, problems: [], isSound: () => true }), at }, 'scenario', []);
}

function extended(own: ReadScenario, file: string, within: readonly string[]): ReadScenario {
  const name = own.scenario.extends;
  if (name === undefined) return own;
  if (name === CROWDED) return extend(crowded(), own);
  const base = findFile(name, dirname(file));
  if (base === undefined) {
    const { what, fix } = unknownScenario(name, dirname(file));
    return withoutBase(own, what, fix);
  }
  const chain = [...within, resolve(file)];
  if (chain.includes(resolve(base)))
    return withoutBase(own, `${name} extends this file in turn`, 'remove the circular reference');
  return extend(readFile(base, chain), own);
}

/** Without its base, a file may refer to rows that are not known: no list is checked for missing rows. */
function withoutBase(own: ReadScenario, what: string, fix: string): ReadScenario {
  return { ...own, problems: [...own.problems, own.at('/extends', what, fix)], lost: allLists };
}

/** The rows of the base come first; a problem is placed in the file where its row stands. */
function extend(base: ReadScenario, own: ReadScenario): ReadScenario {
  const rowsOf = ({ scenario }: ReadScenario, section: string): readonly unknown[] =>
    (scenario as Readonly<Record<string, readonly unknown[] | undefined>>)[section] ?? [];
  const rows = Object.fromEntries(sections.map((section) => [section, [...rowsOf(base, section), ...rowsOf(own, section)]]));
  return {
    scenario: { ...own.scenario, ...rows } as Draft<Scenario>,
    problems: [...base.problems, ...own.problems],
    lost: new Set([...base.lost, ...own.lost]),
    damaged: new Set([...base.damaged, ...own.damaged]),
    at: (pointer, what, fix) => {
      const [section, index, ...rest] = pointerTokens(pointer);
      const known = sections.find((name) => name === section);
      if (known === undefined || index === undefined) return own.at(pointer, what, fix);
      const before = rowsOf(base, known).length;
      if (Number(index) < before) return base.at(pointer, what, fix);
      const tokens = [known, String(Number(index) - before), ...rest];
      return own.at(tokens.map((token) => `/${pointerToken(token)}`).join(''), what, fix);
    },
  };
}

interface Precompiled {
  readonly text: string;
  readonly scenario: Scenario;
}

let precompiled: readonly Precompiled[] | undefined;

/** The shipped files, parsed and checked by `npm run gen`; one that was edited since is read like any other. */
function knownScenario(text: string): Scenario | undefined {
  precompiled ??= JSON.parse(readFileSync(new URL('../../generated/scenarios.json', import.meta.url), 'utf8')) as Precompiled[];
  return precompiled.find((known) => known.text === text)?.scenario;
}

function parse(text: string, file: string): ReadScenario {
  const known = knownScenario(text);
  if (known) return sound(known, (...problem) => parseYaml(text, file).at(...problem));
  const parsed = parseYaml(text, file);
  return { ...readForm(parsed), at: parsed.at };
}

function unknownScenario(name: string, folder: string): { readonly what: string; readonly fix: string } {
  const path = resolve(folder, name);
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory())
    return { what: `${name} is a folder.`, fix: 'Name a file in it.' };
  if (/^[\w-]+$/.test(name)) {
    const names = scenarioNames();
    const close = nearest(name, names);
    const fix = close ? `Did you mean "${close}"?` : `Use one of ${names.join(', ')}, or the path of a file.`;
    return { what: `Unknown scenario "${name}".`, fix };
  }
  const close = nearest(basename(name), filesIn(dirname(path)));
  const fix = close
    ? `Did you mean "${join(dirname(name), close)}"?`
    : `Use the path of a file, or one of ${scenarioNames().join(', ')}.`;
  return { what: `There is no file ${name}.`, fix };
}

function filesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
