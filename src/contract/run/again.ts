// Asks again what was wrong, so that a fault that does not come every time is told as one. Only what
// leaves nothing behind is asked again: no slice, which can only be archived, and nothing of what the
// profile marks as disposable.

import { isSafe } from '../../client/target.js';
import type { Spec } from '../../spec/document.js';
import { ORGANIZATION } from '../dialect.js';
import { isSerious } from '../judge/deviation.js';
import { creations } from './creations.js';
import type { AskedAgain, Finding } from './finding.js';
import { budgets, type Level } from './level.js';
import type { Play, Played } from './play.js';
import type { Profile } from './profile.js';

/** Of the requests of a level, one in so many may be one that asks again. */
const SHARE = 10;

interface Asking {
  readonly spec: Spec;
  readonly profile: Profile;
  readonly level: Level;
  /** At most so often. */
  readonly times: number;
  /** Nothing where the run has ended. */
  readonly play: (play: Play) => Promise<Played | undefined>;
}

export class Again {
  /** What was played again, for what it has sent and left. */
  readonly played: Played[] = [];
  readonly #asked = new Map<string, AskedAgain>();

  /** The finding, with what became of it when it was asked for again. */
  mark(finding: Finding): Finding {
    const again = this.#asked.get(finding.fingerprint);
    return again ? { ...finding, again } : finding;
  }

  get requests(): number {
    return this.played.reduce((sum, { requests }) => sum + requests, 0);
  }

  /** One after the other, until the share of requests is used up. */
  async ask(
    done: readonly { readonly play: Play; readonly played: Played }[],
    { spec, profile, level, times, play }: Asking,
  ): Promise<void> {
    const most = budgets[level] / SHARE;
    for (const one of inTurn(done)) {
      const sought = prints(one.played);
      if (sought.every((print) => this.#asked.has(print)) || !isHarmless(one.play, spec, profile))
        continue;
      for (let i = 0; i < times && sought.some((print) => !this.#isMissed(print)); i++) {
        if (this.requests >= most) return;
        const played = await play(one.play);
        if (!played) return;
        this.played.push(played);
        this.#note(sought, played);
      }
    }
  }

  #isMissed(print: string): boolean {
    const again = this.#asked.get(print);
    return again !== undefined && again.came < again.times;
  }

  /** What did not come counts only where the row was played to its end. */
  #note(sought: readonly string[], played: Played): void {
    const found = new Set(prints(played));
    for (const print of sought) {
      const isFound = found.has(print);
      if (!isFound && played.result === 'not_exercised') continue;
      const { times, came } = this.#asked.get(print) ?? { times: 0, came: 0 };
      this.#asked.set(print, { times: times + 1, came: came + Number(isFound) });
    }
  }
}

const seriousIn = ({ findings }: Played): readonly Finding[] =>
  findings.filter((finding) => isSerious(finding) && !finding.known);

const prints = (played: Played): readonly string[] => [
  ...new Set(seriousIn(played).map(({ fingerprint }) => fingerprint)),
];

/** A row of each kind of finding first, then a second of each, and so on. */
function inTurn<One extends { readonly played: Played }>(done: readonly One[]): readonly One[] {
  const counts = new Map<string, number>();
  return done
    .flatMap((one) => {
      const [first] = seriousIn(one.played);
      if (!first) return [];
      const turn = counts.get(first.code) ?? 0;
      counts.set(first.code, turn + 1);
      return [{ one, turn }];
    })
    .sort((a, b) => a.turn - b.turn)
    .map(({ one }) => one);
}

/** Whether all that it makes and changes can be taken back. */
function isHarmless({ kind, touches, needs }: Play, spec: Spec, profile: Profile): boolean {
  if (kind === 'sign_in') return false;
  const operations = [...touches, ...needs.calls].flatMap((id) => spec.operations.get(id) ?? []);
  const writes = operations.filter(({ method }) => !isSafe(method));
  const marked = ['disposable_message_id', ...(profile.disposable ?? [])];
  const usesUp = marked.some((name) => needs.profile.has(`known.${name}`));
  const isLasting = writes.some(({ id, parameters }) => {
    const made = creations[id];
    const isOnAll = parameters.every((p) => p.in !== 'path' || p.name === ORGANIZATION);
    return made ? made.kind === 'slice' : isOnAll;
  });
  return writes.length === 0 || (!usesUp && !isLasting);
}
