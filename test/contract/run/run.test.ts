import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { handlerTarget, type Target, TargetError } from '../../../src/client/target.js';
import { toJunit } from '../../../src/contract/report/renderings.js';
import { exitCode } from '../../../src/contract/report/verdict.js';
import type { RunOptions } from '../../../src/contract/run/options.js';
import { planRun } from '../../../src/contract/run/plan.js';
import { type Profile, parseProfile } from '../../../src/contract/run/profile.js';
import { runContracts } from '../../../src/contract/run/run.js';
import { loadContracts } from '../../../src/contract/tables/load.js';
import { createUnderstudy } from '../../../src/index.js';
import { loadSpec } from '../../../src/shipped/document.js';
import type { OperationId } from '../../../src/spec/document.js';
import type { PlainRequest, PlainResponse } from '../../../src/spec/message.js';
import { once } from '../../../src/spec/once-per.js';
import { whole as everything, itInFull } from '../../support/sample.js';

const spec = loadSpec();
const contracts = loadContracts(spec);
const whole = parseProfile(
  readFileSync('contracts/understudy.profile.yaml', 'utf8'),
  'understudy.profile.yaml',
  {},
);
const only = (...ids: OperationId[]) => ({ include: (id: OperationId) => ids.includes(id) });
const spaces = only('createSpace', 'getSpace', 'deleteSpace');
const attaching = only(
  ...([
    'createSpace',
    'getSpace',
    'deleteSpace',
    'createVectorStore',
    'deleteVectorStore',
  ] as const),
  ...(['addVectorStoreToSpace', 'listSpaceVectorStores', 'removeVectorStoreFromSpace'] as const),
);

/** Enough where a test is not about the rows themselves. */
const brief = everything ? 'full' : 'smoke';

/**
 * One write, what prepares it and the list that shows it. With WHOLE_TESTS=true, what is alike too.
 */
const someAttaching = everything
  ? attaching
  : only('createSpace', 'addVectorStoreToSpace', 'listSpaceVectorStores');

/** The mock server, and what somebody in between makes of it. */
function target(
  between: (request: PlainRequest, answer: () => Promise<PlainResponse>) => Promise<PlainResponse>,
) {
  const inner = handlerTarget('the mock server', createUnderstudy().fetch);
  const requests: PlainRequest[] = [];
  const outer: Target = {
    name: inner.name,
    send: (request) => {
      requests.push(request);
      return between(request, () => inner.send(request));
    },
  };
  return { target: outer, requests };
}
const untouched = () => target((_, answer) => answer());

async function run(options: Pick<RunOptions, 'target'> & Partial<RunOptions>) {
  const waits: number[] = [];
  const wait = async (milliseconds: number) => void waits.push(milliseconds);
  const report = await runContracts({
    spec,
    contracts,
    profile: whole,
    concurrency: 1,
    wait,
    level: brief,
    ...options,
  });
  const found = report.findings.map(
    ({ severity, code, operation, pointer }) => `${severity} ${code} ${operation}${pointer}`,
  );
  return { report, found, waits };
}

