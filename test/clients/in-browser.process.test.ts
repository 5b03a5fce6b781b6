// `understudy/fetch` as a page gets it: the built package, bundled for browsers, in a real browser.
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { gzipSync } from 'node:zlib';
import { afterAll, describe, expect, it } from 'vitest';
import { createBrowsers } from '../support/browser.js';
import { makeFolder, removeFolders } from '../support/package-consumer.js';
import { projectFolder, runCommand } from '../support/processes.js';
import { beforeAllWithTool, findChromium } from '../support/tools.js';

const { browse } = createBrowsers();
afterAll(removeFolders);

const page = `
import { createUnderstudy } from 'understudy/fetch';

const { fetch: call } = createUnderstudy();
const headers = { 'X-API-Key': 'ak_owner' };
const attach = ['/v1/spaces/space_abc123/vector-stores/vs_def456', { method: 'POST', headers }];
const nameless = JSON.stringify({ organization_id: 'org_xyz789' });
const answers = [];
for (const [path, init] of [
  ['/v1/spaces/space_abc123', { headers }],
  attach,
  attach,
  ['/v1/spaces/', { method: 'POST', headers: { ...headers, 'Content-Type': 'application/json' }, body: nameless }],
]) {
  const response = await call(path, init);
  answers.push({ status: response.status, case: response.headers.get('x-understudy-case'), body: await response.json() });
}
await fetch('/answers', { method: 'POST', body: JSON.stringify(answers) });
`;

interface Answered {
  readonly status: number;
  readonly case: string;
  // biome-ignore lint/suspicious/noExplicitAny: tests look into bodies of every shape.
  readonly body: any;
}

/** Bundles the page as its author would. Fails where something is imported that no browser has. */
async function bundled(): Promise<{ readonly script: string; readonly inputs: readonly string[] }> {
  const folder = makeFolder('understudy-bundle-');
  const [script, list] = [join(folder, 'page.js'), join(folder, 'inputs.json')];
  const esbuild = join(projectFolder, 'node_modules/.bin/esbuild');
  const flags = [
    '--bundle',
    '--minify',
    '--format=esm',
    '--platform=browser',
    '--log-level=warning',
  ];
  // In the project's folder the package finds itself by its name, as where it is installed.
  const args = [...flags, `--outfile=${script}`, `--metafile=${list}`];
  const { code, stderr } = await runCommand(esbuild, args, { input: page, withinMs: 60_000 });
  expect([code, stderr]).toEqual([0, '']);
  const { inputs } = JSON.parse(readFileSync(list, 'utf8')) as { inputs: object };
  return { script: readFileSync(script, 'utf8'), inputs: Object.keys(inputs) };
}

async function visit(script: string): Promise<readonly Answered[]> {
  const chromium = findChromium();
  let answers: readonly Answered[] | undefined;
  const server = createServer(async (request, response) => {
    if (request.url === '/answers') answers = JSON.parse(await text(request));
    if (request.url === '/page.js')
      response.setHeader('content-type', 'text/javascript; charset=utf-8').end(script);
    else
      response
        .setHeader('content-type', 'text/html')
        .end('<!doctype html><script type="module" src="/page.js"></script>');
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  try {
    return await browse(
      chromium,
      `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
      () => answers,
    );
  } finally {
    server.close().closeAllConnections();
  }
}

describe('the bundle of a page that uses understudy/fetch', () => {
  const page = beforeAllWithTool(bundled, 60_000);

  it('holds our files, and of other packages only what validators need', () => {
    const packages = page().inputs.flatMap(
      (file) => /node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(file)?.[1] ?? [],
    );
    expect([...new Set(packages)].sort()).toEqual(['ajv', 'ajv-formats']);
    expect(page().inputs.filter((file) => file.includes('node_modules')).length).toBeLessThan(5);
    expect(page().inputs).toEqual(
      expect.arrayContaining(['dist/fetch.js', 'generated/document.json']),
    );
  });

  it('is as large as the docs say', () => {
    const [, minified, gzipped] =
      /(\d+) kB minified, (\d+) kB with gzip/.exec(readFileSync('docs/testing.md', 'utf8')) ?? [];
    const { script } = page();
    expect(script.length / 1000).toBeLessThan(Number(minified));
    expect(gzipSync(script).length / 1000).toBeLessThan(Number(gzipped));
  });

  describe('in Chromium', () => {
    const answers = beforeAllWithTool(async () => visit((await bundled()).script), 90_000);

    it('reads, creates, refuses by state and refuses what is malformed', () => {
      expect(answers()).toMatchObject([
        { status: 200, case: 'getSpace.retrieved', body: { id: 'space_abc123' } },
        {
          status: 201,
          case: 'addVectorStoreToSpace.attached',
          body: { success: true, vector_store_id: 'vs_def456' },
        },
        {
          status: 409,
          case: 'addVectorStoreToSpace.already_attached',
          body: { error: { code: 'RESOURCE_ALREADY_EXISTS' } },
        },
        { status: 422, body: { error: { details: { field: 'name' } } } },
      ]);
    });
  });
});
