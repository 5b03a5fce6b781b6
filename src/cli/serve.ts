// `understudy serve`: starts the stand-in and stays until a signal.
import { renameSync, writeFileSync } from 'node:fs';
import { Command } from 'commander';
import { loadSpec } from '../spec/document.js';
import { type ServeFlags, serveFlags, UsageError } from './flags.js';
import { createLog } from './log.js';

export function serveCommand(): Command {
  const command = new Command('serve').description('run the mock server').action(serve);
  for (const option of serveFlags()) command.addOption(option);
  return command.allowExcessArguments(false);
}

async function serve(flags: ServeFlags): Promise<void> {
  if (flags.drift === 'list') {
    const { describeDrifts } = await import('../mock/drift.js');
    // A reader that has seen enough, such as `head`, is no error.
    process.stdout.on('error', () => process.exit(0));
    process.stdout.write(describeDrifts(loadSpec()));
    return;
  }
  const terminal = process.stdout.isTTY === true;
  const log = createLog(
    flags.logFormat ?? (terminal ? 'pretty' : 'json'),
    (line) => process.stdout.write(`${line}\n`),
    terminal && !process.env.NO_COLOR,
  );
  const { scenario, seed, clock, selfCheck } = flags;
  const spec = flags.spec === undefined ? {} : { spec: flags.spec };
  const drift = flags.drift === undefined ? {} : { drift: flags.drift };
  // Loaded only here: every other command works without Express.
  const { createUnderstudy } = await import('../http/understudy.js');
  const understudy = createUnderstudy({ scenario, seed, clock, selfCheck, ...spec, ...drift, onExchange: log.exchange });
  const { url } = await understudy.listen({ port: flags.port, host: flags.host });
  stopOn('SIGINT', 130);
  stopOn('SIGTERM', 143);
  log.starting(understudy.scenario, url, understudy.drift);
  if (flags.readyFile !== undefined) writeReadyFile(flags.readyFile, url);
  log.ready(url);
}

/** Nothing is kept that an abrupt end could lose, so a signal ends the process at once. */
function stopOn(signal: NodeJS.Signals, code: number): void {
  process.once(signal, () => process.exit(code));
}

/** Whole or not at all: whoever waits for the file may read it the moment it is there. */
function writeReadyFile(file: string, url: string): void {
  try {
    writeFileSync(`${file}.tmp`, `${url}\n`);
    renameSync(`${file}.tmp`, file);
  } catch (error) {
    throw new UsageError(
      `Cannot write the ready file ${file}: ${(error as Error).message}\n  fix: name a file in a folder that is there and may be written.`,
    );
  }
}