describe('what the profile does not give', () => {
  const { owner } = whole.callers;
  const profile: Profile = {
    ...whole,
    callers: owner ? { owner } : {},
    known: { organization_id: whole.known.organization_id as string },
  };

  const played = once(async () => {
    const { target, requests } = untouched();
    const told: unknown[] = [];
    const onLacking: RunOptions['onLacking'] = (lacking) => told.push(requests.length, lacking);
    const { report } = await run({ level: 'full', target, profile, ...attaching, onLacking });
    return { report, requests, told };
  });

  it('is said before the first request, with the number of rows that wait for it', async () => {
    const { report, told } = await played();
    expect(told).toEqual([0, report.lacking]);
    expect(report.lacking.map(({ name }) => name)).toContain('known.foreign_vector_store_id');
    expect(report.lacking.find(({ name }) => name === 'callers.viewer')?.rows).toBeGreaterThan(4);
  });

  it('costs the rows that need it, which send nothing and are never right', async () => {
    const { report, requests } = await played();
    const own = report.rows.filter(({ operation }) => operation === 'addVectorStoreToSpace');
    const waiting = own.filter(({ reason }) => reason === 'the profile has no callers.viewer');
    expect(waiting.map(({ result, requests: sent }) => ({ result, sent }))).toEqual(
      Array(3).fill({ result: 'not_exercised', sent: 0 }),
    );
    expect(new Set(requests.map(({ headers }) => headers['x-api-key']))).toEqual(
      new Set(['ak_owner', undefined, 'ak_understudy_unknown']),
    );
    const shown = report.coverage
      .filter(
        ({ case: name, result }) => name.startsWith('addVectorStoreToSpace.') && result === 'right',
      )
      .map(({ case: name }) => name.split('.')[1]);
    expect(shown.sort()).toEqual(
      [
        'already_attached',
        'attached',
        'authentication_required',
        'invalid_api_key',
        'invalid_parameter',
        'own_dedicated_store',
        'repeated_parameter',
        'space_not_found',
        'token_invalid',
        'vector_store_not_found',
      ].sort(),
    );
  });

  it('costs no more than a look where only the look needs it', async () => {
    const { report } = await run({ level: 'full', target: untouched().target, profile, ...spaces });
    expect(report.coverage).toContainEqual({ case: 'createSpace.created', result: 'right' });
    expect(report.unseen).toBeGreaterThan(0);
    expect(report.rows.find(({ unseen }) => unseen > 0)).toMatchObject({
      operation: 'createSpace',
      result: 'right',
    });
  });
});

describe('a refused credential', () => {
  const unauthorized = (headers: PlainRequest['headers'], keys: readonly string[]) =>
    keys.includes(headers['x-api-key'] ?? '');

  it('ends the run before its rows, inconclusive, and names the callers', async () => {
    const { target: refusing, requests } = target(async (request, answer) => {
      if (!unauthorized(request.headers, ['ak_viewer', 'ak_member'])) return answer();
      return { status: 401, headers: { 'content-type': 'application/json' }, body: '{}' };
    });
    const { report } = await run({ target: refusing });
    expect(report.stopped).toEqual({
      why: 'refused',
      text: 'the target refuses the credential of viewer, member; correct the profile',
    });
    expect(exitCode(report, 'failure')).toBe(3);
    expect(report.rows.map(({ kind }) => kind)).toEqual(Array(7).fill('sign_in'));
    expect(requests).toHaveLength(4 + 2 * 3 + 1); // three operations must agree; and is the organization there
  });

  it('is no green line in a report either', async () => {
    const { target: refusing } = target(async () => ({
      status: 401,
      headers: { 'content-type': 'application/json' },
      body: '{}',
    }));
    const { report } = await run({ target: refusing });
    const xml = toJunit(report, 'failure');
    for (const caller of ['owner', 'viewer'])
      expect(xml).toMatch(
        new RegExp(
          `name="the credential of ${caller} is accepted" time="[\\d.]+"><error message="the target refuses the credential of ${caller}"`,
        ),
      );
  });

  it('is not one operation that wrongly answers 401', async () => {
    const { target: wrong } = target(async (request, answer) => {
      const honest = await answer();
      return request.target.startsWith('/v1/threads?') || request.target === '/v1/threads'
        ? { ...honest, status: 401 }
        : honest;
    });
    const { report } = await run({
      target: wrong,
      ...only('listThreads', 'listSpaces', 'createThread'),
    });
    expect(report.stopped).toBeUndefined();
    expect(exitCode(report, 'failure')).toBe(1);
  });
});

