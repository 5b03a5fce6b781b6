// How an answer leaves: late, in pieces, in part or not at all. Through a real socket and through
// the handler alike.
import { afterEach, describe, expect, it } from 'vitest';
import type { Delivery } from '../../src/engine/delivery.js';
import { createServer, type Server } from '../../src/http/server.js';

const space = '/v1/spaces/space_abc123';
const owner = { 'x-api-key': 'ak_owner' };

const opened: Server[] = [];
afterEach(() => Promise.all(opened.splice(0).map((mockServer) => mockServer.close())));

type Send = (target: string, init?: RequestInit) => Promise<Response>;
const ways = ['a socket', 'the handler'] as const;

/** A mock server all of whose answers leave like that, and a way to ask it. */
async function delivering(
  way: (typeof ways)[number],
  deliver: (honest: Delivery, target: string) => Delivery,
): Promise<Send> {
  const mockServer = createServer({}, [
    {
      kind: 'fault',
      name: 'planted',
      deliver: (honest, { arrival }) => deliver(honest, arrival.request.target),
    },
  ]);
  opened.push(mockServer);
  const { url } = await mockServer.listen({ port: 0 });
  const send: Send =
    way === 'a socket' ? (target, init) => fetch(url + target, init) : mockServer.fetch;
  return (target, init) => send(target, { headers: owner, ...init });
}

const withBody = (honest: Delivery, body: Delivery['response']['body'] & {}): Delivery => ({
  response: { ...honest.response, headers: { 'content-type': 'application/octet-stream' }, body },
});

const bytes = Uint8Array.from({ length: 1000 }, (_, i) => i % 256);

/**
 * A stream of these pieces, and whether somebody has cancelled it. It never ends where `open` is
 * set.
 */
function streamOf(pieces: readonly Uint8Array[], open = false) {
  const left = [...pieces];
  const state = { cancelled: false };
  const stream = new ReadableStream<Uint8Array>({
    pull: (controller) => {
      const piece = left.shift();
      if (piece) controller.enqueue(piece);
      else if (!open) controller.close();
    },
    cancel: () => {
      state.cancelled = true;
    },
  });
  return { stream, state };
}

const bytesOf = async (response: Response): Promise<Uint8Array> =>
  new Uint8Array(await response.arrayBuffer());
const failure = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => 'no failure',
    (error: unknown) => error,
  );
const codeOf = (error: unknown): unknown =>
  ((error as Error).cause as { code?: string } | undefined)?.code;

describe.each(ways)('an answer through %s', (way) => {
  it('may come late: those that are asked for later come first', async () => {
    const send = await delivering(way, (honest, target) =>
      target === space ? { ...honest, delayMs: 300 } : honest,
    );
    const order: string[] = [];
    const note = (name: string) => (response: Response) => {
      order.push(name);
      return response;
    };
    const [late] = await Promise.all([
      send(space).then(note('late')),
      send(`${space}/threads`).then(note('at once')),
    ]);
    expect(order).toEqual(['at once', 'late']);
    expect([late.status, ((await late.json()) as { id: string }).id]).toEqual([
      200,
      'space_abc123',
    ]);
  });

  it('is waited for no longer than its client waits', async () => {
    const send = await delivering(way, (honest) => ({ ...honest, delayMs: 600_000 }));
    const patience = new AbortController();
    const answer = failure(send(space, { signal: patience.signal }));
    patience.abort(new Error('enough'));
    expect(await answer).toMatchObject({ message: 'enough' });
  });

  it('may be a body of bytes', async () => {
    const send = await delivering(way, (honest) => withBody(honest, bytes));
    const response = await send(space);
    expect(await bytesOf(response)).toEqual(bytes);
    if (way === 'a socket') expect(response.headers.get('content-length')).toBe('1000');
    const head = await send(space, { method: 'HEAD' });
    expect([(await bytesOf(head)).length, head.headers.get('content-length')]).toEqual([0, '1000']);
  });

  it('may be a stream, which is cancelled when its reader leaves', async () => {
    const { stream } = streamOf([bytes, bytes]);
    const send = await delivering(way, (honest) => withBody(honest, stream));
    expect((await bytesOf(await send(space))).length).toBe(2000);

    const endless = streamOf([bytes], true);
    const sendEndless = await delivering(way, (honest) => withBody(honest, endless.stream));
    const reader = (await sendEndless(space)).body?.getReader();
    expect((await reader?.read())?.value?.length).toBe(1000);
    await reader?.cancel();
    await expect.poll(() => endless.state.cancelled).toBe(true);
  });

  it('may be a stream that drips, and is cancelled likewise', async () => {
    const endless = streamOf([bytes], true);
    const send = await delivering(way, (honest) => ({
      ...withBody(honest, endless.stream),
      end: { drip: 500, everyMs: 1 },
    }));
    const reader = (await send(space)).body?.getReader() as ReadableStreamDefaultReader<Uint8Array>;
    let length = 0;
    while (length < 1000) length += (await reader.read()).value?.length ?? 0;
    await reader.cancel();
    await expect.poll(() => endless.state.cancelled).toBe(true);
  });

  it('to HEAD takes nothing from a stream', async () => {
    const { stream, state } = streamOf([bytes], true);
    const send = await delivering(way, (honest) => withBody(honest, stream));
    expect((await bytesOf(await send(space, { method: 'HEAD' }))).length).toBe(0);
    expect(state.cancelled).toBe(true);
  });

  it('may drip: it is whole, but comes in pieces', async () => {
    const send = await delivering(way, (honest, target) =>
      target === space ? { ...withBody(honest, bytes), end: { drip: 10, everyMs: 2 } } : honest,
    );
    const reader = (await send(space)).body?.getReader() as ReadableStreamDefaultReader<Uint8Array>;
    const first = (await reader.read()).value as Uint8Array;
    expect((await send(`${space}/threads`)).status).toBe(200);
    expect(first.length).toBeLessThan(1000);
    const pieces = [first];
    for (let next = await reader.read(); !next.done; next = await reader.read())
      pieces.push(next.value);
    expect(Buffer.concat(pieces)).toEqual(Buffer.from(bytes));
  });

  it.each([0, 1, 999])('may be cut after %i bytes of its body', async (cutAt) => {
    const send = await delivering(way, (honest) => ({
      ...withBody(honest, bytes),
      end: { cutAt },
    }));
    const response = await send(space);
    expect(response.status).toBe(200);
    const got: Uint8Array[] = [];
    const error = await failure(
      (async () => {
        for await (const piece of response.body as unknown as AsyncIterable<Uint8Array>)
          got.push(piece);
      })(),
    );
    expect(error).toMatchObject({ name: 'TypeError', message: 'terminated' });
    expect(Buffer.concat(got)).toEqual(Buffer.from(bytes.subarray(0, cutAt)));
  });

  it('may be a stream that is cut', async () => {
    const { stream, state } = streamOf([bytes], true);
    const send = await delivering(way, (honest) => ({
      ...withBody(honest, stream),
      end: { cutAt: 500 },
    }));
    expect(await failure((await send(space)).arrayBuffer())).toMatchObject({
      message: 'terminated',
    });
    expect(state.cancelled).toBe(true);
  });

  it('may be no answer: the connection is reset', async () => {
    const send = await delivering(way, (honest, target) =>
      target === space ? { ...honest, end: 'reset' } : honest,
    );
    const error = await failure(send(space));
    expect(error).toMatchObject({ name: 'TypeError', message: 'fetch failed' });
    expect(codeOf(error)).toBe('ECONNRESET');
    expect((await send(`${space}/threads`)).status).toBe(200);
  });
});
