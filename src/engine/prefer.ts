// `Prefer: code=409` and `Prefer: example=already_attached`, the header that Prism's users know (RFC 7240).
import type { Case } from '../spec/case.js';
import type { Operation } from '../spec/document.js';

export type Preference =
  | { readonly kind: 'none' }
  | { readonly kind: 'case'; readonly documented: Case; readonly applied: string }
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
  return documented
    ? { kind: 'case', documented, applied: wish }
    : { kind: 'unknown', wish, cases: cases.map(({ name, status }) => `${status} ${name}`) };
}