describe('a profile that is not about the target', () => {
  it.each<[string, number]>([
    ['a router without the API', 404],
    ['a gateway without its server', 503],
    ['a redirect to somewhere else', 302],
  ])('since there is %s, ends the run before its rows, inconclusive', async (_, status) => {
    const { target: elsewhere, requests } = target(async () => ({
      status,
      headers: { 'content-type': 'text/html' },
      body: '<p>',
    }));
    const { report } = await run({ target: elsewhere });
    expect(report.stopped).toEqual({
      why: 'unfit',
      text: `the target does not answer as the API: listThreads gave ${status}; is its address right?`,
    });
    expect(exitCode(report, 'failure')).toBe(3);
    expect(requests.length).toBeLessThan(25);
  });

  it('names an organization that is not the owner’s: inconclusive, and no server is blamed', async () => {
    const profile: Profile = { ...whole, known: { ...whole.known, organization_id: 'org_typo' } };
    const { report } = await run({ ...untouched(), profile });
    expect(report.stopped).toEqual({
      why: 'unfit',
      text: 'known.organization_id org_typo: the owner is answered 403; correct the profile',
    });
    expect(exitCode(report, 'failure')).toBe(3);
  });

  it('is not assumed where one operation refuses wrongly', async () => {
    const { target: wrong } = target(async (request, answer) => {
      const honest = await answer();
      return /^\/v1\/(threads|spaces)\b/.test(request.target) ? { ...honest, status: 503 } : honest;
    });
    const { report } = await run({ target: wrong, ...only('listThreads', 'listSpaces') });
    expect(report.stopped).toBeUndefined();
    expect(exitCode(report, 'failure')).toBe(1);
  });
});

describe('a target that gives no answer', () => {
  const silent = (answers: number) => {
    let left = answers;
    return target((_, answer) => {
      if (left-- > 0) return answer();
      throw new TargetError('timeout', 'no whole answer within 10 ms');
    });
  };

  it('to any caller ends the run, inconclusive', async () => {
    const { target: hanging, requests } = silent(0);
    const { report } = await run({ target: hanging });
    expect(report.stopped).toEqual({
      why: 'unreachable',
      text: 'the target gives no answer: no whole answer within 10 ms',
    });
    expect(exitCode(report, 'failure')).toBe(3);
    expect(requests).toHaveLength(7);
  });

  it('to a part of the requests is a failure in each', async () => {
    let number = 0;
    const patchy = target((_, answer) => {
      number += 1;
      if (number < 40 || number % 9 > 0) return answer();
      throw new TargetError('timeout', 'no whole answer within 10 ms');
    });
    const { report, found } = await run({ level: 'full', target: patchy.target, ...spaces });
    expect(report.stopped).toBeUndefined();
    expect(found.filter((finding) => finding.startsWith('failure ANSWER_MISSING'))).not.toEqual([]);
    expect(exitCode(report, 'failure')).toBe(1);
  });
});

