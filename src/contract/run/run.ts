// Plays all that is planned against a target and reports what was shown. Start here: `runContracts`
// is the loop, `Run` is what its plays share, and says when it ends.
import { setImmediate, setTimeout as sleep } from 'node:timers/promises';
import { type Target, withinTime } from '../../client/target.js';
import type { CallerName } from '../tables/caller.js';
import { type Closed, close } from './closing.js';
import { coverageOf } from './coverage.js';
import { type Ending, endingOf } from './ending.js';
import { mergeFindings } from './finding.js';
import { Guard } from './guard.js';
import { type Lock, takeLock } from './lock.js';
import { lackingIn } from './needs.js';
import type { Lacking, Report, RunOptions } from './options.js';
import { type SessionParts, selectionOf } from './parts.js';
import { planRun } from './plan.js';
import { crashOf, type Play, type Played, playOne } from './play.js';
import { PossiblyMade } from './possibly-made.js';
import { RateLimits } from './rate-limit.js';
import { planReading } from './reading.js';
import { misfitIn, planSignIns } from './sign-in.js';
import { INTERRUPTED, RunEnd, type Stopped, timeIsOver } from './stopped.js';
import { type Trouble, Watch } from './watch.js';

/**
 * Throws nothing once it has begun. A target that misbehaves is a finding, or ends the run with the
 * reason; an error of our own is told with the play that it ended, and the run goes on.
 */
export async function runContracts(options: RunOptions): Promise<Report> {
  const run = new Run(options);
  options.onLacking?.(run.lacking);
  options.onBegin?.((stopped) => run.report(stopped));
  try {
    for (const [i, play] of run.plays.entries()) {
      const played = await run.play(play, i + 1);
      if (!played) break;
      options.onRow?.(played, i + 1, run.plays.length);
    }
  } catch (error) {
    run.stop({ why: 'crashed', text: crashOf(error) });
  }
  return run.close();
}

/** What came of a play, and how many requests the run had sent by then. */
interface Done {
  readonly played: Played;
  readonly sent: number;
}

/**
 * One run. Its plays are played one after the other; it is closed at the end, however that comes.
 */
export class Run {
  readonly plays: readonly Play[];
  readonly lacking: readonly Lacking[];
  readonly #options: RunOptions;
  readonly #started = new Date().toISOString();
  readonly #ending: Ending;
  readonly #watch: Watch;
  readonly #limits = new RateLimits();
  readonly #held = new Set<string>();
  readonly #possiblyMade: PossiblyMade;
  /** What all plays are given. */
  readonly #shared: Omit<SessionParts, 'number'>;
  #done: Done[] = [];
  readonly #signIns: Played[] = [];
  #heard = false;
  /** The play that is played now; it goes on to its end even if nobody waits for it. */
  #underWay: Promise<unknown> = Promise.resolve();
  #stopped: Stopped | undefined;
  #lock: Lock | undefined;
  #closed: Closed = { leftovers: [], requests: 0 };

