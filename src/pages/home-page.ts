// `GET /`: what this server is, who may call it and what is in its world; a page for browsers, JSON for programs.
import { type PlainRequest, pathOf } from '../spec/message.js';
import { stateAt } from '../world/nouns/credentials.js';
import type { World } from '../world/world.js';
import { addressOf } from './document-page.js';
import type { Page, Shown } from './shown.js';

/** Rows of a table that are listed; a world may have thousands. */
const LIST_LIMIT = 8;

interface Listed {
  readonly what: string;
  readonly count: number;
  readonly rows: readonly { readonly id: string; readonly name: string }[];
}

interface Home {
  readonly title: string;
  readonly says: string;
  readonly links: readonly { readonly href: string; readonly text: string }[];
  readonly callers: readonly {
    readonly api_key?: string;
    readonly token?: string;
    readonly note: string;
  }[];
  readonly ids: readonly Listed[];
  readonly commands: readonly string[];
}

/** The page, where a request asks for it. */
export function homePage(shown: Shown, request: PlainRequest): Page | undefined {
  const { method, headers } = request;
  if ((method !== 'GET' && method !== 'HEAD') || pathOf(request) !== '/') return undefined;
  const home = describe(shown, addressOf(request));
  const common = { 'cache-control': 'no-store', 'x-content-type-options': 'nosniff' };
  if (!prefersHtml(headers.accept)) {
    return {
      mediaType: 'application/json',
      text: JSON.stringify(asJson(home), null, 2),
      headers: common,
    };
  }
  return {
    mediaType: 'text/html; charset=utf-8',
    text: asHtml(home),
    headers: { ...common, 'content-security-policy': policy, 'referrer-policy': 'no-referrer' },
  };
}

function describe({ document, world, toYaml, hasConsole }: Shown, base: string): Home {
  const title = titleOf(document());
  const links = [
    ...(hasConsole ? [{ href: `${base}/__admin/`, text: 'Console: requests, state, worlds' }] : []),
    { href: `${base}/openapi.json`, text: 'OpenAPI document, JSON' },
    ...(toYaml ? [{ href: `${base}/openapi.yaml`, text: 'OpenAPI document, YAML' }] : []),
  ];
  if (!world) {
    const says =
      'Understudy serves this document. Every operation in it is answered from its examples or its schemas.';
    return {
      title,
      says,
      links,
      callers: [],
      ids: [],
      commands: [`curl ${quoted(`${base}/openapi.json`)}`],
    };
  }
  const says =
    'A mock server with real state: what you create is there, and errors come for a reason. It ends with the process.';
  return {
    title,
    says,
    links,
    callers: callersOf(world),
    ids: idsOf(world),
    commands: commandsFor(world, base),
  };
}

const titles = new Map<string, string>();

function titleOf(document: string): string {
  const title = titles.get(document) ?? String(JSON.parse(document).info?.title ?? 'An API');
  titles.set(document, title);
  return title;
}

/** A key and a token with the same user and note are one caller's. */
function callersOf(world: World): Home['callers'] {
  const callers = new Map<string, { api_key?: string; token?: string; note: string }>();
  for (const { id, kind, user_id, state, note, expires_at } of world.credentials.all()) {
    const key = JSON.stringify([user_id, state, note, expires_at]);
    callers.set(key, { ...callers.get(key), note: note ?? state, [kind]: id });
  }
  return [...callers.values()];
}

function idsOf(world: World): readonly Listed[] {
  const list = (
    what: string,
    rows: readonly { id: string; name?: string | null; title?: string | null }[],
  ): Listed => ({
    what,
    count: rows.length,
    rows: rows
      .slice(0, LIST_LIMIT)
      .map(({ id, name, title }) => ({ id, name: name ?? title ?? '' })),
  });
  return [
    list('Organizations', world.organizations.all()),
    list('Users', world.users.all()),
    list(
      'Spaces',
      world.spaces.all().filter(({ deleted_at }) => !deleted_at),
    ),
    list('Threads', world.threads.all()),
    list('Vector stores', world.vectorStores.all()),
    list('Knowledge slices', world.slices.all()),
  ].filter(({ count }) => count > 0);
}

function commandsFor(world: World, base: string): readonly string[] {
  const key = world.credentials
    .all()
    .find((one) => one.kind === 'api_key' && stateAt(one, world.clock.now()) === 'active');
  const user = world.users.all().find(({ id }) => id === key?.user_id);
  if (!key || !user) return [`curl ${quoted(`${base}/openapi.json`)}`];
  const call = `curl -H ${quoted(`X-API-Key: ${key.id}`)}`;
  const space = world.spaces
    .all()
    .find((row) => row.organization_id === user.organization_id && !row.deleted_at);
  const read = `${base}/v1/spaces/${encodeURIComponent(space?.id ?? 'space_none')}`;
  const body = JSON.stringify({ organization_id: user.organization_id, name: 'My space' });
  return [
    `${call} ${quoted(read)}`,
    `${call} -H 'Content-Type: application/json' -d ${quoted(body)} ${quoted(`${base}/v1/spaces/`)}`,
    `${call} -H 'Prefer: code=429' ${quoted(read)}`,
  ];
}