describe('a rate limit', () => {
  const limited = (headers: Record<string, string>): PlainResponse => ({
    status: 429,
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify({
      success: false,
      error: {
        code: 'RATE_LIMIT_EXCEEDED',
        message: 'Slow down',
        system_message: 'Slow down',
        type: 'client_error',
        status: 429,
        details: {},
        trace_id: 'x',
        timestamp: '2026-02-26T10:30:00Z',
      },
    }),
  });
  const once = (headers: Record<string, string>) => {
    let met = false;
    return target((request, answer) => {
      if (met || request.method !== 'POST') return answer();
      met = true;
      return Promise.resolve(limited(headers));
    }).target;
  };

  it('is waited out as Retry-After says, and nothing is wrong', async () => {
    const { found, waits } = await run({ target: once({ 'retry-after': '7' }), ...spaces });
    expect({ found, waits }).toEqual({
      found: ['notice REQUEST_REPEATED createSpace'],
      waits: [7000],
    });
  });

  it('may say a date, and is waited for a minute at most', async () => {
    const far = new Date(Date.now() + 3_600_000).toUTCString();
    const { found, waits } = await run({ target: once({ 'retry-after': far }), ...spaces });
    expect({ found, waits }).toEqual({
      found: ['notice REQUEST_REPEATED createSpace'],
      waits: [60_000],
    });
  });

  it('is no call of a finding, whose chain would send the same twice', async () => {
    const { target: dropping } = target(async (request, answer) => {
      const response = await answer();
      const isAttached =
        request.method === 'POST' &&
        /\/vector-stores\/./.test(request.target) &&
        response.status === 201;
      return isAttached
        ? { ...response, body: (response.body ?? '').replace('"success":true,', '') }
        : response;
    });
    let met = false;
    const both: Target = {
      name: dropping.name,
      send: async (request) => {
        const first =
          !met && request.method === 'POST' && /\/vector-stores\/./.test(request.target);
        met ||= first;
        return first ? limited({ 'retry-after': '1' }) : dropping.send(request);
      },
    };
    const { report } = await run({ target: both, ...attaching });
    expect(met).toBe(true);
    const [finding] = report.findings;
    const notice = report.findings.find(({ severity }) => severity === 'notice');
    expect(finding).toMatchObject({ code: 'SCHEMA_BROKEN', operation: 'addVectorStoreToSpace' });
    expect(notice).toMatchObject({
      code: 'REQUEST_REPEATED',
      operation: 'addVectorStoreToSpace',
      count: 1,
    });
    expect(
      finding?.calls.filter(({ operation }) => operation === 'addVectorStoreToSpace'),
    ).toHaveLength(1);
  });

  it('is not waited for beyond the time of the run', async () => {
    const { wait: _, ...options } = {
      wait: undefined,
      target: once({ 'retry-after': '50' }),
      maxTime: 300,
      ...spaces,
    };
    const report = await runContracts({ spec, contracts, profile: whole, ...options });
    expect(report.stopped?.why).toBe('time');
  });

  it('without Retry-After is a failure, and waited out all the same', async () => {
    const { found, waits } = await run({ target: once({}), ...spaces });
    expect(found).toEqual([
      'failure HEADER_MISSING createSpace/retry-after',
      'notice REQUEST_REPEATED createSpace',
    ]);
    expect(waits).toEqual([1000]);
  });

  it('that never ends is the answer', async () => {
    const { target: always } = target((request, answer) =>
      request.method === 'GET' && request.target.startsWith('/v1/spaces/space_')
        ? Promise.resolve(limited({ 'retry-after': '1' }))
        : answer(),
    );
    const { found, waits } = await run({ level: 'full', target: always, ...spaces });
    expect(found).toContain('failure CASE_WRONG getSpace');
    // Waited out once for each operation there, which is known for it afterwards.
    const once = [1000, 2000, 4000, 8000, 16_000, 32_000, 60_000];
    expect(waits).toEqual([...once, ...once]);
  });
});

