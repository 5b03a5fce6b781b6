// Plays all that is planned against a target and reports what was shown. Start here: `runContracts`
// is the loop, `Run` is what its plays share, and says when it ends.
import { setImmediate, setTimeout as sleep } from 'node:timers/promises';
import { type Target, withinTime } from '../../client/target.js';
import type { OperationId } from '../../spec/document.js';
import { judge } from '../judge/judge.js';
import type { CallerName } from '../tables/caller.js';
import { Again } from './again.js';
import { Canary } from './canary.js';
import { chosenPlays, whyNoRow } from './choice.js';
import { type Closed, close } from './closing.js';
import { coverageOf } from './coverage.js';
import { type Ending, endingOf } from './ending.js';
import { type Finding, mergeFindings } from './finding.js';
import { Guard } from './guard.js';
import { Known, type PlayedPart } from './known-findings.js';
import { sideBySide } from './lanes.js';
import { Ledger } from './ledger.js';
import { type Lock, takeLock } from './lock.js';
import { lackingIn } from './needs.js';
import type { Lacking, Report, RunOptions } from './options.js';
import { Override } from './override.js';
import { Pace } from './pace.js';
import { type SessionParts, selectionOf } from './parts.js';
import { crashOf, type Play, type Played, playOne } from './play.js';
import { PossiblyMade } from './possibly-made.js';
import { RateLimits } from './rate-limit.js';
import { SharedStates } from './shared.js';
import { misfitIn, planSignIns } from './sign-in.js';
import { Spares } from './spares.js';
import { INTERRUPTED, RunEnd, type Stopped, timeIsOver } from './stopped.js';
import { type Trouble, Watch } from './watch.js';

/**
 * Throws nothing once it has begun. A target that misbehaves is a finding, or ends the run with the
 * reason; an error of our own is told with the play that it ended, and the run goes on.
 */
export async function runContracts(options: RunOptions): Promise<Report> {
  const run = new Run(options);
  options.onLacking?.(run.lacking);
  options.onBegin?.((stopped) => run.report(stopped), run.plays);
  try {
    await run.playAll();
  } catch (error) {
    run.stop({ why: 'crashed', text: crashOf(error) });
  }
  return run.close();
}

interface Numbered {
  readonly play: Play;
  readonly number: number;
}

const isRateLimit = ({ play }: Numbered): boolean => play.kind === 'rate_limit';

interface Done {
  readonly play: Play;
  /** Of the play. */
  readonly number: number;
  readonly played: Played;
  /** The number of its last request. */
  readonly last: number;
}

/** One run. It is closed at the end, however that comes. */
export class Run {
  readonly plays: readonly Play[];
  readonly lacking: readonly Lacking[];
  readonly #options: RunOptions;
  readonly #started = new Date().toISOString();
  readonly #ending: Ending;
  readonly #watch: Watch;
  readonly #target: Target;
  readonly #limits = new RateLimits();
  readonly #held = new Set<string>();
  readonly #possiblyMade: PossiblyMade;
  readonly #ledger: Ledger;
  readonly #override = new Override();
  readonly #canary: Canary | undefined;
  /** What all plays are given. */
  readonly #shared: Omit<SessionParts, 'number'>;
  /** In the order in which they ended. */
  #done: Done[] = [];
  /** How many rows have been told of. */
  #told = 0;
  readonly #signIns: Played[] = [];
  readonly #known: Known;
  readonly #again = new Again();
  #heard = false;
  /** The plays that are played now; they go on to their end even if nobody waits for them. */
  readonly #underWay = new Set<Promise<unknown>>();
  #stopped: Stopped | undefined;
  #locking: Promise<Lock> | undefined;
  #lock: Lock | undefined;
  /** A caller who is refused is asked about once, however many plays came upon it. */
  #asking: Promise<Stopped | undefined> | undefined;
  #closed: Closed = { leftovers: [], requests: 0 };

