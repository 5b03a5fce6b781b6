// Before anything else: is each caller let in whom the profile gives a good credential? A run with a refused one would call
// every answer wrong, though only the profile is.
import type { Operation, OperationId, Spec } from '../../spec/document.js';
import { type CallerName, callerNames, letIn } from '../tables/caller.js';
import { findingOf } from './finding.js';
import { valueIn } from './needs.js';
import type { Play, Played } from './play.js';
import type { Profile } from './profile.js';
import { Session, type SessionParts } from './session.js';
import type { Subject } from './subject.js';

/** One operation may refuse wrongly; so many of them do not. */
const ENOUGH = 3;

export function planSignIns(spec: Spec, profile: Profile, include: (operation: OperationId) => boolean): readonly Play[] {
  const required = ({ parameters }: Operation): number => parameters.filter((parameter) => parameter.required).length;
  const reads = [...spec.operations.values()]
    .filter(({ method, id }) => method === 'GET' && include(id))
    .sort((a, b) => required(a) - required(b))
    .slice(0, ENOUGH);
  const [first] = reads;
  if (!first) return [];
  return callerNames
    .filter((caller) => letIn.includes(caller) && valueIn(profile, `callers.${caller}`) !== undefined)
    .map((caller) => {
      const title = `the credential of ${caller} is let in`;
      const subject: Subject = { kind: 'sign_in', operation: first.id, title, place: spec.place(first.id), caller, expected: [] };
      const touches = new Set(reads.map(({ id }) => id));
      const needs = { calls: touches, undoes: new Set<OperationId>(), profile: new Set<string>() };
      return { ...subject, needs, touches, play: (parts) => signIn(subject, caller, reads, parts) };
    });
}

async function signIn(subject: Subject, caller: CallerName, reads: readonly Operation[], parts: SessionParts): Promise<Played> {
  const session = new Session(parts);
  let refused = true;
  for (const { id, parameters } of reads) {
    const path = Object.fromEntries(parameters.filter((p) => p.in === 'path').map(({ name }) => [name, 'understudy-none']));
    const { response, error } = await session.exchange({ call: { call: id, path }, caller });
    refused &&= response?.status === 401;
    if (!refused || error) break;
  }
  const findings = session.exchanges.flatMap((exchanged) => findingOf(subject, exchanged, session.exchanges));
  const wrong = findings.some(({ severity }) => severity !== 'notice');
  return {
    ...subject,
    result: wrong || refused ? 'wrong' : 'right',
    ...(refused ? { refused: caller } : {}),
    findings,
    requests: session.exchanges.length,
    leftovers: [],
    unseen: 0,
  };
}