describe('a method that no path has', () => {
  const methodsOnly = { ...contracts, tables: [], lifecycles: [] };
  const put = (change: (honest: PlainResponse) => PlainResponse) =>
    target(async (request, answer) =>
      request.method === 'PUT' ? change(await answer()) : answer(),
    );

  it.each<[string, (honest: PlainResponse) => PlainResponse, string[]]>([
    ['405 with Allow is right', (honest) => honest, []],
    [
      '404, as of a path that is not there, is a failure',
      (honest) => ({ ...honest, status: 404, headers: { 'content-type': 'application/json' } }),
      ['failure CASE_WRONG getSpace'],
    ],
    [
      '405 without Allow is a failure',
      ({ headers: { allow: _, ...headers }, ...honest }) => ({ ...honest, headers }),
      ['failure HEADER_MISSING getSpace/allow'],
    ],
    [
      'an Allow that lacks a documented method is a question',
      (honest) => ({ ...honest, headers: { ...honest.headers, allow: 'GET' } }),
      ['question RELATION_BROKEN getSpace/allow'],
    ],
    [
      'a crash is a failure',
      (honest) => ({ ...honest, status: 500 }),
      ['failure CASE_WRONG getSpace'],
    ],
    [
      '501, which HTTP has for it, is a failure',
      (honest) => ({ ...honest, status: 501 }),
      ['failure CASE_WRONG getSpace'],
    ],
    [
      'success is a failure',
      (honest) => ({ ...honest, status: 200, body: '{}' }),
      ['failure CASE_WRONG getSpace'],
    ],
    ['a bare page is right', (honest) => ({ ...honest, body: '<h1>405</h1>' }), []],
    ['no body is right', ({ body: _, ...honest }) => honest, []],
    [
      'the framework’s own form is right',
      (honest) => ({ ...honest, body: '{"detail":"Method Not Allowed"}' }),
      [],
    ],
  ])('%s', async (_, change, expected) => {
    const { target: changed, requests } = put(change);
    const { found } = await run({
      level: 'full',
      target: changed,
      contracts: methodsOnly,
      ...only('getSpace', 'updateSpace'),
    });
    expect(found.sort()).toEqual([...expected].sort());
    expect(
      requests.filter(({ method }) => method === 'PUT').map(({ target: path }) => path),
    ).toEqual(['/v1/spaces/understudy-none']);
  });

  it('is tried on every path, with ids that do not exist', async () => {
    const { target: seen, requests } = untouched();
    const { report } = await run({ level: 'full', target: seen, contracts: methodsOnly });
    const tried = requests
      .filter(({ method }) => /^(PUT|PROPFIND)$/.test(method))
      .map(({ target: path }) => path);
    expect(new Set(tried).size).toBe(
      new Set([...spec.operations.values()].map(({ template }) => template)).size,
    );
    expect(
      report.rows.filter(({ kind, result }) => kind === 'method' && result === 'right'),
    ).toHaveLength(tried.length);
    // What takes a method after all has nothing to change.
    const written = requests
      .filter(({ method }) => method === 'PUT')
      .map(({ target: path }) => path);
    expect(written.filter((path) => !path.includes('/understudy-none'))).toEqual([]);
  });
});

it('every row has a title of its own, which a CI knows it by', () => {
  const titles = planRun(spec, contracts, whole).map(
    ({ operation, title }) => `${operation} ${title}`,
  );
  expect(titles.filter((title, i) => titles.indexOf(title) !== i)).toEqual([]);
});

it('no title moves when lines of its file do', () => {
  const titles = planRun(spec, contracts, whole).map(({ title }) => title);
  const moved = {
    ...contracts,
    tables: contracts.tables.map((table) => ({
      ...table,
      rows: table.rows.map((row) => ({
        ...row,
        place: row.place.replace(/:(\d+):/, (_, line) => `:${Number(line) + 100}:`),
      })),
    })),
  };
  expect(planRun(spec, moved, whole).map(({ title }) => title)).toEqual(titles);
  expect(titles.filter((title) => title.endsWith(' (2)')).length).toBeGreaterThan(0);
});

describe('a selection', () => {
  const called = (requests: readonly PlainRequest[]) =>
    new Set(requests.map(({ method, target: path }) => `${method} ${path.split('?')[0]}`));

  it('of operations to include plays those, and calls others only to prepare and to take away', async () => {
    const { fetch, world } = createUnderstudy();
    const before = world.spaces.all().filter(({ deleted_at }) => !deleted_at).length;
    const { report, found } = await run({
      target: handlerTarget('the mock server', fetch),
      ...only('addVectorStoreToSpace'),
    });
    expect(found).toEqual([]);
    const played = report.rows.filter(({ kind, result }) => kind === 'row' && result === 'right');
    expect(new Set(played.map(({ operation }) => operation))).toEqual(
      new Set(['addVectorStoreToSpace']),
    );
    expect(report.coverage).toContainEqual({
      case: 'addVectorStoreToSpace.already_attached',
      result: 'right',
    });
    expect(new Set(report.coverage.map(({ case: name }) => name.split('.')[0]))).toEqual(
      new Set(['addVectorStoreToSpace']),
    );
    expect(world.spaces.all().filter(({ deleted_at }) => !deleted_at)).toHaveLength(before);
  });

  it('of operations to leave out never calls them, and says what that cost', async () => {
    const { target: seen, requests } = untouched();
    const { report } = await run({
      target: seen,
      ...attaching,
      allow: (id) => id !== 'createSpace',
    });
    expect(called(requests)).not.toContain('POST /v1/spaces');
    expect(report.coverage).toContainEqual({
      case: 'addVectorStoreToSpace.attached',
      result: 'not_exercised',
      reason: 'needs createSpace, which this run may not call',
    });
    expect(report.coverage.some(({ case: name }) => name.startsWith('createSpace.'))).toBe(false);
  });

  it('of nothing is inconclusive', async () => {
    const { report } = await run({ target: untouched().target, include: () => false });
    expect(report.rows.every(({ kind }) => kind === 'sign_in')).toBe(true);
    expect(exitCode(report, 'failure')).toBe(3);
  });
});

