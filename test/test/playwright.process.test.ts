// The fixture in a Playwright of its own, with pages in a real browser: each test is alone, and one
// that fails on purpose has its requests in the report. And MSW's handlers behind a service worker.

import { once } from 'node:events';
import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { chromium } from '@playwright/test';
import { build } from 'esbuild';
import { afterAll, describe, expect, it } from 'vitest';
import { makeProject, removeFolders } from '../support/package-consumer.js';
import { projectFolder, runCommand } from '../support/processes.js';
import { whole } from '../support/sample.js';
import { beforeAllWithTool, findChromium } from '../support/tools.js';

const folder = makeProject('playwright-');
afterAll(removeFolders);
const write = (name: string, text: string) => writeFileSync(join(folder, name), text);

interface Attachment {
  readonly name: string;
  readonly body?: string;
}

interface Result {
  readonly status: string;
  readonly attachments: readonly Attachment[];
  readonly errors: readonly { readonly message: string }[];
}

interface Suite {
  readonly suites?: readonly Suite[];
  readonly specs?: readonly {
    readonly title: string;
    readonly tests: readonly { readonly results: readonly Result[] }[];
  }[];
}

const resultsOf = ({ suites = [], specs = [] }: Suite): [string, Result][] => [
  ...specs.map(({ title, tests }): [string, Result] => [title, tests[0]?.results[0] as Result]),
  ...suites.flatMap(resultsOf),
];

describe('understudy/test/playwright', () => {
  const results = beforeAllWithTool(async () => {
    const executablePath = findChromium();
    write(
      'playwright.config.mjs',
      `export default { workers: 1, outputDir: 'results', reporter: [['json', { outputFile: 'out.json' }]], use: { launchOptions: {
  executablePath: ${JSON.stringify(executablePath)}, args: ['--no-sandbox'] } } };\n`,
    );
    write(
      'spaces.spec.mjs',
      `import { expect, test, understudyTest } from 'understudy/test/playwright';
import { expect as recovered } from 'understudy/test/recovery/playwright';
const attach = (key, api = 'https://api.aitronos.com') =>
  fetch(api + '/v1/spaces/space_abc123/vector-stores/vs_def456', { method: 'POST', headers: { 'X-API-Key': key } })
    .then(({ status }) => status, (error) => error.constructor.name);
const open = async (page) => {
  await page.route('http://app.test/', (route) => route.fulfill({ contentType: 'text/html', body: '<p>app' }));
  await page.goto('http://app.test/');
};
for (const n of [1, 2])
  test('is alone, ' + n, async ({ page, world, understudy }) => {
    await open(page);
    expect([await page.evaluate(attach, 'ak_owner'), await page.evaluate(attach, 'ak_owner')]).toEqual([201, 409]);
    expect(world.journal.length).toBe(2);
    expect(understudy.worlds.list().map(({ name }) => name)).toEqual(['default', world.name]);
  });
test('takes bodies, and knows the other callers and the clock', async ({ page, world }) => {
  await open(page);
  world.advance('2h');
  const made = await page.evaluate(async () => {
    const response = await fetch('https://api.aitronos.com/v1/threads', { method: 'POST',
      headers: { 'X-API-Key': 'ak_viewer', 'Content-Type': 'application/json' },
      body: JSON.stringify({ organization_id: 'org_xyz789', title: 'Þ' }) });
    return response.json();
  });
  expect(made).toMatchObject({ title: 'Þ', user_id: 'usr_viewer1', created_at: '2026-02-26T17:30:00Z' });
  const seen = await world.fetch('/v1/spaces/space_abc123', { headers: world.as('ak_member') });
  expect(seen.status).toBe(403);
});
test.describe('elsewhere', () => {
  test.use({ apiUrl: 'http://elsewhere.test/' });
  test('is another address', async ({ page }) => {
    await open(page);
    const status = await page.evaluate(() => fetch('http://elsewhere.test/v1/capabilities').then(({ status }) => status));
    expect(status).toBe(401);
  });
});
const other = understudyTest({ faults: [{ does: { status: 503 }, when: { operation: 'addVectorStoreToSpace', call: 1 } }, { does: { end: 'reset' }, when: { operation: 'addVectorStoreToSpace' } }] });
other('has other options, and loses a connection', async ({ page }) => {
  await open(page);
  expect([await page.evaluate(attach, 'ak_owner'), await page.evaluate(attach, 'ak_owner')]).toEqual([503, 'TypeError']);
});
const search = () => fetch('https://api.aitronos.com/v1/threads?serch=a', { headers: { 'X-API-Key': 'ak_owner' } }).then(({ status }) => status);
test.describe('linted', () => {
  test.use({ lint: { failOn: 'warning', ignore: ['unread-field'] } });
  test('breaks a rule on purpose', async ({ page }) => {
    await open(page);
    await page.evaluate(search);
  });
});
test('knows what came', async ({ page, world }) => {
  await open(page);
  await page.evaluate((run) => void setTimeout(() => eval(run)('ak_owner'), 50), String(attach));
  await recovered.poll(() => world).toHaveRequested({ case: 'attached' });
  recovered(world).toHaveRecovered({ no_duplicate_writes: true });
});
// Each mock server has a worker and a browser, and new ones after a failure: so that is the last of
// each. Only where there is time is there one more.
other.describe('linted', () => {
  other.use({ lint: { failOn: 'warning' } });
  other('breaks a rule of the lint', async ({ page }) => {
    await open(page);
    await page.evaluate(search);
  });
});
test('breaks on purpose', async ({ page }) => {
  await open(page);
  expect(await page.evaluate(attach, 'ak_viewer')).toBe(201);
});
if (${whole})
  test('breaks before it asks', () => {
    expect(1).toBe(2);
  });
`,
    );
    const cli = join(projectFolder, 'node_modules/@playwright/test/cli.js');
    const { stdout, stderr } = await runCommand(process.execPath, [cli, 'test'], {
      cwd: folder,
      withinMs: 150_000,
    });
    try {
      return new Map(resultsOf(JSON.parse(readFileSync(join(folder, 'out.json'), 'utf8'))));
    } catch (error) {
      throw new Error(`Playwright wrote no report:\n${stdout}${stderr}`, { cause: error });
    }
  }, 180_000);
  const bodyOf = ({ attachments }: Result, name: string) =>
    Buffer.from(attachments.find((one) => one.name === name)?.body ?? '', 'base64').toString();

  it('gives each test a world of its own, which answers its pages', () => {
    const broken = [...results()].filter(([, { status }]) => status !== 'passed');
    expect(broken.map(([title]) => title).sort()).toEqual([
      'breaks a rule of the lint',
      ...(whole ? ['breaks before it asks'] : []),
      'breaks on purpose',
    ]);
    expect(results().size).toBe(whole ? 10 : 9);
  });

  it('fails with what the lint has found, where that is asked for', () => {
    const { errors } = results().get('breaks a rule of the lint') as Result;
    expect(errors.map(({ message }) => message)).toEqual([
      expect.stringMatching(/failOn: 'warning'[\s\S]*unread-field[\s\S]*did you mean search\?/),
    ]);
    expect(
      bodyOf(results().get('breaks a rule of the lint') as Result, 'understudy-requests'),
    ).toMatch(/GET \/v1\/threads\?serch=a → 200/);
  });

  it('attaches what a failed test has asked to its report, and nothing to the others', () => {
    const failed = results().get('breaks on purpose') as Result;
    expect(bodyOf(failed, 'understudy-requests')).toMatch(
      /^Requests of this test \(world breaks-on-purpose-\d+\):\n {2}1 {2}POST \/v1\/spaces\/space_abc123\/vector-stores\/vs_def456 → 403 addVectorStoreToSpace\.edit_access_required, as usr_viewer1$/,
    );
    const [entry] = JSON.parse(bodyOf(failed, 'understudy-journal.json'));
    expect(entry).toMatchObject({ status: 403, user_id: 'usr_viewer1' });
    const failing = ['breaks on purpose', 'breaks a rule of the lint'];
    const others = [...results()].filter(([title]) => !failing.includes(title));
    for (const [title, { attachments }] of others)
      expect([title, attachments.filter(({ name }) => name.startsWith('understudy'))]).toEqual([
        title,
        [],
      ]);
  });
});

