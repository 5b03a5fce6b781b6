// What data.cjs holds, as types.
import type { ValidateFunction } from 'ajv';

declare const data: {
  readonly document: object;
  readonly places: Readonly<Record<string, string>>;
  readonly scenarios: readonly { readonly name: string; readonly scenario: object }[];
  readonly scenarioSchema: object;
  readonly faultsSchema: object;
  readonly validators: Readonly<Record<string, ValidateFunction>>;
  readonly control: object;
  readonly controlValidators: Readonly<Record<string, ValidateFunction>>;
};
export = data;