it('a status that nobody documented may be another of its class, on a call that prepares too', async () => {
  const { target: other } = target(async (request, answer) => {
    const honest = await answer();
    return honest.status === 201 && request.target === '/v1/spaces/'
      ? { ...honest, status: 200 }
      : honest;
  });
  const { found, report } = await run({ target: other, ...someAttaching });
  expect(found).toEqual([]);
  expect(report.coverage.filter(({ result }) => result === 'wrong')).toEqual([]);
});

describe('a profile without some ids', () => {
  const without = (caller: 'editor' | 'viewer'): Profile => {
    const { user_id: _, ...rest } = whole.callers[caller] ?? {};
    return { ...whole, callers: { ...whole.callers, [caller]: rest } };
  };

  it.each(everything ? (['editor', 'viewer'] as const) : (['viewer'] as const))(
    'does not take the %s for one whom a grant lets in',
    async (caller) => {
      const { fetch, world } = createUnderstudy();
      const live = () => world.spaces.all().filter(({ deleted_at }) => !deleted_at).length;
      const before = live();
      const { found, report } = await run({
        level: 'full',
        target: handlerTarget('the mock server', fetch),
        profile: without(caller),
        ...attaching,
      });
      expect(found).toEqual([]);
      expect([live(), report.leftovers]).toEqual([before, []]);
      const waiting = report.rows.filter(
        ({ reason }) => reason === `the profile has no callers.${caller}.user_id`,
      );
      expect(waiting.length).toBeGreaterThan(3);
      expect(waiting.every(({ requests }) => requests === 0)).toBe(true);
    },
  );

  it('plays each lifecycle that uses none of them', async () => {
    const { disposable_message_id: _, ...known } = whole.known;
    const { report } = await run({
      level: 'full',
      ...untouched(),
      profile: { ...whole, known },
      contracts: { ...contracts, tables: [] },
    });
    expect(
      report.rows.filter(({ kind, result }) => kind === 'lifecycle' && result === 'right').length,
    ).toBeGreaterThan(5);
    const idle = report.rows.filter(
      ({ kind, result }) => kind === 'lifecycle' && result !== 'right',
    );
    expect(idle.map(({ title }) => title)).toEqual([
      'a message is listed, edited, and then shows its new text',
    ]);
  });
});

describe('answers that are never the same twice', () => {
  let number = 0;
  const change = (make: (body: Record<string, unknown>) => object) =>
    target(async (_, answer) => {
      const response = await answer();
      if (response.body === undefined) return response;
      return { ...response, body: JSON.stringify(make(JSON.parse(response.body))) };
    });

  it.each<[string, ReturnType<typeof change>, string]>([
    [
      'a field of their own',
      change((body) => ({ ...body, request_id: `r${number++}` })),
      'notice FIELD_UNDOCUMENTED',
    ],
    [
      'the fields in another order',
      change((body) => (number++ % 2 ? body : Object.fromEntries(Object.entries(body).reverse()))),
      '',
    ],
    [
      'a new cursor',
      change((body) => (body.next_cursor ? { ...body, next_cursor: `${body.next_cursor}` } : body)),
      '',
    ],
  ])('for they have %s, are no change by a refusal', async (_, { target: changing }, notice) => {
    const { found } = await run({ target: changing, ...someAttaching });
    expect(found.filter((finding) => !finding.startsWith('notice'))).toEqual([]);
    expect(found.some((finding) => finding.startsWith('notice'))).toBe(notice !== '');
  });
});

