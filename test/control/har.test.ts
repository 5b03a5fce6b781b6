// The journal of a world as a HAR: over HTTP, through the client and from the command line.
import { describe, expect, it } from 'vitest';
import { ControlClient } from '../../src/control/client.js';
import { createUnderstudy } from '../../src/index.js';
import { loadControl } from '../../src/shipped/control.js';
import { isHar } from '../support/har.js';

const attach = '/v1/spaces/space_abc123/vector-stores/vs_def456';
function fresh(options = {}) {
  const understudy = createUnderstudy(options);
  const fetch = (url: string, init: RequestInit) => understudy.fetch(url, init);
  const control = new ControlClient('http://understudy.local', { fetch });
  const send = (method: string, path: string, headers = {}, body?: string) =>
    understudy.fetch(path, {
      method,
      headers: { 'X-API-Key': 'ak_owner', ...headers },
      ...(body === undefined ? {} : { body }),
    });
  return { understudy, control, send };
}

describe('the HAR of a world', () => {
  it('is a HAR 1.2 file by itself, with what was sent, answered and decided', async () => {
    const { understudy, control, send } = fresh();
    await send('POST', attach, { Host: 'api.test:8080' });
    await send('GET', '/v1/spaces/space_none?a=b%20c');
    const response = await understudy.fetch('/__admin/worlds/default/har');
    expect(response.headers.get('x-understudy-breaches')).toBeNull();
    const har = JSON.parse(await response.text());
    expect([isHar(har), isHar.errors]).toEqual([true, null]);
    expect(await control.har('default')).toEqual(har);
    expect(har.log.entries).toMatchObject([
      {
        request: { method: 'POST', url: `http://api.test:8080${attach}` },
        response: { status: 201 },
        _understudy: { number: 1, case: 'attached', user_id: 'usr_owner1', world: 'default' },
      },
      {
        request: {
          url: 'http://understudy.local/v1/spaces/space_none?a=b%20c',
          queryString: [{ name: 'a', value: 'b c' }],
        },
        response: { status: 404, content: { mimeType: 'application/json' } },
        _understudy: { case: 'space_not_found' },
      },
    ]);
    expect(JSON.parse(har.log.entries[1].response.content.text).error.status).toBe(404);
  });

  it('has the requests that are asked for', async () => {
    const { control, send } = fresh();
    await send('POST', attach);
    await send('POST', attach);
    await send('GET', '/v1/spaces/space_none');
    const numbers = async (query: object) =>
      (await control.har('default', query)).log.entries.map(
        ({ _understudy }) => (_understudy as { number: number }).number,
      );
    expect(await numbers({ status: 409 })).toEqual([2]);
    expect(await numbers({ after: 1, method: 'post' })).toEqual([2]);
    expect(await numbers({ operation: 'getSpace' })).toEqual([3]);
    await expect(control.har('none')).rejects.toMatchObject({ code: 'UNKNOWN_WORLD' });
  });

  it.each([
    ['in a header', {}, '/v1/spaces/space_abc123', undefined],
    ['in the address', {}, '/v1/spaces/space_abc123?key=ak_secret-0123456789', undefined],
    ['in a cookie', { Cookie: 'session=ak_secret-0123456789; a=b' }, '/v1/threads', undefined],
    ['in a body', {}, attach, '{"note":"ak_secret-0123456789"}'],
    ['at the end of what is kept', {}, attach, `${' '.repeat(90)}ak_secret-0123456789`],
  ])('has no credential %s, whole or in part', async (_, headers, path, body) => {
    const { control, send } = fresh({ journalBodyLimit: 100 });
    await send('POST', path, { 'X-API-Key': 'ak_secret-0123456789', ...headers }, body);
    const written = JSON.stringify(await control.har('default'));
    for (const piece of ['ak_secr', 'ret-01', '0123456', '456789'])
      expect(written).not.toContain(piece);
    expect(written).toContain('***');
  });

  it('says what the journal does not have, and what was never answered', async () => {
    const { control, send } = fresh({
      journalBodyLimit: 20,
      faults: [{ name: 'lost', when: { path: '/v1/threads' }, does: { end: 'reset' } }],
    });
    await send('POST', attach, {}, JSON.stringify({ name: 'x'.repeat(50) }));
    await expect(send('GET', '/v1/threads')).rejects.toThrow();
    const { entries } = (await control.har('default')).log;
    expect(isHar({ log: { version: '1.2', creator: { name: 'a', version: '1' }, entries } })).toBe(
      true,
    );
    expect(entries).toMatchObject([
      {
        comment: expect.stringContaining('only the beginning of the body that was sent'),
        request: { bodySize: 61 },
      },
      { comment: expect.stringContaining('"reset"'), response: { status: 0, headers: [] } },
    ]);
  });
});

describe('a HAR that is replayed', () => {
  it('says where the world answers otherwise, and changes it', async () => {
    const { control, send } = fresh();
    await send('POST', attach);
    await send('GET', '/v1/spaces/space_none');
    const har = await control.har('default');
    await control.createWorld('again');
    const first = await control.replayHar('again', har);
    expect(first).toMatchObject({ world: 'again', different: 0, left_out: {}, unanswered: 0 });
    expect(first.exchanges.map(({ number, as }) => [number, as.user_id])).toEqual([
      ['1~again', 'usr_owner1'],
      ['2~again', 'usr_owner1'],
    ]);
    const second = await control.replayHar('again', har);
    expect(second.exchanges.map(({ differences }) => differences)).toEqual([
      [{ at: 'status', recorded: 201, here: 409 }],
      [],
    ]);
    expect(second.exchanges[0]?.here).toEqual({ status: 409, case: 'already_attached' });
  });

  it('keeps to the document in its answer, which is made after the check', async () => {
    const { control, send } = fresh();
    await send('POST', attach);
    await send('GET', '/v1/spaces/space_none');
    const har = await control.har('default');
    await control.addFault('default', { name: 'gone', when: { call: 1 }, does: { end: 'reset' } });
    const data = await control.replayHar('default', har);
    expect(data.exchanges[0]).toMatchObject({
      here: { status: 0 },
      error: 'The answer did not come: a fault has taken it away.',
    });
    const keeps = loadControl().validators('closed_ReplayAnswer');
    expect([keeps({ data }), keeps.errors]).toEqual([true, null]);
  });

  it('is refused with all that is wrong with it, and nothing is sent', async () => {
    const { control } = fresh();
    const har = { log: { entries: [{ request: { method: 7 } }, {}] } };
    await expect(control.replayHar('default', har)).rejects.toMatchObject({
      code: 'BROKEN_HAR',
      fix: 'Correct all that the details list, or save the recording again.',
      details: { field: '/log/entries/0/request/method' },
    });
    expect((await control.world('default')).requests).toBe(0);
  });
});
