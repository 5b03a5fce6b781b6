// Programs of other people, started and waited for; none outlives the run.
import { spawn } from 'node:child_process';

const running = new Set();
process.once('exit', () => {
  for (const child of running) child.kill('SIGKILL');
});

/**
 * Starts a program whose output is read; `output()` is all of it so far, `stop()` ends it. `ended`
 * resolves with its exit code, null after a signal, and rejects when the program cannot be started.
 * @param {string} command
 * @param {readonly string[]} args
 * @param {{ cwd?: string, env?: NodeJS.ProcessEnv }} [options]
 */
export function startProgram(command, args, { cwd, env } = {}) {
  const child = spawn(command, args, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] });
  running.add(child);
  let text = '';
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (chunk) => {
      text += chunk;
    });
  const ended = new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  }).finally(() => running.delete(child));
  ended.catch(() => {}); // whoever waits hears of it
  const stop = async () => {
    child.kill('SIGKILL');
    await ended.catch(() => {});
  };
  return { ended, output: () => text, stop };
}

/** Runs a program to its end. Rejects when it cannot be started or takes longer than `withinMs`. */
export async function runProgram(command, args, { withinMs, ...options }) {
  const { ended, output, stop } = startProgram(command, args, options);
  const late = setTimeout(stop, withinMs);
  const code = await ended.finally(() => clearTimeout(late));
  if (code === null)
    throw new Error(
      `${command} ${args.join(' ')} was ended; it may take ${withinMs} ms.\n${output().slice(-2000)}`,
    );
  return { code, output: output() };
}
