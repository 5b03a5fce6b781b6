// The oracle that makes up its own requests: Schemathesis draws them from the document, thousands
// of them, good and bad, and holds every answer to the same document. docs/oracles.md explains, one
// by one, what it says against us; anything else fails here.
import { describe, expect, it } from 'vitest';
import type { OperationId } from '../../src/index.js';
import { loadSpec } from '../../src/shipped/document.js';
import { pathOf } from '../../src/spec/message.js';
import { type Asked, type Plant, serveWithPlants, spoil } from '../support/oracle-plants.js';
import { answerOf, idOf, runSchemathesis } from '../support/oracle-schemathesis.js';
import { tableIn } from '../support/oracle-tables.js';
import { createKeeper } from '../support/processes.js';
import { beforeAllWithTool } from '../support/tools.js';

const spec = loadSpec();
const papers = 'docs/oracles.md';

describe('Schemathesis', () => {
  const keeper = createKeeper();
  const ran = beforeAllWithTool(async () => {
    const server = await keeper.serve(['--log-format', 'json']);
    const run = await runSchemathesis(server.url, [], 200_000);
    return { ...run, log: server.process.stdout };
  }, 540_000);

  it('tries every operation, in all four phases, to the end', () => {
    const { summary } = ran();
    expect(summary).toMatchObject({
      complete: true,
      stop_reason: 'completed',
      operations: {
        total: spec.operations.size,
        tested: spec.operations.size,
        errored: 0,
        skipped: 0,
      },
      errors: [],
    });
    expect(Object.keys(summary.phases)).toEqual(['examples', 'coverage', 'fuzzing', 'stateful']);
    expect(Object.values(summary.phases).filter(({ skip_reason }) => skip_reason !== null)).toEqual(
      [],
    );
    expect(Object.entries(summary.warnings).filter(([, about]) => about.length > 0)).toEqual([]);
  });

  it('gets a success from every operation, and asks as somebody else for what the owner has read', () => {
    const { answered, log } = ran();
    const succeeded = new Set(
      [...answered].filter((pair) => /\.2\d\d$/.test(pair)).map((pair) => pair.split('.')[0]),
    );
    expect([...spec.operations.keys()].filter((id) => !succeeded.has(id))).toEqual([]);
    expect(log).toMatch(/"user_id":"usr_abc123"/);
  });

  it('applies the checks that docs/oracles.md lists', () => {
    const listed = tableIn(papers, 'Checks').map(([check]) => check);
    expect([...ran().checks].sort()).toEqual(listed.sort());
  });

  it('gets no server error, and no answer outside the document', () => {
    expect(ran().findings.filter(({ code }) => code.startsWith('ST1'))).toEqual([]);
  });

  it('finds what docs/oracles.md explains, and nothing else', () => {
    const explained = ['Explained', 'Open'].flatMap((heading) => tableIn(papers, heading));
    const byChance = explained
      .filter(([, , operations]) => operations === 'any')
      .map(([code, answer]) => `${code} ${answer}`);
    const always = explained
      .filter(([, , operations]) => operations !== 'any')
      .flatMap(
        ([code, answer, operations]) =>
          operations?.split(', ').map((id) => `${code} ${answer}, ${id}`) ?? [],
      );
    const found = ran()
      .findings.filter((finding) => !byChance.includes(`${finding.code} ${answerOf(finding)}`))
      .map((finding) => `${finding.code} ${answerOf(finding)}, ${idOf(finding)}`);
    expect([...new Set(found)].sort()).toEqual(always.sort());
  });
});

