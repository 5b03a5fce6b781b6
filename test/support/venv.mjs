// Virtual environments of Python. Needs nothing of node_modules/.
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';

const runFile = promisify(execFile);

/**
 * Makes one anew in a folder, with what pip installs by these arguments: wheels alone, so that nothing is
 * compiled. Rejects with what venv or pip has said.
 * @param {string} folder
 * @param {readonly string[]} wanted
 */
export async function makeVenv(folder, wanted) {
  const pip = [
    '-m',
    'pip',
    'install',
    '--quiet',
    '--disable-pip-version-check',
    '--only-binary=:all:',
    '--no-compile',
  ];
  await runFile('python3', ['-m', 'venv', '--clear', folder], { timeout: 180_000 });
  await runFile(join(folder, 'bin/python'), [...pip, ...wanted], { timeout: 240_000 });
}

/**
 * The end of what a program has printed, or why it did not start.
 * @param {Error & { stdout?: string, stderr?: string }} error
 */
export function reasonOf({ message, stdout = '', stderr = '' }) {
  // venv explains itself on stdout, pip on stderr.
  const printed = `${stdout}${stderr}`.trim();
  return (printed || message).split('\n').slice(-5).join('\n');
}
