// The journal as server-sent events: from a client in the same process, and through a socket.
import { afterEach, describe, expect, it } from 'vitest';
import { ControlClient, type JournalEvent } from '../../src/control/client.js';
import { createUnderstudy, type Understudy } from '../../src/index.js';

const opened: Understudy[] = [];
afterEach(() => Promise.all(opened.splice(0).map((one) => one.close())));
function fresh(): { readonly understudy: Understudy; readonly control: ControlClient } {
  const understudy = createUnderstudy();
  opened.push(understudy);
  const fetch = (url: string, init: RequestInit) => understudy.fetch(url, init);
  return { understudy, control: new ControlClient('http://understudy.local', { fetch }) };
}
const get = (understudy: Understudy, key = 'ak_owner') =>
  understudy.fetch('/v1/spaces/space_abc123', { headers: { 'X-API-Key': key } });

/** What a stream has said of each event: the number of a request, or where it goes on. */
function follow(events: AsyncGenerator<JournalEvent>) {
  const next = async (): Promise<unknown[]> => {
    const { value, done } = await events.next();
    if (done) return ['end'];
    const { number, ...data } = value.data as { number?: number };
    return [value.event, ...(number === undefined ? [data] : [number])];
  };
  return { next, leave: () => events.return(undefined) };
}

describe('the stream of a journal', () => {
  it('has what was, then what comes, and takes back what has never been', async () => {
    const { understudy, control } = fresh();
    await get(understudy);
    await get(understudy);
    const stream = follow(control.events('default'));
    expect([await stream.next(), await stream.next()]).toEqual([
      ['request', 1],
      ['request', 2],
    ]);
    const third = stream.next();
    await get(understudy, 'ak_unknown');
    expect(await third).toEqual(['request', 3]);
    // Rewound, and as many requests again before the stream is read on.
    await control.rewindWorld('default', 2);
    await get(understudy);
    await get(understudy);
    expect(await stream.next()).toEqual(['rewound', { last: 1 }]);
    expect([await stream.next(), await stream.next()]).toEqual([
      ['request', 2],
      ['request', 3],
    ]);
    await control.resetWorld('default');
    expect(await stream.next()).toEqual(['rewound', { last: 0 }]);
    await stream.leave();
  });

  it('begins behind the number that its client has', async () => {
    const { understudy, control } = fresh();
    for (let i = 0; i < 120; i += 1) await get(understudy);
    const stream = follow(control.events('default', { after: 118 }));
    expect(await stream.next()).toEqual(['request', 119]);
    await stream.leave();
    const response = await understudy.fetch('/__admin/worlds/default/events?after=3', {
      headers: { 'Last-Event-ID': '119' },
    });
    const reader = response.body?.getReader() as ReadableStreamDefaultReader<Uint8Array>;
    let text = '';
    while (!text.includes('data:'))
      text += new TextDecoder().decode((await reader.read()).value as Uint8Array);
    expect(text).toMatch(/^: open\n\nevent: request\nid: 120\ndata: \{"number":120,.*\}\n\n$/);
    expect(text).not.toContain('ak_owner');
    await reader.cancel();
  });

  it('ends for a reader that is slower than the journal forgets', async () => {
    const { understudy, control } = fresh();
    await get(understudy);
    const stream = follow(control.events('default'));
    expect(await stream.next()).toEqual(['request', 1]);
    for (let i = 0; i < 1200; i += 1) await get(understudy);
    const [event, data] = await drained(stream);
    expect([event, data]).toEqual(['behind', { last: expect.any(Number), first: 202 }]);
    expect(await stream.next()).toEqual(['end']);
  });

  /** The first event that is no request. */
  async function drained(stream: ReturnType<typeof follow>): Promise<unknown[]> {
    for (;;) {
      const event = await stream.next();
      if (event[0] !== 'request') return event;
    }
  }

  it('ends when its world is deleted', async () => {
    const { control } = fresh();
    await control.createWorld('one');
    const stream = follow(control.events('one'));
    const next = stream.next();
    await control.deleteWorld('one');
    expect([await next, await stream.next()]).toEqual([['gone', {}], ['end']]);
  });

  it('is refused as everything else is', async () => {
    const { control } = fresh();
    await expect(control.events('none').next()).rejects.toMatchObject({ code: 'UNKNOWN_WORLD' });
    await expect(control.events('default', { after: -1 }).next()).rejects.toMatchObject({
      status: 422,
    });
  });

  it('comes through a socket, and ends with the server without holding it up', async () => {
    const { understudy } = fresh();
    const { url } = await understudy.listen({ port: 0 });
    const control = new ControlClient(url);
    const stream = follow(control.events('default'));
    const next = stream.next();
    await fetch(`${url}/v1/spaces/space_abc123`, { headers: { 'X-API-Key': 'ak_owner' } });
    expect(await next).toEqual(['request', 1]);
    const end = stream.next();
    // Without an end, the stream would be waited for as long as this.
    await understudy.close({ graceMs: 170_000 });
    expect(await end).toEqual(['end']);
  });

  it('lets go of a client that has left', async () => {
    const { understudy, control } = fresh();
    const left = new AbortController();
    const events = control.events('default', { signal: left.signal });
    const next = events.next();
    await get(understudy);
    await next;
    left.abort();
    await expect(events.next()).rejects.toThrow();
    await get(understudy);
  });
});
