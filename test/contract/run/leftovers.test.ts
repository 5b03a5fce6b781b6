// Deletions that delete nothing, and what a run says of them.
import { describe, expect, it } from 'vitest';
import { handlerTarget, type Target, TargetError } from '../../../src/client/target.js';
import { toJunit, toResults, toText } from '../../../src/contract/report/renderings.js';
import { exitCode } from '../../../src/contract/report/verdict.js';
import { Ledger, type Line } from '../../../src/contract/run/ledger.js';
import type { RunOptions } from '../../../src/contract/run/options.js';
import { runContracts } from '../../../src/contract/run/run.js';
import { loadContracts } from '../../../src/contract/tables/load.js';
import { createUnderstudy } from '../../../src/index.js';
import type { OperationId } from '../../../src/spec/document.js';
import type { PlainRequest, PlainResponse } from '../../../src/spec/message.js';
import { profile, spec } from '../../support/drifted-run.js';
import { itFirst } from '../../support/sample.js';

const plain = loadContracts(spec);
const contracts = { ...plain, lifecycles: [] };
const runOf = (target: Target, operation: OperationId, options: Partial<RunOptions> = {}) =>
  runContracts({
    spec,
    contracts,
    profile,
    target,
    include: (id) => id === operation,
    wait: async () => {},
    ...options,
  });

interface Kind {
  /** Reads it, and is what is played. */
  readonly operation: OperationId;
  /** What takes one away. */
  readonly away: RegExp;
  readonly lists: readonly RegExp[];
}

const kinds: Readonly<Record<'space' | 'thread' | 'store', Kind>> = {
  space: {
    operation: 'getSpace',
    away: /^\/v1\/spaces\/([^/?]+)$/,
    lists: [/^\/v1\/spaces\/?\?/],
  },
  thread: {
    operation: 'getThread',
    away: /^\/v1\/threads\/([^/?]+)$/,
    lists: [/^\/v1\/threads\?/],
  },
  store: {
    operation: 'getVectorStore',
    away: /\/vector-stores\/([^/?]+)$/,
    lists: [/\/vector-stores\?/, /\/knowledge\/stores\?/],
  },
};

/**
 * How a deletion is faulty: the answer to it, and where what it should have deleted still shows.
 */
interface Fault {
  readonly status: number;
  readonly inList: boolean;
  readonly byId: boolean;
}

const faults: Readonly<Record<string, Fault>> = {
  'is answered 204 and does nothing': { status: 204, inList: true, byId: true },
  'hides from a read, and not from the list': { status: 204, inList: true, byId: false },
  'hides from the list, and not from a read': { status: 204, inList: false, byId: true },
  'is answered 500 each time': { status: 500, inList: true, byId: true },
  'is answered 404 though it is there': { status: 404, inList: true, byId: true },
};

/** The mock server, on which nothing of that kind is ever deleted. */
function withFault({ away, lists }: Kind, { status, inList, byId }: Fault) {
  const understudy = createUnderstudy();
  const inner = handlerTarget('the mock server', understudy.fetch);
  const asked = new Set<string>();
  const isShown = (row: { readonly id?: string }): boolean => !asked.has(String(row.id));
  const listed = (answer: PlainResponse): PlainResponse => {
    const body = JSON.parse(answer.body ?? '{}') as Record<string, unknown>;
    const shown = Object.entries(body).map(([key, value]) => [
      key,
      Array.isArray(value) ? value.filter(isShown) : value,
    ]);
    return { ...answer, body: JSON.stringify(Object.fromEntries(shown)) };
  };
  const target: Target = {
    ...inner,
    send: async (request: PlainRequest, signal) => {
      const [, id = ''] = away.exec(request.target) ?? [];
      const answered = { status, headers: { 'content-type': 'application/json' } };
      if (request.method === 'DELETE' && id !== '' && !id.includes('understudy')) {
        asked.add(id);
        return status === 204 ? { status, headers: {} } : { ...answered, body: '{}' };
      }
      if (request.method === 'GET' && asked.has(id) && !byId)
        return { ...answered, status: 404, body: '{}' };
      const answer = await inner.send(request, signal);
      const isList = request.method === 'GET' && lists.some((list) => list.test(request.target));
      return isList && !inList ? listed(answer) : answer;
    },
  };
  return { target, asked };
}

