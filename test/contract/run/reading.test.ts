// Runs that may not write: what they reach, and what they say of the rest.
import { describe, expect, it } from 'vitest';
import { readOnlyTarget } from '../../../src/client/access.js';
import { handlerTarget, type Target } from '../../../src/client/target.js';
import { toText } from '../../../src/contract/report/renderings.js';
import { exitCode } from '../../../src/contract/report/verdict.js';
import type { RunOptions } from '../../../src/contract/run/options.js';
import { runContracts } from '../../../src/contract/run/run.js';
import { loadContracts } from '../../../src/contract/tables/load.js';
import { createUnderstudy, type UnderstudyOptions } from '../../../src/index.js';
import { profile, spec } from '../../support/drifted-run.js';
import { itFirst } from '../../support/sample.js';

const contracts = loadContracts(spec);
/** The cases of reads to which a state and a request lead. */
const readable = [...spec.operations.values()]
  .filter(({ method }) => method === 'GET')
  .flatMap(({ id, cases }) =>
    [...cases.values()]
      .filter(({ reached_by }) => reached_by === 'state')
      .map(({ name }) => `${id}.${name}`),
  );

/** A profile that names no object. */
const bare = {
  ...profile,
  known: { organization_id: profile.known.organization_id as string },
};

/** A run without writes, and the methods that have reached the mock server. */
async function readingRun(world: UnderstudyOptions = {}, options: Partial<RunOptions> = {}) {
  const understudy = createUnderstudy(world);
  const before = JSON.stringify(understudy.world.snapshot());
  const methods = new Set<string>();
  const inner = handlerTarget('the mock server', understudy.fetch);
  const target: Target = {
    ...inner,
    send: (request, signal) => {
      methods.add(request.method);
      return inner.send(request, signal);
    },
  };
  const report = await runContracts({
    spec,
    contracts,
    profile,
    target: readOnlyTarget(target),
    ...options,
  });
  expect([...methods]).toEqual(['GET']);
  expect(JSON.stringify(understudy.world.snapshot())).toBe(before);
  const right = report.coverage.filter(({ result }) => result === 'right');
  return { report, right: right.map(({ case: name }) => name) };
}

describe('a run without writes', () => {
  it('reaches nine tenths of what there is to read, and says of the rest which write it needs', async () => {
    const { report, right } = await readingRun();
    expect(report.findings.filter(({ severity }) => severity !== 'notice')).toEqual([]);
    expect(exitCode(report, 'failure')).toBe(0);
    const reached = readable.filter((name) => right.includes(name));
    expect(readable.filter((name) => !right.includes(name)).length).toBeLessThan(
      readable.length / 10,
    );
    expect(reached.length).toBe(right.length);
    expect(report).toMatchObject({ leftovers: [], possiblyMade: [] });
    expect(report.requests).toBeLessThan(1000);
    expect(toText(report)).toMatch(
      /\d+ × needs \w+, and a read-only run sends nothing but GET and HEAD/,
    );
    const rest = report.coverage.filter(({ result }) => result === 'not_exercised');
    expect(rest.filter(({ reason = '' }) => /^(the run ended|$)/.test(reason))).toEqual([]);
  });

  it('finds by itself what the profile does not name', async () => {
    const { right } = await readingRun({}, { profile: bare });
    expect(right).toContain('getSpace.retrieved');
    expect(right).toContain('getSpace.view_access_required');
    expect(right).toContain('listMessages.listed');
    expect(right.length).toBeGreaterThan(readable.length * 0.85);
  });

  it('says what it has not found in an empty organization', async () => {
    const { report, right } = await readingRun({ scenario: 'empty' }, { profile: bare });
    expect(right).toContain('listSpaces.listed');
    expect(right).not.toContain('getStore.retrieved');
    expect(report.rows.map(({ reason }) => reason)).toContain(
      'nobody has found anything for store_id',
    );
  });

  const faulty = ['getSpace', 'listThreads', 'getDepartmentTree'] as const;
  itFirst(1).each(faulty)('sees a fault in what %s answers', async (operation) => {
    const inner = handlerTarget('the mock server', createUnderstudy().fetch);
    const path = spec.operations.get(operation)?.template as string;
    const pattern = new RegExp(`^${path.replace(/\{\w+\}/g, '[^/?]+')}(\\?|$)`);
    const faulty: Target = {
      ...inner,
      send: async (request, signal) => {
        const answer = await inner.send(request, signal);
        if (answer.status !== 200 || !pattern.test(request.target)) return answer;
        return { ...answer, body: (answer.body ?? '').replace('"id"', '"key"') };
      },
    };
    const report = await runContracts({
      spec,
      contracts,
      profile,
      target: readOnlyTarget(faulty),
    });
    const failures = report.findings.filter(({ severity }) => severity === 'failure');
    expect(new Set(failures.map((finding) => finding.operation))).toEqual(new Set([operation]));
  });
});
