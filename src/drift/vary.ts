// Harmless variations: what a server may do without breaking the contract. A judge that objects to
// one has raised a false alarm.
import type { Spec } from '../spec/document.js';
import type { Drift } from './form.js';
import { bodyVariations } from './vary/bodies.js';
import { optionalFieldVariations } from './vary/optional-fields.js';
import { transportVariations } from './vary/transport.js';
import { undocumentedVariations } from './vary/undocumented.js';

export function variations(spec: Spec): readonly Drift[] {
  const all = [...spec.operations.keys()];
  return [
    ...bodyVariations(all),
    ...transportVariations(all),
    ...optionalFieldVariations(all),
    ...undocumentedVariations(spec, all),
  ];
}
