// Picks the command, and maps failures to exit codes; spec/exit-code.ts is the table.
import { inspect } from 'node:util';
import { Command, CommanderError } from 'commander';
import { nearest } from '../files/nearest.js';
import { ExitCode } from '../spec/exit-code.js';
import { Failure, UsageError } from '../spec/failure.js';
import { casesCommand } from './cases.js';
import { checkCommand } from './check.js';
import { clockCommand } from './clock.js';
import { contractsCommand } from './contracts.js';
import { doctorCommand } from './doctor.js';
import { execCommand } from './exec.js';
import { explainCommand } from './explain.js';
import { harCommand } from './har.js';
import { initCommand } from './init.js';
import type { Io } from './io.js';
import { lintCommand } from './lint.js';
import { resetCommand } from './reset.js';
import { scenarioCommand } from './scenario.js';
import { serveCommand } from './serve.js';
import { snapshotCommand } from './snapshot.js';
import { specCommand } from './spec.js';
import { stateCommand } from './state.js';
import { sweepCommand } from './sweep.js';
import { version } from './version.js';
import { whyCommand } from './why.js';
import { worldsCommand } from './worlds.js';

/**
 * Returns the exit code where the command has failed, or was only asked for help. Otherwise it may
 * still be serving.
 */
export async function runCommandLine(args: readonly string[], io: Io): Promise<number | undefined> {
  try {
    await commandLine(io).parseAsync(args, { from: 'user' });
    return undefined;
  } catch (error) {
    return report(error, io);
  }
}

function commandLine(io: Io): Command {
  const program = new Command('understudy')
    .description(
      'A mock server and contract tests for the Aitronos (Freddy) Spaces and Knowledge API.',
    )
    .version(version, '-V, --version', 'print the version')
    .helpOption('-h, --help', 'print this help')
    .configureHelp({ sortOptions: false })
    .enablePositionalOptions()
    .commandsGroup('A mock server:')
    .addCommand(serveCommand(io))
    .addCommand(execCommand(io))
    .addCommand(scenarioCommand(io))
    .commandsGroup('A mock server that runs:')
    .addCommand(whyCommand(io))
    .addCommand(lintCommand(io))
    .addCommand(harCommand(io))
    .addCommand(worldsCommand(io))
    .addCommand(resetCommand(io))
    .addCommand(snapshotCommand(io))
    .addCommand(stateCommand(io))
    .addCommand(clockCommand(io))
    .commandsGroup('Testing a server:')
    .addCommand(checkCommand(io))
    .addCommand(initCommand(io))
    .addCommand(doctorCommand(io))
    .addCommand(sweepCommand(io))
    .addCommand(contractsCommand(io))
    .commandsGroup('What is documented:')
    .addCommand(casesCommand(io))
    .addCommand(explainCommand(io))
    .addCommand(specCommand(io))
    .commandsGroup('Help:')
    .helpCommand(false)
    .addCommand(helpCommand());
  prepare(program, 'understudy', io);
  program.hook('preAction', (_, command) => refuseEmpty(command));
  return program.showHelpAfterError('  fix: `understudy --help` lists the commands');
}

/** Commander's own prints the help of the program for a name that is no command. */
function helpCommand(): Command {
  return new Command('help')
    .argument('[command...]')
    .description('print the help of a command')
    .action((names: readonly string[], _, { parent }: Command) => {
      let asked = parent as Command;
      for (const name of names) asked = commandOf(asked, name);
      asked.help();
    });
}

function commandOf(of: Command, name: string): Command {
  const found = of.commands.find((one) => one.name() === name);
  if (found) return found;
  const names = of.commands.map((one) => one.name());
  const close = nearest(name, names);
  return of.error(
    `error: unknown command '${name}'${close === undefined ? '' : `\n(Did you mean ${close}?)`}`,
  );
}

/** Commander's own errors say what is wrong; what to do next is added here. */
function prepare(command: Command, name: string, io: Io): void {
  command
    .exitOverride()
    .configureOutput({
      writeOut: (text) => io.stdout.write(text),
      writeErr: (text) => io.stderr.write(text),
    })
    .showSuggestionAfterError()
    .showHelpAfterError(`  fix: \`${name} --help\` shows how it is used`);
  for (const sub of command.commands) prepare(sub, `${name} ${sub.name()}`, io);
}

/** Most often a variable of the shell that is not set. What `exec` hands on may be empty. */
function refuseEmpty(command: Command): void {
  const isGiven = (key: string): boolean => command.getOptionValueSource(key) === 'cli';
  const found = [
    ...command.registeredArguments.map((argument, i) => ({
      name: command.createHelp().argumentTerm(argument),
      value: [command.processedArgs[i]].flat()[0],
    })),
    ...command.options
      .filter((option) => isGiven(option.attributeName()))
      .flatMap((option) =>
        [command.getOptionValue(option.attributeName())]
          .flat()
          .map((value) => ({ name: option.flags, value })),
      ),
  ].filter(({ value }) => value === '');
  if (found.length > 0)
    throw new UsageError(
      found
        .map(({ name }) => `${name} is empty.\n  fix: give it a value, or leave it out`)
        .join('\n'),
    );
}

function report(error: unknown, { stderr }: Io): number {
  // Commander has printed its own message, with the nearest option or command.
  if (error instanceof CommanderError) return error.exitCode === 0 ? ExitCode.ok : ExitCode.usage;
  if (error instanceof Failure) {
    stderr.write(`${error.message}\n`);
    return error.exitCode;
  }
  stderr.write(`internal error: ${inspect(error)}\n`);
  return ExitCode.inconclusive;
}