describe('a target that fails on the way', () => {
  it('ends the run at once where it is gone for good', async () => {
    let sent = 0;
    const dying = target(async (_, answer) => {
      sent += 1;
      if (sent > 300) throw new TargetError('unreachable', 'ECONNREFUSED');
      return answer();
    });
    const { report } = await run(dying);
    expect(report.stopped).toMatchObject({ why: 'unreachable' });
    expect(exitCode(report, 'failure')).toBe(3);
    expect(sent).toBeLessThan(400); // some of them take away what was made
  });

  it('and hangs is let go of at the end of the time, its clean-up too', async () => {
    let sent = 0;
    const hanging: Target = {
      name: 'a hanging server',
      send: (request, signal) => {
        sent += 1;
        if (sent <= 40 || request.method !== 'DELETE') return inner.send(request);
        return new Promise((_, reject) => {
          const stop = () => reject(new TargetError('stopped', 'the run has ended'));
          if (signal?.aborted) stop();
          else signal?.addEventListener('abort', stop);
        });
      },
    };
    const inner = handlerTarget('the mock server', createUnderstudy().fetch);
    const { report, found } = await run({
      level: 'full',
      target: hanging,
      maxTime: 500,
      ...spaces,
    });
    expect(report.stopped?.why).toBe('time');
    expect(found).toEqual([]); // nobody knows what it would have answered
    expect(report.leftovers.length).toBeGreaterThan(0);
  });
});

describe('a target in this process, which answers without waiting for anything', () => {
  it('leaves timers a turn between two rows, such as the one that ends the run in time', async () => {
    let rows = 0;
    let firedAfter = Number.POSITIVE_INFINITY;
    await run({
      target: untouched().target,
      ...spaces,
      onRow: () => {
        rows += 1;
        if (rows === 1) setTimeout(() => (firedAfter = rows), 0);
      },
    });
    expect(rows).toBeGreaterThan(20);
    expect(firedAfter).toBeLessThan(10);
  });
});

describe('a list that others write to as well', () => {
  // Only these send what the others' composites could be taken for.
  const composites = only('listComposites', 'createComposite');

  it('has not changed by a refusal only because somebody else made a composite meanwhile', async () => {
    const { fetch } = createUnderstudy();
    const inner = handlerTarget('the mock server', fetch);
    const somebody = async (path: string, body: object): Promise<string> => {
      const headers = { 'x-api-key': 'ak_admin', 'content-type': 'application/json' };
      const url = `http://understudy/v1/organizations/org_xyz789/knowledge${path}`;
      const answer = await fetch(
        new Request(url, { method: 'POST', headers, body: JSON.stringify(body) }),
      );
      expect(answer.status).toBe(201);
      return ((await answer.json()) as { id: string }).id;
    };
    const theirs = await somebody('/slices', {
      name: 'theirs',
      owner_type: 'organization',
      owner_id: 'org_xyz789',
    });
    let made = 0;
    const busy: Target = {
      name: inner.name,
      send: async (request) => {
        if (request.target.includes('composites')) {
          made += 1;
          await somebody('/composites', { name: `theirs ${made}`, member_slice_ids: [theirs] });
        }
        return inner.send(request);
      },
    };
    const { found, report } = await run({ level: 'full', target: busy, ...composites });
    expect(found).toEqual([]);
    expect(
      report.rows.filter(
        ({ operation, result }) => operation === 'createComposite' && result === 'right',
      ).length,
    ).toBeGreaterThan(20);
    expect(made).toBeGreaterThan(100); // more than a page
  });

  it('shows a row on two pages only by a fault of its own, where nobody else writes', async () => {
    const { fetch } = createUnderstudy({ drift: 'hand:listComposites.pages_overlap' });
    const { found } = await run({
      level: 'full',
      target: handlerTarget('the mock server', fetch),
      ...composites,
    });
    expect(found).toContain('failure STATE_WRONG listComposites');
  });

  it('has changed by a refusal that makes a composite all the same', async () => {
    const { fetch } = createUnderstudy({ drift: 'hand:createComposite.refused_but_done' });
    const { found } = await run({
      level: 'full',
      target: handlerTarget('the mock server', fetch),
      ...only('createComposite'),
    });
    expect(found).toContain('failure REFUSAL_CHANGED_STATE createComposite');
  });
});

