// Rows that are played at the same time get the verdicts that they get one after the other.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { httpTarget } from '../../../src/client/http-target.js';
import { handlerTarget, type Target } from '../../../src/client/target.js';
import { withEdges } from '../../../src/contract/edges/edges.js';
import type { Report, RunOptions } from '../../../src/contract/run/options.js';
import { runContracts } from '../../../src/contract/run/run.js';
import { loadContracts } from '../../../src/contract/tables/load.js';
import { createUnderstudy } from '../../../src/index.js';
import { profile, spec } from '../../support/drifted-run.js';
import { sample, whole } from '../../support/sample.js';
import { servedBySecond } from '../../support/second-server.js';
import { createServer } from '../../targets/second-server/server.mjs';

const contracts = withEdges(spec, loadContracts(spec));
const level = whole ? 'standard' : 'smoke';

/** Title and verdict of each row, and what is wrong with it. */
const verdicts = ({ rows }: Report): readonly string[] =>
  rows.map(({ title, result, answered, reason, findings }) =>
    [
      title,
      result,
      answered,
      // A name is new in every run.
      reason?.replaceAll(/understudy-[\w-]+|\b[a-z]+_[\w-]{8,}/g, '…'),
      ...findings.map(({ fingerprint }) => fingerprint),
    ].join(' | '),
  );

/** Each answer after another while, so that they overtake one another. */
function uneven(inner: Target): Target {
  let sent = 0;
  return {
    ...inner,
    send: async (request, signal) => {
      sent += 1;
      const turns = (sent * 7919) % 5;
      for (let i = 0; i < turns; i++) await new Promise((resolve) => setImmediate(resolve));
      return inner.send(request, signal);
    },
  };
}

const onMockServer = (drift: string | undefined, options: Partial<RunOptions>): Promise<Report> =>
  runContracts({
    spec,
    contracts,
    profile,
    target: uneven(
      handlerTarget(
        'the mock server',
        createUnderstudy(drift === undefined ? {} : { drift }).fetch,
      ),
    ),
    wait: async () => {},
    ...options,
  });

describe('on a second server', () => {
  const server = createServer();
  beforeAll(() => server.listen(0));
  afterAll(() => server.close());

  it('nothing is found that is not found one after the other', async () => {
    const disposable = Object.keys(server.profile.known);
    const report = await runContracts({
      spec,
      contracts,
      profile: { ...server.profile, disposable, secrets: new Map() },
      target: uneven(httpTarget(server.profile.base_url)),
      include: (operation) => servedBySecond.includes(operation),
      allow: (operation) => servedBySecond.includes(operation),
      level,
      concurrency: 12,
    });
    expect(report.findings.filter(({ severity }) => severity !== 'notice')).toEqual([]);
    expect(report.coverage.filter(({ result }) => result === 'wrong')).toEqual([]);
    expect(report.rows.length).toBeGreaterThan(whole ? 400 : 80);
  });
});

describe('with a fault', () => {
  const drifts = [
    'drop:getSpace.200/name',
    'write:addVectorStoreToSpace',
    'guard:updateSpace.unknown_role',
    'code:pinThread.token_expired',
    'ignore:listThreads.query.order',
    'credential:deleteThread.api_key_paused',
    'hand:listSpaceVectorStores.leaks_foreign',
    'null:listStores.200/items/*/name',
  ];
  it.each([undefined, ...sample(drifts, (name) => name, 4)])(
    '%s, each row has the same verdict',
    async (drift) => {
      const tags = drift === undefined ? [] : [drift.split(':')[1]?.split('.')[0]];
      const include: RunOptions['include'] = (operation) =>
        tags.length === 0 || tags.includes(operation);
      const [alone, together] = [
        await onMockServer(drift, { level: drift ? 'standard' : level, include }),
        await onMockServer(drift, { level: drift ? 'standard' : level, include, concurrency: 12 }),
      ];
      expect(verdicts(together)).toEqual(verdicts(alone));
      expect(together.leftovers).toEqual(alone.leftovers);
      expect(alone.findings.length > 0).toBe(drift !== undefined);
    },
  );
});

describe('creations without a name of the run', () => {
  it('are under way one at a time for each kind and caller, so that a sweep can tell what they made', async () => {
    const inner = uneven(handlerTarget('the mock server', createUnderstudy().fetch));
    const underWay = new Map<string, number>();
    let nameless = 0;
    let most = 0;
    const target: Target = {
      ...inner,
      send: async (request, signal) => {
        const { method, headers, body } = request;
        const isNamed = new TextDecoder().decode(body).includes('understudy-');
        const path = request.target.split('?')[0] ?? '';
        const isCreation =
          method === 'POST' && /^\/v1\/(spaces\/?|threads|vector-stores)$/.test(path);
        const key = `${path} ${headers['x-api-key'] ?? headers.authorization}`;
        if (!isCreation || isNamed) return inner.send(request, signal);
        nameless += 1;
        underWay.set(key, (underWay.get(key) ?? 0) + 1);
        most = Math.max(most, underWay.get(key) ?? 0);
        const answer = await inner.send(request, signal);
        underWay.set(key, (underWay.get(key) ?? 0) - 1);
        return answer;
      },
    };
    const makes = ['createSpace', 'createThread', 'createVectorStore'];
    const include = (operation: string) => makes.includes(operation);
    await runContracts({ spec, contracts, profile, target, include, concurrency: 12 });
    expect(nameless).toBeGreaterThan(10);
    expect(most).toBe(1);
  });
});
