// The document itself, at `/openapi.json` and `/openapi.yaml`.
import { stringify } from 'yaml';
import type { Spec } from '../spec/document.js';
import type { PlainRequest } from '../spec/message.js';

export interface Page {
  readonly mediaType: string;
  readonly text: string;
}

export function documentPage(spec: Spec, { method, target }: PlainRequest): Page | undefined {
  if (method !== 'GET' && method !== 'HEAD') return undefined;
  if (target === '/openapi.json') return { mediaType: 'application/json', text: spec.text };
  if (target === '/openapi.yaml') return { mediaType: 'application/yaml', text: documentAsYaml(spec) };
  return undefined;
}

export function documentAsYaml(spec: Spec): string {
  return stringify(JSON.parse(spec.text), { aliasDuplicateObjects: false, lineWidth: 0 });
}
