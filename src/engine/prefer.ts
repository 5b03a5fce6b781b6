// `Prefer: code=409` and `Prefer: example=already_attached`, the header that Prism's users know (RFC
// 7240), and its `wait=2`.
import type { Case } from '../spec/case.js';
import type { Operation, Spec } from '../spec/document.js';
import type { PlainRequest } from '../spec/message.js';
import type { Delivery } from './delivery.js';

export type Preference =
  | { readonly kind: 'none' }
  | { readonly kind: 'case'; readonly documented: Case; readonly applied: string }
  /** Nobody has documented it, but a client has to bear it all the same. */
  | { readonly kind: 'invented'; readonly status: number; readonly applied: string }
  | { readonly kind: 'unknown'; readonly wish: string; readonly cases: readonly string[] };

/** The `code` and the `example` asked for; other preferences are none of ours. */
function readWishes(header: string | undefined): ReadonlyMap<string, string> {
  const wishes = new Map<string, string>();
  for (const part of header?.split(/[,;]/) ?? []) {
    const [name, value] = part.split('=').map((text) => text.trim());
    if ((name === 'code' || name === 'example') && value)
      wishes.set(name, value.replace(/^"(.*)"$/, '$1'));
  }
  return wishes;
}

export function readPreference(
  header: string | undefined,
  operation: Operation<string>,
  spec: Pick<Spec, 'invented'>,
): Preference {
  const wishes = readWishes(header);
  if (wishes.size === 0) return { kind: 'none' };
  const wish = [...wishes].map(([name, value]) => `${name}=${value}`).join(', ');
  const cases = [...operation.cases.values()];
  const documented = cases.find(
    ({ name, status }) =>
      (wishes.get('example') ?? name) === name &&
      (wishes.get('code') ?? String(status)) === String(status),
  );
  if (documented) return { kind: 'case', documented, applied: wish };
  return wish === 'code=500' && spec.invented(500) !== undefined
    ? { kind: 'invented', status: 500, applied: wish }
    : { kind: 'unknown', wish, cases: cases.map(({ name, status }) => `${status} ${name}`) };
}

/**
 * Preferences that nobody here can take, such as `prefer.respond-async` and `prefer.wait=soon`: they
 * are passed over, as the standard has it, and the journal says so.
 */
export function ignoredPreferences(header: string): readonly string[] {
  const hasWait = waitOf(header) !== undefined;
  return header
    .split(/[,;]/)
    .map((part) => part.trim())
    .filter((part) => part !== '' && !/^(?:code|example)\s*=\s*\S/.test(part))
    .filter((part) => !(hasWait && /^wait\s*=/.test(part)))
    .slice(0, MOST_IGNORED)
    .map((part) => `prefer.${[...part.slice(0, LONGEST)].join('')}`);
}

/** Of each header, and characters of each. */
const MOST_IGNORED = 5;
const LONGEST = 100;

/** Nobody waits longer. */
const MOST_SECONDS = 600;

/** The seconds of `wait=2`, or of `wait=0.5`; undefined for what is none. */
function waitOf(header: string): number | undefined {
  const [, text] =
    /(?:^|[,;])\s*wait\s*=\s*"?(\d{1,6}(?:\.\d{1,3})?)"?\s*(?:[,;]|$)/.exec(header) ?? [];
  return text === undefined ? undefined : Math.min(Number(text), MOST_SECONDS);
}

/** `Prefer: wait=2`: the answer comes so many seconds later. */
export function waiting(delivery: Delivery, { headers: { prefer } }: PlainRequest): Delivery {
  const seconds = prefer === undefined ? undefined : waitOf(prefer);
  if (seconds === undefined) return delivery;
  const { response } = delivery;
  const { 'preference-applied': before } = response.headers;
  const applied = before === undefined ? `wait=${seconds}` : `${before}, wait=${seconds}`;
  const headers = { ...response.headers, 'preference-applied': applied };
  return { response: { ...response, headers }, delayMs: seconds * 1000 };
}
