import { describe, expect, inject, it } from 'vitest';
import { createUnderstudy } from '../../src/index.js';
import { loadSpec } from '../../src/shipped/document.js';
import { provocationsOf } from '../support/provocations.js';
import type { Sent } from '../support/requests.js';

const spec = loadSpec();
const provocations = provocationsOf(inject('provocations'));
const answerOf = (
  understudy: ReturnType<typeof createUnderstudy>,
  { method, target, headers = {}, body }: Sent,
) =>
  understudy.fetch(`http://understudy.local${target}`, {
    method,
    headers,
    ...(body === undefined ? {} : { body }),
  });

/**
 * These two say that we are at fault; no request brings them about, test/engine/self-check.test.ts
 * plants the fault.
 */
const ourOwnFaults = ['self_check_failed', 'rule_failed'];
/** Only with `strictWorlds`; test/worlds/worlds.test.ts has it. */
const strict = ['unknown_world'];
/** Nor can a request, since none arrives: test/http/hostile.test.ts sends bytes. */
const unreadable = ['bad_http', 'headers_too_large', 'request_timeout'];
/** Bodies that are compressed in another way, or badly: test/http/bodies.test.ts sends them. */
const encodings = ['unsupported_encoding', 'broken_encoding'];

describe('the cases that are reached by state', () => {
  it('are the ones that the provocations name, no more and no less', () => {
    const documented = [...spec.operations.values()].flatMap((operation) =>
      [...operation.cases.values()]
        .filter((c) => c.reached_by === 'state')
        .map((c) => `${operation.id}.${c.name}`),
    );
    const unrouted = [...spec.unrouted.keys()].filter(
      (name) => ![...ourOwnFaults, ...strict, ...unreadable, ...encodings].includes(name),
    );
    expect(provocations.map((provocation) => provocation.case).sort()).toEqual(
      [...documented, ...unrouted].sort(),
    );
  });

  it.each(provocations)(
    '$case is answered when the state is there',
    async ({ case: name, steps = [], request }) => {
      const understudy = createUnderstudy();
      for (const step of steps)
        expect((await answerOf(understudy, step)).ok, `${step.method} ${step.target}`).toBe(true);
      const before = JSON.stringify(understudy.world.snapshot());

      const response = await answerOf(understudy, request);

      const [operationId, caseName] = name.includes('.') ? name.split('.') : [undefined, name];
      const cases = operationId ? spec.operations.get(operationId as never)?.cases : spec.unrouted;
      const documented = cases?.get(caseName as string);
      expect(response.headers.get('x-understudy-case')).toBe(name);
      expect(response.status).toBe(documented?.status);
      expect(response.headers.has('preference-applied')).toBe(false);
      if (response.ok) return;
      const body = (await response.json()) as { error?: Record<string, unknown> };
      const { error } = body;
      // The framework's own errors have no envelope.
      if (error === undefined) {
        expect(body).toEqual(documented?.value);
        return;
      }
      const example = (documented as unknown as { value: { error: Record<string, unknown> } }).value
        .error;
      for (const field of ['code', 'message', 'system_message', 'type', 'status'])
        expect(error[field]).toBe(example[field]);
      expect(Object.keys(error.details as object)).toEqual(Object.keys(example.details as object));
      expect(JSON.stringify(understudy.world.snapshot()), 'a refused request changes nothing').toBe(
        before,
      );
    },
  );
});
