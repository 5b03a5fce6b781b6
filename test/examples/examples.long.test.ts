// Each example as somebody would run it: the packed package installed, and its own tests.
import { copyFileSync, cpSync, existsSync, readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { dirname, join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { makeFolder, npmInstall, packProject, removeFolders } from '../support/package-consumer.js';
import { projectFolder, runCommand } from '../support/processes.js';
import { beforeAllWithTool, findChromium, installVendorSdk } from '../support/tools.js';

afterAll(removeFolders);

async function freePort(): Promise<string> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return String(port);
}

describe('examples/', () => {
  const home = beforeAllWithTool(async () => {
    const folder = makeFolder('understudy-examples-');
    cpSync(join(projectFolder, 'examples'), folder, {
      recursive: true,
      filter: (file) => !file.includes('node_modules'),
    });
    const { tarball } = await packProject();
    copyFileSync(tarball, join(folder, 'understudy-0.1.0.tgz'));
    return folder;
  }, 300_000);

  async function passes(name: string, command: readonly string[], env = {}): Promise<string> {
    const cwd = join(home(), name);
    await npmInstall(cwd, []);
    expect(existsSync(join(cwd, 'package-lock.json'))).toBe(false);
    const [program = '', ...args] = command;
    const { code, stdout, stderr } = await runCommand(program, args, {
      cwd,
      env: { ...process.env, CI: undefined, ...env },
      withinMs: 240_000,
    });
    expect(code, `${stdout}${stderr}`).toBe(0);
    return stdout;
  }

  it('vitest-msw passes its tests', { timeout: 600_000 }, async () => {
    expect(await passes('vitest-msw', ['npm', 'test'])).toMatch(/3 passed/);
  });

  it('react-playwright builds, and passes its tests', { timeout: 600_000 }, async () => {
    const env = { CHROMIUM_PATH: findChromium(), PORT: await freePort() };
    expect(await passes('react-playwright', ['npm', 'test'], env)).toMatch(/2 passed/);
    await passes('react-playwright', ['npm', 'run', 'build']);
  });

  it('pytest passes its tests, with the versions that it names', { timeout: 600_000 }, async () => {
    const lines = readFileSync(join(home(), 'pytest/requirements.txt'), 'utf8').trim().split('\n');
    const [sdk = '', ...others] = lines;
    const python = await installVendorSdk(sdk.split('==')[1] as string, others);
    const PATH = `${dirname(python)}:${process.env.PATH}`;
    expect(await passes('pytest', [python, '-m', 'pytest', '-q'], { PATH })).toMatch(/3 passed/);
  });
});
