// `understudy exec -- npm test`: a mock server for as long as a command runs.
import { type ChildProcess, spawn } from 'node:child_process';
import { constants } from 'node:os';
import { Command } from 'commander';
import type { Server } from '../http/server.js';
import type { Scenario } from '../scenario/scenario.js';
import { endingSignals } from '../spec/exit-code.js';
import { UsageError } from '../spec/failure.js';
import { type FlagValues, withFlags } from './flags.js';
import type { Io } from './io.js';

export function execCommand(io: Io): Command {
  const command = new Command('exec')
    .description('run a command beside a mock server on a free port, and end with its exit code')
    .argument('<command...>', 'what to run, behind --')
    .passThroughOptions()
    .addHelpText(
      'after',
      `
The command finds the server in AITRONOS_BASE_URL, and the credentials of the scenario's first
caller in FREDDY_API_KEY and ACCESS_TOKEN. With --lint it ends with 1 where the command has ended with 0
and the lint fails, and with 3 where no request came.`,
    );
  return withFlags(command, 'exec').action((words: readonly string[], flags: FlagValues<'exec'>) =>
    exec(words, flags, io),
  );
}

async function exec(
  [command = '', ...args]: readonly string[],
  flags: FlagValues<'exec'>,
  io: Io,
): Promise<void> {
  if (flags.lint) (await import('./lint-report.js')).checkIgnored(flags);
  const { createServer } = await import('../http/server.js');
  const server = createServer({
    scenario: flags.scenario,
    seed: flags.seed,
    clock: flags.clock,
    ...(flags.lint ? { keepRequests: flags.keepRequests } : {}),
  });
  const { url } = await server.listen({ port: 0 });
  try {
    const env = { ...process.env, ...io.env, ...environmentOf(url, server.scenario) };
    // A script of npm is no program on Windows; a shell finds it there.
    const shell = process.platform === 'win32';
    const code = await ended(spawn(command, args, { stdio: 'inherit', env, shell }), command);
    const lint = flags.lint ? await lintAfter(server, flags, io) : 0;
    io.exitCode = code || lint;
  } finally {
    await server.close();
  }
}

/** Says what the requests of the command tell of it, whatever it ended with. */
async function lintAfter(
  { fetch }: Server,
  flags: FlagValues<'exec'>,
  { stdout }: Io,
): Promise<number> {
  const [{ ControlClient }, { endingOf, writeReports }] = await Promise.all([
    import('../control/client.js'),
    import('./lint-report.js'),
  ]);
  const report = await new ControlClient('http://understudy.local', { fetch }).lint(flags);
  writeReports(report, flags);
  const { code, words } = endingOf(report, flags);
  stdout.write(`${report.text}${words}`);
  return code;
}

/** Under the names that the vendor's own clients read. */
function environmentOf(url: string, { callers = [] }: Scenario): Record<string, string> {
  const active = callers.filter(({ state = 'active' }) => state === 'active');
  const key = active.find(({ api_key }) => api_key)?.api_key;
  const token = active.find(({ token }) => token)?.token;
  return {
    AITRONOS_BASE_URL: url,
    UNDERSTUDY_URL: url,
    ...(key ? { FREDDY_API_KEY: key } : {}),
    ...(token ? { ACCESS_TOKEN: token } : {}),
  };
}

/** The exit code of a program, as a shell counts it. What ends this one is handed on to it. */
function ended(child: ChildProcess, command: string): Promise<number> {
  const forward = (signal: NodeJS.Signals): void => void child.kill(signal);
  for (const signal of endingSignals) process.on(signal, forward);
  return new Promise<number>((resolve, reject) => {
    child.on('error', (error: NodeJS.ErrnoException) =>
      reject(
        new UsageError(
          `${command} cannot be started: ${error.code === 'ENOENT' ? 'there is no such program' : error.message}\n  fix: name a program behind --, as in \`understudy exec -- npm test\``,
        ),
      ),
    );
    child.on('exit', (code, signal) =>
      resolve(code ?? 128 + constants.signals[signal ?? 'SIGTERM']),
    );
  }).finally(() => {
    for (const signal of endingSignals) process.off(signal, forward);
  });
}