describe('a thread with messages that is the admin’s', () => {
  const messages = only(
    'getThread',
    'createThread',
    'deleteThread',
    'listMessages',
    'updateMessage',
    'deleteMessage',
  );
  const { owner, admin } = whole.callers as Required<Profile['callers']>;
  /** The mock server's thread is of one user; who of the profile that is, is turned round. */
  const turned: Profile = { ...whole, callers: { ...whole.callers, owner: admin, admin: owner } };
  const resultsOf = ({ report }: Awaited<ReturnType<typeof run>>) =>
    report.rows.filter(({ kind }) => kind !== 'sign_in').map(({ result }) => result);

  itInFull('costs no row: the two play in each other’s place', async () => {
    const [straight, other] = [
      await run({ level: 'full', ...untouched(), ...messages }),
      await run({ level: 'full', ...untouched(), ...messages, profile: turned }),
    ];
    expect(other.found).toEqual([]);
    expect(resultsOf(other)).toEqual(resultsOf(straight));
    expect(resultsOf(other).filter((result) => result === 'right').length).toBeGreaterThan(80);
    expect(
      other.report.rows.filter(
        ({ place, caller }) => place.includes('messages.yaml') && caller === 'owner',
      ),
    ).not.toEqual([]);
  });

  it('tells in a finding who sent what', async () => {
    const lying = target(async (request, answer) => {
      const response = await answer();
      const isUpdate = request.method === 'PATCH' && response.status === 404;
      return isUpdate ? { ...response, status: 403 } : response;
    });
    const { report } = await run({
      level: 'full',
      ...lying,
      ...only('updateMessage'),
      profile: turned,
    });
    const byTheOwner = report.rows.find(
      ({ operation, title, findings }) =>
        operation === 'updateMessage' &&
        title.startsWith('updateMessage by owner with the thread with') &&
        findings.length > 0,
    );
    expect(byTheOwner?.caller).toBe('owner');
    const calls = byTheOwner?.findings
      .at(-1)
      ?.calls.map(({ operation, caller }) => `${operation} by ${caller}`);
    expect(calls?.slice(0, 2)).toEqual(['getThread by owner', 'getThread by admin']);
    expect(calls).toContain('updateMessage by owner');
    const sent = byTheOwner?.findings
      .flatMap((finding) => finding.calls)
      .find(({ operation, caller }) => operation === 'updateMessage' && caller === 'owner');
    expect(sent?.request.headers['x-api-key']).toBe('ak_admin'); // the key of turned.callers.owner
  });

  it('is not exercised where it is neither’s, with the reason', async () => {
    const profile: Profile = {
      ...whole,
      known: { ...whole.known, thread_with_messages_id: 'thrd_nobodys' },
    };
    const { report, found } = await run({
      ...untouched(),
      ...(everything ? messages : only('updateMessage')),
      profile,
    });
    expect(found).toEqual([]);
    const reasons = new Set(report.rows.flatMap(({ reason }) => reason ?? []));
    expect([...reasons]).toContain(
      'known.thread_with_messages_id of the profile, thrd_nobodys: getThread by admin, needed for this row, was answered with 404',
    );
  });
});
