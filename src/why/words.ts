// The words of an explanation.
import type { Holders, Way } from '../decide/grounds.js';
import type { Facts } from '../decide/rule.js';
import type { JournalEntry } from '../engine/journal.js';
import type { Caller } from '../rules/callers.js';
import { pathOf } from '../spec/message.js';
import { fieldName, type Violation } from '../validation/violation.js';
import type { Explanation, GuardStep } from './explanation.js';
import type { Fact } from './watch.js';
import type { WouldPass } from './would-pass.js';

const code = (text: string): string => `\`${text}\``;

/** `a, b and c`; of many, the first. */
function listed(items: readonly string[], word: 'and' | 'or', most = 6): string {
  if (items.length > most)
    return `${items.slice(0, most).join(', ')} ${word} ${items.length - most} more`;
  return items.length < 2
    ? items.join('')
    : `${items.slice(0, -1).join(', ')} ${word} ${items.at(-1)}`;
}

// Why not

/** Which rights the caller would need to have, and has not. */
export function whyAccess(caller: Caller, { organization, ways }: Holders): string {
  const who = code(caller.user_id);
  if (caller.organization_id !== organization)
    return `${who} is a member of ${code(caller.organization_id)}, not of ${code(organization)}.`;
  const of = ways.find((way) => way.of !== undefined)?.of;
  const fieldsTo = (to: Way['to']): readonly string[] => [
    ...new Set(ways.filter((way) => way.to === to).map(({ field, grant }) => field ?? grant)),
  ];
  const lacks = (to: 'role' | 'department', what: string): readonly string[] => {
    const fields = fieldsTo(to).map(code);
    return fields.length > 0 ? [`${what} in ${listed(fields, 'or')}`] : [];
  };
  const users = fieldsTo('user').map(code);
  const capabilities = ways.filter(({ to }) => to === 'capability').flatMap(({ ids }) => ids);
  const isIn = [
    ...(users.length > 0 ? [`is not in ${listed(users, 'or')} of ${code(of ?? '')}`] : []),
    ...lacks('role', 'has none of the roles'),
    ...lacks('department', 'is in none of the departments'),
    ...(capabilities.length > 0
      ? [
          `lacks the ${capabilities.length > 1 ? 'capabilities' : 'capability'} ${listed(capabilities.map(code), 'or')}`,
        ]
      : []),
  ];
  return `${who} ${listed(isIn, 'and')}.`;
}

/** By the row that was looked for: it is not there, or one of its fields says that it is none of the caller's. */
export function whyMissing(read: readonly Fact[], caller: Caller): string | undefined {
  const absent = read.findLast(({ fact, value }) => value === null && !fact.includes('.'));
  const isId = (of: string | undefined): of is string => of !== undefined;
  if (absent && isId(absent.of)) {
    const [first, ...others] = absent.of.split(', ');
    if (others.length === 0) return `There is no ${absent.fact} ${code(first as string)}.`;
    return `Nothing joins ${listed([first as string, ...others].map(code), 'and')}.`;
  }
  // Conditions are looked at one after the other, so the last one is the one that fails.
  const last = read.findLast(({ fact, of }) => isId(of) && fact.includes('.'));
  if (!last) return undefined;
  const [what = '', field = ''] = last.fact.split('.');
  const row = `The ${what} ${code(last.of as string)}`;
  const value = code(String(last.value));
  switch (field) {
    case 'deleted_at':
      return `${row} was deleted at ${value}.`;
    case 'user_id':
      return `${row} is that of ${value}, and ${code(caller.user_id)} sees only threads of their own.`;
    case 'organization_id':
      return `${row} is one of ${value}, which is not the organization that is asked about.`;
    case 'thread_id':
      return `${row} is one of the thread ${value}.`;
    case 'is_composite':
      return `${row} is no composite.`;
    default:
      return `${row} has ${code(field)} ${value}.`;
  }
}

export const whyMalformed = (violation: Violation, message: string): string =>
  `${code(fieldName(violation))} of the ${violation.in} is wrong: ${message}.`;

