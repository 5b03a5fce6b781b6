// What holds when twenty ask at once: on the mock server, on the second server, and with drifts
// that show only then.
import { describe, expect, it } from 'vitest';
import { httpTarget } from '../../../src/client/http-target.js';
import { handlerTarget } from '../../../src/client/target.js';
import type { RunOptions } from '../../../src/contract/run/options.js';
import { runContracts } from '../../../src/contract/run/run.js';
import { createUnderstudy } from '../../../src/index.js';
import type { OperationId } from '../../../src/spec/document.js';
import { profile, spec, withoutEdges } from '../../support/drifted-run.js';
import { itFirst, itInFull } from '../../support/sample.js';
import { servedBySecond } from '../../support/second-server.js';
import { createServer } from '../../targets/second-server/server.mjs';

const operations: readonly OperationId[] = [
  'addVectorStoreToSpace',
  'createSpace',
  'createThread',
  'createVectorStore',
  'updateThread',
];
const nothing = { ...withoutEdges([]), lifecycles: [] };

/** Only the plays in question, since the tables are empty. */
const run = (options: Pick<RunOptions, 'target'> & Partial<RunOptions>) =>
  runContracts({
    spec,
    contracts: nothing,
    profile,
    include: (id) => operations.includes(id),
    ...options,
  });
const titles = ({ findings }: Awaited<ReturnType<typeof run>>) =>
  findings.filter(({ severity }) => severity !== 'notice').map(({ title }) => title);

describe('twenty requests at once', () => {
  itFirst(1).each([2, 4])(
    'are answered each by itself, with %i plays at a time',
    async (concurrency) => {
      const target = handlerTarget('the mock server', createUnderstudy().fetch);
      const report = await run({ target, concurrency });
      expect(titles(report)).toEqual([]);
      const played = report.rows.filter(({ kind }) => kind === 'at_once');
      expect(played.map(({ operation, result }) => `${operation} ${result}`).sort()).toEqual(
        [...operations, 'addVectorStoreToSpace'].sort().map((id) => `${id} right`),
      );
      expect(report.leftovers).toEqual([]);
      expect(report.requests).toBeLessThan(400);
    },
  );

  it('are none, where one at a time is asked for', async () => {
    const target = handlerTarget('the mock server', createUnderstudy().fetch);
    expect((await run({ target, concurrency: 1 })).rows.map(({ kind }) => kind)).not.toContain(
      'at_once',
    );
  });

  it('give no alarm on the second server, and leave nothing', async () => {
    const server = createServer();
    await server.listen(0);
    const report = await run({
      target: httpTarget(server.profile.base_url),
      profile: { ...server.profile, secrets: new Map() },
      include: (id) => operations.includes(id) && servedBySecond.includes(id),
      concurrency: 4,
    });
    await server.close();
    expect(titles(report)).toEqual([]);
    expect(
      report.rows.filter(({ kind, result }) => kind === 'at_once' && result === 'right').length,
    ).toBe(5);
    expect(report.leftovers).toEqual([]);
  });

  const faults = [
    'addVectorStoreToSpace.races',
    'addVectorStoreToSpace.lost_at_once',
    'updateThread.lost_at_once',
    'createThread.others_name',
    'createSpace.doubled_id',
    'createThread.same_answer',
    'createThread.doubled_id',
    'createVectorStore.doubled_id',
    'createSpace.same_answer',
    'createVectorStore.same_answer',
  ];
  itFirst(2).each(faults)('show %s', async (drift) => {
    const [operation] = drift.split('.') as [OperationId];
    const { fetch } = createUnderstudy({ drift: `hand:${drift}` });
    const target = handlerTarget('the mock server', fetch);
    const report = await run({ target, include: (id) => id === operation });
    expect(titles(report).length).toBeGreaterThan(0);
  });

  itInFull('show what no row by itself does', async () => {
    const { fetch } = createUnderstudy({ drift: 'hand:addVectorStoreToSpace.races' });
    const report = await run({
      target: handlerTarget('the mock server', fetch),
      contracts: { ...withoutEdges(['addVectorStoreToSpace']), lifecycles: [] },
      include: (id) => id === 'addVectorStoreToSpace',
    });
    const wrong = report.rows.filter(({ result }) => result === 'wrong');
    expect(wrong.map(({ kind }) => kind)).toEqual(['at_once']);
    expect(report.rows.length).toBeGreaterThan(20);
  });
});
