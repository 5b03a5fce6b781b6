// A newcomer: README and pages of docs/ followed word for word, from a copy of the project to tests
// in a project of one's own. The blocks of a page are its steps, in order.
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { testedBlocks } from '../acceptance/tested-blocks.js';
import { makeFolder, npmInstall } from '../support/package-consumer.js';
import { createKeeper, type Keeper, projectFolder, runCommand } from '../support/processes.js';
import { type PageStep, pageSteps } from './page.js';

const page = (file: string): string => readFileSync(join(projectFolder, file), 'utf8');

const stepsOf = (pages: readonly string[]): readonly Step[] =>
  pages.flatMap((file) =>
    pageSteps(page(file)).map((step) => ({ ...step, place: `${file}:${step.line}` })),
  );

export type Step = PageStep & { readonly place: string };

/** The test files that steps run one by one, run by the last of these: each start of vitest takes seconds. */
export function testsTogether(steps: readonly Step[]): readonly Step[] {
  const fileOf = (step: Step) =>
    step.kind === 'run' && step.where === 'project'
      ? /^npx vitest run (test\/\S+)$/.exec(step.commands.trim())?.[1]
      : undefined;
  const files = steps.flatMap((step) => fileOf(step) ?? []);
  return steps.flatMap((step) => {
    const file = fileOf(step);
    if (file === undefined) return [step];
    return file === files.at(-1)
      ? [{ ...step, commands: `npx vitest run ${files.join(' ')}` } as Step]
      : [];
  });
}

export interface Place {
  readonly clone: string;
  readonly project: string;
  /** A second project, which has nothing yet. */
  readonly other: string;
  readonly env: Readonly<Record<string, string | undefined>>;
}

// The variables of the vitest that runs this are none of the newcomer's.
const inherited = Object.keys(process.env).filter((name) =>
  /^VITEST|^NODE_ENV$|^NODE_OPTIONS$|^TEST$|^npm_/.test(name),
);
const environment = {
  ...Object.fromEntries(inherited.map((name) => [name, undefined])),
  npm_config_prefer_offline: 'true',
  npm_config_audit: 'false',
  npm_config_fund: 'false',
};

const credentials = { OWNER_KEY: 'ak_owner', VIEWER_KEY: 'ak_viewer', MEMBER_KEY: 'ak_member' };

/**
 * A copy of the project's files, but for those that `leftOut` matches, and beside it a project with
 * these tools of its own.
 */
