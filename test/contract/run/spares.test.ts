// Slices that plays hand on to one another.
import { describe, expect, it } from 'vitest';
import { handlerTarget, type Target } from '../../../src/client/target.js';
import { withEdges } from '../../../src/contract/edges/edges.js';
import type { Report, RunOptions } from '../../../src/contract/run/options.js';
import { runContracts } from '../../../src/contract/run/run.js';
import { loadContracts } from '../../../src/contract/tables/load.js';
import { createUnderstudy, type OperationId } from '../../../src/index.js';
import type { PlainRequest, PlainResponse } from '../../../src/spec/message.js';
import { once } from '../../../src/spec/once-per.js';
import { driftedRun, profile, spec, withoutEdges } from '../../support/drifted-run.js';
import { itFirst } from '../../support/sample.js';

const operations: readonly OperationId[] = ['getSlice', 'archiveSlice', 'unarchiveSlice'];

const isRenewal = ({ method, target, body }: PlainRequest): boolean =>
  method === 'PATCH' && target.includes('/slices/') && new TextDecoder().decode(body) !== '{}';

interface Ran {
  readonly report: Report;
  readonly renewals: number;
}

/** `fault` stands between the run and an honest mock server. */
async function run(
  fault: (answer: PlainResponse, request: PlainRequest) => PlainResponse = (answer) => answer,
  options: Partial<RunOptions> = {},
): Promise<Ran> {
  const honest = handlerTarget('the mock server', createUnderstudy().fetch);
  let renewals = 0;
  const target: Target = {
    ...honest,
    send: async (request, signal) => {
      if (isRenewal(request)) renewals += 1;
      return fault(await honest.send(request, signal), request);
    },
  };
  const contracts = withoutEdges(operations);
  const include = (operation: OperationId): boolean => operations.includes(operation);
  const report = await runContracts({
    spec,
    contracts,
    profile,
    target,
    include,
    wait: async () => {},
    ...options,
  });
  return { report, renewals };
}

const failed = ({ findings }: Report): readonly string[] =>
  findings.map(({ code, operation, rowOperation }) => `${code} ${operation} ${rowOperation}`);

const changed = (
  { body, ...answer }: PlainResponse,
  change: (object: Record<string, unknown>) => void,
): PlainResponse => {
  const object = JSON.parse(body ?? '{}');
  change(object);
  return { ...answer, body: JSON.stringify(object) };
};

describe('a slice that a play has done with', () => {
  itFirst(1).each([8, 1])('becomes what others need, %i at a time', async (concurrency) => {
    const { report, renewals } = await run(undefined, { concurrency });
    expect(report.findings).toEqual([]);
    expect(report.rows.filter(({ result }) => result !== 'right')).toEqual([]);
    expect(report.leftovers).toEqual([]);
    expect(renewals).toBeGreaterThan(5);
    expect(report.archived.length).toBeLessThan(15);
  });

  it('is not used while another play stands on it, though a composite was once made of it', async () => {
    const among: readonly OperationId[] = [
      'createSlice',
      'createComposite',
      'listComposites',
      'updateComposite',
      'archiveSlice',
      'getSlice',
    ];
    const { report } = await run(undefined, {
      contracts: withEdges(spec, loadContracts(spec)),
      include: (operation) => among.includes(operation),
      concurrency: 1,
    });
    expect(report.findings).toEqual([]);
    expect(report.leftovers).toEqual([]);
  });

  const kept: Readonly<Record<string, (object: Record<string, unknown>) => void>> = {
    'has its old name': (object) => {
      object.name = 'another';
    },
    'is still archived': (object) => {
      object.status = 'archived';
      object.archived_at = '2026-02-01T00:00:00Z';
      object.archived_by = profile.callers.owner?.user_id;
    },
    'still counts stores': (object) => {
      object.store_count = 3;
    },
    'belongs to somebody else': (object) => {
      object.owner_id = 'org_other';
    },
  };
  const ranHonestly = once(() => run());
  itFirst(2).each(Object.entries(kept))('is not used where it %s', async (_, change) => {
    const honest = await ranHonestly();
    const { report } = await run((answer, request) =>
      isRenewal(request) && answer.status === 200 ? changed(answer, change) : answer,
    );
    expect(failed(report)).toEqual([]);
    expect(report.rows.filter(({ result }) => result !== 'right')).toEqual([]);
    expect(report.archived.length).toBeGreaterThan(honest.report.archived.length);
    expect(report.leftovers).toEqual([]);
  });

  it('tells where the server fails to change it', async () => {
    const { report } = await run(
      (answer, request) => (isRenewal(request) ? { ...answer, status: 500 } : answer),
      { include: (operation) => [...operations, 'updateSlice'].includes(operation) },
    );
    expect(report.findings.some(({ operation }) => operation === 'updateSlice')).toBe(true);
    expect(report.rows.filter(({ result }) => result === 'not_exercised')).toEqual([]);
  });

  it('is made anew by whoever repeats a finding', async () => {
    const { report } = await run((answer, { method, target }) =>
      method === 'GET' && /\/slices\/kslice_/.test(target) && answer.status === 200
        ? changed(answer, (object) => {
            delete object.created_by;
          })
        : answer,
    );
    const found = report.rows.flatMap(({ findings }) => findings);
    expect(found.length).toBeGreaterThan(10);
    for (const { calls } of found) {
      const names = calls.map(({ operation }) => operation);
      const creation = names.findIndex(
        (name) => name === 'createSlice' || name === 'createComposite',
      );
      expect(creation).toBeGreaterThanOrEqual(0);
      expect(names.findIndex((name) => /^(update|archive|unarchive)/.test(name))).not.toBe(0);
    }
  });

  it('is made anew after what it was made of', async () => {
    const { findings } = await driftedRun('guard:updateComposite.member_not_usable', [
      'updateComposite',
    ]);
    const of = findings.filter(({ calls }) =>
      calls.some(({ operation }) => operation === 'createComposite'),
    );
    expect(of.length).toBeGreaterThan(0);
    const ids = (text: string): readonly string[] => text.match(/kslice_\w{16}/g) ?? [];
    for (const { calls } of of) {
      const made = new Set<string>();
      for (const { operation, request, response } of calls) {
        if (operation === 'createComposite')
          for (const id of ids(Buffer.from(request.body).toString())) expect(made).toContain(id);
        for (const id of ids(response?.body ?? '')) made.add(id);
      }
    }
  });

  it('is archived where the run ends early', async () => {
    const ending = new AbortController();
    const { report } = await run(undefined, {
      signal: ending.signal,
      onRow: (_, number) => {
        if (number === 40) ending.abort();
      },
    });
    expect(report.stopped?.why).toBe('interrupted');
    expect(report.leftovers).toEqual([]);
    expect(report.unverified).toBe(0);
    expect(report.archived.length).toBeGreaterThan(0);
  });
});
