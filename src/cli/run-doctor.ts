// What `understudy doctor` does: signs every caller in, reads what the profile names, and counts
// the rows that could be played. Nothing but GET is sent.
import { ORGANIZATION } from '../contract/dialect.js';
import { withEdges } from '../contract/edges/edges.js';
import { redact } from '../contract/report/redact.js';
import { chosenPlays } from '../contract/run/choice.js';
import { planKnown } from '../contract/run/known.js';
import { lackingIn } from '../contract/run/needs.js';
import type { RunOptions } from '../contract/run/options.js';
import { type Play, type Played, whyNot } from '../contract/run/play.js';
import { Run } from '../contract/run/run.js';
import { loadContracts } from '../contract/tables/load.js';
import { loadSpec } from '../shipped/document.js';
import { ExitCode } from '../spec/exit-code.js';
import type { DoctorFlags } from './flags.js';
import type { Io } from './io.js';
import { serverOf } from './server.js';

export async function doctor(url: string | undefined, flags: DoctorFlags, io: Io): Promise<void> {
  const { base, profile, target } = serverOf(url, { ...flags, readOnly: true }, io);
  const spec = loadSpec();
  const contracts = withEdges(spec, loadContracts(spec));
  const options = { spec, contracts, profile, target };
  const reading = chosenPlays(options);
  const signIns = reading.filter(({ kind }) => kind === 'sign_in');
  const run = new Run({ ...options, plays: [...signIns, ...planKnown(spec, profile)] });
  await run.playAll();
  const { rows, stopped } = await run.close();
  const isSound = stopped === undefined && rows.every(({ result }) => result !== 'wrong');
  const writing = { ...options, target: { ...target, readOnly: false } };
  const text = [
    `${base}, asked with nothing but GET:`,
    ...rows.map(describeRow),
    ...(stopped === undefined ? [] : [`Stopped early: ${stopped.text}`]),
    '',
    ...describePlan('check', writing, chosenPlays(writing), stopped !== undefined),
    ...describePlan('check --read-only', options, reading, stopped !== undefined),
    ...describeMarks(options),
    ...(target.isHere
      ? []
      : ['The server is not on this machine: check needs --allow-writes or --read-only.']),
    isSound ? 'The profile can be used.' : 'The profile cannot be used as it is.',
    '',
  ].join('\n');
  io.stdout.write(redact(text, profile.secrets));
  if (!isSound) io.exitCode = ExitCode.inconclusive;
}

const signs: Readonly<Record<Played['result'], string>> = {
  right: 'ok       ',
  wrong: 'problem  ',
  not_exercised: 'unknown  ',
};

function describeRow({ title, result, refused, unfit, lost, reason }: Played): string {
  const why = refused === undefined ? (unfit ?? lost ?? reason) : 'the server refuses it';
  return `  ${signs[result]}${title}${why === undefined ? '' : `: ${why}`}`;
}

type Options = Pick<RunOptions, 'spec' | 'contracts' | 'profile' | 'target'>;

/**
 * How many rows can be played, and what keeps the others from it, the most wanted first. Where the
 * run was stopped, as by a server that cannot be reached, none can.
 */
function describePlan(
  command: string,
  options: Options,
  plays: readonly Play[],
  isStopped: boolean,
): string[] {
  const parts = { ...options, seed: 1, number: 0 };
  const rows = plays.filter(({ kind }) => kind !== 'sign_in');
  const reasons = new Map<string, number>();
  for (const play of rows) {
    const [lacking] = lackingIn(options.profile, play.needs);
    const writes = options.target.readOnly ? 'they need a write' : undefined;
    const reason = whyNot(play, parts) && (lacking ? `the profile has no ${lacking}` : writes);
    if (reason !== undefined) reasons.set(reason, (reasons.get(reason) ?? 0) + 1);
  }
  const idle = [...reasons.values()].reduce((sum, count) => sum + count, 0);
  return [
    isStopped
      ? `${command}: no row can be exercised; ${rows.length - idle} of ${rows.length} could, as far as the profile goes`
      : `${command}: ${rows.length - idle} of ${rows.length} rows can be exercised`,
    ...[...reasons].sort((a, b) => b[1] - a[1]).map(([why, count]) => `  ${count} not: ${why}`),
  ];
}

/** Without a mark, a run leaves alone what the profile names. */
function describeMarks({ profile }: Options): string[] {
  const { known, disposable = [], callers } = profile;
  const unmarked = [
    ...Object.keys(known).filter(
      (name) => !name.endsWith(ORGANIZATION) && !disposable.includes(name),
    ),
    ...Object.keys(callers).filter((name) => name === 'member' && !callers.member?.disposable),
  ];
  return unmarked.length === 0
    ? []
    : [
        `Not marked as disposable, so rows that would change it are left out: ${unmarked.join(', ')}`,
      ];
}
