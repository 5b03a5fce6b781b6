// The document itself, at `/openapi.json` and `/openapi.yaml`. As it is served, it names this server first.

import { isNode, lookUp, methods, referenceOf } from '../openapi/shape.js';
import type { PlainRequest } from '../spec/message.js';
import { stringifyYaml } from '../spec/yaml-file.js';

export interface Page {
  readonly mediaType: string;
  readonly text: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Whether a target is one of ours, which tell their readers where they are. */
export const isPage = (target: string): boolean => /^\/(openapi\.(json|yaml))?(\?|$)/.test(target);

export function documentPage(document: string, request: PlainRequest): Page | undefined {
  const { method, target } = request;
  if (method !== 'GET' && method !== 'HEAD') return undefined;
  const [path] = target.split('?', 1);
  if (path === '/openapi.json') return { mediaType: 'application/json', text: served(document, addressOf(request)).json };
  // Browsers show every text/… and would save an application/yaml.
  if (path === '/openapi.yaml')
    return { mediaType: 'text/yaml; charset=utf-8', text: served(document, addressOf(request)).yaml() };
  return undefined;
}

/** Stands for the address of this server in texts that are made once. */
const HERE = 'http://this-server.invalid';
const [HOST, SCHEME, MOUNT] = ['host.this-server.invalid', 'scheme.this-server.invalid', 'mount.this-server.invalid'];

const pages = new Map<string, { readonly json: string; readonly yaml: string | undefined }>();

function served(document: string, base: string): { readonly json: string; readonly yaml: () => string } {
  const known = pages.get(document) ?? { json: JSON.stringify(namingThisServer(JSON.parse(document)), null, 2), yaml: undefined };
  pages.set(document, known);
  const { protocol, host, pathname } = new URL(base || 'http://localhost');
  const parts = { [HERE]: base || '/', [HOST]: host, [SCHEME]: protocol.slice(0, -1), [MOUNT]: pathname };
  const named = (text: string): string =>
    Object.entries(parts).reduce((made, [placeholder, part]) => made.replaceAll(placeholder, () => part), text);
  return {
    json: named(known.json),
    yaml: () => {
      // A whole document takes a tenth of a second.
      const yaml = known.yaml ?? stringifyYaml(JSON.parse(known.json));
      pages.set(document, { ...known, yaml });
      return named(yaml);
    },
  };
}

/** Where the client reaches this server; nothing where that is not known, or is no plain address. */
export const addressOf = ({ base = '' }: PlainRequest): string => (isAddress(base) ? base : '');

/** What needs no escape in JSON and no quotes in YAML. */
const isAddress = (text: string): boolean => URL.canParse(text) && /^https?:\/\/[\w.:[\]-]+[\w./~%@!$&()*+;=:-]*$/.test(text);

/** What may have a list of servers, and what is below it. */
type Served = Record<string, unknown> & { servers?: readonly unknown[] };

/** Every list of servers starts with this one: a page that tries a call out must not send it to the vendor. */
function namingThisServer(document: Served): object {
  // OpenAPI 2.0 has one server, in three fields.
  if ('swagger' in document) return { ...document, host: HOST, schemes: [SCHEME], basePath: MOUNT };
  const { paths, components } = document as { paths?: unknown; components?: { pathItems?: unknown } };
  const items = [paths, components?.pathItems].flatMap((map) => (isNode(map) ? Object.values(map) : []));
  const found = items.flatMap((item) => [item, behind(document, item)]);
  const operations = found.flatMap((item) => (isNode(item) ? methods.map((method) => item[method]) : []));
  document.servers ??= [];
  for (const node of new Set([document, ...found, ...operations] as Served[]))
    if (isNode(node) && Array.isArray(node.servers)) node.servers = [{ url: HERE, description: 'This server.' }, ...node.servers];
  return document;
}

const behind = (document: Served, item: unknown): unknown => {
  const reference = referenceOf(item);
  return reference === undefined ? item : lookUp(document, reference);
};

/** The document as it stands in the package. */
export function documentAsYaml(document: string): string {
  return stringifyYaml(JSON.parse(document));
}
