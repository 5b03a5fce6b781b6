// What the journal keeps of an exchange: bounded, and without a credential in clear. Rows and facts
// are kept as they are, since nobody changes them, and are looked into only when somebody reads.
import type { Decision, Facts, Hand, Verdict } from '../decide/rule.js';
import type { Json } from '../spec/message.js';
import type { Change } from './api.js';
import { byteLength, type Delivery, type DeliveryBody } from './delivery.js';

/** Bytes that are kept of each body, unless told otherwise. */
export const JOURNAL_BODY_LIMIT = 4096;
const MOST_CHANGES = 100;
/** Of a fact: items of a list, keys of an object, characters of a text, and levels. */
const bounds = { items: 5, keys: 30, characters: 200, levels: 4 };

type Headers = Readonly<Record<string, string>>;

export interface RecordedMessage {
  /** What is secret is `***`. */
  readonly headers: Headers;
  /** Bytes of the whole body; absent for a stream. */
  readonly bytes?: number;
  /** Its beginning, as text; absent for a stream and for a page. */
  readonly body?: string;
}

export interface RecordedAnswer extends RecordedMessage {
  /** As it was sent, by whoever had a hand in it. */
  readonly status: number;
  readonly delay_ms?: number;
  readonly end?: Delivery['end'];
}

/** Why a request was answered as it was. */
export interface RecordedDecision {
  /** The guards in the order in which they were asked. */
  readonly asked: readonly { readonly guard: string; readonly verdict: Verdict }[];
  /** What the rule had read, cut where it is long. */
  readonly facts: Facts;
  readonly by?: Hand;
}

/** What became of one row: absent before it was made, and after it was deleted. */
export interface RecordedChange {
  readonly table: string;
  readonly id: string;
  readonly before?: object;
  readonly after?: object;
}

const secretName = /authorization|cookie|api-?key|token|secret|password/i;
const MASK = '***';

/**
 * A request's headers without its credentials, and the credentials, which nothing else that is kept
 * may show either.
 */
export function maskHeaders(headers: Headers): {
  readonly headers: Headers;
  readonly secrets: readonly string[];
} {
  const masked: Record<string, string> = Object.assign({}, headers);
  const secrets: string[] = [];
  for (const name in headers) {
    if (!isSecret(name)) continue;
    const value = headers[name] as string;
    const secret = secretIn(value);
    masked[name] = secret === value ? MASK : value.replace(secret, () => MASK);
    secrets.push(secret);
  }
  return { headers: masked, secrets };
}

/** `Bearer` and the like say what follows, and are no secret. */
const secretIn = (value: string): string =>
  value.includes(' ') ? value.replace(/^\w+ +(?=\S)/, '').trim() : value;

/** Asked for every header of every request, and there are few names. */
const secretNames = new Map<string, boolean>();

function isSecret(name: string): boolean {
  let secret = secretNames.get(name);
  if (secret === undefined) {
    secret = secretName.test(name);
    if (secretNames.size < 500) secretNames.set(name, secret);
  }
  return secret;
}

/** One or two letters are found everywhere. */
export function maskText(text: string, secrets: readonly string[]): string {
  let masked = text;
  for (const secret of secrets)
    if (secret.length > 2 && masked.includes(secret)) masked = masked.replaceAll(secret, MASK);
  return masked;
}

/** The headers, and the first bytes of the body; `limit` 0 keeps none. */
export function recordMessage(
  headers: Headers,
  body: DeliveryBody | undefined,
  limit: number,
  secrets: readonly string[],
): RecordedMessage {
  if (body instanceof ReadableStream) return { headers };
  const bytes = body === undefined ? 0 : (byteLength(body) as number);
  if (body === undefined || bytes === 0 || limit === 0) return { headers, bytes };
  const masked = maskText(beginningOf(body, bytes, limit), secrets);
  return { headers, bytes, body: bytes > limit ? withoutBegun(masked, secrets) : masked };
}

/** Without the beginning of a secret that the end has cut through. */
function withoutBegun(text: string, secrets: readonly string[]): string {
  const begun = secrets.map((secret) => {
    for (let length = secret.length - 1; length > 0; length--)
      if (text.endsWith(secret.slice(0, length))) return length;
    return 0;
  });
  return text.slice(0, text.length - Math.max(0, ...begun));
}

export function recordAnswer(
  { response, delayMs, end }: Delivery,
  limit: number,
  secrets: readonly string[],
): RecordedAnswer {
  const { status, headers, body } = response;
  return Object.assign(
    { status },
    recordMessage(headers, body, limit, secrets),
    delayMs === undefined ? undefined : { delay_ms: delayMs },
    end === undefined ? undefined : { end },
  );
}

