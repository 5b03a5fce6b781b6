import { generateSync } from 'json-schema-faker';
import { describe, expect, it } from 'vitest';
import { loadSpec } from '../../src/shipped/document.js';
import { shippedValidators } from '../../src/shipped/validators.js';
import { checkRequest } from '../../src/validation/check-request.js';

const spec = loadSpec();
const document = JSON.parse(spec.text);
const withBody = [...spec.operations.values()].filter((operation) => operation.body);

describe('samples that fit a schema', () => {
  it.each(withBody)('of $id pass the request check, fifty times over', (operation) => {
    for (let seed = 1; seed <= 50; seed++) {
      const sample = generateSync(
        { ...document, $ref: `#/components/schemas/${operation.body?.schema}` } as never,
        { seed },
      );
      const body = new TextEncoder().encode(JSON.stringify(sample));
      const request = {
        method: operation.method,
        target: operation.template,
        headers: { 'content-type': 'application/json' },
        body,
      };
      const violations = checkRequest(operation, shippedValidators, request).violations.filter(
        (violation) => violation.in === 'body',
      );
      expect(violations, `seed ${seed}: ${JSON.stringify(sample)}`).toEqual([]);
    }
  });
});
