// The acceptance tests are only as good as their comparison and their samples; both are tried here.
import { describe, expect, it } from 'vitest';
import type { Json } from '../../src/spec/message.js';
import { hasForm, inLines, settle } from './compare.js';
import { samplesOf, seeds } from './samples.js';

const sample = {
  id: 'vs_store123',
  name: 'A store',
  rows: [{ added_at: '2026-02-26T10:30:00Z' }],
  seen_at: null,
};

const passes = (got: Json) =>
  inLines(
    settle(got, sample, (pointer) =>
      pointer === '/id' ? 'vector_store_id' : pointer.endsWith('_at') ? 'time' : undefined,
    ),
  ) === inLines(sample);

describe('comparing an answer with a sample', () => {
  it('lets volatile fields differ in value', () => {
    expect(passes({ ...sample, id: 'vs_7', rows: [{ added_at: '2027-01-01T00:00:00Z' }] })).toBe(
      true,
    );
  });

  it.for<[string, Json]>([
    ['another value in a fixed field', { ...sample, name: 'B store' }],
    ['another type', { ...sample, name: null }],
    ['a missing field', { id: sample.id, name: sample.name, rows: sample.rows }],
    ['a missing volatile field', { name: sample.name, rows: sample.rows, seen_at: null }],
    ['a field too many', { ...sample, extra: null }],
    [
      'the fields in another order',
      { name: sample.name, id: sample.id, rows: sample.rows, seen_at: null },
    ],
    ['a generated id of another kind', { ...sample, id: 'space_1' }],
    ['a time with a fraction', { ...sample, rows: [{ added_at: '2026-02-26T10:30:00.000Z' }] }],
    ['a time that is none', { ...sample, rows: [{ added_at: '2026-02-30T25:30:00Z' }] }],
    ['a time as a number', { ...sample, rows: [{ added_at: 1772101800 }] }],
    ['a time where the sample has null', { ...sample, seen_at: '2026-02-26T10:30:00Z' }],
    ['a row too many', { ...sample, rows: [...sample.rows, ...sample.rows] }],
  ])('sees %s', ([, got]) => {
    expect(passes(got)).toBe(false);
  });
});

describe.for(seeds)('the samples of seed %s', (seed) => {
  it.for(samplesOf(seed))(
    '$name: volatile fields are fields of the body, in the form that is looked for',
    ({ response }) => {
      for (const [pointer, form] of Object.entries(response.volatile)) {
        const value = pointer
          .split('/')
          .slice(1)
          .reduce<Json | undefined>(
            (node, name) => (node as Record<string, Json>)[name],
            response.body,
          );
        expect(hasForm(form, value), `${pointer} is ${JSON.stringify(value)}`).toBe(true);
      }
    },
  );

  it.for(samplesOf(seed))('$name: all three senders carry the same body', ({ request }) => {
    expect(request.curl_data === undefined ? undefined : JSON.parse(request.curl_data)).toEqual(
      request.body,
    );
  });
});