  constructor(options: RunOptions) {
    const {
      spec,
      contracts,
      profile,
      target,
      seed = 1,
      runId = String(seed),
      signal,
      maxTime,
      grace,
    } = options;
    const selection = selectionOf(options);
    this.#options = { ...options, ...selection, seed, runId };
    const plays = options.plays ?? planRun(spec, contracts, profile, selection);
    this.plays = target.readOnly ? planReading(this.#options, plays) : plays;
    this.lacking = countLacking(this.#options, this.plays);
    this.#ending = endingOf(signal, maxTime, grace);
    const { ended } = this.#ending;
    const wait =
      options.wait ??
      ((milliseconds, until = ended) =>
        sleep(milliseconds, undefined, { signal: until }).catch(() => {}));
    this.#watch = new Watch(profile, wait);
    this.#possiblyMade = new PossiblyMade(runId);
    this.#shared = {
      ...this.#options,
      seed,
      target: this.#watch.over(this.#listening(target)),
      wait,
      ending: this.#ending,
      limits: this.#limits,
      guard: new Guard(spec, profile),
      held: this.#held,
      possiblyMade: this.#possiblyMade,
      putOff: [],
    };
  }

  /** Why no further play is played; nothing as long as the run goes on. */
  get stopped(): Stopped | undefined {
    return this.#ended() ?? this.#stopped;
  }

  stop(stopped: Stopped): void {
    this.#stopped ??= stopped;
  }

  /**
   * Why the run cannot go on beyond its sign-ins. All of them are asked before the run ends for
   * one.
   */
  get misfit(): Stopped | undefined {
    return this.#heard ? misfitIn(this.#signIns) : silenceIn(this.#done);
  }

  /** Plays one; nothing where the run has ended. */
  async play(play: Play, number: number): Promise<Played | undefined> {
    // A target in this process answers without waiting for anything, so no timer would get a turn.
    await setImmediate();
    this.#stopped = await this.#whyNotBegun(play);
    if (this.#stopped) return undefined;
    const began = performance.now();
    const playing = playOne(play, { ...this.#shared, number });
    this.#underWay = playing;
    const result = await playing;
    const played = { ...result, milliseconds: performance.now() - began };
    this.#done.push({ played, sent: this.#watch.sent });
    if (play.kind === 'sign_in') this.#signIns.push(played);
    this.#stopped = await this.#whyEnded(played);
    return played;
  }

  /** Deletes what is left, and reports. */
  async close(): Promise<Report> {
    await this.#underWay;
    const parts = { ...this.#shared, number: 0 };
    this.#closed = await close(parts, this.#lock).catch((error) => ({
      leftovers: [crashOf(error)],
      requests: 0,
    }));
    this.#ending.done();
    // The end may have come in the last play.
    return { ...this.report(this.stopped ?? this.misfit), finished: new Date().toISOString() };
  }

  /** Of what has come so far. */
  report(stopped: Stopped | undefined): Report {
    const { spec, profile, target, seed = 1, runId = '', minCases, filters } = this.#options;
    const rows = this.#done.map(({ played }) => played);
    const sum = (count: (row: Played) => number): number =>
      rows.reduce((all, row) => all + count(row), 0);
    return {
      target: target.name,
      started: this.#started,
      seed,
      secrets: profile.secrets,
      rows,
      findings: mergeFindings(rows.flatMap((row) => row.findings)),
      coverage: coverageOf(spec, rows, selectionOf(this.#options).include),
      lacking: this.lacking,
      requests:
        sum(({ requests }) => requests) + (this.#lock?.requests ?? 0) + this.#closed.requests,
      possiblyMade: this.#possiblyMade.list,
      leftovers: [
        ...new Set([
          ...rows.flatMap((row) => row.leftovers),
          ...this.#closed.leftovers,
          ...this.#held,
        ]),
      ],
      unseen: sum(({ unseen }) => unseen),
      ...(stopped === undefined ? {} : { stopped }),
      ...(minCases === undefined ? {} : { minCases }),
      ...(filters === undefined ? {} : { filters }),
      runId,
    };
  }

  async #whyNotBegun(play: Play): Promise<Stopped | undefined> {
    const { stopped } = this;
    return (
      stopped ?? (play.kind === 'sign_in' ? undefined : (this.misfit ?? (await this.#whyLocked())))
    );
  }

  async #whyLocked(): Promise<Stopped | undefined> {
    if (!this.#options.lock) return undefined;
    this.#lock ??= await takeLock({ ...this.#shared, number: 0 }, this.#options.maxTime);
    return this.#lock.busy === undefined ? undefined : { why: 'locked', text: this.#lock.busy };
  }

  /** After a play: whether there is a target to go on with. */
  async #whyEnded({ kind, findings }: Played): Promise<Stopped | undefined> {
    // A target that is not there will not come back for the next thousand rows.
    const unreachable = findings.find((finding) => finding.unreachable);
    if (unreachable)
      return { why: 'unreachable', text: `the target cannot be reached: ${unreachable.got}` };
    const text = 'the target answers 429, however long the run waits; try again later';
    const limited: Stopped | undefined = this.#limits.areOver
      ? { why: 'limited', text }
      : undefined;
    const { trouble } = this.#watch;
    if (!trouble || kind === 'sign_in') return limited;
    const stopped = limited ?? (await this.#causeOf(trouble));
    if (stopped) this.#unsay(trouble);
    else this.#watch.forget(trouble.caller as CallerName);
    return stopped;
  }

  /** Whether a caller who was let in at first is refused for good; one sign-in says so. */
  async #causeOf({ caller, text }: Trouble): Promise<Stopped | undefined> {
    if (caller === undefined) return { why: 'unreachable', text };
    const { spec, profile } = this.#options;
    const own = planSignIns(spec, profile, selectionOf(this.#options)).find(
      (play) => play.caller === caller,
    );
    const asked = own && (await playOne(own, { ...this.#shared, number: 0 }));
    return !asked || asked.refused
      ? { why: 'refused', text: `${text}; renew it, and run again` }
      : undefined;
  }

  /** What was answered meanwhile says nothing of the server's rules. */
  #unsay({ since, text }: Trouble): void {
    this.#done = this.#done.map(({ played, sent }) => ({
      sent,
      played: sent < since ? played : unsaid(played, text),
    }));
  }

  #ended(): Stopped | undefined {
    const { signal, maxTime } = this.#options;
    if (signal?.aborted)
      return signal.reason instanceof RunEnd ? signal.reason.stopped : INTERRUPTED;
    return this.#ending.ended.aborted ? timeIsOver(maxTime ?? 0) : undefined;
  }

  /** Notes whether anybody answers. Whoever does not heed the signal is not waited for either. */
  #listening(target: Target): Target {
    return {
      ...target,
      send: async (...request) => {
        const response = await withinTime(target.send(...request), {
          signal: request[1],
          call: 'the request',
        });
        this.#heard = true;
        return response;
      },
    };
  }
}

const unsaid = ({ answered: _, ...row }: Played, reason: string): Played => ({
  ...row,
  result: 'not_exercised',
  reason,
  findings: [],
});

/** Nobody has answered anything so far, though somebody was asked. */
function silenceIn(done: readonly Done[]): Stopped | undefined {
  const findings = done.flatMap(({ played }) => played.findings);
  const missing = findings.find(({ code }) => code === 'ANSWER_MISSING');
  return missing && { why: 'unreachable', text: `the target gives no answer: ${missing.got}` };
}

/** The most wanted first. */
function countLacking({ profile }: RunOptions, plays: readonly Play[]): readonly Lacking[] {
  const counts = new Map<string, number>();
  for (const { needs } of plays)
    for (const name of lackingIn(profile, needs)) counts.set(name, (counts.get(name) ?? 0) + 1);
  return [...counts]
    .map(([name, rows]) => ({ name, rows }))
    .sort((a, b) => b.rows - a.rows || a.name.localeCompare(b.name));
}
