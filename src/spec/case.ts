// A case: one documented outcome of one operation, known by name. The document's examples are its
// only source.
import type { Json } from './message.js';

/**
 * What a case rests on; a deviation from an `assumed` case is a question to the vendor, never a
 * failure.
 */
export type Basis = 'seed' | 'docs' | 'client' | 'assumed' | 'ours';

export const basisInWords: Readonly<Record<Basis, string>> = {
  seed: 'a sample from the vendor',
  docs: "the vendor's documentation",
  client: "the vendor's own client or tests",
  assumed: 'nothing documented: our assumption, and a question to the vendor',
  ours: 'an API of our own, such as the control plane',
};

/**
 * How a case is reached: by the state and the request, by too many requests, or only in the April
 * edition.
 */
export type ReachedBy = 'state' | 'rate_limit' | 'april';

/** Which fault of a request the case answers; the entry with the most matching keys wins. */
export interface ViolationSelector {
  readonly in?: string;
  readonly field?: string;
  readonly keyword?: string;
}

/** The `x-case` extension, as it stands in the document. */
export interface CaseProvenance {
  readonly basis: Basis;
  /**
   * The evidence that such a request is refused at all, where only the form of the refusal is
   * assumed.
   */
  readonly rule?: Basis;
  readonly source: string;
  readonly reached_by: ReachedBy;
  /** JSON pointers into the value, or the word `status`. */
  readonly not_vouched?: readonly string[];
  readonly violation?: ViolationSelector;
}

export interface Case extends CaseProvenance {
  readonly name: string;
  readonly status: number;
  /** The example's value; absent where the response has no body. */
  readonly value?: Json;
}

/**
 * Whether a case is certain about a place in its value, or about its `status`. `not_vouched` in one
 * row of a list counts for every row.
 */
export function vouchesFor(
  { not_vouched = [] }: Pick<Case, 'not_vouched'>,
  place: string,
): boolean {
  if (not_vouched.length === 0) return true;
  const anyRow = (pointer: string): string => pointer.replace(/\/\d+(?=\/|$)/g, '/*');
  const wanted = anyRow(place);
  return !not_vouched.map(anyRow).some((open) => wanted === open || wanted.startsWith(`${open}/`));
}

/**
 * Who decides a case: the credential check, the request check, the operation's rule, or nobody yet.
 */
export type DecidedBy = 'credentials' | 'request' | 'rule' | 'nothing';

export function decidedBy(
  documented: Pick<Case, 'status' | 'reached_by' | 'violation'>,
): DecidedBy {
  if (documented.reached_by !== 'state') return 'nothing';
  if (documented.status === 401) return 'credentials';
  if (documented.violation) return 'request';
  return 'rule';
}

/** What a violation is about, for choosing its case. */
export interface ViolatedField {
  readonly in: string;
  readonly field: string;
  readonly keyword: string;
}

/** The case that answers a violation: of the selectors that fit, the one that says most. */
export function caseOfViolation(cases: Iterable<Case>, violated: ViolatedField): Case | undefined {
  let best: { documented: Case; weight: number } | undefined;
  for (const documented of cases) {
    const selector = documented.violation;
    if (!selector) continue;
    const fits =
      (selector.in ?? violated.in) === violated.in &&
      (selector.field ?? violated.field) === violated.field &&
      (selector.keyword ?? violated.keyword) === violated.keyword;
    if (!fits) continue;
    const weight = Object.keys(selector).length;
    if (weight > (best?.weight ?? -1)) best = { documented, weight };
  }
  return best?.documented;
}
