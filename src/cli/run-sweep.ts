// What `understudy sweep` does. It deletes only what the ledger or the run's id in a name proves to
// be the run's, and says what is left.
import { redact } from '../contract/report/redact.js';
import {
  isSettled,
  type LedgerOfRun,
  openLedger,
  readLedger,
} from '../contract/run/ledger-file.js';
import { type Swept, sweepRun } from '../contract/run/sweep.js';
import { loadContracts } from '../contract/tables/load.js';
import { loadSpec } from '../shipped/document.js';
import { ExitCode } from '../spec/exit-code.js';
import { UsageError } from '../spec/failure.js';
import type { SweepFlags } from './flags.js';
import type { Io } from './io.js';
import { type Server, serverOf } from './server.js';

export async function sweep(
  file: string,
  url: string | undefined,
  flags: SweepFlags,
  io: Io,
): Promise<void> {
  const open = readLedger(file).filter((run) => !isSettled(run));
  if (open.length === 0) {
    io.stdout.write(`${file}: nothing is left to delete.\n`);
    return;
  }
  const server = serverOf(url ?? (flags.profile ? undefined : open[0]?.target), flags, io);
  for (const run of open) mustBeOf(run, server);
  const spec = loadSpec();
  const parts = { spec, contracts: loadContracts(spec), ...server };
  const written = openLedger(file, { isDurable: false });
  const swept: Swept[] = [];
  try {
    for (const run of open) swept.push(await sweepRun(run, parts, written.write));
  } finally {
    written.close();
  }
  io.stdout.write(redact(swept.map(describe).join(''), server.profile.secrets));
  if (swept.some(({ stopped }) => stopped !== undefined)) io.exitCode = ExitCode.inconclusive;
  else if (swept.some(({ left, unknown }) => left.length + unknown.length > 0))
    io.exitCode = ExitCode.leftovers;
}

/** What was made on another server is not looked for here. */
function mustBeOf({ run, target }: LedgerOfRun, { base }: Server): void {
  if (target === base) return;
  throw new UsageError(
    `The run ${run} was made on ${target}, and this is ${base}.\n  fix: give the address of the run, and a profile with its accounts`,
  );
}

function describe({ run, gone, archived, left, unknown, stopped }: Swept): string {
  const listed = (title: string, names: readonly string[]): readonly string[] =>
    names.length === 0 ? [] : [`${title} (${names.length}):`, ...names.map((name) => `  ${name}`)];
  return [
    `Run ${run}: ${gone} deleted, ${archived} archived, ${left.length} left`,
    ...listed('Left behind', left),
    ...listed(
      'Left behind, possibly made (no answer came, and no name can be looked for)',
      unknown,
    ),
    ...(stopped === undefined ? [] : [`Stopped early: ${stopped}; run it again`]),
    '',
  ].join('\n');
}