describe('Schemathesis would see', () => {
  const isGet = (path: RegExp) => (asked: Asked) =>
    asked.method === 'GET' && path.test(pathOf(asked));
  const organization = '^/v1/organizations/[^/]+';
  const plants: readonly (Plant & {
    readonly what: string;
    readonly operation: OperationId;
    readonly code: string;
  })[] = [
    {
      what: 'a server error',
      operation: 'getVectorStoreUsage',
      code: 'ST101',
      on: isGet(RegExp(`${organization}/vector-stores/usage$`)),
      answer: spoil(() => ({ status: 500 })),
    },
    {
      what: 'an undocumented status',
      operation: 'listSlices',
      code: 'ST103',
      on: isGet(RegExp(`${organization}/knowledge/slices$`)),
      answer: spoil(() => ({ status: 203 })),
    },
    {
      what: 'an answer without a content type',
      operation: 'listComposites',
      code: 'ST104',
      on: isGet(RegExp(`${organization}/knowledge/composites$`)),
      answer: spoil(() => ({ headers: {} })),
    },
    {
      what: 'another content type',
      operation: 'listStores',
      code: 'ST105',
      on: isGet(RegExp(`${organization}/knowledge/stores$`)),
      answer: spoil(() => ({ headers: { 'content-type': 'text/html' } })),
    },
    {
      what: 'a missing header',
      operation: 'listSpaces',
      code: 'ST107',
      on: isGet(/^\/v1\/spaces\/$/),
      answer: async (asked, ask) => {
        const { headers, ...limited } = await ask(asked, { prefer: 'example=rate_limit_exceeded' });
        return {
          ...limited,
          headers: Object.fromEntries(
            Object.entries(headers).filter(([name]) => name !== 'retry-after'),
          ),
        };
      },
    },
    {
      what: 'a missing field',
      operation: 'listThreads',
      code: 'ST108',
      on: isGet(/^\/v1\/threads$/),
      answer: spoil(({ body }) => ({ body: body.replace('"has_more"', '"more"') })),
    },
    {
      what: 'a body cut short',
      operation: 'listVectorStores',
      code: 'ST109',
      on: isGet(RegExp(`${organization}/vector-stores$`)),
      answer: spoil(({ body }) => ({ body: body.slice(0, -1) })),
    },
    {
      what: 'a body that breaks the document, taken',
      operation: 'createVectorStore',
      code: 'ST201',
      on: ({ method, target }) =>
        method === 'POST' && RegExp(`${organization}/vector-stores$`).test(target),
      answer: (asked, ask) => ask(asked, { prefer: 'example=created' }),
    },
    {
      what: 'a good body, refused',
      operation: 'createThread',
      code: 'ST202',
      on: ({ method, target }) => method === 'POST' && target === '/v1/threads',
      answer: (asked, ask) => ask(asked, { prefer: 'example=invalid_body' }),
    },
    {
      what: 'a method that the document does not have, taken',
      operation: 'pinThread',
      code: 'ST204',
      on: ({ method, target }) => method === 'PUT' && /\/pin$/.test(target),
      answer: async (asked, ask) => ({ ...(await ask(asked)), status: 200 }),
    },
    {
      what: 'a deletion that is none',
      operation: 'deleteSpace',
      code: 'ST301',
      on: (asked) => asked.method === 'DELETE' && /^\/v1\/spaces\/[^/]+$/.test(pathOf(asked)),
      answer: (asked, ask) => ask(asked, { prefer: 'code=204' }),
    },
    {
      what: 'an answer to nobody',
      operation: 'getThread',
      code: 'ST401',
      on: (asked) =>
        isGet(/^\/v1\/threads\/[^/]+$/)(asked) && asked.headers['x-api-key'] === undefined,
      answer: (asked, ask) => ask(asked, { 'x-api-key': 'ak_owner' }),
    },
    {
      what: "an answer to another organization's user",
      operation: 'getSlice',
      code: 'ST402',
      on: (asked) =>
        isGet(RegExp(`${organization}/knowledge/slices/[^/]+$`))(asked) &&
        asked.headers['x-api-key'] === 'ak_outsider',
      answer: (asked, ask) => ask(asked, { 'x-api-key': 'ak_owner' }),
    },
  ];

  const ran = beforeAllWithTool(async () => {
    const server = await serveWithPlants(plants);
    const play = async (phases: string, operations: readonly OperationId[]) => {
      const options = [
        '--phases',
        phases,
        ...operations.flatMap((operation) => ['--include-operation-id', operation]),
      ];
      return (await runSchemathesis(server.url, options, 100_000)).findings;
    };
    // A few operations at a time, so that it is quick, and so that the stateful phase comes back to
    // what it has deleted.
    const single = await play('examples,coverage,fuzzing', [
      ...plants.map(({ operation }) => operation),
      'createSlice',
      'createSpace',
    ]);
    const chained = await play('stateful', ['createSpace', 'getSpace', 'deleteSpace']);
    server.close();
    return new Set([...single, ...chained].map((finding) => `${finding.code} ${idOf(finding)}`));
  }, 540_000);

  it.for(plants)('$what', ({ code, operation }) => {
    expect([...ran()]).toContain(`${code} ${operation}`);
  });
});
