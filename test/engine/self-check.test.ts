import { describe, expect, it } from 'vitest';
import { createServer } from '../../src/http/server.js';
import { createUnderstudy, type JournalEntry } from '../../src/index.js';
import { call } from '../support/call.js';
import { owner } from '../support/requests.js';

const space = '/v1/spaces/space_abc123';

/**
 * Corrupts the world behind the rules' back, so that an honest rule gives an answer that breaks the
 * document.
 */
function withCorruptSpace(selfCheck: 'strict' | 'report' | 'off', change: object) {
  const written: JournalEntry[] = [];
  const understudy = createUnderstudy({ selfCheck, onExchange: (entry) => written.push(entry) });
  understudy.world.spaces.update('space_abc123', change);
  return { understudy, written };
}

describe('our own check of every answer', () => {
  it('turns a wrong type into a 500 that names rule, pointer and document line', async () => {
    const { understudy } = withCorruptSpace('strict', { name: 7 });
    const { status, case: name, body } = await call(understudy, owner.get(space));
    expect(status).toBe(500);
    expect(name).toBe('self_check_failed');
    expect(body.error).toMatchObject({
      code: 'SELF_CHECK_FAILED',
      type: 'server_error',
      status: 500,
    });
    expect(body.error.details.rule).toBe('getSpace.retrieved');
    expect(body.error.details.place).toMatch(/^openapi\/paths\/spaces\.yaml:\d+$/);
    expect(body.error.details.breaches).toContainEqual({
      in: 'body',
      pointer: '/name',
      keyword: 'type',
      expected: 'string',
    });
  });

  it('catches a field that the document does not know', async () => {
    const understudy = createServer({}, [
      {
        kind: 'drift',
        name: 'one field more',
        // As a rule of ours would, so nobody says that it was done on purpose.
        decide: (next, asked) => {
          const decision = next(asked);
          const { outcome } = decision;
          if (outcome.kind === 'refusal') return decision;
          return {
            ...decision,
            outcome: { ...outcome, body: { ...Object(outcome.body), secret: 'leak' } },
          };
        },
      },
    ]);
    const { status, body } = await call(understudy, owner.get(space));
    expect(status).toBe(500);
    expect(body.error.details.breaches[0]).toMatchObject({
      pointer: '/secret',
      keyword: 'additionalProperties',
    });
  });

  it('need not catch a field that only the row has: what is shown is named field by field', async () => {
    const { understudy } = withCorruptSpace('strict', { secret: 'leak' });
    const { status, body } = await call(understudy, owner.get(space));
    expect(status).toBe(200);
    expect(body).not.toHaveProperty('secret');
  });

  it('catches a relation that no schema can say', async () => {
    const { understudy } = withCorruptSpace('strict', { vector_store_id: 'vs_attached' });
    const { status, body } = await call(understudy, owner.get(space));
    expect(status).toBe(500);
    expect(body.error.details.breaches[0]).toMatchObject({
      in: 'relation',
      pointer: '/additional_vector_store_ids',
    });
  });

  it('sends the answer and reports the breach when told to report', async () => {
    const { understudy, written } = withCorruptSpace('report', { name: 7 });
    const { status, body, headers } = await call(understudy, owner.get(space));
    expect(status).toBe(200);
    expect(body.name).toBe(7);
    expect(headers.get('x-understudy-breaches')).toBe('1');
    expect(written[0]?.breaches?.[0]).toMatch(
      /getSpace\.retrieved body\/name: expected string .*spaces\.yaml:\d+/,
    );
  });

  it('does not look when switched off', async () => {
    const { understudy } = withCorruptSpace('off', { name: 7 });
    const { status, headers } = await call(understudy, owner.get(space));
    expect(status).toBe(200);
    expect(headers.has('x-understudy-breaches')).toBe(false);
  });

  it('answers with the envelope when a rule throws, and keeps the stack for the log', async () => {
    const { understudy, written } = withCorruptSpace('strict', {});
    understudy.world.spaceVectorStores.where = () => {
      throw new TypeError('planted');
    };
    const { status, case: name, body } = await call(understudy, owner.get(space));
    expect(status).toBe(500);
    expect(name).toBe('rule_failed');
    expect(body.error.details.problem).toBe('TypeError: planted');
    expect(written[0]?.problem).toContain('at ');
  });
});
