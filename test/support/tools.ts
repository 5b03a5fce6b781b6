// Programs from outside the project that some tests need: found, or installed where a test may.
// Whoever lacks one reads which, why, and how to get it.
import { execFile } from 'node:child_process';
import { accessSync, constants, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { beforeAll, beforeEach } from 'vitest';
import { aloneIn } from './alone.mjs';

const root = fileURLToPath(new URL('../../', import.meta.url));
const runFile = promisify(execFile);

/** A tool is neither here nor can it be brought here. */
export class MissingTool extends Error {
  override readonly name = 'MissingTool';
}

/**
 * Does what needs a tool, once, before the tests of the surrounding `describe`, and returns a way
 * to the result. Without the tool these tests fail in CI, where it has to be, and are skipped
 * elsewhere; both say why.
 */
export function beforeAllWithTool<Result>(
  prepare: () => Promise<Result>,
  withinMs: number,
): () => Result {
  let outcome: { readonly result: Result } | { readonly missing: MissingTool } | undefined;
  beforeAll(async () => {
    try {
      outcome = { result: await prepare() };
    } catch (error) {
      if (!(error instanceof MissingTool) || process.env.CI) throw error;
      outcome = { missing: error };
      console.warn(`Skipped: ${error.message}`);
    }
  }, withinMs);
  beforeEach(({ skip }) => {
    if (outcome && 'missing' in outcome) skip(outcome.missing.message);
  });
  return () => {
    if (!outcome || 'missing' in outcome) throw new Error('Asked for before it was prepared.');
    return outcome.result;
  };
}

/** The path of a Chromium, or of a browser that takes the same options. */
export function findChromium(): string {
  const names = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];
  const found = (process.env.PATH ?? '')
    .split(delimiter)
    .flatMap((folder) => names.map((name) => join(folder, name)))
    .find(isExecutable);
  if (found === undefined) {
    throw new MissingTool(
      `No Chromium: none of ${names.join(', ')} is on the PATH. fix: apt-get install chromium`,
    );
  }
  return found;
}

/**
 * The Python of a virtual environment that holds this version of the vendor's client, the packages
 * named with it, and otherwise the versions in test/clients/sdk-constraints.txt. Made anew under
 * .venv/ when it is missing, was left half made, or they have changed.
 */
export async function installVendorSdk(
  version: string,
  others: readonly string[] = [],
): Promise<string> {
  const packages = [`aitronos-sdk==${version}`, ...others];
  const folder = join(root, '.venv', [version, ...others].join('-'));
  const python = join(folder, 'bin/python');
  const constraints = join(root, 'test/clients/sdk-constraints.txt');
  // Written last, so that it stands only in a finished environment.
  const receipt = join(folder, 'installed.txt');
  const wanted = `${packages.join('\n')}\n${readFileSync(constraints, 'utf8')}`;
  const pip = [
    '-m',
    'pip',
    'install',
    '--quiet',
    '--disable-pip-version-check',
    '--only-binary=:all:',
    '--no-compile',
  ];
  try {
    await aloneIn(folder, async () => {
      if (existsSync(receipt) && readFileSync(receipt, 'utf8') === wanted) return;
      await runFile('python3', ['-m', 'venv', '--clear', folder], { timeout: 60_000 });
      await runFile(python, [...pip, '--constraint', constraints, ...packages], {
        timeout: 240_000,
      });
      writeFileSync(receipt, wanted);
    });
  } catch (error) {
    throw new MissingTool(
      `aitronos-sdk ${version} could not be installed into ${folder}: ${reasonOf(error)}\n` +
        '  fix: apt-get install python3-venv, and see that pip reaches a package index.',
    );
  }
  return python;
}

function reasonOf(error: unknown): string {
  const {
    message,
    stdout = '',
    stderr = '',
  } = error as Error & { stdout?: string; stderr?: string };
  // venv explains itself on stdout, pip on stderr.
  const printed = `${stdout}${stderr}`.trim();
  return (printed || message).split('\n').slice(-5).join('\n');
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
