// A newcomer's whole walk, from a fresh copy of the project: README and the pages in docs/, word
// for word.
import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { dirname, join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { npmInstall, removeFolders } from '../support/package-consumer.js';
import { runCommand } from '../support/processes.js';
import { beforeAllWithTool, findChromium, installVendorSdk } from '../support/tools.js';
import { arrive, follow, type Place } from './newcomer.js';
import { pages } from './page.js';

/** What the newcomer's project has before Understudy comes: its own test tools. */
const ownTools = [
  'vitest@4.1.12',
  'vite@8',
  'msw@2.15.0',
  'jest@30.5.2',
  'supertest@7.3.2',
  '@playwright/test@1.65.1',
  '@redocly/cli@2.77.0',
];
const pythonTools = ['pytest==9.2.0', 'requests==2.34.2'];

/** What a clone does not have: nothing was installed, built or reported. */
const made = /^(node_modules|dist|dist\..*|generated|coverage|contract-report|\.venv|\.git)(\/|$)/;

async function prepare(): Promise<Place> {
  const chromium = findChromium();
  const python = await installVendorSdk('5.0.0', pythonTools);
  const newcomer = await arrive(made, ownTools, {
    PATH: `${dirname(python)}:${process.env.PATH}`,
    CHROMIUM_PATH: chromium,
    PORT: String(await freePort()),
  });
  await npmInstall(newcomer.clone, []);
  const commit =
    'git init -q && git add -A && git -c user.name=n -c user.email=n@example.com commit -qm all';
  const { code, stderr } = await runCommand('sh', ['-e', '-c', commit], {
    cwd: newcomer.clone,
    withinMs: 60_000,
  });
  if (code !== 0) throw new Error(stderr);
  return newcomer;
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
}

const place = beforeAllWithTool(prepare, 1_200_000);
afterAll(removeFolders);

follow(pages, place);

it('another project can load the package that it has installed from a folder', async () => {
  const load =
    "import('understudy').then(({ createUnderstudy }) => createUnderstudy().fetch('/openapi.json'))";
  expect(await runCommand('node', ['-e', load], { cwd: place().other })).toMatchObject({ code: 0 });
});

it('no server is left behind in CI', async () => {
  const log = readFileSync(join(place().project, 'understudy.log'), 'utf8');
  const { url } = JSON.parse(
    log.split('\n').find((line) => line.includes('"event":"ready"')) ?? '{}',
  );
  await expect(fetch(url)).rejects.toThrow('fetch failed');
});
