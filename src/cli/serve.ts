// `understudy serve`: starts the mock server and runs until a signal.
import { inspect } from 'node:util';
import { Command } from 'commander';
import type { ReloadingServer, Server } from '../http/server.js';
import { loadSpec } from '../shipped/document.js';
import { ExitCode } from '../spec/exit-code.js';
import { Failure } from '../spec/failure.js';
import type { FaultFile } from './fault-file.js';
import { type ServeFlags, withFlags } from './flags.js';
import type { Io } from './io.js';
import { createOutput, printInTurns } from './output.js';
import { onParentGone } from './parent.js';
import { prepareReadyFile, type ReadyFile } from './ready-file.js';
import type { WorldStorage } from './world-files.js';

export function serveCommand(io: Io): Command {
  const command = new Command('serve').description('run the mock server');
  return withFlags(command, 'serve').action((flags: ServeFlags) => serve(flags, io));
}

async function serve(flags: ServeFlags, io: Io): Promise<void> {
  const [, pattern] = /^list(?::(.*))?$/s.exec(flags.drift ?? '') ?? [];
  if (flags.drift === 'list' || pattern !== undefined) {
    const { describeDrifts } = await import('../drift/drifts.js');
    // A reader that has seen enough, such as `head`, is no error.
    io.stdout.on('error', () => process.exit(0));
    io.stdout.write(describeDrifts(loadSpec(), pattern));
    return;
  }
  const format = flags.logFormat ?? (io.stdout.isTTY ? 'pretty' : 'json');
  // It knows the engine, which no other command needs.
  const { createLog, describeDropped } = await import('./log.js');
  const log = createLog(
    format,
    openOutput((count) => describeDropped(format, count), io),
    io.stdout.isTTY === true && !io.env.NO_COLOR,
  );
  const readyFile = flags.readyFile === undefined ? undefined : prepareReadyFile(flags.readyFile);
  const storage = await openStorage(flags);
  const { seed, clock, keepDeleted, selfCheck, bodyLimit, maxWorlds, keepRequests } = flags;
  const spec = flags.spec === undefined ? {} : { spec: flags.spec };
  const planted = flags.drift === undefined ? undefined : await plantDrift(flags.drift);
  const faultFile = flags.fault === undefined ? undefined : await readFaults(flags.fault);
  // Loaded only here: every other command works without Express.
  const { createServer } = await import('../http/server.js');
  const options = {
    scenario: storage?.defaultScenario ?? flags.scenario,
    seed,
    clock,
    keepDeleted,
    selfCheck,
    bodyLimit,
    maxWorlds,
    keepRequests,
    worldScenarios: flags.worldScenario ?? {},
    strictWorlds: flags.strictWorlds ?? false,
    ownHeaders: flags.ownHeaders ?? true,
    admin: flags.admin ?? true,
    ...(flags.adminToken === undefined ? {} : { adminToken: flags.adminToken }),
    allowedHosts: flags.allowedHosts ?? [],
    ...(flags.backfill === undefined ? {} : { backfill: flags.backfill }),
    ...(faultFile === undefined ? {} : { faults: faultFile.faults }),
    ...(flags.rateLimit === undefined ? {} : { rateLimit: flags.rateLimit }),
    ...spec,
    onExchange: log.exchange,
    onWorld: log.world,
  };
  const create = (): ReloadingServer => createServer(options, planted ? [planted.interceptor] : []);
  const server = faultFile ? faultFile.placing(create) : create();
  storage?.import(server.worlds);
  if (flags.watch) {
    const { watchFiles } = await import('./watch.js');
    watchFiles(server, flags, log.reloaded);
  }
  stopInTime(server, readyFile, () => storage?.export(server.worlds), io);
  const { url, adminToken } = await server.listen({ port: flags.port, host: flags.host });
  const { document, scenario: loaded } = server;
  log.starting({ scenario: loaded, url, drift: planted?.drift, document, adminToken });
  readyFile?.write(url);
  log.ready(url);
}

/** Loaded only for whoever keeps worlds in files. */
async function openStorage(flags: ServeFlags): Promise<WorldStorage | undefined> {
  if (flags.import === undefined && flags.exportOnExit === undefined) return undefined;
  return (await import('./world-files.js')).openWorldStorage(flags);
}

/** Loaded only here: a server that is told nothing of a drift has none. */
async function plantDrift(name: string) {
  const { plant } = await import('../drift/plant.js');
  return plant(loadSpec(), name);
}

async function readFaults(file: string): Promise<FaultFile> {
  const { readFaultFile } = await import('./fault-file.js');
  return readFaultFile(file);
}

/**
 * The server keeps running when the log cannot be written; stderr says once that lines are lost.
 */
function openOutput(
  dropped: (count: number) => string,
  { stdout, stderr }: Io,
): (line: string) => void {
  // The command line's own listeners end the program when nobody reads.
  for (const stream of [stdout, stderr]) stream.removeAllListeners('error');
  const errors = createOutput(stderr, { dropped });
  const failed = (reason: string, forGood: boolean): void => {
    const lost = forGood ? 'without a log' : 'and lines are dropped until it can be written again';
    errors.print(`The log cannot be written: ${reason}. Serving goes on ${lost}.`);
  };
  return printInTurns(createOutput(stdout, { dropped, failed }));
}

/** Milliseconds in which requests that have arrived whole are answered after a signal. */
const GRACE_MS = 500;

const { SIGHUP, SIGINT, SIGTERM } = ExitCode;
const exitCodes = { SIGHUP, SIGINT, SIGBREAK: SIGINT, SIGTERM } as const;

/**
 * Ends on a signal, at once when it comes a second time, and under npm when whoever started it is
 * gone. `closed` has the last word, when nothing is answered any more.
 */
function stopInTime(
  server: Pick<Server, 'close'>,
  readyFile: ReadyFile | undefined,
  closed: () => void,
  { stderr }: Io,
): void {
  process.on('exit', () => readyFile?.remove());
  let stopping = false;
  const stop = (code: number): void => {
    if (stopping) process.exit(code);
    stopping = true;
    readyFile?.remove();
    server
      .close({ graceMs: GRACE_MS })
      .then(closed)
      .then(
        () => process.exit(code),
        (error: unknown) => {
          stderr.write(`${error instanceof Failure ? error.message : inspect(error)}\n`, () =>
            process.exit(error instanceof Failure ? error.exitCode : code),
          );
        },
      );
  };
  for (const [signal, code] of Object.entries(exitCodes)) process.on(signal, () => stop(code));
  onParentGone(() => stop(exitCodes.SIGTERM));
}
