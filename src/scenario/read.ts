// A scenario file → its data, checked against the schema, with the place of every node at hand.
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, isAbsolute, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { nearest } from '../spec/nearest.js';
import { type Problem, ScenarioError } from '../spec/problem.js';
import { pointerTokens } from '../spec/relation.js';
import { type ProblemAt, parseYaml } from '../spec/yaml-file.js';
import { validatorNamed } from '../validation/validators.js';
import { fieldName, fromAjv, type Violation } from '../validation/violation.js';
import { CROWDED, crowdedScenario } from './crowded.js';
import type { Scenario } from './scenario.js';

const fixtures = fileURLToPath(new URL('../../fixtures/', import.meta.url));

export interface ReadScenario {
  readonly scenario: Scenario;
  /** A problem at the node a pointer names, such as `/spaces/0/vector_store_id`. */
  readonly at: ProblemAt;
}

/** The scenarios that come with the stand-in. */
export function scenarioNames(): readonly string[] {
  const files = readdirSync(fixtures).filter((file) => file.endsWith('.yaml') && file !== 'scenario.schema.yaml');
  return [...files.map((file) => file.slice(0, -'.yaml'.length)), CROWDED].sort();
}

/** Reads a scenario that comes with the stand-in by name, or any file by its path. Throws a ScenarioError that lists every problem. */
export function readScenario(nameOrFile: string): ReadScenario {
  if (nameOrFile === CROWDED) return crowded();
  const file = findFile(nameOrFile, '.');
  if (file === undefined) throw new ScenarioError([unknownScenario(nameOrFile)]);
  return readFile(file, []);
}

const crowded = (): ReadScenario => ({
  scenario: crowdedScenario(),
  at: (pointer, what, fix) => ({ file: `${CROWDED}${pointer}`, line: 1, column: 1, what, fix }),
});

function findFile(nameOrFile: string, folder: string): string | undefined {
  const isFile = (path: string): boolean => statSync(path, { throwIfNoEntry: false })?.isFile() ?? false;
  const shipped = `${fixtures}${nameOrFile}.yaml`;
  if (/^[\w-]+$/.test(nameOrFile) && isFile(shipped)) return shipped;
  const file = isAbsolute(nameOrFile) ? nameOrFile : join(folder, nameOrFile);
  return isFile(file) ? file : undefined;
}

/** `within` holds the files that led here by `extends`. */
function readFile(file: string, within: readonly string[]): ReadScenario {
  const fromHere = relative(process.cwd(), file);
  return extended(parse(readFileSync(file, 'utf8'), fromHere.startsWith('..') ? file : fromHere), file, within);
}

/** A scenario given as text; `file` names it in problems and is where `extends` is looked up from. */
export function parseScenario(text: string, file: string): ReadScenario {
  return extended(parse(text, file), file, []);
}

function extended(own: ReadScenario, file: string, within: readonly string[]): ReadScenario {
  const name = own.scenario.extends;
  if (name === undefined) return own;
  if (name === CROWDED) return extend(crowded(), own);
  const base = findFile(name, dirname(file));
  if (base === undefined) {
    const { what, fix } = unknownScenario(name);
    throw new ScenarioError([own.at('/extends', `${name} ${what}`, fix)]);
  }
  const chain = [...within, resolve(file)];
  if (chain.includes(resolve(base))) {
    throw new ScenarioError([own.at('/extends', `${name} extends this scenario in turn`, 'break the circle')]);
  }
  return extend(readFile(base, chain), own);
}

const sections = ['organizations', 'callers', 'slices', 'vector_stores', 'threads', 'spaces'] as const;

/** The rows of the base come first; a problem is placed in the file where its row stands. */
function extend(base: ReadScenario, own: ReadScenario): ReadScenario {
  const rowsOf = ({ scenario }: ReadScenario, section: (typeof sections)[number]): readonly unknown[] => scenario[section] ?? [];
  const rows = Object.fromEntries(sections.map((section) => [section, [...rowsOf(base, section), ...rowsOf(own, section)]]));
  return {
    scenario: { ...own.scenario, ...rows } as Scenario,
    at: (pointer, what, fix) => {
      const [section, index, ...rest] = pointerTokens(pointer);
      const known = sections.find((name) => name === section);
      if (known === undefined || index === undefined) return own.at(pointer, what, fix);
      const before = rowsOf(base, known).length;
      if (Number(index) < before) return base.at(pointer, what, fix);
      return own.at(`/${[section, Number(index) - before, ...rest].join('/')}`, what, fix);
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
  if (known) return { scenario: known, at: (...problem) => parseYaml(text, file).at(...problem) };
  const { value, at, problems } = parseYaml(text, file);
  if (problems.length > 0) throw new ScenarioError(problems);
  const validate = validatorNamed('scenario');
  if (!validate(value)) {
    const violations = fromAjv('scenario', validate.errors ?? []);
    throw new ScenarioError(violations.map((violation) => at(violation.pointer, ...wording(violation))));
  }
  return { scenario: value as Scenario, at };
}

function wording(violation: Violation): [what: string, fix: string] {
  const field = fieldName(violation);
  switch (violation.keyword) {
    case 'required':
      return [`${field} is missing`, 'add it; fixtures/scenario.schema.yaml says what it holds'];
    case 'additionalProperties':
      return [`${field} is not a field of a scenario`, 'remove it, or correct its name by fixtures/scenario.schema.yaml'];
    case 'enum':
      return [`${field} has a value that is not known`, `use one of ${violation.expected}`];
    default:
      return [`${field} breaks ${violation.keyword}`, `expected: ${violation.expected}`];
  }
}

function unknownScenario(name: string): Problem {
  const names = scenarioNames();
  const close = nearest(name, names);
  return {
    file: name,
    line: 1,
    column: 1,
    what: 'is neither a scenario nor a file',
    fix: close ? `did you mean ${close}?` : `use one of ${names.join(', ')}, or the path of a file`,
  };
}
