// The GitHub Action and the job for GitLab: their own lines are run in bash, against a server on this
// machine.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { createUnderstudy, type Understudy } from '../../src/index.js';
import { itFirst } from '../support/sample.js';

const root = fileURLToPath(new URL('../../', import.meta.url));
const read = (file: string) => readFileSync(join(root, file), 'utf8');
const folder = mkdtempSync(join(tmpdir(), 'understudy-ci-'));
afterAll(() => rmSync(folder, { recursive: true }));
const open: Understudy[] = [];
afterEach(() => Promise.all(open.splice(0).map((understudy) => understudy.close())));

/** A server, and a project of somebody who checks it. */
async function project(drift?: string) {
  const understudy = createUnderstudy(drift === undefined ? {} : { drift });
  open.push(understudy);
  const { url } = await understudy.listen({ port: 0 });
  const cwd = mkdtempSync(join(folder, 'project-'));
  const callers = `callers: { owner: { api_key: "$\{OWNER_KEY}", user_id: usr_owner1 } }`;
  writeFileSync(
    join(cwd, 'staging.yaml'),
    `base_url: ${url}\n${callers}\nknown: { organization_id: org_xyz789 }\n`,
  );
  return { url, cwd, file: (name: string) => join(cwd, name) };
}

async function bash(script: string, cwd: string, env: Readonly<Record<string, string>>) {
  // As a runner of GitHub calls it.
  const child = spawn('bash', ['--noprofile', '--norc', '-eo', 'pipefail', '-c', script], {
    cwd,
    env: { PATH: process.env.PATH ?? '', OWNER_KEY: 'ak_owner', ...env },
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk) => {
      output += chunk;
    });
  const [code] = await once(child, 'close');
  return { code: code as number, output };
}

interface Step {
  readonly name?: string;
  readonly if?: string;
  readonly uses?: string;
  readonly run?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly with?: Readonly<Record<string, unknown>>;
}
interface Action {
  readonly inputs: Readonly<Record<string, { readonly default: string }>>;
  readonly runs: { readonly using: string; readonly steps: readonly Step[] };
}
const action = parse(read('action.yml')) as Action;

/** What stands in `${{ inputs.… }}`. */
const filled = (text: string, inputs: Readonly<Record<string, string>>): string =>
  text.replace(/\$\{\{ inputs\.([\w-]+) \}\}/g, (whole, name: string) => {
    const input = action.inputs[name];
    if (!input) throw new Error(`${whole} is no input`);
    return inputs[name] ?? input.default;
  });

/** Runs the steps of the action that have a script, up to the first that fails. */
async function act(cwd: string, inputs: Readonly<Record<string, string>>) {
  let output = '';
  for (const { run, env = {} } of action.runs.steps) {
    if (run === undefined) continue;
    const variables = Object.entries(env).map(([name, text]) => [name, filled(text, inputs)]);
    const done = await bash(run, cwd, {
      ...Object.fromEntries(variables),
      GITHUB_ACTIONS: 'true',
      GITHUB_ACTION_PATH: root,
      GITHUB_STEP_SUMMARY: join(cwd, 'step-summary.md'),
    });
    output += done.output;
    if (done.code !== 0) return { code: done.code, output };
  }
  return { code: 0, output };
}

const args = '--include-operation-id=getSpace\n--ask-again=0\n';

