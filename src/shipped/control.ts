// The document of the control plane and its validators, from their files.
import { readPackageFile, requireInPackage } from '../files/package.js';
import { readSpec, type Spec } from '../spec/document.js';
import { type Compiled, type Validators, validatorIn } from '../validation/validators.js';

export function loadControl(): { readonly spec: Spec<string>; readonly validators: Validators } {
  const text = readPackageFile('generated/control.json');
  const compiled = requireInPackage('./generated/control.cjs') as Compiled;
  return {
    spec: readSpec(text, () => 'control/openapi.yaml'),
    validators: (name) => validatorIn(compiled, name),
  };
}