describe.each(Object.entries(kinds))('the deletion of a %s', (kind, of) => {
  // What is made of an error is the same for each kind.
  itFirst(kind === Object.keys(kinds)[0] ? 5 : 3).each(Object.entries(faults))(
    'that %s is told, with the number of objects left',
    async (_, fault) => {
      const { target, asked } = withFault(of, fault);
      const report = await runOf(target, of.operation);
      const ids = report.leftovers.map((left) => left.split(' ')[1]);
      expect(asked.size).toBeGreaterThan(0);
      expect(new Set(ids)).toEqual(asked);
      expect(report.leftovers).toHaveLength(asked.size);
      for (const left of report.leftovers) expect(left).toMatch(new RegExp(`^${kind} \\S+ named `));
      expect(toText(report)).toContain(`Left behind (${asked.size}):\n  ${report.leftovers[0]}`);
      expect(toResults(report)).toMatchObject({ leftovers: report.leftovers });
      expect(toJunit(report, 'failure')).toContain(`message="${asked.size} left behind"`);
      expect(exitCode(report, 'failure')).not.toBe(0);
    },
  );

  it('that works is believed', async () => {
    const understudy = createUnderstudy();
    const report = await runOf(handlerTarget('the mock server', understudy.fetch), of.operation);
    expect(report).toMatchObject({ leftovers: [], unverified: 0 });
    expect(exitCode(report, 'failure')).toBe(0);
  });
});

describe('what comes with an object and should go with it', () => {
  it('is told where it stays', async () => {
    const inner = handlerTarget('the mock server', createUnderstudy().fetch);
    const kept = new Map<string, object>();
    const target: Target = {
      ...inner,
      send: async (request, signal) => {
        const answer = await inner.send(request, signal);
        const body = JSON.parse(answer.body || '{}') as Record<string, unknown>;
        if (request.method === 'POST' && request.target === '/v1/spaces/' && answer.status === 201)
          kept.set(String(body.vector_store_id), { id: body.vector_store_id });
        if (request.method !== 'GET' || !/\/vector-stores\?/.test(request.target)) return answer;
        const data = [...(body.data as { readonly id: string }[])];
        return { ...answer, body: JSON.stringify({ ...body, data: [...data, ...kept.values()] }) };
      },
    };
    const report = await runOf(target, 'getSpace');
    expect(report.leftovers).toHaveLength(kept.size);
    expect(report.leftovers[0]).toMatch(
      /^vs_\S+, which came with space space_\S+ named .* not gone/,
    );
  });
});

describe('what the API can only archive', () => {
  it('is counted and named, and is not left behind', async () => {
    const understudy = createUnderstudy();
    const report = await runOf(handlerTarget('the mock server', understudy.fetch), 'getSlice');
    const archived = understudy.world.slices
      .all()
      .filter(({ name, status }) => name.includes('understudy-') && status === 'archived');
    expect(archived.length).toBeGreaterThan(2);
    expect(report.archived).toHaveLength(archived.length);
    for (const { id, name } of archived)
      expect(report.archived).toContain(`slice ${id} named ${name}`);
    expect(report.leftovers).toEqual([]);
    expect(exitCode(report, 'failure')).toBe(0);
    expect(toText(report)).toContain(
      `Archived, since the API cannot delete them (${archived.length}):\n  slice `,
    );
  });

  it('and is not archived by its answer is left behind', async () => {
    const inner = handlerTarget('the mock server', createUnderstudy().fetch);
    let asked = 0;
    const target: Target = {
      ...inner,
      send: async (request, signal) => {
        if (!/\/slices\/kslice_\w+\/archive$/.test(request.target))
          return inner.send(request, signal);
        asked += 1;
        return { status: 200, headers: {}, body: '{}' };
      },
    };
    const report = await runOf(target, 'getStore');
    expect(asked).toBeGreaterThan(0);
    expect(report.leftovers.filter((left) => left.startsWith('slice '))).not.toEqual([]);
    expect(report.archived).toEqual([]);
  });
});