describe('the GitHub Action', () => {
  it('passes on an honest server, and writes the summary of the job', async () => {
    const { cwd, file } = await project();
    const { code, output } = await act(cwd, { profile: 'staging.yaml', level: 'smoke', args });
    expect([code, output]).toEqual([0, expect.stringContaining('Passed, exit code 0')]);
    expect(readFileSync(file('step-summary.md'), 'utf8')).toMatch(/^## Passed: /);
    for (const name of ['results.sarif', 'index.html'])
      expect(existsSync(file(`contract-report/${name}`))).toBe(true);
  });

  it('fails on another, with annotations, and takes every input', async () => {
    const { cwd, url, file } = await project('drop:getSpace.200/name');
    writeFileSync(file('known.yaml'), '# nothing yet\n');
    const inputs = {
      url,
      profile: 'staging.yaml',
      level: 'smoke',
      known: 'known.yaml',
      compare: 'before/results.json',
      'allow-writes': 'true',
      'report-dir': 'a report $(touch escaped)',
      args,
    };
    const first = await act(cwd, inputs);
    expect([first.code, first.output]).toEqual([1, expect.stringMatching(/^::error title=/m)]);
    expect(first.output).not.toContain('Compared with');
    mkdirSync(file('before'));
    writeFileSync(file('before/results.json'), read(join(inputs['report-dir'], 'results.json')));
    const second = await act(cwd, inputs);
    expect(second.output).toMatch(/^Since before\/results.json: 0 new, \d+ still there$/m);
    // What an input says is no part of the script.
    expect(existsSync(file('escaped'))).toBe(false);

    function read(name: string) {
      return readFileSync(file(name), 'utf8');
    }
  });

  it('keeps report and SARIF file whatever the result, from the folder that is named', () => {
    const uploads = action.runs.steps.filter(({ uses = '' }) => /upload/.test(uses));
    expect(uploads.map((step) => step.if?.startsWith('always()'))).toEqual([true, true]);
    const named = { 'report-dir': 'elsewhere' };
    const paths = uploads.map((step) =>
      filled(String(step.with?.path ?? step.with?.sarif_file), named),
    );
    expect(paths).toEqual(['elsewhere/results.sarif', 'elsewhere']);
    expect(action.runs.using).toBe('composite');
  });

  it('has the inputs that docs/ci.md lists and its workflow uses', () => {
    const page = read('docs/ci.md');
    const [, table = ''] = /\| input \| default \| \|\n([\s\S]*?)\n\n/.exec(page) ?? [];
    const listed = [...table.matchAll(/^\| `([\w-]+)` \| (?:`([^`]*)`)? ?\|/gm)];
    expect(Object.fromEntries(listed.map(([, name, value = '']) => [name, value]))).toEqual(
      Object.fromEntries(Object.entries(action.inputs).map(([name, one]) => [name, one.default])),
    );
    const [, workflow = ''] = /```yaml\n(name: contract[\s\S]*?)```/.exec(page) ?? [];
    const steps = (parse(workflow) as { jobs: { check: { steps: Step[] } } }).jobs.check.steps;
    const used = Object.keys(steps.find(({ with: inputs }) => inputs)?.with ?? {});
    expect(used.length).toBeGreaterThan(0);
    expect(used.filter((name) => !action.inputs[name])).toEqual([]);
  });
});

describe('the job for GitLab', () => {
  const job = parse(read('docs/ci/gitlab.yml'))['contract-check'] as {
    readonly script: readonly string[];
    readonly variables: Readonly<Record<string, string>>;
    readonly artifacts: { readonly paths: readonly string[]; readonly reports: { junit: string } };
  };

  /** `npx` finds the program that is installed here; nothing need be installed. */
  function shims(): string {
    const bin = mkdtempSync(join(folder, 'bin-'));
    const write = (name: string, text: string): void => {
      writeFileSync(join(bin, name), `#!/bin/sh\n${text}\n`);
      chmodSync(join(bin, name), 0o755);
    };
    write('npm', 'exit 0');
    write('npx', `shift; exec "${process.execPath}" "${join(root, 'dist/cli/main.js')}" "$@"`);
    return `${bin}:${process.env.PATH}`;
  }

  const servers = [
    [undefined, 0],
    ['drop:getSpace.200/name', 1],
  ] as const;
  itFirst(1).each(servers)('checks a server (%s), and ends with %i', async (drift, expected) => {
    const { cwd, file } = await project(drift);
    const flags = `${job.variables.CONTRACT_FLAGS} --include-operation-id getSpace --ask-again 0`;
    const variables = { ...job.variables, CONTRACT_LEVEL: 'smoke', CONTRACT_FLAGS: flags };
    const once = () => bash(job.script.join('\n'), cwd, { ...variables, PATH: shims() });
    const { code, output } = await once();
    expect([code, output]).toEqual([expected, expect.stringContaining(`exit code ${expected}`)]);
    for (const path of [...job.artifacts.paths, job.artifacts.reports.junit])
      expect(existsSync(file(path))).toBe(true);
    // The ledger of the night before has nothing to take away.
    if (expected === 0) expect((await once()).code).toBe(0);
  });
});
