// Schemathesis as a program: brought here and run. test/oracles/schemathesis.test.ts uses the same.
import { cpSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { runProgram } from '../children.mjs';

const folder = fileURLToPath(new URL('../../.venv/schemathesis', import.meta.url));
const support = (file) => fileURLToPath(new URL(`../../test/support/${file}`, import.meta.url));
const pinned = readFileSync(support('oracle-schemathesis.txt'), 'utf8').match(/^\w\S*==\S+$/gm);

export const stVersion = pinned.find((line) => line.startsWith('schemathesis==')).slice('schemathesis=='.length);

/**
 * The path of `st`, in an environment with the versions of oracle-schemathesis.txt. Made under .venv/ when it is missing; rejects
 * when it cannot be made, and says what it needs.
 * @returns {Promise<string>}
 */
export async function installSt() {
  const python = join(folder, 'bin/python');
  if (await holds(python)) return join(folder, 'bin/st');
  const pip = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '--only-binary=:all:', '--no-deps'];
  const steps = [
    { command: 'python3', args: ['-m', 'venv', '--clear', folder], withinMs: 60_000 },
    { command: python, args: [...pip, '--requirement', support('oracle-schemathesis.txt')], withinMs: 240_000 },
  ];
  for (const { command, args, withinMs } of steps) {
    const said = await runProgram(command, args, { withinMs }).then(
      ({ code, output }) => (code === 0 ? undefined : output),
      ({ message }) => message,
    );
    if (said === undefined) continue;
    throw new Error(
      `Schemathesis could not be installed into ${folder}: ${said.trim().split('\n').slice(-5).join('\n')}\n` +
        '  fix: Python 3.10 or newer with venv (apt-get install python3-venv), and pip reaching a package index.',
    );
  }
  if (!(await holds(python))) throw new Error(`${folder} does not hold what oracle-schemathesis.txt asks for.`);
  return join(folder, 'bin/st');
}

/** Also tells an environment that was left half made. */
async function holds(python) {
  const ask = 'import importlib.metadata as m, schemathesis\nfor d in m.distributions(): print(f"{d.name}=={d.version}")';
  const plain = (line) => line.toLowerCase().replaceAll('_', '-');
  try {
    const { output } = await runProgram(python, ['-c', ask], { withinMs: 60_000 });
    const installed = new Set(output.split('\n').map(plain));
    return pinned.every((line) => installed.has(plain(line)));
  } catch {
    return false; // there is no such Python
  }
}

/**
 * Runs `st run` with oracle-schemathesis.toml and gives both of its reports. Rejects when it could not run to its end; what it found
 * is no reason to. Its surroundings are the same everywhere: Hypothesis, for one, draws otherwise when it sees that it is in CI.
 * @param {string} st
 * @param {{ document: string, url: string, options?: readonly string[], withinMs: number }} run
 * @returns {Promise<{ summary: unknown, events: readonly unknown[] }>} `--report json`, and every event of `--report ndjson`
 */
export async function runSt(st, { document, url, options = [], withinMs }) {
  const cwd = mkdtempSync(join(tmpdir(), 'schemathesis-'));
  try {
    for (const file of ['oracle-schemathesis.toml', 'oracle-schemathesis-callers.yaml'])
      cpSync(support(file), join(cwd, basename(file)));
    const reports = ['--report', 'json,ndjson', '--report-json-path', 'report.json', '--report-ndjson-path', 'report.ndjson'];
    const config = ['--config-file', 'oracle-schemathesis.toml'];
    const args = [...config, 'run', document, '--url', url, '--no-color', ...reports, ...options];
    const env = { PATH: process.env.PATH ?? '', HOME: cwd, LANG: 'C.UTF-8', PYTHONHASHSEED: '0' };
    const { code, output } = await runProgram(st, args, { cwd, env, withinMs });
    // 1 says that something was found, which the report says too.
    if (code !== 0 && code !== 1) throw new Error(`st run ended with ${code}:\n${output.slice(-2000)}`);
    const read = (file) => readFileSync(join(cwd, file), 'utf8');
    const events = read('report.ndjson').split('\n').filter(Boolean);
    return { summary: JSON.parse(read('report.json')), events: events.map((line) => JSON.parse(line)) };
  } finally {
    rmSync(cwd, { recursive: true, force: true });
  }
}
