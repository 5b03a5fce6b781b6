// What `understudy check` does. Loaded only when it is called, so that `serve` starts without the
// kit.
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { readOnlyTarget } from '../client/access.js';
import { handlerTarget, type Target } from '../client/target.js';
import { withEdges } from '../contract/edges/edges.js';
import { redact } from '../contract/report/redact.js';
import { tell } from '../contract/report/telling.js';
import { describeLacking, toText, toVerdict } from '../contract/report/text.js';
import type { Filters, RateLimitPlan, Report, RunOptions } from '../contract/run/options.js';
import type { Selection } from '../contract/run/parts.js';
import { crashOf } from '../contract/run/play.js';
import type { Profile } from '../contract/run/profile.js';
import { runContracts } from '../contract/run/run.js';
import type { Stopped } from '../contract/run/stopped.js';
import { loadContracts } from '../contract/tables/load.js';
import { fixOf } from '../files/nearest.js';
import { loadSpec } from '../shipped/document.js';
import type { OperationId, Spec } from '../spec/document.js';
import { ExitCode } from '../spec/exit-code.js';
import { Failure, UsageError } from '../spec/failure.js';
import { DEFAULT_WORLD } from '../world/world-names.js';
import { describeExtent, describePlan } from './estimate.js';
import { type CheckFlags, writtenFlag } from './flags.js';
import { tellGitHub } from './github.js';
import type { Io } from './io.js';
import { type KnownFiles, knownFilesOf, writeKnown } from './known-files.js';
import { beginLedger } from './ledger.js';
import { describeWait, progress } from './progress.js';
import { ReportFiles, wrongRowsIn } from './report-files.js';
import { profileFor, serverOf } from './server.js';
import { stopping } from './stopping.js';
import { wireOf } from './wire.js';

/** Milliseconds after the end of the run's time by which the process has ended, reports and all. */
const WHOLE_GRACE = 3000;
/** How many of these are for the reports; deleting what was made gets at least as many. */
const REPORTING = 500;
const LEAST_GRACE = 1000;

export async function check(url: string | undefined, flags: CheckFlags, io: Io): Promise<void> {
  if (flags.dryRun) {
    const options = await optionsOf(url, flags, flags.runId ?? '', io);
    io.stdout.write(describePlan({ ...options, ...titlesOf(flags) }));
    return;
  }
  const titles = titlesOf(flags);
  // The mock server in this process is new, so a fixed run ID is safe, and the same seed gives the
  // same requests.
  const runId =
    flags.runId ?? (isInProcess(url, flags) ? String(flags.seed) : randomUUID().slice(0, 8));
  const begun = {
    target: targetName(url, flags),
    seed: flags.seed,
    runId,
    filters: filtersOf(flags),
  };
  const reports = new ReportFiles(flags.reportDir, flags.failOn, begun);
  const readFiles = knownFilesOf(flags);
  let files: KnownFiles = { known: [], before: [], earlier: [] };
  reports.begin();
  let soFar = (stopped: Stopped): Report => reports.without(stopped);
  const finish = (report: Report): void => {
    // Before the text: a reader of stdout that stops early ends the process.
    const telling = tell(report, flags.failOn, files.earlier);
    io.exitCode = telling.exitCode;
    let problem = '';
    let added = '';
    try {
      reports.end(telling);
      if (flags.knownAdd !== undefined) added = writeKnown(flags.knownAdd, telling, files.before);
    } catch (error) {
      io.exitCode = ExitCode.usage;
      problem = `${(error as Error).message}\n`;
    }
    const text = `${toText(telling)}${toVerdict(telling)}`;
    const isLeft = report.leftovers.length + report.possiblyMade.length + report.unverified > 0;
    const again =
      isLeft && !isInProcess(url, flags)
        ? `To try again: understudy sweep ${ledgerOf(flags)}\n`
        : '';
    io.stdout.write(`${text}${added}${again}${problem === '' ? `Report: ${reports.page}\n` : ''}`);
    io.stderr.write(problem);
    tellGitHub(telling, io);
  };
  const atOnce = (stopped: Stopped): never => {
    finish(soFar(stopped));
    process.exit();
  };
  // The time limit counts from the start of the process, as it does for whoever started it.
  const grace = Math.max(LEAST_GRACE, WHOLE_GRACE - REPORTING - performance.now());
  const { signal, done } = stopping(
    atOnce,
    grace + REPORTING / 2,
    flags.maxTime && flags.maxTime * 1000,
  );
  try {
    files = readFiles();
    const { known } = files;
    const asked = await optionsOf(url, flags, runId, io);
    const target = reports.recorded(asked.target, asked.profile.secrets);
    const options = { ...asked, ...titles, known, target };
    const onBegin: RunOptions['onBegin'] = (report, plays) => {
      soFar = report;
      io.stderr.write(describeExtent(plays, options));
    };
    finish(await runContracts({ ...options, grace, signal, onBegin }));
  } catch (error) {
    const isUsage = error instanceof Failure;
    const text = isUsage ? `the run could not begin: ${error.message}` : crashOf(error);
    const report = soFar({ why: isUsage ? 'usage' : 'crashed', text });
    if (!isUsage) return finish(report);
    reports.write(tell(report, flags.failOn));
    throw error;
  } finally {
    done();
  }
}

