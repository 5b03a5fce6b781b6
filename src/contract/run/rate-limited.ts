// What the server answers to too many requests: of each operation, the documented refusal. Played only
// where somebody asks for it, after everything else.
import type { Operation, OperationId, Spec } from '../../spec/document.js';
import { type Judged, judge } from '../judge/judge.js';
import type { CallerName } from '../tables/caller.js';
import type { Exchanged } from './exchanged.js';
import { ofNothing } from './filled.js';
import { findingOf } from './finding.js';
import { MOST_UNTIL_LIMITED } from './level.js';
import type { SessionParts } from './parts.js';
import { notExercised, type Play, type Played, playedOut } from './play.js';
import { RateLimits } from './rate-limit.js';
import { Session } from './session.js';
import type { Subject } from './subject.js';

/** A limit that is reached is meant to be: nothing is waited out. */
class Unwaited extends RateLimits {
  override get areOver(): boolean {
    return false;
  }

  override waitAfter(): undefined {
    return undefined;
  }
}

/** Shared by all of a run: where the limit is out of reach, one operation finds that out for all. */
interface Reach {
  readonly most: number;
  isOut: boolean;
}

/**
 * One for each operation that documents such a case. Its request names ids that do not exist and
 * has no body, so that a server without a limit has nothing to carry out.
 */
export function planRateLimits(
  spec: Spec,
  include: (operation: OperationId) => boolean,
  most = MOST_UNTIL_LIMITED,
): readonly Play[] {
  const reach: Reach = { most, isOut: false };
  return [...spec.operations.values()]
    .filter(({ id }) => include(id))
    .flatMap((operation): readonly Play[] => {
      const { id, cases } = operation;
      const limited = [...cases.values()].find(({ reached_by }) => reached_by === 'rate_limit');
      if (!limited) return [];
      const subject: Subject = {
        kind: 'rate_limit',
        operation: id,
        title: `${id} after too many requests answers ${limited.name}`,
        place: spec.place(id, limited.name),
        expected: [limited.name],
      };
      const touches = new Set([id]);
      return [
        {
          ...subject,
          needs: {
            calls: touches,
            undoes: new Set<OperationId>(),
            profile: new Set(['callers.owner']),
          },
          touches,
          costs: { own: [id], state: [] },
          lanes: new Map([['the rate limit', 'alone']]),
          play: (parts) => playLimited(subject, { operation, reach }, parts),
        },
      ];
    });
}

interface Limited {
  readonly operation: Operation;
  readonly reach: Reach;
}

async function playLimited(
  subject: Subject,
  { operation, reach }: Limited,
  parts: SessionParts,
): Promise<Played> {
  if (reach.isOut) return notReached(subject, reach, 0);
  const caller = disposableIn(parts.profile) ?? 'owner';
  const session = new Session({ ...parts, limits: new Unwaited() });
  const exchanged = await untilLimited(session, reach);
  if (!exchanged) return notReached(subject, reach, session.exchanges.length);
  const documented = exchanged.judged?.documented?.name;
  const { exchanges } = session;
  const findings = findingOf(subject, exchanged, exchanges);
  return {
    ...playedOut(subject, findings, exchanges.length),
    ...(documented === undefined ? {} : { answered: documented }),
  };

  /** Each request takes one more of what is left; the last is the one that is judged. */
  async function untilLimited(asking: Session, { most }: Reach): Promise<Exchanged | undefined> {
    const filled = ofNothing(operation, caller);
    const { path } = filled;
    for (let sent = 0; sent < most; sent += 1) {
      const answer = await asking.exchangeMethod(operation.method, filled, (response) =>
        response.status === 429
          ? judge(
              {
                spec: parts.spec,
                operation,
                asked: { path, query: {}, requestBody: undefined },
                response,
              },
              { cases: subject.expected },
            )
          : nothingJudged,
      );
      if (answer.response?.status === 429) return answer;
      asking.sender.forgetWhatWasJudged();
    }
    reach.isOut = true;
    return undefined;
  }
}

/** Without a limit, an operation on all that a caller has would be carried out. */
const disposableIn = ({ callers }: SessionParts['profile']): CallerName | undefined =>
  (Object.keys(callers) as CallerName[]).find((name) => callers[name]?.disposable);

const nothingJudged: Judged = { deviations: [], body: undefined };

const notReached = (subject: Subject, { most }: Reach, requests: number): Played => ({
  ...notExercised(subject, `no limit was reached with ${most} requests`),
  requests,
});
