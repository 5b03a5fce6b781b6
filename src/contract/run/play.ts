// What a run is made of: plays, each of which says what it needs before it sends anything, and what
// came of it afterwards.
import type { OperationId } from '../../spec/document.js';
import { isSerious } from '../judge/deviation.js';
import type { Finding } from './finding.js';
import type { Lanes } from './lanes.js';
import type { Costs } from './level.js';
import { lackingIn, type Needs } from './needs.js';
import type { SessionParts } from './parts.js';
import { NotExercised } from './reason.js';
import type { Subject } from './subject.js';

export interface Play extends Subject {
  readonly needs: Needs;
  /** Every operation that it may call, to look at what is left too. */
  readonly touches: ReadonlySet<OperationId>;
  /** The state that it has in common with plays of the same key. */
  readonly shares?: string | undefined;
  readonly costs: Costs;
  /** What it touches that others touch too. */
  readonly lanes: Lanes;
  /** Made from a schema. */
  readonly isEdge?: boolean;
  /** Of these, one that sends a text which is hard to keep as it is. */
  readonly isHardText?: boolean;
  /** Of the token of a caller who has a key as well. */
  readonly byToken?: boolean;
  /** Sends its requests. Never throws because of what a target answers. */
  readonly play: (parts: SessionParts) => Promise<Played>;
}

/** In words, wherever a refused credential is reported. */
export const refusalOf = (callers: readonly string[]): string =>
  `the target refuses the credential of ${callers.join(', ')}`;

export type Result = 'right' | 'wrong' | 'not_exercised';

export interface Played extends Subject {
  readonly result: Result;
  /** The documented case that the answer in question was. */
  readonly answered?: string;
  /** The documented cases that its answers were, where no one of them is the one in question. */
  readonly shown?: readonly string[];
  /** Why it was not exercised. */
  readonly reason?: string;
  readonly findings: readonly Finding[];
  readonly requests: number;
  readonly leftovers: readonly string[];
  /** Looks at what a request left behind that the profile has no caller or id for. */
  readonly unseen: number;
  /** The credential of this caller was refused, whatever was asked. */
  readonly refused?: string;
  /** Why the target cannot be the one that the profile is about. */
  readonly unfit?: string;
  /** Whether an answer came from the API, and not from some other server. */
  readonly met?: true;
  /** Why no answer looks like one of the API. */
  readonly lost?: string;
  /** An error of the kit's own that ended it; nothing is said about the target then. */
  readonly crash?: string;
  /** How long it took. */
  readonly milliseconds?: number;
}

/** An error of the kit's own in one line, with the place in its code. */
export function crashOf(error: unknown): string {
  if (!(error instanceof Error)) return `internal error: ${String(error)}`;
  const [at = ''] = error.stack?.match(/(?<=\n\s+)at .*/) ?? [];
  return `internal error: ${`${error.name}: ${error.message} ${at}`.trim()}`;
}

/**
 * A play that finds out on its way that it cannot be played sends no more; an error of our own is
 * what came of it.
 */
export async function playOne(play: Play, parts: SessionParts): Promise<Played> {
  const reason = whyNot(play, parts);
  if (reason !== undefined) return notExercised(play, reason);
  try {
    return await play.play(parts);
  } catch (error) {
    if (error instanceof NotExercised) return notExercised(play, error.message);
    const crash = crashOf(error);
    return { ...notExercised(play, crash), crash };
  }
}

/** Why a play is not played; undefined when it can be. */
export function whyNot(
  { needs }: Play,
  { profile, spec, target, allow = () => true }: SessionParts,
): string | undefined {
  const forbidden = [...needs.calls].find((operation) => !allow(operation));
  if (forbidden !== undefined) return `needs ${forbidden}, which this run may not call`;
  const writing = [...needs.calls].find((id) => spec.operations.get(id)?.method !== 'GET');
  if (target.readOnly && writing !== undefined)
    return `needs ${writing}, and a read-only run sends nothing but GET and HEAD`;
  const [name] = lackingIn(profile, needs);
  return name === undefined ? undefined : `the profile has no ${name}`;
}

/** What came of a play that leaves nothing behind. */
export const playedOut = (
  subject: Subject,
  findings: readonly Finding[],
  requests: number,
): Played => ({
  ...subject,
  result: findings.some(isSerious) ? 'wrong' : 'right',
  findings,
  requests,
  leftovers: [],
  unseen: 0,
});

export function notExercised(
  { kind, operation, title, place, caller, expected }: Subject,
  reason: string,
): Played {
  return {
    kind,
    operation,
    title,
    place,
    ...(caller === undefined ? {} : { caller }),
    expected,
    result: 'not_exercised',
    reason,
    findings: [],
    requests: 0,
    leftovers: [],
    unseen: 0,
  };
}
