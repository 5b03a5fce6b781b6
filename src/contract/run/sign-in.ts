// Before anything else: is each caller let in whom the profile gives a good credential? A run with
// a refused one would call every answer wrong, though only the profile is.

import type { Operation, OperationId, Spec } from '../../spec/document.js';
import { fieldsOf } from '../../spec/fields.js';
import { isJsonObject } from '../../spec/message.js';
import { errorIn, hasBoth, KNOWN_ORGANIZATION, ORGANIZATION } from '../dialect.js';
import { isSerious } from '../judge/deviation.js';
import type { Judged } from '../judge/judge.js';
import { callerNames, letIn } from '../tables/caller.js';
import { asTool } from './exchanged.js';
import { NOTHING } from './filled.js';
import { findingOf } from './finding.js';
import { valueIn } from './needs.js';
import { type Selection, type SessionParts, selectionOf } from './parts.js';
import { type Play, type Played, refusalOf } from './play.js';
import type { Profile } from './profile.js';
import { Session } from './session.js';
import type { Stopped } from './stopped.js';
import type { Subject } from './subject.js';

/** One operation may refuse wrongly; so many of them do not. */
const ENOUGH = 3;

export function planSignIns(
  spec: Spec,
  profile: Profile,
  { include, allow }: Selection,
): readonly Play[] {
  const required = ({ parameters }: Operation): readonly string[] =>
    parameters.filter((p) => p.required).map((p) => p.name);
  // Those that are played go first: a server may have no others yet.
  const lists = [...spec.operations.values()]
    .filter(
      (operation) => operation.method === 'GET' && allow(operation.id) && hasList(spec, operation),
    )
    .filter((operation) => required(operation).every((name) => name === ORGANIZATION))
    .sort(
      (a, b) =>
        Number(include(b.id)) - Number(include(a.id)) || required(a).length - required(b).length,
    );
  const callers = callerNames.filter(
    (caller) => letIn.includes(caller) && valueIn(profile, `callers.${caller}`) !== undefined,
  );
  const accepted = (asking: Asking): readonly Play[] =>
    planOne(spec, lists.slice(0, ENOUGH), asking, (answers) => {
      if (answers.every(({ status }) => status === 401)) return { refused: asking.caller };
      if (answers.some(isOfApi)) return { met: true };
      const lost = `the target does not answer as the API: ${lists[0]?.id} gave ${describe(answers[0])}; is its address right?`;
      return { lost };
    });
  const anyone = callers.flatMap((caller) =>
    accepted({ caller, title: `the credential of ${caller} is accepted` }),
  );
  const tokens = callers
    .filter((caller) => hasBoth(profile.callers[caller] ?? {}))
    .flatMap((caller) =>
      accepted({ caller, byToken: true, title: `the token of ${caller} is accepted` }),
    );
  const organization = valueIn(profile, KNOWN_ORGANIZATION);
  const own = lists
    .filter((operation) => required(operation).includes(ORGANIZATION))
    .slice(0, ENOUGH);
  if (organization === undefined || valueIn(profile, 'callers.owner') === undefined)
    return [...anyone, ...tokens];
  const title = 'the organization of the profile is there for the owner';
  const member = planOne(spec, own, { title, caller: 'owner' }, (answers) => {
    const isClosed = answers.every(({ status }) => status === 403 || status === 404);
    return isClosed
      ? {
          unfit: `${KNOWN_ORGANIZATION} ${organization}: the owner is answered ${answers[0]?.status}; correct the profile`,
        }
      : {};
  });
  return [...anyone, ...member, ...tokens];
}

/** Why the profile and the target do not belong together, by the sign-ins that were played. */
export function misfitIn(signIns: readonly Played[]): Stopped | undefined {
  const refused = signIns.flatMap((row) => row.refused ?? []);
  if (refused.length > 0)
    return { why: 'refused', text: `${refusalOf(refused)}; correct the profile` };
  // One caller who is answered as by the API is enough: what the others are answered is for the
  // rows to say.
  const lost = signIns.flatMap((row) => row.lost ?? []);
  if (lost[0] !== undefined && !signIns.some(({ met }) => met))
    return { why: 'unfit', text: lost[0] };
  const [unfit] = signIns.flatMap((row) => row.unfit ?? []);
  return unfit === undefined ? undefined : { why: 'unfit', text: unfit };
}

