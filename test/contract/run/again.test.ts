// What was wrong is asked again: what does not come every time is flaky, and a failure still.
import { describe, expect, it } from 'vitest';
import { handlerTarget, isSafe, type Target } from '../../../src/client/target.js';
import { toMarkdown } from '../../../src/contract/report/markdown.js';
import { toHtml } from '../../../src/contract/report/page.js';
import { toJunit, toResults, toText } from '../../../src/contract/report/renderings.js';
import { tell } from '../../../src/contract/report/telling.js';
import { exitCode } from '../../../src/contract/report/verdict.js';
import { isFlaky } from '../../../src/contract/run/finding.js';
import type { Report, RunOptions } from '../../../src/contract/run/options.js';
import { runContracts } from '../../../src/contract/run/run.js';
import { createUnderstudy, type OperationId } from '../../../src/index.js';
import { profile, spec, withoutEdges } from '../../support/drifted-run.js';

interface Server {
  readonly target: Target;
  readonly sent: string[];
}

/** Fails the read of a space; of so many of them, one. */
function failing(every: number): Server {
  const inner = handlerTarget('the mock server', createUnderstudy().fetch);
  const sent: string[] = [];
  let reads = 0;
  const send: Target['send'] = async (request, signal) => {
    sent.push(`${request.method} ${request.target.split('?')[0]}`);
    const answer = await inner.send(request, signal);
    if (request.method !== 'GET' || !/^\/v1\/spaces\/[^/?]+$/.test(request.target)) return answer;
    reads += 1;
    return reads % every === 0 ? { ...answer, status: 500 } : answer;
  };
  return { target: { ...inner, send }, sent };
}

const played = (
  server: Server,
  more: Partial<RunOptions> = {},
  operations: readonly OperationId[] = ['getSpace'],
): Promise<Report> =>
  runContracts({
    spec,
    contracts: withoutEdges(operations),
    profile,
    target: server.target,
    concurrency: 1,
    askAgain: 2,
    wait: async () => {},
    ...more,
  });
const errorsIn = ({ findings }: Report) => findings.filter(({ code }) => code === 'SERVER_ERROR');

describe('a server that fails every third time', () => {
  const report = played(failing(3));

  it('is told so: the finding is flaky, and fails the run all the same', async () => {
    const errors = errorsIn(await report);
    expect(errors.length).toBeGreaterThan(0);
    expect(errors.filter(isFlaky).length).toBeGreaterThan(0);
    expect(exitCode(await report, 'failure')).toBe(1);
    const told = tell(await report);
    expect(toText(await report)).toMatch(/^ {2}flaky {5}asked again \d×, it came \d×$/m);
    expect(toMarkdown(told)).toContain('| flaky failure | SERVER_ERROR');
    expect(toHtml(told)).toContain('>flaky</span>');
    expect(toJunit(await report, 'failure')).toContain('SERVER_ERROR (flaky): expected');
    expect(toResults(await report)).toMatchObject({
      findings: expect.arrayContaining([
        expect.objectContaining({
          flaky: true,
          asked_again: { times: expect.any(Number), came: expect.any(Number) },
        }),
      ]),
    });
  });

  it('leaves nothing, and its rows are as many as without', async () => {
    const without = await played(failing(3), { askAgain: 0 });
    const { rows, leftovers } = await report;
    expect(rows.map(({ title }) => title)).toEqual(without.rows.map(({ title }) => title));
    expect(leftovers).toEqual([]);
    expect(errorsIn(without).some(({ again }) => again)).toBe(false);
  });
});

describe('a server that always fails', () => {
  it('is asked a bounded number of times, each counted', async () => {
    const server = failing(1);
    const report = await played(server);
    const asked = errorsIn(report).flatMap(({ again }) => again ?? []);
    expect(asked.length).toBeGreaterThan(0);
    expect(asked.filter(({ times, came }) => times !== came)).toEqual([]);
    expect(Math.max(...asked.map(({ times }) => times))).toBeLessThanOrEqual(2);
    expect(report.requests).toBe(server.sent.length);
  });

  it('is asked for no more than a tenth of the requests of the level', async () => {
    const once = failing(1);
    await played(once, { askAgain: 0, level: 'smoke' });
    const again = failing(1);
    await played(again, { askAgain: 10, level: 'smoke' });
    expect(again.sent.length).toBeGreaterThan(once.sent.length);
    // A row that was begun is played to its end.
    expect(again.sent.length).toBeLessThan(once.sent.length + 60 + 30);
  });

  it('gets no request beyond --max-requests, save to take away', async () => {
    const once = failing(1);
    await played(once, { askAgain: 0 });
    const maxRequests = once.sent.length + 3;
    const server = failing(1);
    const report = await played(server, { maxRequests });
    const beyond = server.sent.slice(maxRequests);
    expect(beyond.filter((one) => !/^(DELETE|GET) /.test(one))).toEqual([]);
    expect(report.leftovers).toEqual([]);
  });
});

describe('what cannot be taken back', () => {
  /** Each creation of a slice fails on the way back, so that every row about slices is wrong. */
  function broken(): Server {
    const inner = handlerTarget('the mock server', createUnderstudy().fetch);
    const sent: string[] = [];
    const send: Target['send'] = async (request, signal) => {
      sent.push(`${request.method} ${request.target.split('?')[0]}`);
      const answer = await inner.send(request, signal);
      const isWrite = !isSafe(request.method) && answer.status < 300;
      return isWrite ? { ...answer, headers: { 'content-type': 'text/plain' } } : answer;
    };
    return { target: { ...inner, send }, sent };
  }

  it.each<readonly [OperationId, RegExp]>([
    ['createSlice', /^POST .*\/knowledge\/slices$/],
    ['deleteMessage', /^DELETE .*\/messages\/msg_\d+$/],
  ])('is not sent again: %s', async (operation, write) => {
    const [once, again] = [broken(), broken()];
    await played(once, { askAgain: 0 }, [operation]);
    const report = await played(again, {}, [operation]);
    const writes = ({ sent }: Server) => sent.filter((one) => write.test(one));
    expect(report.findings.filter(({ severity }) => severity === 'failure')).not.toEqual([]);
    expect(writes(once).length).toBeGreaterThan(0);
    expect(writes(again)).toEqual(writes(once));
  });

  it('keeps to reads where nothing else may be sent', async () => {
    const server = failing(1);
    const readOnly = { ...server.target, readOnly: true };
    await runContracts({
      spec,
      contracts: withoutEdges(['getSpace']),
      profile,
      target: readOnly,
      askAgain: 2,
    });
    expect(server.sent.filter((one) => /^(POST|PATCH|DELETE) /.test(one))).toEqual([]);
  });
});