describe('the ledger', () => {
  it('has each creation before its request leaves, and no secret', async () => {
    const inner = handlerTarget('the mock server', createUnderstudy().fetch);
    const lines: Line[] = [];
    let sent = 0;
    const target: Target = {
      ...inner,
      send: (request, signal) => {
        const isCreation =
          request.method === 'POST' && /^\/v1\/(spaces\/|threads)$/.test(request.target);
        if (isCreation) {
          sent += 1;
          expect(lines.filter(({ event }) => event === 'sending')).toHaveLength(sent);
        }
        return inner.send(request, signal);
      },
    };
    const include = (id: OperationId) => ['getSpace', 'createThread'].includes(id);
    const onLedger = (line: Line) => void lines.push(line);
    const report = await runOf(target, 'getSpace', { include, onLedger });
    expect(sent).toBeGreaterThan(10);
    expect(report.leftovers).toEqual([]);
    const text = JSON.stringify(lines);
    for (const secret of profile.secrets.keys()) expect(text).not.toContain(secret);
    const read = Ledger.read(lines[0]?.run ?? '', lines, () => {});
    expect(read.entries).toHaveLength(sent);
    expect(read.entries.filter(({ state }) => !['gone', 'refused'].includes(state))).toEqual([]);
    expect(lines.at(-1)).toMatchObject({ event: 'ended', left: 0 });
  });

  it('that cannot be written stops the creation, not the server', async () => {
    const inner = handlerTarget('the mock server', createUnderstudy().fetch);
    const writes: string[] = [];
    const target: Target = {
      ...inner,
      send: (request, signal) => {
        if (request.method !== 'GET') writes.push(request.method);
        return inner.send(request, signal);
      },
    };
    const onLedger = ({ event }: Line): void => {
      if (event === 'sending') throw new Error('the disk is full');
    };
    const report = await runOf(target, 'getThread', { onLedger });
    expect(writes.filter((method) => method === 'POST')).toEqual([]);
    expect(exitCode(report, 'failure')).toBe(3);
    expect(toText(report)).toContain('the disk is full');
  });
});

/** A mock server whose answers to some creations are lost, whether it carries these out or not. */
function losing(isLost: (request: PlainRequest) => boolean, isCarriedOut = false) {
  const understudy = createUnderstudy();
  const honest = handlerTarget('the mock server', understudy.fetch);
  const lost: PlainRequest[] = [];
  const target: Target = {
    ...honest,
    send: async (request, signal) => {
      if (request.method !== 'POST' || !isLost(request)) return honest.send(request, signal);
      lost.push(request);
      if (isCarriedOut) await honest.send(request, signal);
      throw new TargetError('broken', 'ECONNRESET');
    },
  };
  return { target, lost, understudy };
}

describe('a creation without an answer by somebody from elsewhere', () => {
  it('is known to have made nothing, as those who may look there do not see it', async () => {
    const { target, lost } = losing(({ headers }) => headers['x-api-key'] === 'ak_outsider');
    const report = await runOf(target, 'createSlice', { level: 'smoke' });
    expect(lost.length).toBeGreaterThan(0);
    expect(report.possiblyMade).toEqual([]);
    expect(report.leftovers).toEqual([]);
  });
});

describe('a creation without an answer and without a name of the run', () => {
  /** Runs of `createSlice` whose nameless creations get no answer. */
  const played = async (isCarriedOut: boolean) => {
    const isNameless = ({ target, body }: PlainRequest): boolean =>
      /\/slices$/.test(target) && !new TextDecoder().decode(body).includes('-');
    const { target, lost, understudy } = losing(isNameless, isCarriedOut);
    const report = await runOf(target, 'createSlice', { level: 'full' });
    expect(lost.length).toBeGreaterThan(5);
    return { report, rows: understudy.world.slices.all() };
  };

  it('that nobody carried out is known to have made nothing, whatever there is beside it', async () => {
    const { report } = await played(false);
    expect(report.possiblyMade).toEqual([]);
    expect(report.leftovers).toEqual([]);
  });

  it('that was carried out is taken away, or told', async () => {
    const { report, rows } = await played(true);
    const before = createUnderstudy()
      .world.slices.all()
      .map(({ id }) => id);
    const left = rows.filter(({ id, status }) => !before.includes(id) && status !== 'archived');
    expect(left.length).toBeLessThanOrEqual(report.possiblyMade.length);
  });
});
