// A newcomer's walk: README and the pages in docs/, word for word, from a fresh copy of the project to tests in a project of
// one's own. The blocks of a page are its steps, in order.
import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { dirname, join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { testedBlocks } from '../acceptance/tested-blocks.js';
import { makeFolder, npmInstall, removeFolders } from '../support/package-consumer.js';
import { createKeeper, projectFolder, runCommand } from '../support/processes.js';
import { beforeAllWithTool, findChromium, installVendorSdk } from '../support/tools.js';
import { pageSteps, type RunStep, unmarkedBlocks } from './page.js';

/** What the newcomer's project has before Understudy comes: its own test tools. */
const ownTools = ['vitest@4.1.12', 'vite@8', 'msw@2.15.0', 'jest@30.5.2', 'supertest@7.3.2', '@playwright/test@1.65.1'];
const pythonTools = ['pytest==9.2.0', 'requests==2.34.2'];
const pages = ['README.md', 'docs/scenarios.md', 'docs/check.md', 'docs/testing.md'];

const page = (file: string): string => readFileSync(join(projectFolder, file), 'utf8');
const steps = pages.flatMap((file) => pageSteps(page(file)).map((step) => ({ ...step, place: `${file}:${step.line}` })));
const [quickStart = ''] = /(?<=^```sh\n)[\s\S]*?(?=^```$)/m.exec(page('README.md')) ?? [];

// The variables of the vitest that runs this are none of the newcomer's.
const inherited = Object.keys(process.env).filter((name) => /^VITEST|^NODE_ENV$|^NODE_OPTIONS$|^TEST$|^npm_/.test(name));
const environment = {
  ...Object.fromEntries(inherited.map((name) => [name, undefined])),
  npm_config_prefer_offline: 'true',
  npm_config_audit: 'false',
  npm_config_fund: 'false',
};

interface Place {
  readonly clone: string;
  readonly project: string;
  readonly env: Readonly<Record<string, string | undefined>>;
}

async function prepare(): Promise<Place> {
  const chromium = findChromium();
  const python = await installVendorSdk('5.0.0', pythonTools);
  const home = makeFolder('understudy-newcomer-');
  const [clone, project] = [join(home, 'understudy'), join(home, 'my-app')];
  // What a clone has: nothing that was installed, built or reported.
  const made = /^(node_modules|dist|dist\..*|generated|coverage|contract-report|\.venv|\.git)(\/|$)/;
  cpSync(projectFolder, clone, {
    recursive: true,
    filter: (file) => !made.test(file.slice(projectFolder.length)),
  });
  mkdirSync(project);
  const manifest = { name: 'my-app', private: true, type: 'module', scripts: { test: 'vitest run test/contracts.test.ts' } };
  writeFileSync(join(project, 'package.json'), JSON.stringify(manifest));
  await npmInstall(project, ['--save-dev', '--prefer-offline', ...ownTools]);
  await npmInstall(clone, ['--prefer-offline']);
  const env = {
    ...environment,
    PATH: `${dirname(python)}:${process.env.PATH}`,
    CHROMIUM_PATH: chromium,
    PORT: String(await freePort()),
  };
  return { clone, project, env };
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
}

describe('a newcomer', () => {
  const keeper = createKeeper();
  const place = beforeAllWithTool(prepare, 1_200_000);
  afterAll(removeFolders);

  it('follows the quick start', async () => {
    expect(quickStart).toBe('npm install\nnpm start\n');
    const { clone, env } = place();
    const readyFile = join(clone, '..', 'ready');
    const server = keeper.start('npm', ['start'], {
      cwd: clone,
      env: { ...env, UNDERSTUDY_PORT: '0', UNDERSTUDY_READY_FILE: readyFile },
    });
    const url = await server.until('the ready file', () => readIf(readyFile), 60_000);
    for (const { line, commands } of testedBlocks(page('README.md'))) {
      const moved = commands.replaceAll('http://127.0.0.1:4010', url);
      const { code, stdout, stderr } = await runCommand('sh', ['-e', '-c', moved], { cwd: clone, env });
      expect(code, `README.md:${line}\n${stdout}${stderr}`).toBe(0);
    }
    await server.stop();
  });

  it.each(steps.map((step) => [step.place, step] as const))('follows %s', { timeout: 240_000 }, async (_, step) => {
    const { clone, project, env } = place();
    if (step.kind === 'write') {
      mkdirSync(dirname(join(project, step.file)), { recursive: true });
      writeFileSync(join(project, step.file), step.text);
      return;
    }
    const cwd = step.where === 'clone' ? clone : project;
    const { code, stdout, stderr } = await runCommand('sh', ['-e', '-c', step.commands], { cwd, env, withinMs: 220_000 });
    expect(code, `${step.place}\n${step.commands}${stdout}${stderr}`).toBe(0);
  });

  it('leaves no server behind in CI', async () => {
    const log = readFileSync(join(place().project, 'understudy.log'), 'utf8');
    const { url } = JSON.parse(log.split('\n').find((line) => line.includes('"event":"ready"')) ?? '{}');
    await expect(fetch(url)).rejects.toThrow('fetch failed');
  });
});

describe('the pages', () => {
  it('docs/testing.md has no block that is not followed', () => {
    expect(unmarkedBlocks(page('docs/testing.md'))).toEqual([]);
  });

  it('the workflow for CI runs what is followed here', () => {
    const [workflow] = steps.filter((step) => step.kind === 'write' && step.file === '.github/workflows/test.yaml');
    const { jobs } = parse((workflow as { text: string }).text);
    const commands = jobs.test.steps.flatMap(({ run }: { run?: string }) => run ?? []);
    const followed = steps.filter((step) => step.kind === 'run').map((step) => (step as RunStep).commands.trim());
    expect(commands.filter((command: string) => !followed.includes(command))).toEqual(['npm ci']);
  });
});

function readIf(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8').trim() || undefined;
  } catch {
    return undefined;
  }
}
