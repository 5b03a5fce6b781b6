// What becomes of requests that are on their way when a server closes.
import { connect } from 'node:net';
import { describe, expect, it } from 'vitest';
import type { Answerer } from '../../src/engine/answerer.js';
import { createExpressApp, createExpressServer } from '../../src/http/express-shell.js';
import { listen } from '../../src/http/listen.js';
import { RawConnection, request } from '../support/raw-http.js';

/** A server that takes this long for an answer. */
async function open(pauseMs: number) {
  const arrived: string[] = [];
  const response = { status: 200, headers: { 'content-type': 'text/plain' }, body: 'done' };
  const answerer: Answerer = {
    answer: ({ target }) => {
      arrived.push(target);
      return { response, delayMs: pauseMs };
    },
    answerUnreadable: () => ({ response }),
    bodyLimit: 1000,
  };
  const listening = await listen(createExpressServer(createExpressApp(answerer), answerer), {
    port: 0,
  });
  return { listening, arrived };
}

const refused = (port: number) =>
  new Promise((resolve) => {
    connect(port, '127.0.0.1')
      .on('error', ({ code }: NodeJS.ErrnoException) => resolve(code))
      .on('connect', () => resolve('connected'));
  });

describe('closing with a grace', () => {
  it('answers what has arrived whole, on every connection, and takes no new ones', async () => {
    const { listening, arrived } = await open(200);
    const connections = await Promise.all([1, 2, 3].map(() => RawConnection.open(listening.port)));
    for (const connection of connections)
      connection.send(request('GET', '/a'), request('GET', '/b'));
    await expect.poll(() => arrived.length).toBe(6);
    const closed = listening.close({ graceMs: 20_000 });
    expect(await refused(listening.port)).toBe('ECONNREFUSED');
    for (const connection of connections) {
      expect((await connection.answer()).text).toBe('done');
      expect((await connection.answer()).text).toBe('done');
    }
    await closed;
    for (const connection of connections) await connection.drop();
  });

  it('ends when the last whole request is answered, although half a request hangs', async () => {
    const { listening, arrived } = await open(50);
    const half = (await RawConnection.open(listening.port)).send(
      request('POST', '/half', { lines: ['Content-Length: 5'] }).subarray(0, -2),
      '\r\n12',
    );
    const whole = (await RawConnection.open(listening.port)).send(request('GET', '/whole'));
    await expect.poll(() => arrived).toEqual(['/whole']);
    const closed = listening.close({ graceMs: 600_000 });
    expect((await whole.answer()).text).toBe('done');
    await closed;
    await half.end();
    await Promise.all([half.drop(), whole.drop()]);
  });

  it('does not wait for an answer that takes longer', async () => {
    const { listening, arrived } = await open(600_000);
    const slow = (await RawConnection.open(listening.port)).send(request('GET', '/slow'));
    await expect.poll(() => arrived).toEqual(['/slow']);
    await listening.close({ graceMs: 50 });
    await slow.end();
    await slow.drop();
  });

  it('waits for nothing unless told to', async () => {
    const { listening, arrived } = await open(600_000);
    const slow = (await RawConnection.open(listening.port)).send(request('GET', '/slow'));
    await expect.poll(() => arrived).toEqual(['/slow']);
    await listening.close();
    await slow.end();
    await slow.drop();
  });
});
