// Judges the answer to a method that a path does not have.

import type { HttpMethod } from '../../spec/document.js';
import type { PlainResponse } from '../../spec/message.js';
import { describeAnswer } from './describe.js';
import { type Deviation, severityOf } from './deviation.js';
import { readBody } from './json.js';
import type { Judged } from './judge.js';

/**
 * The answer to a method that the path does not have, where these are allowed. Of its body nothing
 * is known.
 */
export function judgeRefusedMethod(
  allowed: readonly HttpMethod[],
  response: PlainResponse,
): Judged {
  const deviations: Deviation[] = [];
  const report = (deviation: Omit<Deviation, 'severity'>): void => {
    deviations.push({ ...deviation, severity: severityOf(deviation.basis) });
  };
  const { body } = readBody(response);
  const { allow } = response.headers;
  const methods = allowed.join(', ');
  const source = 'RFC 9110, 15.5.6';
  if (response.status === 405 && allow === undefined)
    report({
      code: 'HEADER_MISSING',
      pointer: '/allow',
      expected: methods,
      got: 'none',
      basis: 'docs',
      source,
    });
  const said = (allow ?? '').split(',').map((method) => method.trim().toUpperCase());
  if (allow !== undefined && !allowed.every((method) => said.includes(method))) {
    const expected = `${methods}, which the document has`;
    report({
      code: 'RELATION_BROKEN',
      pointer: '/allow',
      expected,
      got: allow,
      basis: 'assumed',
      source,
    });
  }
  if (response.status !== 405)
    report({
      code: 'CASE_WRONG',
      pointer: '',
      expected: '405 method_not_allowed',
      got: describeAnswer(response, body),
      basis: 'client',
      source: 'vendor QA notes 2026-03',
    });
  return { deviations, body };
}
