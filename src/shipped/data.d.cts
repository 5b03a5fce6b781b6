// What data.cjs holds, as types.
import type { ValidateFunction } from 'ajv';
import type { Places } from '../spec/document.js';

declare const data: {
  readonly document: object;
  readonly places: Places;
  readonly scenarios: readonly { readonly name: string; readonly scenario: object }[];
  readonly scenarioSchema: object;
  readonly faultsSchema: object;
  readonly validators: Readonly<Record<string, ValidateFunction>>;
  readonly control: object;
  readonly controlValidators: Readonly<Record<string, ValidateFunction>>;
};
export = data;
