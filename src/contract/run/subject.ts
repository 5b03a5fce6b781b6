// What a play is about, and what its findings are filed under.
import type { Case } from '../../spec/case.js';
import type { OperationId, Spec } from '../../spec/document.js';
import type { CallerName } from '../tables/caller.js';

/**
 * A sign-in of a caller, a workflow of several steps, a row of a decision table, many requests at
 * once, a method that a path does not have, or a rate limit.
 */
export type PlayKind = 'sign_in' | 'lifecycle' | 'row' | 'at_once' | 'method' | 'rate_limit';

export interface Subject {
  readonly kind: PlayKind;
  /** Under which it is listed. */
  readonly operation: OperationId;
  /** A sentence. */
  readonly title: string;
  /** Where it stands in the contracts or the document, as file:line:column. */
  readonly place: string;
  /** Who sends the request in question, where there is one. */
  readonly caller?: CallerName;
  /** The cases that may answer; none where a play is about no case. */
  readonly expected: readonly string[];
}

/** The documented case that is expected first; none where no case of the operation is. */
export const expectedCase = (
  spec: Spec,
  { operation, expected }: Pick<Subject, 'operation' | 'expected'>,
): Case | undefined => spec.operations.get(operation)?.cases.get(expected[0] ?? '');