/** A text that is cut is made anew: a part of the old one would keep all of it alive. */
function beginningOf(body: string | Uint8Array, bytes: number, limit: number): string {
  if (typeof body !== 'string')
    return decoder.decode(bytes > limit ? body.subarray(0, limit) : body);
  return bytes > limit
    ? decoder.decode(new TextEncoder().encode(body.slice(0, limit)).subarray(0, limit))
    : body;
}

const decoder = new TextDecoder();

/** Nothing where no rule was asked. */
export function recordDecision(decision: Decision | undefined): RecordedDecision | undefined {
  return decision && decision.asked.length > 0 ? new Reasons(decision) : undefined;
}

class Reasons implements RecordedDecision {
  readonly asked: RecordedDecision['asked'];
  readonly by?: Hand;
  readonly #facts: Facts;

  constructor({ asked, facts, by }: Decision) {
    this.asked = asked;
    if (by) this.by = { kind: by.kind, name: by.name };
    const light: Record<string, unknown> = {};
    for (const name in facts) light[name] = lightened(facts[name]);
    this.#facts = light;
  }

  get facts(): Facts {
    return bounded(this.#facts, bounds.levels) as Facts;
  }

  toJSON(): RecordedDecision {
    const { asked, facts, by } = this;
    return { asked, facts, ...(by ? { by } : {}) };
  }
}

/** A long list, or what reads a whole table, must not live as long as the journal remembers it. */
function lightened(fact: unknown): unknown {
  if (typeof fact === 'string' && fact.length > bounds.characters) return shortText(fact);
  if (typeof fact !== 'object' || fact === null || isPlain(fact)) return fact;
  if (Array.isArray(fact))
    return fact.length > bounds.items
      ? { count: fact.length, first: fact.slice(0, bounds.items).map(lightened) }
      : fact.map(lightened);
  return 'size' in fact ? { count: fact.size } : { is: fact.constructor.name };
}

/** A row, or a part of a request; neither a table nor a list. */
export function isPlain(value: unknown): value is Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null) return false;
  const prototype = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

/** As the journal shows it: cut where it is long. */
export const shortened = (value: unknown): Json =>
  (bounded(value instanceof Set ? [...value] : value, bounds.levels) ?? null) as Json;

function bounded(value: unknown, levels: number): unknown {
  if (typeof value === 'string') return value.length > bounds.characters ? shortText(value) : value;
  if (typeof value === 'function') return undefined;
  if (typeof value !== 'object' || value === null) return value;
  if (levels === 0) return '…';
  if (Array.isArray(value)) {
    const items = value.slice(0, bounds.items).map((item) => bounded(item, levels - 1));
    return value.length > bounds.items
      ? [...items, `and ${value.length - bounds.items} more`]
      : items;
  }
  if (!isPlain(value)) return lightened(value);
  const entries = Object.entries(value).slice(0, bounds.keys);
  return Object.fromEntries(entries.map(([key, item]) => [key, bounded(item, levels - 1)]));
}

/** Made anew, as `beginningOf` does. */
const shortText = (text: string): string => `${[...text.slice(0, bounds.characters)].join('')}…`;

/** Roughly the characters that an entry keeps alive, the rows that it has written among them. */
export function weightOf({
  target,
  request,
  answer,
  changes = [],
}: {
  readonly target: string;
  readonly request: RecordedMessage;
  readonly answer: RecordedMessage;
  readonly changes?: readonly RecordedChange[];
}): number {
  let weight = target.length + weightOfMessage(request) + weightOfMessage(answer);
  for (const { before, after } of changes) weight += weightOfValue(before) + weightOfValue(after);
  return weight;
}

const weightOfMessage = ({ headers, body = '' }: RecordedMessage): number =>
  weightOfValue(headers) + body.length;

function weightOfValue(value: unknown): number {
  if (typeof value === 'string') return value.length;
  if (typeof value !== 'object' || value === null) return 0;
  let weight = 0;
  if (Array.isArray(value)) {
    for (const item of value) weight += 1 + weightOfValue(item);
    return weight;
  }
  for (const key in value)
    weight += key.length + weightOfValue((value as Readonly<Record<string, unknown>>)[key]);
  return weight;
}

/** Row by row: of several writes to one row, what it was before the first and is after the last. */
export function recordChanges(changes: readonly Change[]): readonly RecordedChange[] | undefined {
  if (changes.length === 0) return undefined;
  const rows = new Map<string, RecordedChange>();
  for (const { table, id, before, after } of changes) {
    const key = `${table} ${id}`;
    const earlier = rows.get(key);
    if (!earlier && rows.size === MOST_CHANGES) continue;
    const first = earlier ? earlier.before : before;
    rows.set(key, { table, id, ...(first ? { before: first } : {}), ...(after ? { after } : {}) });
  }
  return [...rows.values()].filter((row) => row.before ?? row.after);
}
