// Green only when something was shown: preparation that fails, a floor of cases, a server that is
// no such API, one that changes in mid-run.
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { handlerTarget, type Target, TargetError } from '../../../src/client/target.js';
import { toResults, toText } from '../../../src/contract/report/renderings.js';
import { exitCode } from '../../../src/contract/report/verdict.js';
import type { RunOptions } from '../../../src/contract/run/options.js';
import { parseProfile } from '../../../src/contract/run/profile.js';
import { runContracts } from '../../../src/contract/run/run.js';
import { loadContracts } from '../../../src/contract/tables/load.js';
import { createUnderstudy } from '../../../src/index.js';
import { loadSpec } from '../../../src/shipped/document.js';
import type { OperationId } from '../../../src/spec/document.js';
import type { PlainRequest, PlainResponse } from '../../../src/spec/message.js';
import { itFirst } from '../../support/sample.js';

const spec = loadSpec();
const contracts = loadContracts(spec);
const profile = parseProfile(
  readFileSync('contracts/understudy.profile.yaml', 'utf8'),
  'understudy.profile.yaml',
  {},
);
const only = (...ids: OperationId[]) => ({ include: (id: OperationId) => ids.includes(id) });
const json = { 'content-type': 'application/json' };
const html = (status: number): PlainResponse => ({
  status,
  headers: { 'content-type': 'text/html' },
  body: `<h1>${status}</h1>`,
});

/** The mock server, whose n-th answer somebody may change. */
function between(
  change: (request: PlainRequest, number: number) => PlainResponse | Error | undefined,
) {
  const inner = handlerTarget('the mock server', createUnderstudy().fetch);
  const requests: PlainRequest[] = [];
  const target: Target = {
    name: inner.name,
    send: async (request, signal) => {
      requests.push(request);
      const changed = change(request, requests.length);
      if (changed instanceof Error) throw changed;
      return changed ?? inner.send(request, signal);
    },
  };
  return { target, requests };
}

const run = (options: Pick<RunOptions, 'target'> & Partial<RunOptions>) =>
  runContracts({ spec, contracts, profile, concurrency: 1, wait: async () => {}, ...options });
const makesSpace = ({ method, target }: PlainRequest) =>
  method === 'POST' && target === '/v1/spaces/';
const refusal = (status: number, code: string): PlainResponse => ({
  status,
  headers: json,
  body: JSON.stringify({
    success: false,
    error: {
      code,
      message: 'No.',
      system_message: 'No',
      type: 'client_error',
      status,
      details: {},
    },
  }),
});

describe('preparation that fails', () => {
  itFirst(2).each<[string, PlainResponse, number, string]>([
    ['crashes', html(500), 1, 'failure'],
    ['crashes in the API’s words', refusal(500, 'INTERNAL_ERROR'), 1, 'failure'],
    ['answers without an id', { status: 201, headers: json, body: '{"name":"x"}' }, 1, 'failure'],
    ['answers without a body', { status: 201, headers: {} }, 1, 'failure'],
    ['refuses its owner', refusal(403, 'INSUFFICIENT_PERMISSIONS'), 3, 'question'],
    ['is not there', refusal(404, 'RESOURCE_NOT_FOUND'), 3, 'question'],
  ])(
    'for it %s is a finding of its own, and the run is no green one',
    async (_, answer, code, severity) => {
      const { target } = between((request) => (makesSpace(request) ? answer : undefined));
      const report = await run({ target, ...only('getSpace') });
      expect(report.findings).toContainEqual(
        expect.objectContaining({ code: 'PREPARATION_FAILED', operation: 'createSpace', severity }),
      );
      expect(exitCode(report, 'failure')).toBe(code);
      expect(toText(report)).toMatch(/Inconclusive: \d+ rows could not be prepared: /);
    },
  );

  it('is none where the profile names what is gone', async () => {
    const stale = { ...profile, known: { ...profile.known, disposable_message_id: 'msg_gone' } };
    const { target } = between(() => undefined);
    const report = await run({ target, profile: stale, ...only('updateMessage', 'deleteMessage') });
    expect(report.findings).toEqual([]);
    expect(exitCode(report, 'failure')).toBe(0);
  });
});

describe('a floor of cases', () => {
  it('makes a run with fewer right ones inconclusive, and says so', async () => {
    const options = { ...only('getSpace'), target: between(() => undefined).target };
    const report = await run({ ...options, minCases: 100 });
    expect(exitCode(report, 'failure')).toBe(3);
    expect(toText(report)).toMatch(
      /Inconclusive: only \d+ cases are right, fewer than the 100 of --min-cases/,
    );
    expect(toResults(report)).toMatchObject({ min_cases: 100 });
    expect(exitCode(await run({ ...options, minCases: 5 }), 'failure')).toBe(0);
  });
});