export async function arrive(
  leftOut: RegExp,
  ownTools: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<Place> {
  const home = makeFolder('understudy-newcomer-');
  const [clone, project, other] = [
    join(home, 'understudy'),
    join(home, 'my-app'),
    join(home, 'other-app'),
  ];
  cpSync(projectFolder, clone, {
    recursive: true,
    preserveTimestamps: true,
    filter: (file) => !leftOut.test(file.slice(projectFolder.length)),
  });
  mkdirSync(project);
  const manifest = {
    name: 'my-app',
    private: true,
    type: 'module',
    scripts: { test: 'vitest run test/contracts.test.ts' },
  };
  writeFileSync(join(project, 'package.json'), JSON.stringify(manifest));
  if (ownTools.length > 0) await npmInstall(project, ['--save-dev', ...ownTools]);
  mkdirSync(other);
  writeFileSync(
    join(other, 'package.json'),
    JSON.stringify({ name: 'other-app', private: true, type: 'module' }),
  );
  return { clone, project, other, env: { ...environment, ...credentials, ...env } };
}

/** Starts a server as a page says, on a free port if it does not say which. */
async function start(keeper: Keeper, { clone, env }: Place, command: string, cwd: string) {
  const readyFile = join(clone, '..', 'ready');
  rmSync(readyFile, { force: true });
  const server = keeper.start('sh', ['-c', `exec ${command}`], {
    cwd,
    env: { ...env, UNDERSTUDY_PORT: '0', UNDERSTUDY_READY_FILE: readyFile },
  });
  return { server, url: await server.until('the ready file', () => readIf(readyFile), 60_000) };
}

/** With what a reader fills in, or has on another port. */
function filledIn(text: string, { clone }: Place, url: string): string {
  const own: Readonly<Record<string, string>> = {
    'https://staging.example.com': url,
    'http://127.0.0.1:4010': url,
    'git+https://YOUR-GIT-HOST/understudy.git#COMMIT': `git+file://${clone}`,
    usr_1: 'usr_owner1',
    usr_2: 'usr_viewer1',
    usr_3: 'usr_member1',
    org_1: 'org_xyz789',
    thrd_1: 'thrd_def456',
  };
  const escaped = Object.keys(own).map((name) => `${name.replace(/[.+]/g, '\\$&')}(?!\\w)`);
  return text.replace(new RegExp(escaped.join('|'), 'g'), (name) => own[name] as string);
}

/** A run against a server takes the same way through one operation as through all. */
const shortened = (commands: string): string =>
  commands.replace('understudy check', 'understudy check --include-operation-id getSpace');

/** The tests of a newcomer who follows README's quick start, and then every step of these pages. */
export function follow(
  pages: readonly string[],
  place: () => Place,
  arranged = (steps: readonly Step[]) => steps,
): void {
  const keeper = createKeeper();

  describe('a newcomer', () => {
    it('follows the quick start', async () => {
      const [quickStart = ''] = /(?<=^```sh\n)[\s\S]*?(?=^```$)/m.exec(page('README.md')) ?? [];
      expect(quickStart).toBe('npm install\nnpm start\n');
      const { clone, env } = place();
      const { server, url } = await start(keeper, place(), 'npm start', clone);
      for (const { line, commands } of testedBlocks(page('README.md'))) {
        const moved = commands.replaceAll('http://127.0.0.1:4010', url);
        const { code, stdout, stderr } = await runCommand('sh', ['-e', '-c', moved], {
          cwd: clone,
          env,
        });
        expect(code, `README.md:${line}\n${stdout}${stderr}`).toBe(0);
      }
      await server.stop();
    });

    const steps = arranged(stepsOf(pages));
    let staging = '';
    let printed = '';

    it('has a server to test', async () => {
      staging = (await start(keeper, place(), 'node dist/cli/main.js serve', place().clone)).url;
    });

    it.each(steps.map((step) => [step.place, step] as const))(
      'follows %s',
      { timeout: 600_000 },
      async (_, step) => {
        const { clone, project, other, env } = place();
        if (step.kind === 'output') {
          expect(printed).toBe(step.text);
          return;
        }
        if (step.kind === 'write') {
          mkdirSync(dirname(join(project, step.file)), { recursive: true });
          writeFileSync(join(project, step.file), filledIn(step.text, place(), staging));
          return;
        }
        const cwd = { clone, project, 'another project': other }[step.where];
        if (step.kind === 'serve') {
          for (const command of step.commands) {
            const { server, url } = await start(keeper, place(), command, cwd);
            expect((await fetch(`${url}/openapi.json`)).status, command).toBe(200);
            await server.stop();
            await expect(fetch(url), command).rejects.toThrow('fetch failed');
          }
          return;
        }
        const commands = shortened(filledIn(step.commands, place(), staging));
        const { code, stdout, stderr } = await runCommand('sh', ['-e', '-c', commands], {
          cwd,
          env,
          withinMs: 580_000,
        });
        expect(code, `${step.place}\n${commands}${stdout}${stderr}`).toBe(0);
        if (commands.includes('scenario lint')) printed = await lintMisspelt(commands, place());
      },
    );
  });
}

/** What docs/scenarios.md shows: the same lint, of its file with two words misspelt. */
async function lintMisspelt(commands: string, { project, env }: Place): Promise<string> {
  const world = join(project, 'my-world.yaml');
  const text = readFileSync(world, 'utf8');
  writeFileSync(
    world,
    text.replace('private', 'privat').replace(/vs_memory(?= # its own)/, 'vs_memori'),
  );
  const { stderr } = await runCommand('sh', ['-c', commands], {
    cwd: project,
    env,
    withinMs: 60_000,
  });
  writeFileSync(world, text);
  return stderr;
}

function readIf(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8').trim() || undefined;
  } catch {
    return undefined;
  }
}
