// Works out why a request was answered as it was, when somebody asks: the rule is asked once more in
// the world as it was before the request, and watched.
import type { Grounds, GuardKind } from '../decide/grounds.js';
import type { Api } from '../engine/api.js';
import { violationDetails } from '../engine/envelope.js';
import type { JournalEntry } from '../engine/journal.js';
import { shortened } from '../engine/record.js';
import { requestId } from '../engine/request-id.js';
import type { Caller } from '../rules/callers.js';
import { grounds } from '../rules/grounds.js';
import { basisInWords, type Case, decidedBy } from '../spec/case.js';
import { isJsonObject, type Json, type JsonObject } from '../spec/message.js';
import { atPointer } from '../spec/pointer.js';
import { fieldName, type Violation } from '../validation/violation.js';
import type { World } from '../world/world.js';
import type { Explanation, GuardStep, Verdict, Written } from './explanation.js';
import { type RecordedRequest, readRecorded } from './recorded.js';
import { type Asked, type Fact, type Watched, watch } from './watch.js';
import {
  inWords,
  whyAccess,
  whyMalformed,
  whyMissing,
  whyTurnedAway,
  whyUnrouted,
} from './words.js';
import { nobody, somebody, type WouldPass, wouldPass } from './would-pass.js';

/** A request of the journal, and the world as it was before it. */
export interface Moment {
  readonly entry: JournalEntry;
  readonly before: World;
}

/** What is found out about a request, beside what the journal and the document say. */
interface Findings {
  readonly verdict: Verdict;
  readonly because: string;
  readonly decided_by?: string;
  readonly guards?: readonly GuardStep[];
  readonly would_pass?: WouldPass;
}

export function explain(api: Api<World, Caller>, moment: Moment): Explanation {
  const { entry } = moment;
  const documented = caseOf(api, entry);
  const found = find(api, moment, documented);
  const explanation = {
    id: requestId(entry.world, entry.number),
    world: entry.world,
    number: entry.number,
    trace_id: entry.trace_id,
    method: entry.method,
    target: entry.target,
    status: entry.status,
    user_id: entry.user_id ?? null,
    operation: entry.operation ?? null,
    case: entry.case ?? null,
    basis: documented?.basis ?? entry.basis ?? null,
    basis_in_words: documented
      ? basisInWords[documented.basis]
      : ((entry.basis && 'no document: somebody wanted it so') ?? null),
    source: documented?.source ?? null,
    place: entry.case === undefined ? null : api.spec.place(entry.operation ?? '', entry.case),
    decided_by: null,
    guards: [],
    would_pass: null,
    written: (entry.changes ?? []).map(writtenOf),
    ...found,
  };
  return { ...explanation, text: inWords(explanation) };
}

const caseOf = ({ spec }: Api<World, Caller>, entry: JournalEntry): Case | undefined =>
  entry.operation === undefined
    ? spec.unrouted.get(entry.case ?? '')
    : spec.operations.get(entry.operation)?.cases.get(entry.case ?? '');

function writtenOf({
  table,
  id,
  before,
  after,
}: NonNullable<JournalEntry['changes']>[number]): Written {
  const changed = after ? 'changed' : 'deleted';
  return { table, id, what: before ? changed : 'made' };
}

function find(api: Api<World, Caller>, moment: Moment, documented: Case | undefined): Findings {
  const { entry } = moment;
  const planted = entry.fault ?? entry.limit ?? entry.drift;
  if (entry.problem !== undefined || (entry.breaches && entry.status >= 500))
    return {
      verdict: 'failed',
      because: `The mock server failed: ${entry.breaches?.join('; ') ?? entry.problem?.split('\n', 1)[0]}`,
    };
  if (planted !== undefined)
    return {
      verdict: 'interfered',
      because: `\`${planted}\`, which was planted, had a hand in the answer.`,
    };
  if (entry.forced || entry.basis === 'invented')
    return {
      verdict: 'forced',
      because: 'The request asked for this answer with `Prefer`; no guard was asked.',
    };
  if (!documented) return { verdict: 'page', because: 'It is no request to the API.' };
  if (entry.operation === undefined)
    return { verdict: 'unrouted', because: whyUnrouted(entry), ...unroutedNeeds(entry) };
  const by = decidedBy(documented);
  if (by === 'credentials') return turnedAway(moment, entry.case as string);
  const recorded = readRecorded(api, entry, moment.before);
  if (!recorded)
    return documented.status < 400
      ? { verdict: 'passed', because: 'It was answered as documented.' }
      : { verdict: 'refused', because: `${messageOf(entry)}.` };
  if (by === 'request') return malformed(api, entry, recorded);
  return decided(api, moment, recorded);
}

// Before an operation

function unroutedNeeds({ nearest, answer }: JournalEntry): Pick<Findings, 'would_pass'> {
  const { allow } = answer.headers;
  if (nearest !== undefined)
    return { would_pass: nobody(`a path of the document, such as \`${nearest}\``) };
  return allow === undefined ? {} : { would_pass: nobody(`one of the methods ${allow}`) };
}

// The credential and the form

const passed = (guard: 'credential' | 'form', facts: readonly Fact[] = []): GuardStep => ({
  guard,
  kind: guard,
  verdict: 'passed',
  facts,
});

function turnedAway({ entry, before }: Moment, name: string): Findings {
  return {
    verdict: 'credential_refused',
    decided_by: name,
    guards: [{ guard: name, kind: 'credential', verdict: 'refused', facts: recordedFacts(entry) }],
    because: whyTurnedAway(name, entry.decision?.facts ?? {}),
    would_pass: somebody(before),
  };
}

const known = ({ user_id }: JournalEntry): GuardStep =>
  passed('credential', [{ fact: 'caller.user_id', value: user_id ?? null }]);