const isInProcess = (url: string | undefined, { profile }: CheckFlags): boolean =>
  url === undefined && profile === undefined;

/**
 * For the reports of a run that has not begun, when nobody knows yet what in an address is a
 * credential.
 */
function targetName(url: string | undefined, { profile }: CheckFlags): string {
  if (url !== undefined) return URL.canParse(url) ? new URL(url).origin : 'the server';
  return profile === undefined ? MOCK_SERVER : `the server of ${profile}`;
}

const MOCK_SERVER = 'the mock server in this process';

async function optionsOf(
  url: string | undefined,
  flags: CheckFlags,
  runId: string,
  io: Io,
): Promise<RunOptions> {
  const spec = loadSpec();
  const selected = selection(spec, flags);
  const contracts = withEdges(spec, loadContracts(spec), { seed: flags.seed });
  const { profile, target, onLedger, around } = isInProcess(url, flags)
    ? await ownMockServer(flags, io)
    : realServer(url, flags, runId, io);

  return {
    spec,
    contracts,
    profile,
    target,
    runId,
    seed: flags.seed,
    ...(onLedger ? { onLedger } : {}),
    lock: !target.inProcess,
    ...selected,
    level: flags.level,
    canary: flags.canary !== false,
    ...concurrencyOf(flags, target),
    // Nobody else is kept waiting by a server on this machine.
    rateLimit: flags.rateLimit ?? (target.inProcess || target.isHere ? 'off' : 'auto'),
    ...(flags.maxRequests === undefined ? {} : { maxRequests: flags.maxRequests }),
    ...(flags.failFast === undefined ? {} : { failFast: Number(flags.failFast) }),
    ...(flags.shard === undefined ? {} : { shard: flags.shard }),
    ...rateLimitsOf(flags, around),
    askAgain: flags.askAgain,
    filters: filtersOf(flags),
    ...(flags.maxTime === undefined ? {} : { maxTime: flags.maxTime * 1000 }),
    ...(flags.minCases === undefined ? {} : { minCases: flags.minCases }),
    onLacking: (lacking) => io.stderr.write(describeLacking(lacking)),
    onRow: progress(io.stderr),
    onWait: (wait) => io.stderr.write(redact(describeWait(wait), profile.secrets)),
  };
}

/** One row at a time in this process, where nothing is waited for. */
function concurrencyOf(
  { concurrency }: CheckFlags,
  target: Target,
): Pick<RunOptions, 'concurrency'> {
  if (concurrency !== undefined) return { concurrency };
  return target.inProcess ? {} : { concurrency: target.isHere ? 8 : 4 };
}

