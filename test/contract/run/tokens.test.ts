// A caller who has a key and a token is the same one with both.
import { describe, expect, it } from 'vitest';
import { handlerTarget, type Target } from '../../../src/client/target.js';
import { runContracts } from '../../../src/contract/run/run.js';
import { createUnderstudy } from '../../../src/index.js';
import type { OperationId } from '../../../src/spec/document.js';
import type { PlainRequest } from '../../../src/spec/message.js';
import { profile, spec, withoutEdges } from '../../support/drifted-run.js';

const operations: readonly OperationId[] = ['getThread', 'createThread', 'deleteSpace', 'getSlice'];

/** The mock server, which gets other headers than were sent. */
function changed(
  headersOf: (request: PlainRequest) => PlainRequest['headers'],
  requests: PlainRequest[] = [],
): Target {
  const inner = handlerTarget('the mock server', createUnderstudy().fetch);
  return {
    ...inner,
    send: (request, signal) => {
      requests.push(request);
      return inner.send({ ...request, headers: headersOf(request) }, signal);
    },
  };
}

const others: Readonly<Record<string, string>> = {
  owner: 'admin',
  admin: 'editor',
  editor: 'owner',
};
const otherOf = (authorization: string): string =>
  authorization.replace(/(?<=^Bearer tok_)\w+$/, (caller) => others[caller] ?? caller);

const run = (target: Target) =>
  runContracts({
    spec,
    contracts: withoutEdges(operations),
    profile,
    target,
    wait: async () => {},
  });
const serious = ({ findings }: Awaited<ReturnType<typeof run>>) =>
  findings.filter(({ severity }) => severity !== 'notice');
const isByToken = ({ headers }: PlainRequest): boolean => headers.authorization !== undefined;

describe('a caller with a key and a token', () => {
  it('plays a success and a refusal of each operation with the token too, and the rest with the key', async () => {
    const requests: PlainRequest[] = [];
    const report = await run(changed(({ headers }) => headers, requests));
    expect(serious(report)).toEqual([]);
    const played = report.rows.filter(({ title }) => title.endsWith(', with a token'));
    for (const id of operations)
      expect(played.filter(({ operation }) => operation === id).length).toBe(2);
    expect(played.every(({ result }) => result === 'right')).toBe(true);
    expect(requests.filter(isByToken).length).toBeLessThan(requests.length / 10);
    expect(requests.some((one) => isByToken(one) && one.headers['x-api-key'] !== undefined)).toBe(
      false,
    );
  });

  it.each<[string, (request: PlainRequest) => PlainRequest['headers'], string]>([
    [
      'whose token one operation refuses',
      ({ method, target, headers }) =>
        method === 'GET' &&
        target.startsWith('/v1/threads/') &&
        /^Bearer tok_(owner|editor|viewer|member)$/.test(headers.authorization ?? '')
          ? { ...headers, authorization: 'Bearer nobody' }
          : headers,
      'getThread',
    ],
    [
      'whose token stands for somebody else',
      ({ method, headers }) =>
        method === 'POST' && headers.authorization !== undefined
          ? { ...headers, authorization: otherOf(headers.authorization) }
          : headers,
      'createThread',
    ],
  ])('%s is found', async (_, headersOf, operation) => {
    const found = serious(await run(changed(headersOf)));
    expect(found.map(({ rowOperation }) => rowOperation)).toContain(operation);
    expect(found.every(({ title }) => title.endsWith(', with a token'))).toBe(true);
  });

  it('has both credentials asked for at the beginning', async () => {
    const report = await run(
      changed(({ headers }) =>
        headers.authorization === 'Bearer tok_viewer'
          ? { ...headers, authorization: 'Bearer over' }
          : headers,
      ),
    );
    expect(report.stopped).toMatchObject({
      why: 'refused',
      text: expect.stringContaining('the credential of viewer'),
    });
  });
});
