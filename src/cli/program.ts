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

// A CI often sets a variable to an empty text when it has no value for it.
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

// A reader of stdout may stop early, as `head` does; that changes no exit code. A full disk does.
process.stdout.on('error', ({ code, message }: NodeJS.ErrnoException) => {
  if (code === 'EPIPE') process.exit();
  console.error(`stdout cannot be written: ${message}`);
  process.exit(process.exitCode || ExitCode.usage);
});
process.stderr.on('error', () => {});

// Node's exit codes for a crash have another meaning here. A run of `check` handles crashes itself.
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
