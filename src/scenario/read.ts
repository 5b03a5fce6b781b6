// A scenario file → its data, checked against the schema, with the place of every node at hand.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { isAbsolute, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { isNode, LineCounter, parseDocument } from 'yaml';
import { nearest } from '../spec/nearest.js';
import { pointerTokens } from '../spec/relation.js';
import { validatorNamed } from '../validation/validators.js';
import { fieldName, fromAjv, type Violation } from '../validation/violation.js';
import { type Problem, ScenarioError } from './problem.js';
import type { Scenario } from './scenario.js';

const fixtures = fileURLToPath(new URL('../../fixtures/', import.meta.url));

export type ProblemAt = (pointer: string, what: string, fix: string) => Problem;

export interface ReadScenario {
  readonly scenario: Scenario;
  /** A problem at the node a pointer names, such as `/spaces/0/vector_store_id`. */
  readonly at: ProblemAt;
}

/** The scenarios that ship with the stand-in. */
export function scenarioNames(): readonly string[] {
  return readdirSync(fixtures)
    .filter((file) => file.endsWith('.yaml') && file !== 'scenario.schema.yaml')
    .map((file) => file.slice(0, -'.yaml'.length));
}

/** Reads a shipped scenario by name, or any file by its path. Throws a ScenarioError that lists every problem. */
export function readScenario(nameOrFile: string): ReadScenario {
  const shipped = `${fixtures}${nameOrFile}.yaml`;
  const file = /^[\w-]+$/.test(nameOrFile) && existsSync(shipped) ? shipped : nameOrFile;
  if (!existsSync(file)) throw new ScenarioError([unknownScenario(nameOrFile)]);
  const fromHere = relative(process.cwd(), file);
  return parseScenario(readFileSync(file, 'utf8'), fromHere.startsWith('..') || isAbsolute(fromHere) ? file : fromHere);
}

export function parseScenario(text: string, file: string): ReadScenario {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines });
  const problem = (offset: number, what: string, fix: string): Problem => {
    const { line, col } = lines.linePos(offset);
    return { file, line, column: col, what, fix };
  };
  if (document.errors.length > 0) {
    throw new ScenarioError(
      document.errors.map((error) => problem(error.pos[0], error.message.split('\n', 1)[0] as string, 'correct the YAML')),
    );
  }
  const at: ProblemAt = (pointer, what, fix) => {
    // The node itself may be what is missing: then its nearest parent says where.
    const tokens = pointerTokens(pointer);
    for (let depth = tokens.length; depth >= 0; depth--) {
      const node = document.getIn(tokens.slice(0, depth), true);
      if (isNode(node) && node.range) return problem(node.range[0], what, fix);
    }
    return problem(0, what, fix);
  };
  const scenario = document.toJS() as Scenario;
  const validate = validatorNamed('scenario');
  if (!validate(scenario)) {
    throw new ScenarioError(
      fromAjv('scenario', validate.errors ?? []).map((violation) => at(violation.pointer, ...wording(violation))),
    );
  }
  return { scenario, at };
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