/** One word of a shell, whatever stands in it. */
const quoted = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`;

function asJson({ title, says, links, callers, ids, commands }: Home): object {
  const listed = ids.map(({ what, rows }) => [
    what.toLowerCase().replaceAll(' ', '_'),
    rows.map(({ id }) => id),
  ]);
  return {
    title,
    about: says,
    links: links.map(({ href }) => href),
    callers,
    ids: Object.fromEntries(listed),
    commands,
  };
}

/** A browser names text/html; whoever takes anything is a program. */
function prefersHtml(accept = ''): boolean {
  const weightOf = (type: string): number => {
    const range = accept
      .split(',')
      .find((part) => part.split(';', 1)[0]?.trim().toLowerCase() === type);
    return range === undefined ? 0 : Number(/;\s*q=([\d.]+)/i.exec(range)?.[1] ?? 1);
  };
  return weightOf('text/html') > 0 && weightOf('text/html') >= weightOf('application/json');
}

const style = `
:root { color-scheme: light dark; --line: light-dark(#d9dce1, #3a3f47); --soft: light-dark(#f4f5f7, #22262c); }
body { font: 16px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem; }
h1 { font-size: 1.6rem; margin-bottom: 0; }
h2 { font-size: 1.1rem; margin: 2rem 0 .5rem; }
code, pre { font: .875rem/1.5 ui-monospace, monospace; }
pre { background: var(--soft); border: 1px solid var(--line); border-radius: 6px; padding: .6rem .8rem; margin: .5rem 0; white-space: pre-wrap; overflow-wrap: anywhere; }
table { border-collapse: collapse; width: 100%; }
th, td { border-bottom: 1px solid var(--line); padding: .3rem 1rem .3rem 0; text-align: left; vertical-align: top; overflow-wrap: anywhere; }
ul { margin: .3rem 0; padding-left: 1.2rem; }
.ids { display: grid; grid-template-columns: repeat(auto-fill, minmax(17rem, 1fr)); gap: 0 1.5rem; }
.ids h3 { font-size: 1rem; margin: .8rem 0 0; }
`;

/** Of the style above, base64; a test holds it. */
const STYLE_SHA256 = 'xsRGIxzZzLDCBeoeD1m6F2VTFTwjnYu/pvQ9tJWZ3xM=';

/** Nothing is loaded, run, sent or framed; the one style is known by its hash. */
const policy = [
  "default-src 'none'",
  `style-src 'sha256-${STYLE_SHA256}'`,
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

function asHtml({ title, says, links, callers, ids, commands }: Home): string {
  const section = (name: string, content: string): string =>
    content === '' ? '' : `<h2>${name}</h2>\n${content}\n`;
  const caller = ({ api_key = '', token = '', note }: Home['callers'][number]): string =>
    `<tr><td><code>${asText(api_key)}</code></td><td><code>${asText(token)}</code></td><td>${asText(note)}</td></tr>`;
  const table = `<table>
<tr><th>X-API-Key</th><th>Authorization: Bearer</th><th>Who</th></tr>
${callers.map(caller).join('\n')}
</table>`;
  const list = ({ what, count, rows }: Listed): string => {
    const items = rows
      .map(({ id, name }) => `<li><code>${asText(id)}</code> ${asText(name)}</li>`)
      .join('\n');
    const more = count > rows.length ? `<li>and ${count - rows.length} more</li>` : '';
    return `<div><h3>${what}</h3>\n<ul>\n${items}${more}</ul></div>`;
  };
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Understudy: ${asText(title)}</title>
<style>${style}</style>
</head>
<body>
<h1>Understudy</h1>
<p><strong>${asText(title)}</strong></p>
<p>${asText(says)}</p>
<ul>${links.map(({ href, text }) => `<li><a href="${asText(href)}">${asText(text)}</a></li>`).join('')}</ul>
${section('Try it', commands.map((command) => `<pre>${asText(command)}</pre>`).join('\n'))}
${section('Callers', callers.length > 0 ? table : '')}
${section('What is in it now', ids.length > 0 ? `<div class="ids">${ids.map(list).join('\n')}</div>` : '')}
</body>
</html>
`;
}

const asText = (text: string): string =>
  text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
