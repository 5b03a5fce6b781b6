// What `understudy check` does. Loaded only when it is called, so that `serve` starts without the kit.
import { randomUUID } from 'node:crypto';
import { accessSync, closeSync, constants, mkdirSync, openSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { httpTarget } from '../client/http-target.js';
import { handlerTarget, type Target } from '../client/target.js';
import { withEdges } from '../contract/edges/edges.js';
import { describeLacking, exitCode, redact, toJunit, toResults, toText, toVerdict } from '../contract/report/report.js';
import { type Profile, problemOfBaseUrl, readProfile } from '../contract/run/profile.js';
import { type Report, runContracts } from '../contract/run/run.js';
import type { Selection } from '../contract/run/session.js';
import { loadContracts, standInProfile } from '../contract/tables/load.js';
import { loadSpec, type OperationId, type Spec } from '../spec/document.js';
import { fixOf } from '../spec/nearest.js';
import { type CheckFlags, UsageError } from './flags.js';
import { describeWait, progress } from './progress.js';
import { wireOf } from './wire.js';

export async function check(url: string | undefined, flags: CheckFlags): Promise<void> {
  makeReportDir(flags.reportDir);
  const spec = loadSpec();
  const selected = selection(spec, flags);
  const contracts = withEdges(spec, loadContracts(spec), { seed: flags.seed });
  const inProcess = url === undefined && flags.profile === undefined;
  if (url !== undefined && flags.profile === undefined && !isLocal(url))
    throw new UsageError(
      `No credentials for ${url}.\n  fix: Pass --profile FILE with credentials for ${url}; docs/check.md shows one.`,
    );
  const own = readProfile(flags.profile ?? standInProfile, process.env);
  const base = inProcess ? undefined : baseUrl(url, own);
  const wire = wireOf(flags, base, process.env);
  const profile = { ...own, secrets: new Map([...own.secrets, ...wire.secrets]) };
  const timeout = flags.requestTimeout;
  const target = base === undefined ? await standIn(timeout) : httpTarget(base, { timeout, ...wire.options });

  const stop = new AbortController();
  process.once('SIGINT', () => stop.abort());
  const report = await runContracts({
    spec,
    contracts,
    profile,
    target,
    seed: flags.seed,
    // In this process nobody else is there, and the same seed makes the same requests.
    ...(inProcess ? {} : { runId: flags.runId ?? randomUUID().slice(0, 8), lock: true }),
    ...selected,
    ...(flags.maxTime === undefined ? {} : { maxTime: flags.maxTime * 1000 }),
    ...(flags.minCases === undefined ? {} : { minCases: flags.minCases }),
    signal: stop.signal,
    onLacking: (lacking) => process.stderr.write(describeLacking(lacking)),
    onRow: progress(process.stderr),
    onWait: (wait) => process.stderr.write(redact(describeWait(wait), profile.secrets)),
  });
  writeReports(report, flags, profile);
  // Before the text, whose reader may hang up.
  process.exitCode = exitCode(report, flags.failOn);
  const text = `${toText(report)}${toVerdict(report, flags.failOn)}`;
  const files = reportFiles.map((file) => join(flags.reportDir, file)).join(', ');
  process.stdout.write(`${redact(text, profile.secrets)}Report: ${files}\n`);
}

function baseUrl(url: string | undefined, profile: Profile): string {
  const base = url ?? profile.base_url;
  if (base === undefined) throw new UsageError('No server to test.\n  fix: give its URL, or add base_url to the profile.');
  const problem = problemOfBaseUrl(base);
  // Its password, if it has one, is no word for a log.
  const shown = base.replace(/\/\/[^/]*@/, '//…@');
  if (problem) throw new UsageError(`${shown} ${problem.what}.\n  fix: ${problem.fix}`);
  // The document's paths begin with /v1 themselves.
  return base.replace(/\/+$/, '').replace(/\/v1$/, '');
}

/** Where somebody may run the stand-in, whose keys are no secret. */
const isLocal = (url: string): boolean =>
  problemOfBaseUrl(url) !== undefined || /^(localhost|127\.[\d.]+|\[::1\]|.*\.localhost)$/.test(new URL(url).hostname);

async function standIn(timeout: number): Promise<Target> {
  // Loaded only here: the kit itself works without Express.
  const { createUnderstudy } = await import('../http/understudy.js');
  return handlerTarget('the stand-in in this process', createUnderstudy().fetch, { timeout });
}

function selection(spec: Spec, flags: CheckFlags): Selection {
  const operations = [...spec.operations.values()];
  const ids = operations.map((operation) => operation.id as string);
  const tags = [...new Set(operations.map((operation) => operation.tag))];
  known('--include-operation-id', flags.includeOperationId, ids);
  known('--exclude-operation-id', flags.excludeOperationId, ids);
  known('--include-tag', flags.includeTag, tags);
  known('--exclude-tag', flags.excludeTag, tags);
  const isNamed = (id: OperationId, named: readonly string[] = [], tagged: readonly string[] = []): boolean =>
    named.includes(id) || tagged.includes(spec.operations.get(id)?.tag ?? '');
  const all = !flags.includeOperationId && !flags.includeTag;
  return {
    include: (id) => all || isNamed(id, flags.includeOperationId, flags.includeTag),
    allow: (id) => !isNamed(id, flags.excludeOperationId, flags.excludeTag),
  };
}

function known(flag: string, given: readonly string[] | undefined, words: readonly string[]): void {
  for (const word of given ?? []) {
    if (words.includes(word)) continue;
    throw new UsageError(`${flag} ${word}: the document has no such name.\n  fix: ${fixOf(word, words)}`);
  }
}

const reportFiles = ['results.json', 'junit.xml'] as const;

/** Before the run: a report that nobody can keep is not worth the requests. */
function makeReportDir(folder: string): void {
  try {
    mkdirSync(folder, { recursive: true });
    accessSync(folder, constants.W_OK);
    for (const file of reportFiles) closeSync(openSync(join(folder, file), 'a'));
  } catch (error) {
    throw new UsageError(
      `${folder} cannot be written: ${(error as Error).message}\n  fix: name another folder with --report-dir`,
    );
  }
}

function writeReports(report: Report, { reportDir, failOn }: CheckFlags, { secrets }: Profile): void {
  writeFileSync(join(reportDir, 'results.json'), redact(`${JSON.stringify(toResults(report), null, 2)}\n`, secrets));
  writeFileSync(join(reportDir, 'junit.xml'), redact(toJunit(report, failOn), secrets));
}
