// Schemathesis: brought here, run against a server, and its report read as data.
import { execFile } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { MissingTool } from './tools.js';

const root = fileURLToPath(new URL('../../', import.meta.url));
const runFile = promisify(execFile);
const support = (file: string): string => join(root, 'test/support', file);

/** What Schemathesis says against one answer. */
export interface Finding {
  /** Its short code, such as `ST202`. */
  readonly code: string;
  readonly title: string;
  readonly operation: string;
  /** The case that answered, without the operation; none when the answer names no case. */
  readonly case?: string;
  /** `error.details.message` of the answer. */
  readonly detail?: string;
  readonly status?: number;
  readonly request: string;
}

export interface OracleRun {
  /** Its own summary of the run. */
  readonly summary: Summary;
  readonly findings: readonly Finding[];
  /** The checks that were applied to at least one answer. */
  readonly checks: ReadonlySet<string>;
  /** `operation.status` of all answers. */
  readonly answered: ReadonlySet<string>;
}

/** The part of `--report json` that is read here. */
export interface Summary {
  readonly schemathesis_version: string;
  readonly stop_reason: string;
  readonly complete: boolean;
  readonly operations: { readonly total: number; readonly tested: number; readonly errored: number; readonly skipped: number };
  readonly phases: Readonly<Record<string, { readonly status: string; readonly skip_reason: string | null }>>;
  readonly test_cases: { readonly generated: number; readonly errored: number };
  readonly errors: readonly unknown[];
  readonly warnings: Readonly<Record<string, readonly unknown[]>>;
}

/** The part of an event of `--report ndjson` that is read here: one scenario with all its exchanges. */
interface Event {
  readonly ScenarioFinished?: { readonly recorder: Recorder };
}
interface Recorder {
  readonly checks?: Readonly<Record<string, readonly Check[]>>;
  readonly interactions?: Readonly<Record<string, Interaction>>;
}
interface Check {
  readonly name: string;
  readonly status: string;
  readonly failure_info?: { readonly failure: { readonly code: string; readonly title: string; readonly operation: string } };
}
interface Interaction {
  readonly request: { readonly method: string; readonly uri: string };
  readonly response?: {
    readonly status_code: number;
    readonly headers: Readonly<Record<string, readonly string[]>>;
    readonly content?: { readonly $base64: string } | null;
  } | null;
}

/** The path of `st`, in an environment with the versions of oracle-schemathesis.txt. Made under .venv/ when it is missing. */
export async function installSchemathesis(): Promise<string> {
  const folder = join(root, '.venv/schemathesis');
  const python = join(folder, 'bin/python');
  const pinned = readFileSync(support('oracle-schemathesis.txt'), 'utf8').match(/^\w\S*==\S+$/gm) as string[];
  if (await holds(python, pinned)) return join(folder, 'bin/st');
  const pip = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '--only-binary=:all:', '--no-deps'];
  try {
    await runFile('python3', ['-m', 'venv', '--clear', folder], { timeout: 60_000 });
    await runFile(python, [...pip, '--requirement', support('oracle-schemathesis.txt')], { timeout: 240_000 });
  } catch (error) {
    const { message, stdout = '', stderr = '' } = error as Error & { stdout?: string; stderr?: string };
    throw new MissingTool(
      `Schemathesis could not be installed into ${folder}: ${`${stdout}${stderr}`.trim().split('\n').slice(-5).join('\n') || message}\n` +
        '  fix: Python 3.10 or newer with venv (apt-get install python3-venv), and pip reaching a package index.',
    );
  }
  if (!(await holds(python, pinned))) throw new MissingTool(`${folder} does not hold what oracle-schemathesis.txt asks for.`);
  return join(folder, 'bin/st');
}

/** Also tells an environment that was left half made. */
async function holds(python: string, pinned: readonly string[]): Promise<boolean> {
  const ask = 'import importlib.metadata as m, schemathesis\nfor d in m.distributions(): print(f"{d.name}=={d.version}")';
  const plain = (line: string): string => line.toLowerCase().replaceAll('_', '-');
  return runFile(python, ['-c', ask], { timeout: 60_000 }).then(
    ({ stdout }) => {
      const installed = new Set(stdout.split('\n').map(plain));
      return pinned.every((line) => installed.has(plain(line)));
    },
    () => false,
  );
}

/**
 * Runs `st run` with oracle-schemathesis.toml. Throws when it could not run to its end; what it found is no reason to.
 * Its surroundings are the same everywhere: Hypothesis, for one, draws otherwise when it sees that it is in CI.
 */
export async function runSchemathesis(
  st: string,
  document: string,
  url: string,
  options: readonly string[],
  withinMs: number,
): Promise<OracleRun> {
  const folder = mkdtempSync(join(tmpdir(), 'schemathesis-'));
  try {
    for (const file of ['oracle-schemathesis.toml', 'oracle-schemathesis-callers.yaml'])
      cpSync(support(file), join(folder, basename(file)));
    const reports = ['--report', 'json,ndjson', '--report-json-path', 'report.json', '--report-ndjson-path', 'report.ndjson'];
    const args = [
      '--config-file',
      'oracle-schemathesis.toml',
      'run',
      document,
      '--url',
      url,
      '--no-color',
      ...reports,
      ...options,
    ];
    const env = { PATH: process.env.PATH ?? '', HOME: folder, LANG: 'C.UTF-8', PYTHONHASHSEED: '0' };
    const { code, output } = await runFile(st, args, { cwd: folder, env, timeout: withinMs, maxBuffer: 64 * 1024 * 1024 }).then(
      ({ stdout, stderr }) => ({ code: 0, output: stdout + stderr }),
      (error) => ({ code: error.killed ? 'no time left' : error.code, output: `${error.stdout}${error.stderr}` }),
    );
    // 1 says that something was found, which the report says too.
    if (code !== 0 && code !== 1) throw new Error(`st run ended with ${code}:\n${output.slice(-2000)}`);
    return readReports(join(folder, 'report.json'), join(folder, 'report.ndjson'));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function readReports(json: string, ndjson: string): OracleRun {
  const findings: Finding[] = [];
  const checks = new Set<string>();
  const answered = new Set<string>();
  for (const line of readFileSync(ndjson, 'utf8').split('\n')) {
    const recorder = line === '' ? undefined : (JSON.parse(line) as Event).ScenarioFinished?.recorder;
    for (const [id, interaction] of Object.entries(recorder?.interactions ?? {})) {
      const [operation, name] = (interaction.response?.headers['x-understudy-case']?.[0] ?? '').split('.');
      if (operation && name) answered.add(`${operation}.${interaction.response?.status_code}`);
      for (const check of recorder?.checks?.[id] ?? []) {
        checks.add(check.name);
        if (check.failure_info) findings.push(toFinding(check.failure_info.failure, interaction, name));
      }
    }
  }
  return { summary: JSON.parse(readFileSync(json, 'utf8')) as Summary, findings, checks, answered };
}

function toFinding(
  { code, title, operation }: NonNullable<Check['failure_info']>['failure'],
  { request, response }: Interaction,
  name: string | undefined,
): Finding {
  const detail = detailOf(response?.content?.$base64);
  return {
    code,
    title,
    operation,
    ...(name ? { case: name } : {}),
    ...(detail ? { detail } : {}),
    ...(response ? { status: response.status_code } : {}),
    request: `${request.method} ${request.uri}`,
  };
}

function detailOf(base64: string | undefined): string | undefined {
  try {
    return JSON.parse(Buffer.from(base64 ?? '', 'base64').toString()).error.details.message;
  } catch {
    return undefined;
  }
}
