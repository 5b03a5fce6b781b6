import { describe, expect, it } from 'vitest';
import { loadSpec } from '../../src/shipped/document.js';
import { shippedValidators } from '../../src/shipped/validators.js';
import type { Operation, OperationId } from '../../src/spec/document.js';
import type { Json, JsonObject } from '../../src/spec/message.js';
import { checkResponse } from '../../src/validation/check-response.js';

const operation = (id: OperationId): Operation =>
  loadSpec().operations.get(id) ?? expect.fail(`no operation ${id}`);
const json = { 'content-type': 'application/json' };
const asked = { path: { space_id: 'space_abc123' }, query: {}, requestBody: undefined };
const example = (id: OperationId, name: string): JsonObject =>
  operation(id).cases.get(name)?.value as JsonObject;
const space = { ...example('getSpace', 'retrieved'), id: 'space_abc123' };

function faults(
  id: OperationId,
  status: number,
  body: Json | undefined,
  headers: Record<string, string> = json,
): string[] {
  return checkResponse(operation(id), shippedValidators, asked, {
    response: { status, headers },
    body,
  }).map((v) => `${v.in} ${v.pointer} ${v.keyword}`);
}

describe('an answer', () => {
  it('that keeps the document has no fault', () => {
    expect(faults('getSpace', 200, space)).toEqual([]);
    expect(faults('deleteSpace', 204, undefined, {})).toEqual([]);
  });

  it('has a documented status, and only that is said when it has none', () => {
    expect(
      checkResponse(operation('getSpace'), shippedValidators, asked, {
        response: { status: 418, headers: {} },
        body: 'tea',
      }),
    ).toEqual([
      {
        in: 'status',
        pointer: '',
        keyword: 'status',
        expected: 'one of 200, 401, 403, 404, 422, 429',
        got: 418,
      },
    ]);
  });

  it('has the documented media type, with or without parameters', () => {
    expect(
      faults('getSpace', 200, space, { 'content-type': 'application/json; charset=utf-8' }),
    ).toEqual([]);
    expect(faults('getSpace', 200, space, { 'content-type': 'text/html' })).toEqual([
      'header /content-type media_type',
    ]);
    expect(
      checkResponse(operation('getSpace'), shippedValidators, asked, {
        response: { status: 200, headers: {} },
        body: space,
      }),
    ).toMatchObject([{ keyword: 'media_type', expected: 'application/json', got: null }]);
  });

  it('has no body and no media type where none is documented', () => {
    expect(faults('deleteSpace', 204, {}, json)).toEqual([
      'header /content-type media_type',
      'body  body',
    ]);
  });

  it('has no field that the document does not know, at any depth', () => {
    expect(faults('getSpace', 200, { ...space, colour: 'red' })).toEqual([
      'body /colour additionalProperties',
    ]);
    const row = (example('listSpaceVectorStores', 'listed').vector_stores as JsonObject[])[0];
    expect(
      faults('listSpaceVectorStores', 200, { vector_stores: [{ ...row, colour: 'red' }] }),
    ).toEqual(['body /vector_stores/0/colour additionalProperties']);
  });

  it('may hold anything where the document leaves it open', () => {
    const refused = example('getSpace', 'space_not_found') as { error: JsonObject };
    const error = { ...refused.error, details: { space_id: 'space_abc123', anything: [1] } };
    expect(faults('getSpace', 404, { ...refused, error })).toEqual([]);
  });

  it('lacks no field, and every fault of the body is told', () => {
    const { id: _, ...rest } = space as JsonObject & { id: string };
    expect(faults('getSpace', 200, { ...rest, name: 7, access_mode: 'custom' }).sort()).toEqual([
      'body /access_mode enum',
      'body /id required',
      'body /name type',
    ]);
    expect(faults('getSpace', 200, undefined)).toEqual(['body  type']);
    expect(faults('getSpace', 200, { ...space, created_at: 'yesterday' })).toEqual([
      'body /created_at format',
    ]);
  });

  it('tells on a 429 when to come back', () => {
    const body = example('getSpace', 'rate_limit_exceeded');
    expect(faults('getSpace', 429, body)).toEqual(['header /retry-after required']);
    expect(faults('getSpace', 429, body, { ...json, 'retry-after': '1' })).toEqual([]);
  });

  it('keeps the relations to its request', () => {
    expect(
      checkResponse(operation('getSpace'), shippedValidators, asked, {
        response: { status: 200, headers: json },
        body: { ...space, id: 'space_other' },
      }),
    ).toEqual([
      {
        in: 'relation',
        pointer: '/id',
        keyword: 'equal($response.body#/id, $request.path.space_id)',
        expected: expect.stringContaining('space_abc123'),
        got: 'space_other',
      },
    ]);
  });

  it('repeats its status in every error', () => {
    const refused = example('getSpace', 'space_not_found') as { error: JsonObject };
    const body = {
      ...refused,
      error: { ...refused.error, status: 403, details: { space_id: 'space_abc123' } },
    };
    expect(faults('getSpace', 404, body)).toEqual([
      'relation /error/status equal($response.body#/error/status, $statusCode)',
    ]);
  });

  it('is not held to relations while its shape is broken', () => {
    expect(faults('getSpace', 200, { ...space, id: 'space_other', name: 7 })).toEqual([
      'body /name type',
    ]);
    expect(
      faults('getSpace', 200, { ...space, id: 'space_other' }, { 'content-type': 'text/html' }),
    ).toEqual(['header /content-type media_type']);
  });
});
