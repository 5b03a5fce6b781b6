// Judges what a client has sent: a field or a parameter that the document does not know, a value
// that breaks its schema, a header that is missing.
import type { Operation } from '../../spec/document.js';
import type { Json, PlainRequest } from '../../spec/message.js';
import { atPointer } from '../../spec/pointer.js';
import { type CheckedRequest, checkRequest } from '../../validation/check-request.js';
import type { CheckedSpec } from '../../validation/validators.js';
import { credentialFault } from '../dialect.js';
import type { Deviation } from './deviation.js';
import type { AskedFor } from './judge.js';

/** A request, as far as whoever shows it knows it. */
export interface ShownRequest {
  readonly method: string;
  /** The path with its query. */
  readonly target: string;
  readonly headers?: Readonly<Record<string, string>> | undefined;
  readonly body?: Uint8Array | undefined;
}

/** The statuses that answer what this judge objects to; what provokes one is meant so. */
const ANSWERS_NO_CREDENTIAL = 401;
const ANSWERS_MALFORMED = 422;

export interface JudgedRequest {
  readonly deviations: readonly Deviation[];
  /** The same request, as the relations of the document see it. */
  readonly asked: Omit<AskedFor, 'path'>;
}

/** `statuses` are what it was answered with, and what it was to be answered with. */
export function judgeRequest(
  spec: CheckedSpec,
  operation: Operation,
  shown: ShownRequest,
  statuses: readonly number[],
): JudgedRequest {
  const { method, target, headers = {}, body = new Uint8Array() } = shown;
  const request: PlainRequest = { method, target, headers, body };
  const checked = checkRequest(operation, spec.validators, request);
  const isMeant = (status: number): boolean => statuses.includes(status);
  const faults = [
    ...(isMeant(ANSWERS_NO_CREDENTIAL) ? [] : headerFaults(shown)),
    ...(isMeant(ANSWERS_MALFORMED) ? [] : formFaults(checked, shown)),
  ];
  const deviations = faults.map(
    (fault): Deviation => ({
      severity: 'failure',
      basis: 'docs',
      source: spec.place(operation.id),
      ...fault,
    }),
  );
  return { deviations, asked: { query: checked.query, requestBody: checked.body } };
}

type Fault = Pick<Deviation, 'code' | 'pointer' | 'expected' | 'got'>;

function headerFaults({ headers, body }: ShownRequest): readonly Fault[] {
  if (headers === undefined) return [];
  const credential = credentialFault(headers);
  const isUntyped = body !== undefined && body.length > 0 && !headers['content-type'];
  const untyped = { header: 'content-type', expected: 'application/json', got: 'none' };
  return [...(credential ? [credential] : []), ...(isUntyped ? [untyped] : [])].map(
    ({ header, expected, got }) => ({
      code: 'REQUEST_BROKEN',
      pointer: `/headers/${header}`,
      expected,
      got,
    }),
  );
}

/** Of a body that nobody has shown, nothing is said. */
function formFaults(
  { violations, ignored, query, body }: CheckedRequest,
  { headers, body: sent }: ShownRequest,
): readonly Fault[] {
  const parts: Readonly<Record<string, Json | undefined>> = { query, body };
  const isShown = (part: string): boolean => part !== 'body' || sent !== undefined;
  const broken = violations
    .filter((violation) => isShown(violation.in))
    .map((violation): Fault => {
      const { in: part, pointer, keyword, expected } = violation;
      if (keyword === 'content_type')
        return {
          code: 'REQUEST_BROKEN',
          pointer: '/headers/content-type',
          expected,
          got: headers?.['content-type'] ?? 'none',
        };
      const value = atPointer(parts[part], pointer);
      const isUnknown = keyword === 'additionalProperties';
      return {
        code: isUnknown ? 'REQUEST_UNDOCUMENTED' : 'REQUEST_BROKEN',
        pointer: `/${part}${pointer}`,
        expected: isUnknown ? expected : `${keyword} ${expected}`,
        got:
          value === undefined
            ? keyword === 'required'
              ? 'absent'
              : 'something else'
            : JSON.stringify(value).slice(0, 200),
      };
    });
  const unknown = ignored
    .map((name) => name.split('.'))
    .filter(([part = '']) => isShown(part))
    .map(
      ([part, ...rest]): Fault => ({
        code: 'REQUEST_UNDOCUMENTED',
        pointer: `/${[part, ...(rest.length > 0 ? [rest.join('.')] : [])].join('/')}`,
        expected: part === 'body' && rest.length === 0 ? 'no body' : `no such ${nameOf(part)}`,
        got: 'sent',
      }),
    );
  return [...broken, ...unknown];
}

const nameOf = (part: string | undefined): string =>
  part === 'query' ? 'query parameter' : 'field';
