// Plays all that is planned against a target and reports what was shown. Says first what the profile keeps it from showing.
import { setTimeout as sleep } from 'node:timers/promises';
import { type Target, withinTime } from '../../client/target.js';
import type { OperationId, Spec } from '../../spec/document.js';
import type { EndingSignal } from '../../spec/exit-code.js';
import type { CallerName } from '../tables/caller.js';
import type { Contracts } from '../tables/table.js';
import { type Closed, close } from './closing.js';
import { type CaseCoverage, coverageOf } from './coverage.js';
import { endingOf } from './ending.js';
import { type Finding, mergeFindings } from './finding.js';
import { Guard } from './guard.js';
import { type Lock, takeLock } from './lock.js';
import { lackingIn } from './needs.js';
import { type SessionParts, selectionOf } from './parts.js';
import { planRun } from './plan.js';
import { crashOf, type Play, type Played, refusalOf } from './play.js';
import { PossiblyMade } from './possibly-made.js';
import type { Profile } from './profile.js';
import { RateLimits, type Wait } from './rate-limit.js';
import { NotExercised } from './reason.js';
import { planSignIns } from './sign-in.js';
import { type Trouble, Watch } from './watch.js';

/** Why a run ended before its last row. */
export interface Stopped {
  readonly why:
    | 'interrupted'
    | 'time'
    | 'unreachable'
    | 'locked'
    | 'limited'
    | 'refused'
    | 'unfit'
    | 'crashed'
    | 'unfinished'
    | 'usage';
  /** In words. */
  readonly text: string;
  /** Which signal interrupted it; SIGINT when absent. */
  readonly signal?: EndingSignal;
}

/** Ends a run from outside, with the reason: `controller.abort(new RunEnd({ why, text }))`. */
export class RunEnd extends Error {
  readonly stopped: Stopped;

  constructor(stopped: Stopped) {
    super(stopped.text);
    this.stopped = stopped;
  }
}

/** A name that the profile lacks, and how many rows wait for it. */
export interface Lacking {
  readonly name: string;
  readonly rows: number;
}

/** What was asked to be played and what was left out, as it was written. */
export interface Filters {
  readonly include_operation_ids: readonly string[];
  readonly exclude_operation_ids: readonly string[];
  readonly include_tags: readonly string[];
  readonly exclude_tags: readonly string[];
}

export interface Report {
  readonly target: string;
  /** ISO 8601. */
  readonly started: string;
  /** Absent as long as the run goes on. */
  readonly finished?: string;
  readonly seed: number;
  readonly rows: readonly Played[];
  readonly findings: readonly Finding[];
  readonly coverage: readonly CaseCoverage[];
  readonly lacking: readonly Lacking[];
  readonly requests: number;
  readonly leftovers: readonly string[];
  /** Writes to which no answer came, so that nobody knows what they made. */
  readonly possiblyMade: readonly string[];
  /** Looks at what requests left behind that the profile has no caller or id for. */
  readonly unseen: number;
  readonly stopped?: Stopped;
  /** Fewer cases that were right show too little. */
  readonly minCases?: number;
  /** In every name that the run gave. */
  readonly runId: string;
  readonly filters?: Filters;
  /** What no rendering of the report shows. */
  readonly secrets: Profile['secrets'];
}

export interface RunOptions {
  readonly spec: Spec;
  readonly contracts: Contracts;
  readonly profile: Profile;
  readonly target: Target;
  readonly seed?: number;
  /** Small letters and digits in every name that the run gives, so that two runs never meet; the seed when absent. */
  readonly runId?: string;
  /** No two runs at once with the same accounts: a space of the owner's says that this one is at work. */
  readonly lock?: boolean;
  /** Which operations are played, and judged; all when absent. What prepares their rows and looks after them may be any. */
  readonly include?: (operation: OperationId) => boolean;
  /** Which operations may be called at all; all when absent. Rows that need another one are not exercised. */
  readonly allow?: (operation: OperationId) => boolean;
  /** What is played, where it is not the whole plan. */
  readonly plays?: readonly Play[];
  /** How many cases must be right for the run to be conclusive. */
  readonly minCases?: number;
  /** For the report: what `include` and `allow` come from. */
  readonly filters?: Filters;
  /** Milliseconds for all that is played. */
  readonly maxTime?: number;
  /** Milliseconds after the end for taking away what was made; two and a half seconds when absent. */
  readonly grace?: number;
  /** Waits so many milliseconds, or until the signal; by the clock when absent. */
  readonly wait?: (milliseconds: number, signal?: AbortSignal) => Promise<void>;
  /** Told before a rate limit is waited out. */
  readonly onWait?: (wait: Wait) => void;
  /** Told once, before the first request. */
  readonly onLacking?: (lacking: readonly Lacking[]) => void;
  readonly onRow?: (row: Played, number: number, of: number) => void;
  /** Told once, before the first request: what gives a report at any time, of what has come so far. */
  readonly onBegin?: (soFar: (stopped: Stopped) => Report) => void;
  /** Ends the run; a RunEnd as its reason says why. */
  readonly signal?: AbortSignal;
}

