// Programs that tests run: started, waited for, and always stopped. Whoever waits here polls,
// within a bound.
import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll } from 'vitest';

/** The project's own folder. */
export const projectFolder = fileURLToPath(new URL('../..', import.meta.url));

export interface ProcessOptions {
  /** Default: the project's folder. */
  readonly cwd?: string;
  /** Added to this process's own environment; undefined takes a variable away. */
  readonly env?: Readonly<Record<string, string | undefined>>;
}

interface Exit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

export interface Finished extends Exit {
  readonly stdout: string;
  readonly stderr: string;
}

interface Running {
  /** What it has printed so far. */
  readonly stdout: string;
  readonly stderr: string;
  /**
   * Resolves when it has ended and all its output has arrived; rejects when it could not be
   * started.
   */
  readonly ended: Promise<Exit>;
  /**
   * Polls until the probe finds something. Throws, with its output, when it ends first or the time
   * is over.
   */
  until<Found>(what: string, probe: () => Found | undefined, withinMs?: number): Promise<Found>;
  /** Asks it to end, with SIGTERM unless told otherwise, and after five seconds makes it. */
  stop(signal?: NodeJS.Signals): Promise<Exit>;
}

/**
 * Runs a program to its end. Rejects when it cannot be started, or takes longer than `withinMs`.
 */
export async function runCommand(
  command: string,
  args: readonly string[],
  {
    input = '',
    withinMs = 20_000,
    ...options
  }: ProcessOptions & { readonly input?: string; readonly withinMs?: number } = {},
): Promise<Finished> {
  const { child, running } = launch(command, args, options);
  // A program that does not read its input may be gone before it is written; its exit code says
  // what there is to say.
  child.stdin.on('error', () => {});
  child.stdin.end(input);
  const late = Symbol('late');
  const exit = await within(withinMs, running.ended, late);
  if (exit === late) {
    await running.stop('SIGKILL');
    throw new Error(
      `${commandLine(command, args)} did not end within ${withinMs} ms.${told(running)}`,
    );
  }
  return { ...exit, stdout: running.stdout, stderr: running.stderr };
}

interface BuiltServer {
  readonly url: string;
  readonly process: Running;
}

export interface Keeper {
  start(command: string, args: readonly string[], options?: ProcessOptions): Running;
  /**
   * Starts `understudy serve` from the built CLI on a free port and on virtual time, and waits
   * until it answers.
   */
  serve(flags?: readonly string[]): Promise<BuiltServer>;
}

/** Whatever a keeper starts is stopped after the tests of the file or `describe` that made it. */
export function createKeeper(): Keeper {
  const kept = new Set<Running>();
  const folders: string[] = [];
  afterAll(async () => {
    await Promise.all([...kept].map((running) => running.stop()));
    for (const folder of folders) rmSync(folder, { recursive: true, force: true });
  });
  const start: Keeper['start'] = (command, args, options = {}) => {
    const { child, running } = launch(command, args, options);
    child.stdin.end();
    kept.add(running);
    return running;
  };
  return {
    start,
    serve: async (flags = []) => {
      const cli = join(projectFolder, 'dist/cli/main.js');
      if (!existsSync(cli)) throw new Error(`${cli} is not there; run \`npm run build\`.`);
      const folder = mkdtempSync(join(tmpdir(), 'understudy-'));
      folders.push(folder);
      const readyFile = join(folder, 'ready');
      const args = [
        cli,
        'serve',
        '--port',
        '0',
        '--clock',
        'virtual',
        '--ready-file',
        readyFile,
        ...flags,
      ];
      const process = start(globalThis.process.execPath, args);
      const url = await process.until('the ready file', () =>
        existsSync(readyFile) ? readFileSync(readyFile, 'utf8').trim() : undefined,
      );
      return { url, process };
    },
  };
}

interface Launched {
  readonly child: ChildProcessWithoutNullStreams;
  readonly running: Running;
}

function launch(
  command: string,
  args: readonly string[],
  { cwd = projectFolder, env = {} }: ProcessOptions,
): Launched {
  // A group of its own, so that what it starts ends with it.
  const child = spawn(command, args, {
    cwd,
    env: { ...cleanEnvironment(), ...env },
    detached: true,
  });
  const printed = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const) {
    child[name].setEncoding('utf8').on('data', (text: string) => {
      printed[name] += text;
    });
  }
  let exit: Exit | undefined;
  let failure: Error | undefined;
  const ended = new Promise<Exit>((resolve, reject) => {
    child.once('error', (error) => {
      failure = error;
      reject(error);
    });
    child.once('close', (code, signal) => {
      exit = { code, signal };
      resolve(exit);
    });
  });
  ended.catch(() => {}); // whoever waits hears of it; nobody has to
  const killNow = () => endGroup(child, 'SIGKILL');
  process.once('exit', killNow);
  child.once('close', () => process.off('exit', killNow));

  const running: Running = {
    get stdout() {
      return printed.stdout;
    },
    get stderr() {
      return printed.stderr;
    },
    ended,
    until: async (what, probe, withinMs = 20_000) => {
      const deadline = performance.now() + withinMs;
      for (;;) {
        const found = probe();
        if (found !== undefined) return found;
        const line = commandLine(command, args);
        if (failure) throw failure;
        if (exit)
          throw new Error(
            `${line} ended with ${exit.signal ?? exit.code} before ${what}.${told(running)}`,
          );
        if (performance.now() > deadline)
          throw new Error(`${line}: waited ${withinMs} ms for ${what}.${told(running)}`);
        await new Promise((resolve) => setTimeout(resolve, 10));
      }
    },
    stop: async (signal = 'SIGTERM') => {
      if (failure) return { code: null, signal: null };
      endGroup(child, signal);
      const late = Symbol('late');
      if ((await within(5_000, ended, late)) === late) endGroup(child, 'SIGKILL');
      return ended;
    },
  };
  return { child, running };
}

/**
 * This process's environment, without what would change how the programs behave or send requests
 * elsewhere.
 */
function cleanEnvironment(): NodeJS.ProcessEnv {
  const own = Object.entries(process.env).filter(([name]) => !name.startsWith('UNDERSTUDY_'));
  return { ...Object.fromEntries(own), NO_PROXY: '*', no_proxy: '*' };
}

function endGroup(child: ChildProcessWithoutNullStreams, signal: NodeJS.Signals): void {
  if (child.pid === undefined) return;
  try {
    process.kill(-child.pid, signal);
  } catch {
    // Already gone.
  }
}

async function within<Value, Late>(
  milliseconds: number,
  promise: Promise<Value>,
  late: Late,
): Promise<Value | Late> {
  let timer: NodeJS.Timeout | undefined;
  const bound = new Promise<Late>((resolve) => {
    timer = setTimeout(() => resolve(late), milliseconds);
  });
  try {
    return await Promise.race([promise, bound]);
  } finally {
    clearTimeout(timer);
  }
}

const commandLine = (command: string, args: readonly string[]): string =>
  [command, ...args].join(' ');

function told({ stdout, stderr }: Pick<Finished, 'stdout' | 'stderr'>): string {
  return `\n--- stdout\n${stdout}\n--- stderr\n${stderr}`;
}
