// Runs after one another, and at once, with the same accounts.
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { handlerTarget, type Target, TargetError } from '../../../src/client/target.js';
import { exitCode } from '../../../src/contract/report/verdict.js';
import type { RunOptions } from '../../../src/contract/run/options.js';
import { parseProfile } from '../../../src/contract/run/profile.js';
import { runContracts } from '../../../src/contract/run/run.js';
import { loadContracts } from '../../../src/contract/tables/load.js';
import { createUnderstudy } from '../../../src/index.js';
import { loadSpec } from '../../../src/shipped/document.js';
import type { OperationId } from '../../../src/spec/document.js';
import { itInFull, sample } from '../../support/sample.js';

const spec = loadSpec();
const contracts = loadContracts(spec);
const profile = parseProfile(
  readFileSync('contracts/understudy.profile.yaml', 'utf8'),
  'understudy.profile.yaml',
  {},
);
const only = (...ids: OperationId[]) => ({ include: (id: OperationId) => ids.includes(id) });
const run = (options: Pick<RunOptions, 'target'> & Partial<RunOptions>) =>
  runContracts({ spec, contracts, profile, wait: async () => {}, ...options });
const alarms = (report: Awaited<ReturnType<typeof run>>) =>
  report.findings.filter(({ severity }) => severity !== 'notice');

describe('a second night', () => {
  it('is as green as the first: what the first used up is not exercised, with the reason', async () => {
    const { fetch } = createUnderstudy();
    const target = handlerTarget('the mock server', fetch);
    const shown = sample(contracts.tables, ({ operation }) => operation, 16);
    const using = contracts.tables.filter(
      (table) => table.operation === 'deleteMessage' && !shown.includes(table),
    );
    const some = { ...contracts, tables: [...shown, ...using] };
    const night = (runId: string) => run({ target, contracts: some, runId });
    const reports = [await night('one'), await night('two')];
    for (const report of reports) {
      expect(alarms(report)).toEqual([]);
      expect(exitCode(report, 'failure')).toBe(0);
    }
    const idle = reports[1]?.rows.filter(
      ({ kind, result }) => kind === 'lifecycle' && result === 'not_exercised',
    );
    expect(idle?.map(({ title, reason }) => [title, reason])).toEqual([
      [
        'a message is listed, edited, and then shows its new text',
        'known.disposable_message_id of the profile, msg_2, is gone',
      ],
    ]);
  });

  itInFull('gives names of its own, and the same run id the same names', async () => {
    const namesOf = async (runId: string) => {
      const names = new Set<string>();
      const inner = handlerTarget('the mock server', createUnderstudy().fetch);
      const send: Target['send'] = (request, signal) => {
        for (const [name] of new TextDecoder().decode(request.body).matchAll(/understudy-[\w-]+/g))
          names.add(name);
        return inner.send(request, signal);
      };
      await run({ target: { ...inner, send }, runId, ...only('createSpace') });
      return [...names];
    };
    const [first, again, other] = [await namesOf('a1'), await namesOf('a1'), await namesOf('b2')];
    expect(again).toEqual(first);
    expect(first.length).toBeGreaterThan(10);
    expect(first.filter((name) => other.includes(name))).toEqual([]);
  });
});

describe('two runs at once with the same accounts', () => {
  const spaces = only('createSpace', 'getSpace', 'deleteSpace');
  const locks = ({ world }: ReturnType<typeof createUnderstudy>) =>
    world.spaces
      .all()
      .filter(({ name, deleted_at }) => name.startsWith('understudy-lock-') && !deleted_at);

  it('are one: the second says so and ends, inconclusive; once the first is over, it may', async () => {
    const understudy = createUnderstudy();
    const target = handlerTarget('the mock server', understudy.fetch);
    let second: ReturnType<typeof run> | undefined;
    const first = await run({
      target,
      lock: true,
      runId: 'first',
      ...spaces,
      onRow: ({ kind }) => {
        if (kind === 'row') second ??= run({ target, lock: true, runId: 'second', ...spaces });
      },
    });
    const report = await (second as ReturnType<typeof run>);
    expect(report.stopped).toMatchObject({
      why: 'locked',
      text: expect.stringMatching(/another run .* DELETE \/v1\/spaces\/space_/),
    });
    expect(exitCode(report, 'failure')).toBe(3);
    expect(report.rows.every(({ kind }) => kind === 'sign_in')).toBe(true);
    expect([exitCode(first, 'failure'), alarms(first), first.leftovers]).toEqual([0, [], []]);
    expect(locks(understudy)).toEqual([]);
    expect(exitCode(await run({ target, lock: true, runId: 'third', ...spaces }), 'failure')).toBe(
      0,
    );
  });

  it('that begin in the same moment are never both at work', async () => {
    const understudy = createUnderstudy();
    const target = handlerTarget('the mock server', understudy.fetch);
    const reports = await Promise.all(
      ['one', 'two'].map((runId) => run({ target, lock: true, runId, ...spaces })),
    );
    expect(reports.filter(({ stopped }) => stopped === undefined).length).toBeLessThan(2);
    expect(locks(understudy)).toEqual([]);
  });

  it('are not kept apart by the lock of a run that was killed, once its time is over', async () => {
    const understudy = createUnderstudy();
    const make = async (until: string) => {
      const body = JSON.stringify({
        organization_id: 'org_xyz789',
        name: `understudy-lock-dead-until-${until}`,
      });
      const headers = { 'x-api-key': 'ak_owner', 'content-type': 'application/json' };
      const made = await understudy.fetch(
        new Request('http://x/v1/spaces/', { method: 'POST', headers, body }),
      );
      expect(made.status).toBe(201);
    };
    const target = handlerTarget('the mock server', understudy.fetch);
    await make('2020-01-01T00:00:00Z');
    expect(exitCode(await run({ target, lock: true, runId: 'next', ...spaces }), 'failure')).toBe(
      0,
    );
    await make('2999-01-01T00:00:00Z');
    expect((await run({ target, lock: true, runId: 'later', ...spaces })).stopped?.why).toBe(
      'locked',
    );
  });

  it('are not taken for two where the lock was answered with a wrong id', async () => {
    const inner = handlerTarget('the mock server', createUnderstudy().fetch);
    const wrong: Target = {
      ...inner,
      send: async (request, signal) => {
        const answer = await inner.send(request, signal);
        const isLock =
          request.method === 'POST' &&
          new TextDecoder().decode(request.body).includes('understudy-lock-');
        return isLock
          ? { ...answer, body: (answer.body ?? '').replace(/"id":"[^"]*"/, '"id":""') }
          : answer;
      },
    };
    const report = await run({ target: wrong, lock: true, runId: 'alone', ...spaces });
    expect(report.stopped).toBeUndefined();
    expect(report.leftovers.join()).toContain('named understudy-lock-alone-until-');
  });

  it('leave no lock behind when they end early', async () => {
    const understudy = createUnderstudy();
    const inner = handlerTarget('the mock server', understudy.fetch);
    let sent = 0;
    const silent: Target = {
      ...inner,
      send: async (request, signal) => {
        sent += 1;
        if (sent > 80 && request.method === 'GET')
          throw new TargetError('timeout', 'no whole answer');
        return inner.send(request, signal);
      },
    };
    const stop = new AbortController();
    const report = await run({
      target: silent,
      lock: true,
      runId: 'ending',
      signal: stop.signal,
      ...spaces,
      onRow: (_, number) => {
        if (number === 12) stop.abort();
      },
    });
    expect(report.stopped).toBeDefined();
    expect(locks(understudy)).toEqual([]);
  });
});