/**
 * Throws nothing once it has begun. A target that misbehaves is a finding, or ends the run with the reason; an error of our own
 * is told with the play that it ended, and the run goes on.
 */
export async function runContracts(options: RunOptions): Promise<Report> {
  const { spec, profile, target, maxTime, seed = 1, runId = String(seed), signal } = options;
  const selection = selectionOf(options);
  const plays = options.plays ?? planRun(spec, options.contracts, profile, selection);
  const lacking = countLacking(profile, plays);
  options.onLacking?.(lacking);

  const ending = endingOf(signal, maxTime, options.grace);
  const sleepUntilEnd = (milliseconds: number, signal = ending.ended): Promise<void> =>
    sleep(milliseconds, undefined, { signal }).catch(() => {});
  const limits = new RateLimits();
  let heard = false;
  const listening: Target = {
    ...target,
    send: async (...request) => {
      // Whoever does not heed the signal is not waited for either.
      const response = await withinTime(target.send(...request), { signal: request[1], call: 'the request' });
      heard = true;
      return response;
    },
  };
  const guard = new Guard(spec, profile);
  const held = new Set<string>();
  const wait = options.wait ?? sleepUntilEnd;
  const watch = new Watch(profile, wait);
  const possiblyMade = new PossiblyMade(runId);
  const shared = { ending, limits, guard, held, possiblyMade, putOff: [] };
  const parts = { ...options, ...selection, target: watch.over(listening), seed, wait, ...shared };
  /** The number of the last request of each row. */
  const ends: number[] = [];
  const rows: Played[] = [];
  const signIns: Played[] = [];
  const started = new Date().toISOString();
  const soFar = (stopped?: Stopped): Report => ({
    target: target.name,
    started,
    seed,
    secrets: profile.secrets,
    rows,
    findings: mergeFindings(rows.flatMap((row) => row.findings)),
    coverage: coverageOf(spec, rows, selection.include),
    lacking,
    requests: rows.reduce((sum, row) => sum + row.requests, (lock?.requests ?? 0) + closed.requests),
    possiblyMade: possiblyMade.list,
    leftovers: [...new Set([...rows.flatMap((row) => row.leftovers), ...closed.leftovers, ...held])],
    unseen: rows.reduce((sum, row) => sum + row.unseen, 0),
    ...(stopped === undefined ? {} : { stopped }),
    ...(options.minCases === undefined ? {} : { minCases: options.minCases }),
    ...(options.filters === undefined ? {} : { filters: options.filters }),
    runId,
  });
  options.onBegin?.(soFar);
  const ended = (): Stopped | undefined => {
    if (signal?.aborted) return signal.reason instanceof RunEnd ? signal.reason.stopped : INTERRUPTED;
    return ending.ended.aborted ? timeIsOver(maxTime ?? 0) : undefined;
  };
  let stopped: Stopped | undefined;
  let lock: Lock | undefined;
  let closed: Closed = { leftovers: [], requests: 0 };
  try {
    for (const [i, play] of plays.entries()) {
      stopped = ended() ?? stopped;
      // Sign-ins come first: all of them are asked before the run ends for one.
      if (play.kind !== 'sign_in') stopped ??= heard ? refusal(signIns) : silence(rows);
      if (options.lock && play.kind !== 'sign_in' && !stopped) {
        lock ??= await takeLock({ ...parts, number: 0 }, maxTime);
        if (lock.busy !== undefined) stopped = { why: 'locked', text: lock.busy };
      }
      if (stopped) break;
      const reason = whyNot(play, profile, selection.allow);
      const began = performance.now();
      const result = reason === undefined ? await playOne(play, { ...parts, number: i + 1 }) : notExercised(play, reason);
      const played = { ...result, milliseconds: performance.now() - began };
      rows.push(played);
      ends.push(watch.sent);
      if (play.kind === 'sign_in') signIns.push(played);
      options.onRow?.(played, i + 1, plays.length);
      // A target that is not there will not come back for the next thousand rows.
      const unreachable = played.findings.find((finding) => finding.unreachable);
      if (limits.areOver)
        stopped = { why: 'limited', text: 'the target answers 429, however long the run waits; try again later' };
      if (unreachable) stopped = { why: 'unreachable', text: `the target cannot be reached: ${unreachable.got}` };
      else if (play.kind !== 'sign_in' && watch.trouble) {
        const { trouble } = watch;
        stopped ??=
          trouble.caller === undefined
            ? { why: 'unreachable', text: trouble.text }
            : await askAgain(trouble, options, { ...parts, number: 0 });
        if (!stopped) watch.forget(trouble.caller as CallerName);
        // What was answered meanwhile says nothing of the server's rules.
        else
          rows.splice(
            0,
            rows.length,
            ...rows.map((row, n) => ((ends[n] ?? 0) < trouble.since ? row : unsaid(row, trouble.text))),
          );
      }
    }
  } catch (error) {
    stopped = { why: 'crashed', text: crashOf(error) };
  } finally {
    closed = await close({ ...parts, number: 0 }, lock).catch((error) => ({ leftovers: [crashOf(error)], requests: 0 }));
    ending.done();
  }
  // The end may have come in the last play.
  stopped = ended() ?? stopped ?? (heard ? refusal(signIns) : silence(rows));
  return { ...soFar(stopped), finished: new Date().toISOString() };
}

