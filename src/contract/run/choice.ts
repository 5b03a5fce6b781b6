// Which plays a level has. What a play covers follows from its row: the operation, the case that is
// expected first, whether it was made from a schema.
import type { OperationId, Spec } from '../../spec/document.js';
import { budgets, comparesAfter, type Level } from './level.js';
import { lackingIn } from './needs.js';
import type { RunOptions, Shard } from './options.js';
import { selectionOf } from './parts.js';
import { planRun } from './plan.js';
import type { Play } from './play.js';
import { planRateLimits } from './rate-limited.js';
import { planReading } from './reading.js';
import { expectedCase } from './subject.js';

/** What a run plays. */
export function chosenPlays(options: RunOptions): readonly Play[] {
  const { spec, contracts, profile, target, level = 'full', shard, titles } = options;
  if (options.plays) return options.plays;
  const selection = selectionOf(options);
  const planned = planRun(spec, contracts, profile, selection);
  // Whoever asks for one at a time gets no more than that.
  const all =
    options.concurrency === 1 ? planned.filter(({ kind }) => kind !== 'at_once') : planned;
  const wanted = titles
    ? all.filter(({ kind, title }) => kind === 'sign_in' || titles.has(title))
    : atLevel(level, all, spec);
  const plays = target.readOnly ? planReading({ ...options, ...selection }, wanted) : wanted;
  const part = shard ? partOf(plays, shard) : plays;
  return options.rateLimits && !titles
    ? [...part, ...planRateLimits(spec, selection.include, options.rateLimits.most)]
    : part;
}

/** Every play is in one part; neighbours stay together, and all parts send about as much. */
function partOf(plays: readonly Play[], { index, count }: Shard): readonly Play[] {
  const shared = plays.filter(({ kind }) => kind !== 'sign_in');
  const whole = shared.reduce((sum, { costs }) => sum + costs.own.length, 0);
  let before = 0;
  const own = new Set<Play>();
  for (const play of shared) {
    if (Math.floor((before / whole) * count) === index - 1) own.add(play);
    before += play.costs.own.length;
  }
  return plays.filter((play) => play.kind === 'sign_in' || own.has(play));
}

/** What all plays together call that can be played, where all goes well. */
export function callsOf(
  plays: readonly Play[],
  options: RunOptions,
): ReadonlyMap<OperationId, number> {
  const { allow } = selectionOf(options);
  const counts = new Map<OperationId, number>();
  const states = new Set<string>();
  for (const play of plays) {
    const { needs, shares, costs } = play;
    if (lackingIn(options.profile, needs).length > 0 || ![...needs.calls].every(allow)) continue;
    const isMade = shares !== undefined && states.has(shares);
    if (shares !== undefined) states.add(shares);
    const compared = comparedBy(play, options.spec, options.level);
    for (const call of [...costs.own, ...compared, ...(isMade ? [] : costs.state)])
      counts.set(call, (counts.get(call) ?? 0) + 1);
  }
  return counts;
}

/** What it calls at a level to see what a refusal has left. */
function comparedBy(play: Play, spec: Spec, level: Level = 'full'): readonly OperationId[] {
  return comparesAfter(expectedCase(spec, play), level) ? (play.costs.compared ?? []) : [];
}

/** Of them, for what no play asks for: what stood in the lists before, the lock, pages of long lists. */
const ASIDE = 60;

/** Those of a level, in the order of all. The same plays give the same choice. */
export function atLevel(level: Level, plays: readonly Play[], spec: Spec): readonly Play[] {
  if (level === 'full') return plays;
  const choice = new Choice(level, spec);
  // Smoke plays nothing with a second credential.
  const plain = level === 'smoke' ? plays.filter(({ byToken }) => !byToken) : plays;
  for (const play of plain.filter(({ kind }) => kind === 'sign_in')) choice.take(play);
  choice.cheapestOfEach(plain, (play) => outcomeOf(play, spec));
  if (level === 'standard') {
    choice.cheapestOfEach(plays, caseOf);
    choice.fill(plays.filter(({ kind }) => ['lifecycle', 'method', 'at_once'].includes(kind)));
    choice.fill(byWorth(plays, spec));
  }
  return plays.filter((play) => choice.has(play));
}