/** Each refusal of a credential, in words. */
export function whyTurnedAway(name: string, facts: Facts): string {
  const who = facts.user_id ? ` of ${code(String(facts.user_id))}` : '';
  switch (name) {
    case 'authentication_required':
      return facts.header === 'none'
        ? 'The request has neither `X-API-Key` nor `Authorization: Bearer`.'
        : 'The `Authorization` of the request is not `Bearer` and a token, written so.';
    case 'invalid_api_key':
    case 'token_invalid':
      return facts.credential === 'unknown'
        ? `The world has no such ${name === 'token_invalid' ? 'token' : 'API key'}.`
        : `The credential in ${code(String(facts.header))} is of the kind ${code(String(facts.kind))}, which belongs into the other header.`;
    case 'api_key_expired':
    case 'token_expired':
      return `The credential${who} has expired${facts.expires_at ? ` at ${facts.expires_at}; it is ${facts.now} now` : ''}.`;
    case 'token_missing_subject':
      return 'The token names no user.';
    default:
      return `The credential${who} is ${code(String(facts.state ?? 'not usable'))}.`;
  }
}

export function whyUnrouted({ case: name, method, target, answer }: JournalEntry): string {
  const path = code(pathOf({ target }));
  switch (name) {
    case 'unknown_path':
      return `The document has no path ${path}.`;
    case 'method_not_allowed':
      return `${path} does not take ${method}.`;
    default:
      return `It reached no operation: ${name}. The answer says ${answer.body ?? 'no more'}`;
  }
}

// What would have passed

function passing({ callers, ways, values, credentials, needs }: WouldPass): string {
  const through = callers.filter(({ stopped_by }) => stopped_by === undefined);
  const stopped = callers.filter(({ stopped_by }) => stopped_by !== undefined);
  const users = (through.length > 0 ? through : stopped).map(
    ({ user_id, by, stopped_by }) =>
      `${code(user_id)}${by.length > 0 || stopped_by ? ` (${[...by, ...(stopped_by ? [`then ${stopped_by}`] : [])].join(', ')})` : ''}`,
  );
  const holders = (to: Way['to'], what: string): readonly string[] => {
    const ids = [...new Set(ways.filter((way) => way.to === to).flatMap(({ ids }) => ids))];
    return ids.length > 0 ? [`${what} ${listed(ids.map(code), 'or')}`] : [];
  };
  const who = [
    ...(users.length > 6 ? [...users.slice(0, 6), `${users.length - 6} more users`] : users),
    ...holders('role', 'holders of'),
    ...holders('department', 'members of'),
    ...holders('capability', 'whoever can'),
  ];
  const others = values.map(
    (one) =>
      `${one.values.map((value) => (value === null ? 'nothing' : code(typeof value === 'string' ? value : JSON.stringify(value)))).join(', ')} as ${code(one.name)} of the ${one.in}`,
  );
  const keys = credentials.map(
    ({ header, value, user_id }) => `${code(`${header}: ${value}`)} (${user_id})`,
  );
  const all = [...others, ...keys];
  return [
    `Needed: ${needs}.`,
    ...(who.length > 0 ? [`${listed(who, 'and', 20)} would pass.`] : []),
    ...(all.length > 0 ? [`With ${listed(all, 'or')} it would pass.`] : []),
  ].join(' ');
}

// All of it

const factInWords = ({ fact, of, value }: Fact): string =>
  `${fact}${of === undefined ? '' : ` of ${of}`} = ${JSON.stringify(value)}`;

function stepInWords({ guard, kind, verdict, facts }: GuardStep): readonly string[] {
  const mark = { passed: '+', refused: '-', not_asked: ' ' }[verdict];
  const line = `  ${mark} ${guard.padEnd(28)} ${kind.padEnd(10)} ${verdict.replace('_', ' ')}`;
  return [line, ...(verdict === 'refused' ? facts.map((one) => `      ${factInWords(one)}`) : [])];
}

export function inWords(explanation: Omit<Explanation, 'text'>): string {
  const { id, method, target, status, user_id, guards, written, would_pass } = explanation;
  const name = [explanation.operation, explanation.case].filter(Boolean).join('.');
  const lines = [
    `Request ${id}: ${method} ${target}${user_id === null ? '' : ` by ${user_id}`}`,
    `  was answered with ${status}${name === '' ? '' : ` ${name}`}.`,
    explanation.because,
    ...(would_pass ? [passing(would_pass)] : []),
    ...(guards.length > 0 ? ['Guards, in the order in which they are asked:'] : []),
    ...guards.flatMap(stepInWords),
    ...(written.length > 0 ? ['Written:'] : []),
    ...written.map((row) => `  ${row.what} ${row.table} ${row.id}`),
    ...(explanation.basis === null
      ? []
      : [
          `Basis: ${explanation.basis} (${explanation.basis_in_words}); source: ${explanation.source}; ${explanation.place}`,
        ]),
  ];
  return `${lines.join('\n')}\n`;
}
