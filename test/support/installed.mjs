// What tests install under .venv/, once. It needs nothing of node_modules/, so that it can be done
// beside `npm install` (scripts/test-tools.mjs).
import { execFile } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { aloneIn } from './alone.mjs';
import { makeVenv, reasonOf } from './venv.mjs';

const root = fileURLToPath(new URL('../../', import.meta.url));
const runFile = promisify(execFile);

const YAML_SERVER = '1.19.2';

/**
 * The Python of a virtual environment that holds this version of the vendor's client, the packages
 * named with it, and otherwise the versions in test/clients/sdk-constraints.txt. Made anew when it is
 * missing, was left half made, or they have changed.
 * @param {string} version
 * @param {readonly string[]} others
 */
export async function vendorSdk(version, others = []) {
  const packages = [`aitronos-sdk==${version}`, ...others];
  const folder = join(root, '.venv', [version, ...others].join('-'));
  const python = join(folder, 'bin/python');
  const constraints = join(root, 'test/clients/sdk-constraints.txt');
  // Written last, so that it stands only in a finished environment.
  const receipt = join(folder, 'installed.txt');
  const wanted = `${packages.join('\n')}\n${readFileSync(constraints, 'utf8')}`;
  try {
    await aloneIn(folder, async () => {
      if (existsSync(receipt) && readFileSync(receipt, 'utf8') === wanted) return;
      await makeVenv(folder, ['--constraint', constraints, ...packages]);
      writeFileSync(receipt, wanted);
    });
  } catch (error) {
    throw new Error(
      `aitronos-sdk ${version} could not be installed into ${folder}: ${reasonOf(error)}\n` +
        '  fix: apt-get install python3-venv, and see that pip reaches a package index.',
    );
  }
  return python;
}

/** The program of the YAML language server. */
export async function yamlLanguageServer() {
  const folder = join(root, '.venv', `yaml-language-server-${YAML_SERVER}`);
  const program = join(folder, 'node_modules/yaml-language-server/bin/yaml-language-server');
  const args = ['--no-save', '--no-package-lock', '--no-audit', '--no-fund', '--prefix', folder];
  try {
    await aloneIn(folder, async () => {
      if (existsSync(program)) return;
      await runFile('npm', ['install', ...args, `yaml-language-server@${YAML_SERVER}`], {
        timeout: 240_000,
      });
    });
  } catch (error) {
    throw new Error(
      `yaml-language-server ${YAML_SERVER} could not be installed: ${reasonOf(error)}`,
    );
  }
  return program;
}