/**
 * Those come first that see most for what they cost: a write that is carried out is looked at from all
 * sides, a list or a read shows what is there, and most that is refused has been shown once by now.
 */
function byWorth(plays: readonly Play[], spec: Spec): readonly Play[] {
  const rankOf = (play: Play): number => {
    if (play.isHardText) return 0;
    if (play.isEdge) return 4;
    if (play.byToken) return 3;
    if ((expectedCase(spec, play)?.status ?? 500) >= 300) return 2;
    return spec.operations.get(play.operation)?.method === 'GET' ? 1 : 0;
  };
  return plays
    .map((play) => ({ play, rank: rankOf(play), cost: play.costs.own.length }))
    .sort((a, b) => a.rank - b.rank || a.cost - b.cost)
    .map(({ play }) => play);
}

/** What smoke shows once: of what is refused whatever the state, the status is enough. */
function outcomeOf(play: Play, spec: Spec): string | undefined {
  const name = caseOf(play);
  const status = expectedCase(spec, play)?.status;
  return status === 401 || status === 422 ? `${play.operation} ${status}` : name;
}

const caseOf = ({ kind, operation, expected, isEdge }: Play): string | undefined =>
  kind === 'row' && !isEdge ? `${operation} ${expected[0]}` : undefined;

class Choice {
  readonly #taken = new Set<Play>();
  readonly #states = new Set<string>();
  readonly #level: Level;
  readonly #spec: Spec;
  #left: number;

  constructor(level: Level, spec: Spec) {
    this.#level = level;
    this.#spec = spec;
    this.#left = budgets[level] - ASIDE;
  }

  has(play: Play): boolean {
    return this.#taken.has(play);
  }

  take(play: Play): void {
    if (this.has(play)) return;
    this.#left -= this.#costOf(play);
    this.#taken.add(play);
    if (play.shares !== undefined) this.#states.add(play.shares);
  }

  /**
   * One of each group that none is taken of yet: where one answer is right rather than several, and
   * what costs least.
   */
  cheapestOfEach(plays: readonly Play[], groupOf: (play: Play) => string | undefined): void {
    const groups = new Map<string, Play[]>();
    for (const play of plays) {
      const group = groupOf(play);
      if (group !== undefined) groups.set(group, [...(groups.get(group) ?? []), play]);
    }
    const users = new Map<string, number>();
    for (const members of groups.values())
      for (const shares of new Set(members.flatMap((play) => play.shares ?? [])))
        users.set(shares, (users.get(shares) ?? 0) + 1);
    const rank = (play: Play): number => {
      const own = this.#ownOf(play);
      const share = (this.#costOf(play) - own) / (users.get(play.shares ?? '') ?? 1);
      return (play.expected.length > 1 ? 1000 : 0) + own + share;
    };
    for (const members of groups.values())
      if (!members.some((play) => this.has(play)))
        this.take(members.reduce((best, play) => (rank(play) < rank(best) ? play : best)));
  }

  /** As many as there is room for, in the order that is given. */
  fill(plays: readonly Play[]): void {
    for (const play of plays) if (this.#costOf(play) <= this.#left) this.take(play);
  }

  #costOf(play: Play): number {
    const { shares, costs } = play;
    const isMade = shares !== undefined && this.#states.has(shares);
    return this.#ownOf(play) + (isMade ? 0 : costs.state.length);
  }

  #ownOf(play: Play): number {
    return play.costs.own.length + comparedBy(play, this.#spec, this.#level).length;
  }
}

/** Why a run that went on to its end had no row that leads to a case. */
export function whyNoRow({
  plays,
  titles,
  shard,
  level = 'full',
  target,
}: Pick<RunOptions, 'plays' | 'titles' | 'shard' | 'level' | 'target'>): string {
  if (plays || titles) return 'none of the rows that were picked leads to it';
  if (shard) return 'none of the rows of this shard leads to it';
  if (target.readOnly) return 'no row of a run that only reads leads to it';
  return `no row of level ${level} leads to it`;
}
