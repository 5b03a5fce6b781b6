#!/usr/bin/env node
// Arguments in, exit code out: 0 ok, 2 usage, document or fixture error, 3 cannot listen, 130 and 143 on signals.
import { Command, CommanderError } from 'commander';
import { ListenError } from '../http/listen.js';
import { UnknownDrift } from '../mock/drift.js';
import { MissingPrism } from '../mock/other-document.js';
import { FileError } from '../spec/problem.js';
import { checkCommand } from './check.js';
import { contractsCommand } from './contracts.js';
import { explainCommand } from './explain.js';
import { UsageError } from './flags.js';
import { scenarioCommand } from './scenario.js';
import { serveCommand } from './serve.js';
import { specCommand } from './spec.js';
import { version } from './version.js';

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
for (const command of program.commands.flatMap((command) => [command, ...command.commands]))
  command.exitOverride().showSuggestionAfterError();

// Whoever reads may stop early, as `head` does; what was found stands all the same.
for (const stream of [process.stdout, process.stderr])
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
    if (stream === process.stdout) process.exit();
  });

try {
  await program.parseAsync();
} catch (error) {
  // A server may be open already when something later fails; the failure ends it.
  process.exit(report(error));
}

function report(error: unknown): number {
  // Commander has printed its own message, with the nearest option or command.
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
  if (
    error instanceof FileError ||
    error instanceof UsageError ||
    error instanceof UnknownDrift ||
    error instanceof MissingPrism
  ) {
    console.error(error.message);
    return 2;
  }
  if (error instanceof ListenError) {
    console.error(error.message);
    return 3;
  }
  throw error;
}
