// Arguments in, exit code out; spec/exit-code.ts is the table.
import { Command, CommanderError } from 'commander';
import { ListenError } from '../http/listen.js';
import { ExitCode } from '../spec/exit-code.js';
import { FileError } from '../spec/problem.js';
import { checkCommand } from './check.js';
import { contractsCommand } from './contracts.js';
import { explainCommand } from './explain.js';
import { UsageError } from './flags.js';
import { scenarioCommand } from './scenario.js';
import { serveCommand } from './serve.js';
import { specCommand } from './spec.js';
import { version } from './version.js';

// What a CI makes of a variable that it does not have.
for (const [name, value] of Object.entries(process.env))
  if (name.startsWith('UNDERSTUDY_') && value === '') delete process.env[name];

const program = new Command('understudy')
  .description('A mock server and contract tests for the Aitronos (Freddy) Spaces and Knowledge API.')
  .version(version, '-V, --version', 'print the version')
  .helpOption('-h, --help', 'print this help')
  .helpCommand('help [command]', 'print the help of a command')
  .showSuggestionAfterError()
  .exitOverride()
  .configureHelp({ sortOptions: false })
  .addCommand(serveCommand())
  .addCommand(specCommand())
  .addCommand(checkCommand())
  .addCommand(contractsCommand())
  .addCommand(scenarioCommand())
  .addCommand(explainCommand());
program.showHelpAfterError('  fix: `understudy --help` lists the commands');
for (const command of program.commands) prepare(command, `understudy ${command.name()}`);

/** Commander's own errors say what is wrong; what to do next is added here. */
function prepare(command: Command, name: string): void {
  command.exitOverride().showSuggestionAfterError().showHelpAfterError(`  fix: \`${name} --help\` shows how it is used`);
  for (const sub of command.commands) prepare(sub, `${name} ${sub.name()}`);
}

// Whoever reads may stop early, as `head` does; what was found stands all the same. A full disk is another matter.
process.stdout.on('error', ({ code, message }: NodeJS.ErrnoException) => {
  if (code === 'EPIPE') process.exit();
  console.error(`stdout cannot be written: ${message}`);
  process.exit(process.exitCode || ExitCode.usage);
});
process.stderr.on('error', () => {});

// Node's own codes for a crash mean something else here. A run has a way of its own to end.
process.on('uncaughtException', (error) => {
  if (process.listenerCount('uncaughtException') > 1) return;
  console.error('internal error:', error);
  process.exit(ExitCode.inconclusive);
});

try {
  await program.parseAsync();
} catch (error) {
  // A server may be open already when something later fails; the failure ends it.
  process.exit(report(error));
}

function report(error: unknown): number {
  // Commander has printed its own message, with the nearest option or command.
  if (error instanceof CommanderError) return error.exitCode === 0 ? ExitCode.ok : ExitCode.usage;
  if (error instanceof FileError || error instanceof UsageError) {
    console.error(error.message);
    return ExitCode.usage;
  }
  if (error instanceof ListenError) {
    console.error(error.message);
    return ExitCode.inconclusive;
  }
  console.error('internal error:', error);
  return ExitCode.inconclusive;
}