function rateLimitsOf(
  { includeRateLimits: most }: CheckFlags,
  around: RateLimitPlan['around'],
): Pick<RunOptions, 'rateLimits'> {
  if (most === undefined) return {};
  return {
    rateLimits: { ...(most === true ? {} : { most }), ...(around ? { around } : {}) },
  };
}

/** With --last-failed, the rows of the report that the run is about to replace. */
function titlesOf({ lastFailed, reportDir }: CheckFlags): Pick<RunOptions, 'titles'> {
  return lastFailed ? { titles: new Set(wrongRowsIn(reportDir)) } : {};
}

interface Tested extends Pick<RunOptions, 'onLedger'> {
  readonly profile: Profile;
  readonly target: Target;
  readonly around?: RateLimitPlan['around'];
}

async function ownMockServer(flags: CheckFlags, io: Io): Promise<Tested> {
  wireOf(flags, undefined, io.env);
  // Loaded only here: the kit itself works without Express.
  const { createServer } = await import('../http/server.js');
  const { ControlClient } = await import('../control/client.js');
  const timeout = flags.requestTimeout;
  const { fetch } = createServer();
  const target = handlerTarget(MOCK_SERVER, fetch, { timeout });
  const control = new ControlClient('http://understudy.local', {
    fetch: (url, init) => fetch(url, init),
  });
  return {
    around: {
      on: async () => void (await control.setLimits(DEFAULT_WORLD, { rate: '60/h', burst: 20 })),
      off: async () => void (await control.clearLimits(DEFAULT_WORLD)),
    },
    profile: profileFor(undefined, flags, io),
    target: flags.readOnly ? readOnlyTarget(target) : target,
  };
}

/** What it makes there is written down, since it outlives the run. */
function realServer(url: string | undefined, flags: CheckFlags, run: string, io: Io): Tested {
  // What is never sent needs no permission, and makes nothing.
  const asked = flags.dryRun && !flags.readOnly ? { ...flags, allowWrites: true } : flags;
  const server = serverOf(url, asked, io);
  if (server.target.readOnly || flags.dryRun) return server;
  const { write } = beginLedger(ledgerOf(flags), run, server);
  return { ...server, onLedger: write };
}

const ledgerOf = ({ ledger, reportDir }: CheckFlags): string =>
  ledger ?? join(reportDir, 'ledger.jsonl');

const filtersOf = (flags: CheckFlags): Filters => ({
  include_operation_ids: flags.includeOperationId ?? [],
  exclude_operation_ids: flags.excludeOperationId ?? [],
  include_tags: flags.includeTag ?? [],
  exclude_tags: flags.excludeTag ?? [],
});

function selection(spec: Spec, flags: CheckFlags): Selection {
  const operations = [...spec.operations.values()];
  const ids = operations.map((operation) => operation.id as string);
  const tags = [...new Set(operations.map((operation) => operation.tag))];
  for (const key of ['includeOperationId', 'excludeOperationId'] as const)
    checkNames(key, flags, ids);
  for (const key of ['includeTag', 'excludeTag'] as const) checkNames(key, flags, tags);
  const isNamed = (
    id: OperationId,
    named: readonly string[] = [],
    tagged: readonly string[] = [],
  ): boolean => named.includes(id) || tagged.includes(spec.operations.get(id)?.tag ?? '');
  const all = !flags.includeOperationId && !flags.includeTag;
  return {
    include: (id) => all || isNamed(id, flags.includeOperationId, flags.includeTag),
    allow: (id) => !isNamed(id, flags.excludeOperationId, flags.excludeTag),
  };
}

type NamingFlag = 'includeOperationId' | 'excludeOperationId' | 'includeTag' | 'excludeTag';

function checkNames(key: NamingFlag, given: CheckFlags, names: readonly string[]): void {
  const [word] = (given[key] ?? []).filter((name) => !names.includes(name));
  if (word !== undefined)
    throw new UsageError(
      `${writtenFlag(key)} ${word}: the document has no such name.\n  fix: ${fixOf(word, names)}`,
    );
}