/**
 * Whether the answer is an object with a list in it. A list alone would be no sign of the API:
 * others answer with lists too.
 */
function hasList(spec: Spec, { responses }: Operation): boolean {
  const schemas = [...responses.values()].flatMap(({ status, schema }) =>
    status < 300 && schema !== undefined ? [schema] : [],
  );
  return schemas
    .flatMap((schema) => fieldsOf(spec, schema))
    .some(({ pointer, types }) => types.includes('array') && pointer.lastIndexOf('/') === 0);
}

interface Asked {
  readonly status: number;
  readonly judged: Judged | undefined;
}

/**
 * Whether somebody answers there who knows the API: a list as documented, if not in every field, or
 * a refusal in the API's envelope. A start page, another API, or a gateway without its server does
 * neither.
 */
function isOfApi({ status, judged }: Asked): boolean {
  const body = judged?.body;
  if (!isJsonObject(body)) return false;
  if (status < 300) {
    const unknown = new Set(
      judged?.deviations
        .filter(({ code }) => code === 'FIELD_UNDOCUMENTED')
        .map(({ pointer }) => pointer),
    );
    return Object.entries(body).some(
      ([key, value]) => Array.isArray(value) && !unknown.has(`/${key}`),
    );
  }
  const isElsewhere = [404, 405].includes(status) || status >= 500 || status < 400;
  return !isElsewhere && typeof errorIn(body)?.code === 'string';
}

const describe = (asked: Asked | undefined): string =>
  asked === undefined || asked.status >= 300
    ? String(asked?.status)
    : `${asked.status} without a documented list`;

type Verdict = Pick<Played, 'refused' | 'unfit' | 'met' | 'lost'>;

interface Asking extends Required<Pick<Subject, 'title' | 'caller'>> {
  readonly byToken?: boolean;
}

/** Asks until one operation answers as it should; the verdict is on what all of them answered. */
function planOne(
  spec: Spec,
  reads: readonly Operation[],
  { title, caller, byToken = false }: Asking,
  verdictOn: (answers: readonly Asked[]) => Verdict,
): readonly Play[] {
  const [first] = reads;
  if (!first) return [];
  const subject: Subject = {
    kind: 'sign_in',
    operation: first.id,
    title,
    place: spec.place(first.id),
    caller,
    expected: [],
  };
  const touches = new Set(reads.map(({ id }) => id));
  const needs = { calls: touches, undoes: new Set<OperationId>(), profile: new Set<string>() };
  return [
    {
      ...subject,
      byToken,
      needs,
      touches,
      costs: { own: [first.id], state: [] },
      lanes: new Map(),
      play: (parts) => signIn({ ...subject, byToken }, reads, verdictOn, parts),
    },
  ];
}

async function signIn(
  { byToken, ...subject }: Subject & { readonly byToken: boolean },
  reads: readonly Operation[],
  verdictOn: (answers: readonly Asked[]) => Verdict,
  parts: SessionParts,
): Promise<Played> {
  const session = new Session(parts);
  const { caller = 'owner' } = subject;
  const organization = valueIn(parts.profile, KNOWN_ORGANIZATION) ?? NOTHING;
  const answers: Asked[] = [];
  let isMet = false;
  for (const { id, parameters } of reads) {
    const given = (place: string): Record<string, string> =>
      parameters.some((p) => p.in === place && p.required) ? { [ORGANIZATION]: organization } : {};
    const asking = { call: id, caller, path: given('path'), query: given('query') };
    const { response, judged } = await session.exchange(asking, {}, { byToken });
    if (!response) break;
    const asked = { status: response.status, judged };
    answers.push(asked);
    isMet = isOfApi(asked) && (response.status < 300 || response.status === 422);
    if (isMet) break;
  }
  const { include } = selectionOf(parts);
  const findings = session.exchanges
    .map((exchanged) => (include(exchanged.operation) ? exchanged : asTool(exchanged)))
    .flatMap((exchanged) => findingOf(subject, exchanged, session.exchanges));
  const verdict: Verdict = isMet
    ? { met: true }
    : answers.length === reads.length
      ? verdictOn(answers)
      : {};
  const wrong = verdict.refused ?? verdict.unfit ?? verdict.lost ?? findings.some(isSerious);
  return {
    ...subject,
    result: wrong ? 'wrong' : 'right',
    ...verdict,
    findings,
    requests: session.requests,
    leftovers: [],
    unseen: 0,
  };
}
