// The document itself, at `/openapi.json` and `/openapi.yaml`. As it is served, it names this
// server first.
import { isNode, lookUp, methods, referenceOf } from '../openapi/shape.js';
import { type PlainRequest, pathOf } from '../spec/message.js';
import type { Page, Shown } from './shown.js';

/** Whether a target is one of ours, in any world, which tell their readers where they are. */
export const isPage = (target: string): boolean =>
  /^(?:\/w\/[^/?]+(?=[/?]|$))?(?:\/|(?=\?|$))(openapi\.(json|yaml))?(\?|$)/.test(target);

export function documentPage({ document, toYaml }: Shown, request: PlainRequest): Page | undefined {
  const { method } = request;
  if (method !== 'GET' && method !== 'HEAD') return undefined;
  const path = pathOf(request);
  const base = addressOf(request);
  if (path === '/openapi.json')
    return { mediaType: 'application/json', text: naming(base, asJson(document())) };
  // Browsers show every text/… and would save an application/yaml.
  if (path === '/openapi.yaml' && toYaml)
    return {
      mediaType: 'text/yaml; charset=utf-8',
      text: naming(base, asYaml(document(), toYaml)),
    };
  return undefined;
}

/** Stands for the address of this server in texts that are made once. */
const HERE = 'http://this-server.invalid';
const [HOST, SCHEME, MOUNT] = [
  'host.this-server.invalid',
  'scheme.this-server.invalid',
  'mount.this-server.invalid',
];

/** A whole document takes a tenth of a second, so each is written once. */
const json = new Map<string, string>();
const yaml = new Map<string, string>();

const asJson = (document: string): string =>
  once(json, document, () => JSON.stringify(namingThisServer(JSON.parse(document)), null, 2));

const asYaml = (document: string, toYaml: (value: unknown) => string): string =>
  once(yaml, document, () => toYaml(JSON.parse(asJson(document))));

function once(made: Map<string, string>, document: string, make: () => string): string {
  const text = made.get(document) ?? make();
  made.set(document, text);
  return text;
}

/** The text with the address of this server where it belongs. */
function naming(base: string, text: string): string {
  const { protocol, host, pathname } = new URL(base || 'http://localhost');
  const parts = {
    [HERE]: base || '/',
    [HOST]: host,
    [SCHEME]: protocol.slice(0, -1),
    [MOUNT]: pathname,
  };
  return Object.entries(parts).reduce(
    (named, [placeholder, part]) => named.replaceAll(placeholder, () => part),
    text,
  );
}

/**
 * Where the client reaches this server; nothing where that is not known, or is no plain address.
 */
export const addressOf = ({ base = '' }: PlainRequest): string => (isAddress(base) ? base : '');

/** What needs no escape in JSON and no quotes in YAML. */
const isAddress = (text: string): boolean =>
  URL.canParse(text) && /^https?:\/\/[\w.:[\]-]+[\w./~%@!$&()*+;=:-]*$/.test(text);

/** What may have a list of servers, and what is below it. */
type Served = Record<string, unknown> & { servers?: readonly unknown[] };

/**
 * Every list of servers starts with this one: a page that tries a call out must not send it to the
 * vendor.
 */
function namingThisServer(document: Served): object {
  // OpenAPI 2.0 has one server, in three fields.
  if ('swagger' in document) return { ...document, host: HOST, schemes: [SCHEME], basePath: MOUNT };
  const { paths, components } = document as {
    paths?: unknown;
    components?: { pathItems?: unknown };
  };
  const items = [paths, components?.pathItems].flatMap((map) =>
    isNode(map) ? Object.values(map) : [],
  );
  const found = items.flatMap((item) => [item, behind(document, item)]);
  const operations = found.flatMap((item) =>
    isNode(item) ? methods.map((method) => item[method]) : [],
  );
  document.servers ??= [];
  for (const node of new Set([document, ...found, ...operations] as Served[]))
    if (isNode(node) && Array.isArray(node.servers))
      node.servers = [{ url: HERE, description: 'This server.' }, ...node.servers];
  return document;
}

const behind = (document: Served, item: unknown): unknown => {
  const reference = referenceOf(item);
  return reference === undefined ? item : lookUp(document, reference);
};
