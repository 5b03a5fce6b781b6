// The document itself, at `/openapi.json` and `/openapi.yaml`.
import type { PlainRequest } from '../spec/message.js';
import { stringifyYaml } from '../spec/yaml-file.js';

export interface Page {
  readonly mediaType: string;
  readonly text: string;
}

export function documentPage(document: string, { method, target }: PlainRequest): Page | undefined {
  if (method !== 'GET' && method !== 'HEAD') return undefined;
  const [path] = target.split('?', 1);
  if (path === '/openapi.json') return { mediaType: 'application/json', text: document };
  if (path === '/openapi.yaml') return { mediaType: 'application/yaml', text: documentAsYaml(document) };
  return undefined;
}

const yaml = new Map<string, string>();

/** Made once: a whole document takes a tenth of a second. */
export function documentAsYaml(document: string): string {
  const known = yaml.get(document) ?? stringifyYaml(JSON.parse(document));
  yaml.set(document, known);
  return known;
}
