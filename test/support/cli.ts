// The command line, in this process or as the built program that a user starts.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { Writable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { runCommandLine } from '../../src/cli/command-line.js';
import type { Io } from '../../src/cli/io.js';

const root = fileURLToPath(new URL('../../', import.meta.url));
const program = `${root}dist/cli/main.js`;

export interface Finished {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Running {
  readonly process: ChildProcess;
  readonly stdout: () => string;
  /** Resolves when the pattern has appeared on stdout; rejects when the program ends first. */
  saw(pattern: RegExp): Promise<RegExpMatchArray>;
  readonly finished: Promise<Finished>;
}

type Environment = Readonly<Record<string, string>>;

/**
 * Runs a command in this process: the same code as the program's, without the seconds that each
 * start takes. Whatever a process has of its own (its end, its signals, who reads its streams, the
 * variables of flags) takes `runBuilt` or `start`.
 */
export async function run(args: readonly string[], env: Environment = {}): Promise<Finished> {
  const flags = Object.keys(env).filter(
    (name) => name.startsWith('UNDERSTUDY_') && name !== 'UNDERSTUDY_ALLOW_WRITES',
  );
  if (flags.length > 0)
    throw new Error(`${flags} is read from the process itself; start the built program instead.`);
  const printed = { stdout: '', stderr: '' };
  const io: Io = { stdout: into('stdout'), stderr: into('stderr'), env };
  const failure = await runCommandLine(args, io);
  return { code: failure ?? Number(io.exitCode ?? 0), ...printed };

  function into(name: keyof typeof printed): Writable {
    return new Writable({
      write: (chunk, _encoding, done) => {
        printed[name] += chunk;
        done();
      },
    });
  }
}

export function start(args: readonly string[], env: Environment = {}): Running {
  const child = spawn(process.execPath, [program, ...args], {
    cwd: root,
    env: { PATH: process.env.PATH ?? '', ...env },
  });
  let stdout = '';
  let stderr = '';
  const listeners = new Set<() => void>();
  child.stdout.on('data', (chunk) => {
    stdout += chunk;
    for (const listener of listeners) listener();
  });
  child.stderr.on('data', (chunk) => {
    stderr += chunk;
  });
  const finished = once(child, 'close').then(([code]) => ({
    code: code as number | null,
    stdout,
    stderr,
  }));
  return {
    process: child,
    stdout: () => stdout,
    finished,
    saw: (pattern) =>
      new Promise((resolve, reject) => {
        const look = (): void => {
          const match = stdout.match(pattern);
          if (match) resolve(match);
        };
        listeners.add(look);
        look();
        finished.then(({ code }) =>
          reject(new Error(`ended with ${code} before ${pattern}:\n${stdout}${stderr}`)),
        );
      }),
  };
}

/** Runs the built program from outside, as a user does. */
export const runBuilt = (args: readonly string[], env?: Environment): Promise<Finished> =>
  start(args, env).finished;
