// The validators that `npm run gen` compiled from the shipped document, loaded when the first one
// is asked for.
import { requireInPackage } from '../files/package.js';
import {
  type Compiled,
  faultyValidators,
  type Validators,
  validatorIn,
} from '../validation/validators.js';

let compiled: Compiled | undefined;

/** Those of the shipped document, and `scenario`. */
export const shippedValidators: Validators = (name) => {
  compiled ??= load();
  return validatorIn(compiled, name);
};

function load(): Compiled {
  try {
    return requireInPackage('./generated/validators.cjs') as Compiled;
  } catch (error) {
    throw faultyValidators(`cannot be loaded: ${(error as Error).message.split('\n', 1)[0]}`);
  }
}
