// What is wrong with an exchange: the kinds of deviation, and how severe each is.
import type { Basis } from '../../spec/case.js';

export type Severity = 'failure' | 'question' | 'notice';

/** More than a notice: what shows it is wrong. */
export const isSerious = ({ severity }: { readonly severity: Severity }): boolean =>
  severity !== 'notice';

/** A stable code for each kind of finding; `understudy explain CODE` says more. */
export type FindingCode =
  | 'SERVER_ERROR'
  | 'STATUS_UNDOCUMENTED'
  | 'MEDIA_TYPE_WRONG'
  | 'BODY_UNREADABLE'
  | 'BODY_UNEXPECTED'
  | 'HEADER_MISSING'
  | 'SCHEMA_BROKEN'
  | 'FIELD_UNDOCUMENTED'
  | 'VALUE_UNDOCUMENTED'
  | 'JSON_AMBIGUOUS'
  | 'CASE_WRONG'
  | 'RELATION_BROKEN'
  | 'STATE_WRONG'
  | 'REFUSAL_CHANGED_STATE'
  | 'ANSWER_MISSING'
  | 'REQUEST_REPEATED'
  | 'PREPARATION_FAILED'
  | 'REQUEST_BROKEN'
  | 'REQUEST_UNDOCUMENTED';

/** One deviation, before it is known in which row it showed. */
export interface Deviation {
  readonly code: FindingCode;
  readonly severity: Severity;
  readonly pointer: string;
  readonly expected: string;
  readonly got: string;
  readonly basis: Basis;
  readonly source: string;
}

/** Deviations that harm no client which follows the document. */
export const notices: readonly FindingCode[] = [
  'FIELD_UNDOCUMENTED',
  'VALUE_UNDOCUMENTED',
  'JSON_AMBIGUOUS',
];

export const severityOf = (basis: Basis): Severity =>
  basis === 'assumed' ? 'question' : 'failure';