describe('a server that is no such API', () => {
  const body = (status: number, text: string, type = 'application/json'): PlainResponse => ({
    status,
    headers: { 'content-type': type },
    ...(text === '' ? {} : { body: text }),
  });

  itFirst(2).each<[string, PlainResponse]>([
    ['the start page of a web app', html(200)],
    ['a login page', body(200, '<form action="/login">', 'text/html; charset=utf-8')],
    ['an empty list', body(200, '[]')],
    ['another API', body(200, '{"ok":true}')],
    ['another API’s list', body(200, '{"results":[],"count":0}')],
    ['an empty 200', body(200, '')],
    ['204 for everything', { status: 204, headers: {} }],
    ['a text', body(200, '"hello"')],
    ['GraphQL', body(200, '{"errors":[{"message":"Must provide query string."}]}')],
    ['GraphQL that refuses', body(400, '{"errors":[{"message":"Must provide query string."}]}')],
    ['a TLS port', html(400)],
    ['a file server', html(405)],
    ['a firewall', html(403)],
    ['a framework without these routes', body(404, '{"detail":"Not Found"}')],
    ['a server that crashes', html(500)],
  ])('%s ends the run after the sign-ins, inconclusive', async (_, answer) => {
    const { target, requests } = between(() => answer);
    const report = await run({ target });
    expect(report.stopped).toMatchObject({
      why: 'unfit',
      text: expect.stringContaining('does not answer as the API'),
    });
    expect(exitCode(report, 'failure')).toBe(3);
    expect(requests.length).toBeLessThan(40);
    expect(requests.filter(({ method }) => method !== 'GET')).toEqual([]);
  });

  itFirst(1).each<[string, RegExp, PlainResponse]>([
    ['crashes', /^\/v1\/threads(\?|$)/, html(500)],
    ['answers with a page', /^\/v1\/spaces\/?\?/, html(200)],
    ['answers with an empty object', /^\/v1\/threads(\?|$)/, body(200, '{}')],
  ])('is not one of which a single list %s', async (_, broken, answer) => {
    const { target } = between(({ method, target: path }) =>
      method === 'GET' && broken.test(path) ? answer : undefined,
    );
    const report = await run({ target, ...only('getSpace', 'listThreads', 'listSpaces') });
    expect(report.stopped).toBeUndefined();
    expect(exitCode(report, 'failure')).toBe(1);
  });
});

describe('a credential that ends in mid-run', () => {
  const ending = (key: string, stillGood: (request: PlainRequest) => boolean = () => false) => {
    let made = 0;
    let isOver = false;
    return between((request) => {
      // While a space is there, which then stays.
      const isLook = request.method === 'GET' && request.target.startsWith('/v1/spaces/space_');
      isOver ||= made > 10 && isLook && request.headers['x-api-key'] === key;
      if (!isOver && makesSpace(request)) made += 1;
      return isOver && request.headers['x-api-key'] === key && !stillGood(request)
        ? refusal(401, 'INVALID_API_KEY')
        : undefined;
    });
  };

  itFirst(1).each(['owner', 'viewer'])(
    'of %s ends the run soon, and no row is blamed',
    async (caller) => {
      const { target, requests } = ending(`ak_${caller}`);
      const report = await run({
        target,
        ...only('createSpace', 'getSpace', 'updateSpace', 'deleteSpace'),
      });
      expect(report.stopped).toMatchObject({
        why: 'refused',
        text: expect.stringMatching(
          new RegExp(`refuses the credential of ${caller} since request \\d+, [A-Z]+ /v1/`),
        ),
      });
      expect(exitCode(report, 'failure')).toBe(3);
      expect(report.findings).toEqual([]);
      const since = Number(/since request (\d+)/.exec(report.stopped?.text ?? '')?.[1]);
      const refused = requests.filter(
        ({ headers }, i) => i >= since && headers['x-api-key'] === `ak_${caller}`,
      );
      expect(refused.length).toBeLessThan(30);
      if (caller === 'owner') expect(report.leftovers.length).toBeGreaterThan(0);
    },
  );

  it('is none where a sign-in is let in all the same', async () => {
    const { target } = ending(
      'ak_owner',
      ({ target: path }) => !path.startsWith('/v1/spaces/space_'),
    );
    const report = await run({ target, ...only('getSpace', 'updateSpace') });
    expect(report.stopped).toBeUndefined();
    expect(exitCode(report, 'failure')).toBe(1);
  });
});

describe('a target that falls silent', () => {
  itFirst(1).each<[string, () => PlainResponse | Error]>([
    ['and hangs', () => new TargetError('timeout', 'no whole answer within 10 ms')],
    ['and resets', () => new TargetError('broken', 'ECONNRESET')],
    ['behind its gateway', () => html(502)],
  ])('%s ends the run soon, inconclusive', async (_, silence) => {
    const { target, requests } = between((_request, number) =>
      number > 200 ? silence() : undefined,
    );
    const report = await run({ target, ...only('createSpace', 'getSpace', 'updateSpace') });
    expect(report.stopped).toMatchObject({
      why: 'unreachable',
      text: expect.stringMatching(/^the target gives no answer since request 20\d: /),
    });
    expect(exitCode(report, 'failure')).toBe(3);
    expect(requests.length).toBeLessThan(240);
  });
});

describe('a bad gateway', () => {
  const spaces = only('createSpace', 'getSpace', 'updateSpace', 'deleteSpace');

  itFirst(2).each<[string, (request: PlainRequest) => boolean]>([
    [
      'a read, which is asked again',
      ({ method, target }) => method === 'GET' && target.startsWith('/v1/spaces/space_'),
    ],
    ['a creation', makesSpace],
    ['a change', ({ method }) => method === 'PATCH'],
    ['an undocumented method', ({ method }) => method === 'PUT'],
  ])('that loses one answer to %s is a notice', async (_, is) => {
    let lost = 0;
    const { target } = between((request) => {
      if (lost > 0 || !is(request)) return undefined;
      lost += 1;
      return html(502);
    });
    const report = await run({ target, ...spaces });
    expect(lost).toBe(1);
    expect(report.findings.filter(({ severity }) => severity !== 'notice')).toEqual([]);
    expect(exitCode(report, 'failure')).toBe(0);
  });

  it('that loses one in thirty is a failure', async () => {
    const { target } = between((_request, number) =>
      number > 30 && number % 30 === 0 ? html(503) : undefined,
    );
    const report = await run({ target, ...spaces });
    expect(exitCode(report, 'failure')).toBe(1);
  });
});
