// Which plays a level has. What a play covers follows from its row: the operation, the case that is
// expected first, whether it was made from a schema.
import type { Spec } from '../../spec/document.js';
import { budgets, type Level } from './level.js';
import type { Play } from './play.js';

/** Of them, for what no play asks for: what stood in the lists before, the lock, pages of long lists. */
const ASIDE = 60;

/** Those of a level, in the order of all. The same plays give the same choice. */
export function atLevel(level: Level, plays: readonly Play[], spec: Spec): readonly Play[] {
  if (level === 'full') return plays;
  const choice = new Choice(budgets[level] - ASIDE);
  for (const play of plays.filter(({ kind }) => kind === 'sign_in')) choice.take(play);
  choice.cheapestOfEach(plays, (play) => outcomeOf(play, spec));
  if (level === 'standard') {
    choice.cheapestOfEach(plays, caseOf);
    choice.fill(plays.filter(({ kind }) => kind === 'lifecycle' || kind === 'method'));
    choice.fill(plays.filter(({ isEdge }) => !isEdge));
    choice.fill(plays);
  }
  return plays.filter((play) => choice.has(play));
}

/** What smoke shows once: of what is refused whatever the state, the status is enough. */
function outcomeOf(play: Play, spec: Spec): string | undefined {
  const name = caseOf(play);
  const status = spec.operations.get(play.operation)?.cases.get(play.expected[0] ?? '')?.status;
  return status === 401 || status === 422 ? `${play.operation} ${status}` : name;
}

const caseOf = ({ kind, operation, expected, isEdge }: Play): string | undefined =>
  kind === 'row' && !isEdge ? `${operation} ${expected[0]}` : undefined;

class Choice {
  readonly #taken = new Set<Play>();
  readonly #states = new Set<string>();
  #left: number;

  constructor(budget: number) {
    this.#left = budget;
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
      const state = this.#costOf(play) - play.costs.own;
      const share = state / (users.get(play.shares ?? '') ?? 1);
      return (play.expected.length > 1 ? 1000 : 0) + play.costs.own + share;
    };
    for (const members of groups.values())
      if (!members.some((play) => this.has(play)))
        this.take(members.reduce((best, play) => (rank(play) < rank(best) ? play : best)));
  }

  /** As many as there is room for, in the order that is given. */
  fill(plays: readonly Play[]): void {
    for (const play of plays) if (this.#costOf(play) <= this.#left) this.take(play);
  }

  #costOf({ shares, costs: { own, state } }: Play): number {
    return own + (shares !== undefined && this.#states.has(shares) ? 0 : state);
  }
}
