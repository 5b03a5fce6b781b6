// Whether what a profile names is there, as reads alone can show it.
import type { Operation, OperationId, Spec } from '../../spec/document.js';
import { KNOWN_ORGANIZATION, ORGANIZATION } from '../dialect.js';
import { type CallerName, letIn } from '../tables/caller.js';
import { lastParameterOf } from '../tables/compile.js';
import { type Exchanged, isSuccess } from './exchanged.js';
import { valueIn } from './needs.js';
import type { SessionParts } from './parts.js';
import type { Play, Played } from './play.js';
import type { Profile } from './profile.js';
import { NotExercised } from './reason.js';
import { Session } from './session.js';
import type { Subject } from './subject.js';

/** Of what belongs to another organization, by its name in a profile. */
const FOREIGN = /^(foreign|other)_/;

/** One for each id below `known` that names an object. */
export function planKnown(spec: Spec, profile: Profile): readonly Play[] {
  return Object.keys(profile.known)
    .filter((name) => !name.endsWith(ORGANIZATION))
    .map((name) => playOf(spec, profile, name));
}

function playOf(spec: Spec, profile: Profile, name: string): Play {
  const read = readOf(spec, name);
  const id = profile.known[name];
  const operation = read?.id ?? 'listSpaces';
  const subject: Subject = {
    kind: 'sign_in',
    operation,
    title: `known.${name}, ${id}, is there`,
    place: spec.place(operation),
    expected: [],
  };
  const calls = new Set(read ? [read.id] : []);
  return {
    ...subject,
    costs: { own: [...calls], state: [] },
    lanes: new Map(),
    touches: calls,
    needs: { calls, undoes: new Set<OperationId>(), profile: new Set<string>() },
    play: async (parts) => {
      if (!read) throw new NotExercised('no read by its ID shows it');
      return look(subject, read, name, parts);
    },
  };
}

/** What shows an object of its own; of two parameters, the one with the longer name fits better. */
const readOf = (spec: Spec, name: string): Operation | undefined =>
  [...spec.operations.values()]
    .filter(({ id, method, template }) => {
      const parameter = lastParameterOf(spec, id);
      const isNamed = name === parameter || name.endsWith(`_${parameter}`);
      return method === 'GET' && template.endsWith('}') && parameter !== ORGANIZATION && isNamed;
    })
    .sort((a, b) => lastParameterOf(spec, b.id).length - lastParameterOf(spec, a.id).length)[0];

/** Whoever can see it first is enough. */
async function look(
  subject: Subject,
  read: Operation,
  name: string,
  parts: SessionParts,
): Promise<Played> {
  const { profile, spec } = parts;
  const session = new Session(parts);
  const callers: readonly CallerName[] = FOREIGN.test(name) ? ['outsider'] : letIn;
  const present = callers.filter((caller) => valueIn(profile, `callers.${caller}`) !== undefined);
  if (present.length === 0) throw new NotExercised(`the profile has no callers.${callers[0]}`);
  const asked: string[] = [];
  let seen: Exchanged | undefined;
  for (const caller of present) {
    const own = profile.callers[caller]?.[ORGANIZATION];
    const organization = own ?? valueIn(profile, KNOWN_ORGANIZATION) ?? '';
    const isIn = read.parameters.some((p) => p.in === 'path' && p.name === ORGANIZATION);
    const path = {
      ...(isIn ? { [ORGANIZATION]: organization } : {}),
      [lastParameterOf(spec, read.id)]: profile.known[name] as string,
    };
    const exchanged = await session.exchange({ call: read.id, caller, path, query: {} });
    asked.push(`${caller} ${exchanged.response?.status ?? 'no answer'}`);
    if (isSuccess(exchanged)) seen = exchanged;
    if (seen) break;
  }
  return {
    ...subject,
    ...(seen ? { caller: seen.caller } : { reason: `${read.id} answers ${asked.join(', ')}` }),
    result: seen ? 'right' : 'wrong',
    findings: [],
    requests: session.requests,
    leftovers: [],
    unseen: 0,
  };
}