const INTERRUPTED: Stopped = { why: 'interrupted', text: 'interrupted' };

export const timeIsOver = (maxTime: number): Stopped => ({
  why: 'time',
  text: `the time of ${maxTime / 1000} s was over`,
});

/** A play that finds out on its way that it cannot be played sends no more; an error of our own is what came of it. */
export async function playOne(play: Play, parts: SessionParts): Promise<Played> {
  try {
    return await play.play(parts);
  } catch (error) {
    if (error instanceof NotExercised) return notExercised(play, error.message);
    const crash = crashOf(error);
    return { ...notExercised(play, crash), crash };
  }
}

/** Whether a caller who was let in at first is refused for good; one sign-in says so. */
async function askAgain({ caller, text }: Trouble, options: RunOptions, parts: SessionParts): Promise<Stopped | undefined> {
  const signIns = planSignIns(options.spec, options.profile, selectionOf(options));
  const own = signIns.find((play) => play.caller === caller);
  const asked = own && (await playOne(own, parts));
  return !asked || asked.refused ? { why: 'refused', text: `${text}; renew it, and run again` } : undefined;
}

const unsaid = ({ answered: _, ...row }: Played, reason: string): Played => ({
  ...row,
  result: 'not_exercised',
  reason,
  findings: [],
});

/** Nobody has answered anything so far, though somebody was asked. */
function silence(rows: readonly Played[]): Stopped | undefined {
  const [missing] = rows.flatMap(({ findings }) => findings.filter(({ code }) => code === 'ANSWER_MISSING'));
  return missing && { why: 'unreachable', text: `the target gives no answer: ${missing.got}` };
}

/** The profile and the target do not belong together. */
function refusal(signIns: readonly Played[]): Stopped | undefined {
  const refused = signIns.flatMap((row) => row.refused ?? []);
  if (refused.length > 0) return { why: 'refused', text: `${refusalOf(refused)}; correct the profile` };
  // One caller who is answered as by the API is enough: what the others are answered is for the rows to say.
  const lost = signIns.flatMap((row) => row.lost ?? []);
  if (lost[0] !== undefined && !signIns.some(({ met }) => met)) return { why: 'unfit', text: lost[0] };
  const [unfit] = signIns.flatMap((row) => row.unfit ?? []);
  return unfit === undefined ? undefined : { why: 'unfit', text: unfit };
}

/** Why a play is not played; undefined when it can be. */
export function whyNot(
  { needs }: Play,
  profile: Profile,
  allow: (operation: OperationId) => boolean = () => true,
): string | undefined {
  const forbidden = [...needs.calls].find((operation) => !allow(operation));
  if (forbidden !== undefined) return `needs ${forbidden}, which this run may not call`;
  const [name] = lackingIn(profile, needs);
  return name === undefined ? undefined : `the profile has no ${name}`;
}

export function notExercised({ needs: _, touches: __, play: ___, ...subject }: Play, reason: string): Played {
  return { ...subject, result: 'not_exercised', reason, findings: [], requests: 0, leftovers: [], unseen: 0 };
}

/** The most wanted first. */
function countLacking(profile: Profile, plays: readonly Play[]): readonly Lacking[] {
  const counts = new Map<string, number>();
  for (const { needs } of plays) for (const name of lackingIn(profile, needs)) counts.set(name, (counts.get(name) ?? 0) + 1);
  return [...counts].map(([name, rows]) => ({ name, rows })).sort((a, b) => b.rows - a.rows || a.name.localeCompare(b.name));
}
