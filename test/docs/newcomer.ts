// A newcomer: README and pages of docs/ followed word for word, from a copy of the project to tests in a project of one's own.
// The blocks of a page are its steps, in order.
import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { testedBlocks } from '../acceptance/tested-blocks.js';
import { makeFolder, npmInstall } from '../support/package-consumer.js';
import { createKeeper, projectFolder, runCommand } from '../support/processes.js';
import { pageSteps } from './page.js';

const page = (file: string): string => readFileSync(join(projectFolder, file), 'utf8');

const stepsOf = (pages: readonly string[]) =>
  pages.flatMap((file) => pageSteps(page(file)).map((step) => ({ ...step, place: `${file}:${step.line}` })));

export interface Place {
  readonly clone: string;
  readonly project: string;
  readonly env: Readonly<Record<string, string | undefined>>;
}

// The variables of the vitest that runs this are none of the newcomer's.
const inherited = Object.keys(process.env).filter((name) => /^VITEST|^NODE_ENV$|^NODE_OPTIONS$|^TEST$|^npm_/.test(name));
const environment = {
  ...Object.fromEntries(inherited.map((name) => [name, undefined])),
  npm_config_prefer_offline: 'true',
  npm_config_audit: 'false',
  npm_config_fund: 'false',
};

/** A copy of the project's files, but for those that `leftOut` matches, and beside it a project with these tools of its own. */
export async function arrive(
  leftOut: RegExp,
  ownTools: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<Place> {
  const home = makeFolder('understudy-newcomer-');
  const [clone, project] = [join(home, 'understudy'), join(home, 'my-app')];
  cpSync(projectFolder, clone, {
    recursive: true,
    preserveTimestamps: true,
    filter: (file) => !leftOut.test(file.slice(projectFolder.length)),
  });
  mkdirSync(project);
  const manifest = { name: 'my-app', private: true, type: 'module', scripts: { test: 'vitest run test/contracts.test.ts' } };
  writeFileSync(join(project, 'package.json'), JSON.stringify(manifest));
  await npmInstall(project, ['--save-dev', '--prefer-offline', ...ownTools]);
  return { clone, project, env: { ...environment, ...env } };
}

/** The tests of a newcomer who follows README's quick start, and then every step of these pages. */
export function follow(pages: readonly string[], place: () => Place): void {
  const keeper = createKeeper();

  describe('a newcomer', () => {
    it('follows the quick start', async () => {
      const [quickStart = ''] = /(?<=^```sh\n)[\s\S]*?(?=^```$)/m.exec(page('README.md')) ?? [];
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

    const steps = stepsOf(pages);
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
  });
}

function readIf(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8').trim() || undefined;
  } catch {
    return undefined;
  }
}
