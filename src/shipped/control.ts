// The document of the control plane and its validators, from their files.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { readSpec, type Spec } from '../spec/document.js';
import { type Compiled, type Validators, validatorIn } from '../validation/validators.js';

export function loadControl(): { readonly spec: Spec<string>; readonly validators: Validators } {
  const text = readFileSync(new URL('../../generated/control.json', import.meta.url), 'utf8');
  const compiled = createRequire(import.meta.url)('../../generated/control.cjs') as Compiled;
  return {
    spec: readSpec(text, () => 'control/openapi.yaml'),
    validators: (name) => validatorIn(compiled, name),
  };
}
