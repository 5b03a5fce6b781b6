// Schemathesis as a program: brought here and run. test/oracles/ uses the same.
import {
  closeSync,
  cpSync,
  existsSync,
  fstatSync,
  mkdtempSync,
  openSync,
  readFileSync,
  readSync,
  rmSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { aloneIn } from '../../test/support/alone.mjs';
import { makeVenv, reasonOf } from '../../test/support/venv.mjs';
import { runProgram, startProgram } from '../children.mjs';

const folder = fileURLToPath(new URL('../../.venv/schemathesis', import.meta.url));
const support = (file) => fileURLToPath(new URL(`../../test/support/${file}`, import.meta.url));
const pinned = readFileSync(support('oracle-schemathesis.txt'), 'utf8').match(/^\w\S*==\S+$/gm);

export const schemathesisVersion = pinned
  .find((line) => line.startsWith('schemathesis=='))
  .slice('schemathesis=='.length);

/**
 * The path of `st`, in an environment with the versions of oracle-schemathesis.txt. Made under
 * .venv/ when it is missing; rejects when it cannot be made, and says what it needs.
 * @returns {Promise<string>}
 */
export function installSchemathesis() {
  return aloneIn(folder, async () => {
    if (!(await holds(join(folder, 'bin/python')))) await install();
    return join(folder, 'bin/st');
  });
}

async function install() {
  try {
    await makeVenv(folder, ['--no-deps', '--requirement', support('oracle-schemathesis.txt')]);
  } catch (error) {
    throw new Error(
      `Schemathesis could not be installed into ${folder}: ${reasonOf(error)}\n` +
        '  fix: Python 3.10 or newer with venv (apt-get install python3-venv), and pip reaching a package index.',
    );
  }
  if (!(await holds(join(folder, 'bin/python'))))
    throw new Error(`${folder} does not hold what oracle-schemathesis.txt asks for.`);
}

/** Also tells an environment that was left half made. */
async function holds(python) {
  const ask =
    'import importlib.metadata as m, schemathesis\nfor d in m.distributions(): print(f"{d.name}=={d.version}")';
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
 * Runs `st run` to its end with oracle-schemathesis.toml and gives both of its reports; see
 * `followSchemathesis`.
 * @param {string} st
 * @param {StRun} run
 * @returns {Promise<{ summary: unknown, events: readonly unknown[] }>} `--report json`, and every event of `--report ndjson`
 */
export async function runToEnd(st, run) {
  const events = [];
  const following = followSchemathesis(st, run);
  for (;;) {
    const { done, value } = await following.next();
    if (done) return { summary: value, events };
    events.push(value);
  }
}

/**
 * Runs `st run` with oracle-schemathesis.toml, or another `config` beside it, yields the events of `--report ndjson` as they are
 * written, and returns the whole of
 * `--report json`. Whoever stops asking ends the run. Throws when it could not run to its end; what it found is no reason to. Its
 * surroundings are the same everywhere: Hypothesis, for one, draws otherwise when it sees that it
 * is in CI.
 * @typedef {{ document: string, url: string, options?: readonly string[], withinMs: number, config?: string }} StRun
 * @param {string} st
 * @param {StRun} run
 * @returns {AsyncGenerator<unknown, unknown>}
 */
export async function* followSchemathesis(
  st,
  { document, url, options = [], withinMs, config: configFile = 'oracle-schemathesis.toml' },
) {
  const cwd = mkdtempSync(join(tmpdir(), 'schemathesis-'));
  for (const file of [configFile, 'oracle-schemathesis-callers.yaml'])
    cpSync(support(file), join(cwd, basename(file)));
  const reports = [
    '--report',
    'json,ndjson',
    '--report-json-path',
    'report.json',
    '--report-ndjson-path',
    'report.ndjson',
  ];
  const config = ['--config-file', configFile];
  const args = [...config, 'run', document, '--url', url, '--no-color', ...reports, ...options];
  const env = { PATH: process.env.PATH ?? '', HOME: cwd, LANG: 'C.UTF-8', PYTHONHASHSEED: '0' };
  const program = startProgram(st, args, { cwd, env });
  const late = setTimeout(program.stop, withinMs);
  try {
    yield* linesOf(join(cwd, 'report.ndjson'), program.ended);
    const code = await program.ended;
    // 1 says that something was found, which the report says too.
    if (code !== 0 && code !== 1)
      throw new Error(
        `st run ended with ${code ?? `a signal; it may take ${withinMs} ms`}:\n${program.output().slice(-2000)}`,
      );
    return JSON.parse(readFileSync(join(cwd, 'report.json'), 'utf8'));
  } finally {
    clearTimeout(late);
    await program.stop();
    rmSync(cwd, { recursive: true, force: true });
  }
}

/** The lines of JSON of a file that is being written, until whoever writes it has ended. */
async function* linesOf(file, ended) {
  let over = false;
  const end = () => {
    over = true;
  };
  ended.then(end, end);
  for (let read = 0; ; ) {
    const last = over; // what is written from here on is read next time
    const bytes = readFrom(file, read);
    const whole = bytes.subarray(0, bytes.lastIndexOf(10) + 1);
    read += whole.length;
    for (const line of whole.toString().split('\n').filter(Boolean)) yield JSON.parse(line);
    if (last) return;
    await sleep(100);
  }
}

function readFrom(file, offset) {
  if (!existsSync(file)) return Buffer.alloc(0);
  const open = openSync(file, 'r');
  try {
    const bytes = Buffer.alloc(fstatSync(open).size - offset);
    return bytes.subarray(0, readSync(open, bytes, 0, bytes.length, offset));
  } finally {
    closeSync(open);
  }
}