describe('understudy/test/msw in a browser', () => {
  const told = beforeAllWithTool(async () => {
    const executablePath = findChromium();
    write(
      'page.mjs',
      `import { setupWorker } from 'msw/browser';
import { createUnderstudy } from 'understudy/fetch';
import { understudyHandlers } from 'understudy/test/msw';
const attach = () => fetch('https://api.aitronos.com/v1/spaces/space_abc123/vector-stores/vs_def456',
  { method: 'POST', headers: { 'X-API-Key': 'ak_owner' } }).then(({ status }) => status);
const worker = setupWorker(...understudyHandlers(createUnderstudy(), { world: 'mine' }));
await worker.start({ quiet: true, onUnhandledRequest: 'bypass' });
document.title = JSON.stringify([await attach(), await attach()]);
`,
    );
    await build({
      entryPoints: [join(folder, 'page.mjs')],
      bundle: true,
      format: 'esm',
      outfile: join(folder, 'page.js'),
      logLevel: 'silent',
    });
    cpSync(
      join(projectFolder, 'node_modules/msw/lib/mockServiceWorker.js'),
      join(folder, 'mockServiceWorker.js'),
    );
    write('index.html', '<!doctype html><script type="module" src="/page.js"></script>');
    const server = createServer(({ url = '' }, response) => {
      const file = url === '/' ? 'index.html' : url.slice(1);
      response.setHeader('content-type', file.endsWith('.js') ? 'text/javascript' : 'text/html');
      if (!['index.html', 'page.js', 'mockServiceWorker.js'].includes(file))
        response.writeHead(404).end();
      else response.end(readFileSync(join(folder, file)));
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const browser = await chromium.launch({ executablePath, args: ['--no-sandbox'] });
    try {
      const page = await browser.newPage();
      await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
      await page.waitForFunction('document.title !== ""', undefined, { timeout: 60_000 });
      return await page.title();
    } finally {
      await browser.close();
      server.close();
    }
  }, 180_000);

  it('answers what the page fetches from a world in the page', () => {
    expect(JSON.parse(told())).toEqual([201, 409]);
  });
});