  constructor(options: RunOptions) {
    const {
      spec,
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
    this.plays = chosenPlays(this.#options);
    this.lacking = countLacking(this.#options, this.plays);
    this.#known = new Known(options.known ?? [], this.#started);
    this.#ending = endingOf(signal, maxTime, grace);
    const { ended } = this.#ending;
    const wait =
      options.wait ??
      ((milliseconds, until = ended) =>
        sleep(milliseconds, undefined, { signal: until }).catch(() => {}));
    this.#watch = new Watch(profile, wait);
    const pace = new Pace(options.rateLimit ?? 'off', (milliseconds) => wait(milliseconds, ended));
    this.#target = pace.over(this.#listening(target));
    this.#possiblyMade = new PossiblyMade(runId);
    this.#ledger = new Ledger(runId, options.onLedger);
    const { canary, ...others } = this.#options;
    if (canary !== false) this.#canary = new Canary(options.judge ?? judge, seed);
    this.#shared = {
      ...others,
      seed,
      target: this.#watch.over(this.#target),
      wait,
      ending: this.#ending,
      limits: this.#limits,
      guard: new Guard(spec, profile, this.#ledger),
      ledger: this.#ledger,
      held: this.#held,
      states: new SharedStates(this.plays),
      spares: new Spares(this.#ledger),
      possiblyMade: this.#possiblyMade,
      override: this.#override,
      ...(this.#canary ? { canary: this.#canary } : {}),
      putOff: [],
    };
  }

  /** Why no further play is played; nothing as long as the run goes on. */
  get stopped(): Stopped | undefined {
    return this.#interrupted() ?? this.#stopped ?? this.#timeIsOver();
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

  /** Plays all, several at a time; the sign-ins before anything else. */
  async playAll(): Promise<void> {
    const numbered = this.plays.map((play, i) => ({ play, number: i + 1 }));
    const isSignIn = ({ play }: Numbered): boolean => play.kind === 'sign_in';
    const signIns = numbered.filter(isSignIn);
    // A second credential is asked about once all the first ones are.
    const groups = [
      signIns.filter(({ play }) => !play.byToken),
      signIns.filter(({ play }) => play.byToken),
      numbered.filter((one) => !isSignIn(one) && !isRateLimit(one)),
    ];
    for (const group of groups) await this.#playSideBySide(group);
    await this.#askAgain();
    await this.#playRateLimits(numbered.filter(isRateLimit));
  }

  #playSideBySide(group: readonly Numbered[]): Promise<void> {
    return sideBySide(group, {
      limit: this.#options.concurrency ?? 1,
      lanesOf: ({ play }) => play.lanes,
      work: async ({ play, number }) => {
        const played = await this.play(play, number);
        this.#tell();
        return played !== undefined;
      },
    });
  }

  /** Last of all: whatever comes after a limit has to wait. */
  async #playRateLimits(plays: readonly Numbered[]): Promise<void> {
    if (plays.length === 0 || this.stopped) return;
    const { around } = this.#options.rateLimits ?? {};
    await around?.on();
    try {
      await this.#playSideBySide(plays);
    } finally {
      await around?.off();
    }
  }

  /** Each on a state of its own, whatever it shared with others. */
  async #askAgain(): Promise<void> {
    const { spec, profile, level = 'full', askAgain: times = 0 } = this.#options;
    const { states: _, ...shared } = this.#shared;
    await this.#again.ask(this.#done, {
      spec,
      profile,
      level,
      times,
      play: async (play) => {
        if (this.stopped) return undefined;
        const target = this.#watch.over(this.#target);
        const number = this.plays.length + this.#again.played.length + 1;
        const played = await playOne(play, { ...shared, target, number });
        const ended = await this.#whyEnded(played);
        if (ended) this.stop(ended);
        return played;
      },
    });
  }

  /** Plays one; nothing where the run has ended. */
  async play(play: Play, number: number): Promise<Played | undefined> {
    // A target in this process answers without waiting for anything, so no timer would get a turn.
    await setImmediate();
    const notBegun = await this.#whyNotBegun(play);
    if (notBegun) this.stop(notBegun);
    if (notBegun) return undefined;
    const began = performance.now();
    let last = 0;
    const target = this.#watch.over(this.#target, (sent) => {
      last = sent;
    });
    const playing = playOne(play, { ...this.#shared, target, number });
    this.#underWay.add(playing);
    const result = await playing;
    this.#underWay.delete(playing);
    const findings = result.findings.map((finding) => this.#known.mark(finding));
    const played = { ...result, findings, milliseconds: performance.now() - began };
    this.#done.push({ play, number, played, last });
    if (play.kind === 'sign_in') this.#signIns.push(played);
    const ended = (await this.#whyEnded(played)) ?? this.#whyEnough();
    if (ended) this.stop(ended);
    return played;
  }

  /** Tells of what was played, in the order of the plan. */
  #tell(): void {
    const { onRow } = this.#options;
    for (;;) {
      const next = this.#done.find(({ number }) => number === this.#told + 1);
      if (!next) return;
      this.#told += 1;
      onRow?.(next.played, next.number, this.plays.length);
    }
  }

  /** Deletes what is left, and reports. */
  async close(): Promise<Report> {
    await Promise.all(this.#underWay);
    const { spares: _, ...parts } = { ...this.#shared, number: 0 };
    this.#closed = await close(parts, this.#lock).catch((error) => ({
      leftovers: [crashOf(error)],
      requests: 0,
    }));
    this.#ending.done();
    this.#ledger.end();
    // The end may have come in the last play.
    return { ...this.report(this.stopped ?? this.misfit), finished: new Date().toISOString() };
  }

  /** Of what has come so far. */
  report(stopped: Stopped | undefined): Report {
    const { spec, profile, target, seed = 1, runId = '', minCases, filters } = this.#options;
    const canary = this.#canary?.report;
    const rows = [...this.#done]
      .sort((a, b) => a.number - b.number)
      .map(({ played }) => ({
        ...played,
        findings: played.findings.map((finding) => this.#again.mark(finding)),
      }));
    const knownFaults = this.#known.faults(this.#part(rows, stopped));
    const sum = (count: (row: Played) => number): number =>
      rows.reduce((all, row) => all + count(row), 0);
    return {
      target: target.name,
      started: this.#started,
      seed,
      secrets: profile.secrets,
      rows,
      findings: mergeFindings(rows.flatMap((row) => row.findings)),
      coverage: coverageOf(spec, rows, {
        include: selectionOf(this.#options).include,
        whyNone: stopped ? 'the run ended before' : whyNoRow(this.#options),
      }),
      lacking: this.lacking,
      requests:
        sum(({ requests }) => requests) +
        this.#again.requests +
        this.#override.requests +
        (this.#lock?.requests ?? 0) +
        this.#closed.requests,
      override: this.#override.holders,
      possiblyMade: this.#possiblyMade.list,
      leftovers: this.#leftovers([...rows, ...this.#again.played]),
      archived: this.#ledger.archived,
      unverified: this.#ledger.unverified,
      unseen: sum(({ unseen }) => unseen),
      ...(stopped === undefined ? {} : { stopped }),
      ...(minCases === undefined ? {} : { minCases }),
      ...(filters === undefined ? {} : { filters }),
      ...(canary === undefined ? {} : { canary }),
      runId,
      ...(this.#options.plays ? {} : { level: this.#options.level ?? 'full' }),
      ...(knownFaults.length > 0 ? { knownFaults } : {}),
      ...(this.#options.shard ? { shard: this.#options.shard } : {}),
    };
  }

  /** What the run had to leave out does not count as played. */
  #part(rows: readonly Played[], stopped: Stopped | undefined): PlayedPart {
    const { spec, plays, titles, shard, level = 'full', target } = this.#options;
    const { include } = selectionOf(this.#options);
    const isJudged = (operation?: string): boolean =>
      operation === undefined
        ? [...spec.operations.keys()].every((id) => include(id))
        : include(operation as OperationId);
    const isPart =
      [stopped, plays, titles, shard].some((one) => one !== undefined) ||
      level === 'smoke' ||
      target.readOnly === true ||
      this.lacking.length > 0 ||
      !isJudged();
    const extent = isPart ? 'part' : level === 'full' ? 'all' : 'usual';
    return { rows, extent, level, isJudged };
  }

  /** Of what the ledger knows the id of, it says itself what has become of it. */
  #leftovers(rows: readonly Played[]): readonly string[] {
    const said = [
      ...rows.flatMap((row) => row.leftovers),
      ...this.#closed.leftovers,
      ...this.#held,
    ];
    const isKnown = (text: string): boolean =>
      text.split(/[\s:]+/).some((word) => this.#ledger.entryOf(word) !== undefined);
    return [...new Set([...said.filter((text) => !isKnown(text)), ...this.#ledger.leftovers])];
  }

  async #whyNotBegun(play: Play): Promise<Stopped | undefined> {
    const { stopped } = this;
    // A second credential is asked about where the first ones are good.
    if (play.kind === 'sign_in') return stopped ?? (play.byToken ? this.misfit : undefined);
    return stopped ?? this.misfit ?? (await this.#whyLocked());
  }

  async #whyLocked(): Promise<Stopped | undefined> {
    if (!this.#options.lock) return undefined;
    this.#locking ??= takeLock({ ...this.#shared, number: 0 }, this.#options.maxTime);
    this.#lock = await this.#locking;
    return this.#lock.busy === undefined ? undefined : { why: 'locked', text: this.#lock.busy };
  }

  /** Whether as many failures have come as are wanted. */
  #whyEnough(): Stopped | undefined {
    const { failFast } = this.#options;
    // Asked after every play, of all before it.
    if (failFast === undefined) return undefined;
    const isFailure = ({ severity, known }: Finding): boolean => severity === 'failure' && !known;
    const failed = this.#done.filter(({ played }) => played.findings.some(isFailure)).length;
    if (failed < failFast) return undefined;
    this.#ending.end();
    return { why: 'failed', text: `${failed} ${failed === 1 ? 'row has' : 'rows have'} failed` };
  }

  /** After a play: whether there is a target to go on with. */
  async #whyEnded({ kind, findings }: Played): Promise<Stopped | undefined> {
    // A target that is not there will not come back for the next thousand rows.
    const unreachable = findings.find((finding) => finding.unreachable);
    if (unreachable)
      return {
        why: 'unreachable',
        text: `the target cannot be reached: ${withFix(unreachable.got)}`,
      };
    const text = 'the target answers 429, however long the run waits; try again later';
    const limited: Stopped | undefined = this.#limits.areOver
      ? { why: 'limited', text }
      : undefined;
    const { trouble } = this.#watch;
    if (!trouble || kind === 'sign_in') return limited;
    this.#asking ??= this.#causeOf(trouble).finally(() => {
      this.#asking = undefined;
    });
    const stopped = limited ?? (await this.#asking);
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
    this.#done = this.#done.map((done) =>
      done.last < since ? done : { ...done, played: unsaid(done.played, text) },
    );
  }

  #interrupted(): Stopped | undefined {
    const { signal } = this.#options;
    if (!signal?.aborted) return undefined;
    return signal.reason instanceof RunEnd ? signal.reason.stopped : INTERRUPTED;
  }

  #timeIsOver(): Stopped | undefined {
    return this.#ending.ended.aborted ? timeIsOver(this.#options.maxTime ?? 0) : undefined;
  }

  /** The last request that is allowed is sent; no other comes after it, save to take away. */
  #count(): void {
    const { maxRequests } = this.#options;
    if (maxRequests === undefined || this.#watch.sent < maxRequests) return;
    this.stop({ why: 'requests', text: `all ${maxRequests} requests were sent` });
    this.#ending.end();
  }

  /** Notes whether anybody answers. Whoever does not heed the signal is not waited for either. */
  #listening(target: Target): Target {
    return {
      ...target,
      send: async (...request) => {
        this.#count();
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

/** What to do stands behind some reasons already. */
const withFix = (reason: string): string =>
  reason.includes('; ') ? reason : `${reason}; start the server, or correct its address`;

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
