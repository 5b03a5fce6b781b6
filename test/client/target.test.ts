import { describe, expect, it } from 'vitest';
import { handlerTarget } from '../../src/client/target.js';
import type { PlainRequest } from '../../src/spec/message.js';

const get: PlainRequest = {
  method: 'GET',
  target: '/v1/spaces',
  headers: {},
  body: new Uint8Array(),
};
const never = new Promise<never>(() => {});

describe('a target in this process', () => {
  it.each<[string, () => Promise<Response>]>([
    [
      'throws at once',
      () => {
        throw new Error('out of order');
      },
    ],
    ['rejects', () => Promise.reject(new Error('out of order'))],
    ['throws no error', () => Promise.reject('out of order')],
    [
      'breaks off its answer',
      async () =>
        new Response(
          new ReadableStream({ pull: (stream) => stream.error(new Error('out of order')) }),
        ),
    ],
  ])('that %s gives no answer, and says why', async (_, handle) => {
    const sent = handlerTarget('a handler', handle).send(get);
    const expected = {
      name: 'TargetError',
      kind: 'broken',
      unsent: false,
      message: expect.stringContaining('out of order'),
    };
    await expect(sent).rejects.toMatchObject(expected);
  });

  it.each<[string, () => Promise<Response>]>([
    ['never answers', () => never],
    [
      'never ends its answer',
      async () =>
        new Response(new ReadableStream({ start: (stream) => stream.enqueue(new Uint8Array(1)) })),
    ],
  ])('that %s is waited for as long as any', async (_, handle) => {
    const target = handlerTarget('a handler', handle, { timeout: 20 });
    await expect(target.send(get)).rejects.toMatchObject({
      kind: 'timeout',
      message: expect.stringContaining('within 20 ms'),
    });
    const stop = new AbortController();
    const stopped = handlerTarget('a handler', handle).send(get, stop.signal);
    stop.abort();
    await expect(stopped).rejects.toMatchObject({ kind: 'stopped' });
    await expect(target.send(get, stop.signal)).rejects.toMatchObject({ kind: 'stopped' });
  });

  it('that answers without end is read to the limit', async () => {
    const chunk = new Uint8Array(1000).fill(32);
    const target = handlerTarget(
      'a handler',
      async () => new Response(new ReadableStream({ pull: (stream) => stream.enqueue(chunk) })),
      { maxBytes: 10_000 },
    );
    await expect(target.send(get)).rejects.toMatchObject({ kind: 'too_large' });
  });

  it('is asked as it would be over the network, and a byte order mark stays', async () => {
    const target = handlerTarget('a handler', async (request) => {
      const said = `\ufeff${request.method} ${new URL(request.url).pathname} ${await request.text()}`;
      return new Response(said, { status: 201, headers: { 'X-Own': '1' } });
    });
    const answered = await target.send({
      ...get,
      method: 'POST',
      body: new TextEncoder().encode('{}'),
    });
    expect(answered).toMatchObject({
      status: 201,
      headers: { 'x-own': '1' },
      body: '\ufeffPOST /v1/spaces {}',
    });
    const empty = handlerTarget('a handler', async () => new Response(null, { status: 204 }));
    expect(await empty.send(get)).toEqual({ status: 204, headers: {} });
  });
});
