// The same data without reading a file, for a program that a bundler puts together.
import type { Form } from '../files/form.js';
import { placeIn, readSpec, type Spec } from '../spec/document.js';
import { type Validators, validatorIn } from '../validation/validators.js';
import data from './data.cjs';

let spec: Spec | undefined;

/** The text has the file's words, but not its line breaks. */
export function inlinedSpec(): Spec {
  spec ??= readSpec(JSON.stringify(data.document), placeIn(data.places));
  return spec;
}

export const inlinedValidators: Validators = (name) => validatorIn(data.validators, name);

export const inlinedScenarioForm: Form = {
  schema: data.scenarioSchema,
  validate: inlinedValidators('scenario'),
};

export const inlinedFaultsForm: Form = {
  schema: data.faultsSchema,
  validate: inlinedValidators('faults'),
};

export const inlinedScenarios: ReadonlyMap<string, object> = new Map(
  data.scenarios.map(({ name, scenario }) => [name, scenario]),
);

export const inlinedControl = (): {
  readonly spec: Spec<string>;
  readonly validators: Validators;
} => ({
  spec: readSpec(JSON.stringify(data.control), () => 'control/openapi.yaml'),
  validators: (name) => validatorIn(data.controlValidators, name),
});
