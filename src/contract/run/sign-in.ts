// Before anything else: is each caller let in whom the profile gives a good credential? A run with a refused one would call
// every answer wrong, though only the profile is.
import type { Operation, OperationId, Spec } from '../../spec/document.js';
import { callerNames, letIn } from '../tables/caller.js';
import { findingOf } from './finding.js';
import { valueIn } from './needs.js';
import type { Play, Played } from './play.js';
import type { Profile } from './profile.js';
import { asTool, type Selection, Session, type SessionParts, selectionOf } from './session.js';
import type { Subject } from './subject.js';

/** One operation may refuse wrongly; so many of them do not. */
const ENOUGH = 3;

export function planSignIns(spec: Spec, profile: Profile, { include, allow }: Selection): readonly Play[] {
  const required = ({ parameters }: Operation): readonly string[] => parameters.filter((p) => p.required).map((p) => p.name);
  // Those that are played go first: a server may have no others yet.
  const lists = [...spec.operations.values()]
    .filter(({ method, id }) => method === 'GET' && allow(id))
    .filter((operation) => required(operation).every((name) => name === 'organization_id'))
    .sort((a, b) => Number(include(b.id)) - Number(include(a.id)) || required(a).length - required(b).length);
  const anyone = callerNames
    .filter((caller) => letIn.includes(caller) && valueIn(profile, `callers.${caller}`) !== undefined)
    .map((caller) => {
      const title = `the credential of ${caller} is accepted`;
      return planOne(spec, lists.slice(0, ENOUGH), { title, caller }, (statuses) => {
        if (statuses.every((status) => status === 401)) return { refused: caller };
        if (!statuses.every(isNowhere)) return {};
        const unfit = `the target does not answer as the API: ${lists[0]?.id} gave ${statuses[0]}; is its address right?`;
        return { unfit };
      });
    });
  const organization = valueIn(profile, 'known.organization_id');
  const own = lists.filter((operation) => required(operation).includes('organization_id')).slice(0, ENOUGH);
  if (organization === undefined || valueIn(profile, 'callers.owner') === undefined) return anyone.flat();
  const title = 'the organization of the profile is there for the owner';
  const member = planOne(spec, own, { title, caller: 'owner' }, (statuses) => {
    const isClosed = statuses.every((status) => status === 403 || status === 404);
    return isClosed
      ? { unfit: `known.organization_id ${organization}: the owner is answered ${statuses[0]}; correct the profile` }
      : {};
  });
  return [...anyone.flat(), ...member];
}

/** Nobody has an answer there; a gateway without its server, or no API at all. */
const isNowhere = (status: number): boolean => status === 404 || status >= 500 || (status >= 300 && status < 400);

type Verdict = Pick<Played, 'refused' | 'unfit'>;

/** Asks until one operation answers as it should; the verdict is on what all of them answered. */
function planOne(
  spec: Spec,
  reads: readonly Operation[],
  { title, caller }: Required<Pick<Subject, 'title' | 'caller'>>,
  verdictOn: (statuses: readonly number[]) => Verdict,
): readonly Play[] {
  const [first] = reads;
  if (!first) return [];
  const subject: Subject = { kind: 'sign_in', operation: first.id, title, place: spec.place(first.id), caller, expected: [] };
  const touches = new Set(reads.map(({ id }) => id));
  const needs = { calls: touches, undoes: new Set<OperationId>(), profile: new Set<string>() };
  return [{ ...subject, needs, touches, play: (parts) => signIn(subject, reads, verdictOn, parts) }];
}

async function signIn(
  subject: Subject,
  reads: readonly Operation[],
  verdictOn: (statuses: readonly number[]) => Verdict,
  parts: SessionParts,
): Promise<Played> {
  const session = new Session(parts);
  const { caller = 'owner' } = subject;
  const organization_id = valueIn(parts.profile, 'known.organization_id') ?? 'understudy-none';
  const statuses: number[] = [];
  for (const { id, parameters } of reads) {
    const given = (place: string): Record<string, string> =>
      parameters.some((p) => p.in === place && p.required) ? { organization_id } : {};
    const { response } = await session.exchange({ call: { call: id, path: given('path'), query: given('query') }, caller });
    if (!response) break;
    statuses.push(response.status);
    if (response.status < 300 || response.status === 422) break;
  }
  const { include } = selectionOf(parts);
  const findings = session.exchanges
    .map((exchanged) => (include(exchanged.operation) ? exchanged : asTool(exchanged)))
    .flatMap((exchanged) => findingOf(subject, exchanged, session.exchanges));
  const verdict = statuses.length === reads.length ? verdictOn(statuses) : {};
  const wrong = verdict.refused ?? verdict.unfit ?? findings.some(({ severity }) => severity !== 'notice');
  return {
    ...subject,
    result: wrong ? 'wrong' : 'right',
    ...verdict,
    findings,
    requests: session.exchanges.length,
    leftovers: [],
    unseen: 0,
  };
}
