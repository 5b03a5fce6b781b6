// The shipped scenarios, from their files, and what a scenario file is held to.
import { createHash } from 'node:crypto';
import { readdirSync } from 'node:fs';
import type { Form } from '../files/form.js';
import { packageFile, readPackageFile } from '../files/package.js';
import { shippedValidators } from './validators.js';

const folder = packageFile('fixtures/');
const read = (path: string): unknown => JSON.parse(readPackageFile(path));

/** Read only for a file that breaks it. */
export const scenarioForm: Form = {
  get schema() {
    return read('schemas/scenario.json') as object;
  },
  get validate() {
    return shippedValidators('scenario');
  },
};

/** What faults are held to. */
export const faultsForm: Form = {
  get schema() {
    return read('schemas/faults.json') as object;
  },
  get validate() {
    return shippedValidators('faults');
  },
};

/** The file of a shipped scenario. */
export const fileOfScenario = (name: string): string => `${folder}${name}.yaml`;

export const scenarioFileNames = (): readonly string[] =>
  readdirSync(folder).flatMap((file) =>
    file.endsWith('.yaml') ? [file.slice(0, -'.yaml'.length)] : [],
  );

/** A shipped scenario, as `npm run gen` parsed and checked it. */
export interface ParsedScenario {
  readonly name: string;
  /** Of its text. */
  readonly sha256: string;
  readonly scenario: object;
}

let parsed: readonly ParsedScenario[] | undefined;

/** Finds a shipped file by its text; one that was edited since is read like any other. */
export function scenarioOfText(text: string): object | undefined {
  parsed ??= read('generated/scenarios.json') as readonly ParsedScenario[];
  const sha256 = createHash('sha256').update(text).digest('hex');
  return parsed.find((one) => one.sha256 === sha256)?.scenario;
}
