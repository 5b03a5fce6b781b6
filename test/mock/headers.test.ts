import { describe, expect, it } from 'vitest';
import { createUnderstudy } from '../../src/index.js';
import { call } from '../support/call.js';
import { getSpace, owner } from '../support/requests.js';

describe('the vendor’s headers', () => {
  it('are on every answer, with the caller’s organization where there is one', async () => {
    const { headers, body } = await call(createUnderstudy(), getSpace);
    expect(Object.fromEntries(headers)).toMatchObject({
      'aitronos-organization': 'org_xyz789',
      'freddy-api-version': '2025-01-01',
      'freddy-processing-ms': '1',
      'x-ratelimit-limit-requests': '100',
      'x-ratelimit-remaining-requests': '100',
      'x-ratelimit-limit': '100',
      // Never ahead: the vendor's client would wait until then before each retry.
      'x-ratelimit-reset': '1640995200',
    });
    expect(body.id).toBe('space_abc123');
  });

  it('give an error the id that its body has as trace_id', async () => {
    const { headers, body } = await call(createUnderstudy(), { method: 'GET', target: '/v1/nowhere' });
    expect(headers.get('x-request-id')).toBe(body.error.trace_id);
    expect(headers.has('aitronos-organization')).toBe(false);
  });

  it('say how long to wait on a forced 429', async () => {
    const forced = { ...getSpace, headers: { ...getSpace.headers, prefer: 'code=429' } };
    const { status, headers, body } = await call(createUnderstudy(), forced);
    expect([status, headers.get('retry-after'), body.error.details.retry_after]).toEqual([429, '1', 1]);
  });

  it('name fields that nobody read in the journal', async () => {
    const understudy = createUnderstudy();
    await call(understudy, owner.post('/v1/threads?color=red', { organization_id: 'org_xyz789', colour: 1, __proto__x: 2 }));
    expect(understudy.journal[0]?.ignored).toEqual(['query.color', 'body.colour', 'body.__proto__x']);
  });
});
