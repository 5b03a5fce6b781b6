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
    const { headers, body } = await call(createUnderstudy(), {
      method: 'GET',
      target: '/v1/spaces/space_abc123',
    });
    expect(headers.get('x-request-id')).toBe(body.error.trace_id);
    expect(headers.has('aitronos-organization')).toBe(false);
  });

  it.each(['code=429', 'example=rate_limit_exceeded', 'code=429, example=rate_limit_exceeded'])(
    'of a 429 that is forced by %s agree with one another, and with the clock',
    async (prefer) => {
      for (const request of [
        getSpace,
        owner.post('/v1/spaces/', { organization_id: 'org_xyz789', name: 'New' }),
      ]) {
        const understudy = createUnderstudy();
        await call(understudy, owner.post('/v1/threads', { organization_id: 'org_xyz789' })); // so that time has passed
        const forced = { ...request, headers: { ...request.headers, prefer } };
        const { status, headers, body } = await call(understudy, forced);
        const now = Date.parse(body.error.timestamp) / 1000;
        const wait = Number(headers.get('retry-after'));
        expect(status).toBe(429);
        expect(body.error.timestamp).toBe(understudy.world.clock.now());
        expect([wait, body.error.details.retry_after]).toEqual([1, 1]);
        expect(headers.get('x-ratelimit-reset')).toBe(String(now + wait));
        expect(headers.get('x-ratelimit-reset-requests')).toBe(String(wait));
        for (const family of ['', '-requests']) {
          expect(headers.get(`x-ratelimit-remaining${family}`)).toBe('0');
          expect(headers.get(`x-ratelimit-limit${family}`)).toBe('100');
        }
      }
    },
  );

  it('are the usual ones again after a forced 429', async () => {
    const understudy = createUnderstudy();
    await call(understudy, { ...getSpace, headers: { ...getSpace.headers, prefer: 'code=429' } });
    const { headers } = await call(understudy, getSpace);
    expect(headers.get('x-ratelimit-remaining')).toBe('100');
    expect(headers.has('retry-after')).toBe(false);
  });

  it('name fields that nobody read in the journal', async () => {
    const understudy = createUnderstudy();
    await call(
      understudy,
      owner.post('/v1/threads?color=red', {
        organization_id: 'org_xyz789',
        colour: 1,
        __proto__x: 2,
      }),
    );
    expect(understudy.journal[0]?.ignored).toEqual([
      'query.color',
      'body.colour',
      'body.__proto__x',
    ]);
  });
});