function malformed(
  { spec }: Api<World, Caller>,
  entry: JournalEntry,
  { operation, query, body, path }: RecordedRequest,
): Findings {
  const guard = entry.case as string;
  const violation = entry.decision?.facts.violation as Violation | undefined;
  const facts = violation ? factsOf(violation, { query, body, path }) : [];
  return {
    verdict: 'malformed',
    decided_by: guard,
    guards: [known(entry), { guard, kind: 'form', verdict: 'refused', facts }],
    because: violation
      ? whyMalformed(violation, violationDetails(violation, spec.fieldMessages).message as string)
      : `${messageOf(entry)}.`,
    would_pass: nobody(
      violation
        ? `\`${fieldName(violation)}\` of the ${violation.in}: ${violation.expected} (${violation.keyword})`
        : `a request as ${spec.place(operation.id)} has it`,
    ),
  };
}

/** What stood there, as far as the journal has kept it, and what is asked for. */
function factsOf(
  { in: part, pointer, keyword, expected }: Violation,
  parts: Readonly<Record<string, unknown>>,
): readonly Fact[] {
  const value = atPointer(parts[part] as Json, pointer);
  return [
    { fact: `${part}${pointer}`, value: shortened(value) },
    { fact: 'keyword', value: keyword },
    { fact: 'expected', value: expected },
  ];
}

/** What the answer says is wrong. */
function messageOf({ answer: { body } }: JournalEntry): string {
  try {
    const { error } = JSON.parse(body ?? '') as { error: JsonObject };
    const details: Json | undefined = error.details;
    const field = isJsonObject(details) ? details.message : undefined;
    return `${field ?? error.message}`;
  } catch {
    return 'The answer says no more than its status';
  }
}

// The rule

function decided(
  { rules }: Api<World, Caller>,
  { entry, before }: Moment,
  recorded: RecordedRequest,
): Findings {
  const { operation, caller, path, query, body } = recorded;
  const rule = rules[operation.id];
  const name = entry.case as string;
  const isRefusal = entry.status >= 400;
  const verdict = isRefusal ? 'refused' : 'passed';
  const order = Object.keys(rule?.guards ?? {});
  const call = {
    world: before,
    caller: caller as Caller,
    now: before.clock.now(),
    path,
    query,
    body,
  };
  const watched = rule && caller ? watchSafely(() => watch(rule, call)) : undefined;
  const refusedBy = watched?.asked.find((one) => one.verdict !== true)?.guard;
  const isSame = watched !== undefined && refusedBy === (isRefusal ? name : undefined);
  // The world or the request is not known well enough to ask again: what was written down at the time.
  const asked = isSame ? watched.asked : recordedGuards(entry);
  const guards = [
    known(entry),
    passed('form'),
    ...stepsOf(asked, order, isSame ? watched.read : []),
  ];
  if (!isRefusal)
    return {
      verdict,
      guards,
      because: `All its guards let it pass${entry.changes ? '' : '; nothing was written'}.`,
    };
  const ground = groundsOf(name);
  if (!isSame || !rule || !ground)
    return {
      verdict,
      guards,
      decided_by: name,
      because: `${messageOf(entry)}.`,
      ...(ground ? { would_pass: nobody(ground.needs) } : {}),
    };
  const refused = { rule, call, known: watched.known, guard: name };
  return {
    verdict,
    guards,
    decided_by: name,
    because: whyRefused(ground, watched, { entry, call }),
    would_pass: wouldPass(refused, ground),
  };
}

const groundsOf = (guard: string): Grounds<never> | undefined =>
  (grounds as Readonly<Record<string, Grounds<never>>>)[guard];

function whyRefused(
  { kind, holders, because }: Grounds<never>,
  { known: knownFacts, read }: Watched,
  { entry, call }: { readonly entry: JournalEntry; readonly call: { readonly caller: Caller } },
): string {
  const held = holders?.(knownFacts as never);
  if (held) return whyAccess(call.caller, held);
  const missing = kind === 'existence' ? whyMissing(read, call.caller) : undefined;
  return missing ?? because?.(knownFacts as never) ?? `${messageOf(entry)}.`;
}

/** A body that was cut is not what the rule had. */
function watchSafely(work: () => Watched): Watched | undefined {
  try {
    return work();
  } catch {
    return undefined;
  }
}

const recordedGuards = (entry: JournalEntry): readonly Asked[] =>
  (entry.decision?.asked ?? []).map(({ guard, verdict }, i, all) => ({
    guard,
    verdict,
    facts: i === all.length - 1 ? recordedFacts(entry) : [],
  }));

const recordedFacts = ({ decision }: JournalEntry): readonly Fact[] =>
  Object.entries(decision?.facts ?? {}).map(([fact, value]) => ({
    fact,
    value: shortened(value),
  }));

/** What was read before the first guard is what an existence goes by. */
function stepsOf(
  asked: readonly Asked[],
  order: readonly string[],
  read: readonly Fact[],
): readonly GuardStep[] {
  const kindOf = (guard: string): GuardKind => groundsOf(guard)?.kind ?? 'state';
  const steps = asked.map(({ guard, verdict, facts }): GuardStep => {
    const kind = kindOf(guard);
    const isRefusal = verdict !== true;
    return {
      guard,
      kind,
      verdict: isRefusal ? 'refused' : 'passed',
      facts: kind === 'existence' && isRefusal ? [...read, ...facts] : facts,
    };
  });
  const rest = order.filter((guard) => !asked.some((one) => one.guard === guard));
  return [
    ...steps,
    ...rest.map(
      (guard): GuardStep => ({ guard, kind: kindOf(guard), verdict: 'not_asked', facts: [] }),
    ),
  ];
}
