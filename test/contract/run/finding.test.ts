import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { TargetError } from '../../../src/client/target.js';
import { codes } from '../../../src/contract/judge/codes.js';
import type { Deviation } from '../../../src/contract/judge/deviation.js';
import type { Exchanged } from '../../../src/contract/run/exchanged.js';
import { type Finding, findingOf, mergeFindings } from '../../../src/contract/run/finding.js';
import { planRows } from '../../../src/contract/run/plan.js';
import type { PlannedRow } from '../../../src/contract/run/row.js';
import type { OperationId } from '../../../src/index.js';
import { show } from '../../../src/spec/json.js';
import type { Json } from '../../../src/spec/message.js';
import { contractsOf, driftedRun, spec, withoutEdges } from '../../support/drifted-run.js';
import { itInFull, whole } from '../../support/sample.js';

const operation: OperationId = 'addVectorStoreToSpace';
const planned = planRows(spec, contractsOf([operation]))[0] as PlannedRow;
const deviation: Deviation = {
  code: 'SCHEMA_BROKEN',
  severity: 'failure',
  pointer: '/data/3/id',
  expected: 'type string',
  got: '7',
  basis: 'docs',
  source: 'a page',
};

function exchangedWith(changes: Partial<Deviation>, of: OperationId = operation): Exchanged {
  return {
    operation: of,
    caller: 'owner',
    request: { method: 'POST', target: '/', headers: {}, body: new Uint8Array() },
    response: { status: 200, headers: {} },
    judged: { deviations: [{ ...deviation, ...changes }], body: undefined },
  };
}

function found(
  changes: Partial<Deviation> = {},
  of?: OperationId,
  expected?: readonly string[],
): Finding {
  const exchanged = exchangedWith(changes, of);
  return findingOf(planned, exchanged, [exchanged], expected)[0] as Finding;
}

const play = (drift: string, operations: readonly OperationId[]) =>
  driftedRun(drift, operations, { contracts: withoutEdges(operations) });
const known = (text: string): string => text.replace(/^.*\/contracts\//, 'contracts/');

describe('a finding', () => {
  it('says what deviated, where, in which row, on what evidence, and after which calls', async () => {
    const { findings } = await play('guard:addVectorStoreToSpace.edit_access_required', [
      operation,
    ]);
    const finding = findings.find(({ code }) => code === 'CASE_WRONG') as Finding;
    const documented = spec.operations.get(operation)?.cases.get('edit_access_required');
    expect(finding).toMatchObject({
      code: 'CASE_WRONG',
      severity: 'failure',
      operation,
      case: 'edit_access_required',
      pointer: '',
      expected: '403 edit_access_required (INSUFFICIENT_PERMISSIONS)',
      got: expect.stringMatching(/^201 \{"success":true/),
      basis: documented?.basis,
      source: documented?.source,
      title:
        'addVectorStoreToSpace by viewer with a space and an unattached store answers edit_access_required',
      fingerprint: expect.stringMatching(/^[0-9a-f]{8}$/),
    });
    expect(finding.source).not.toBe('');
    expect(
      finding.calls.map((call) => [call.operation, call.caller, call.response?.status]),
    ).toEqual([
      ['createSpace', 'owner', 201],
      ['createVectorStore', 'owner', 201],
      ['listSpaceVectorStores', 'owner', 200],
      [operation, 'viewer', 201],
    ]);
    const [file = '', line] = known(finding.place).split(':');
    expect(readFileSync(file, 'utf8').split('\n')[Number(line) - 1]).toMatch(
      /caller: viewer.*expect: edit_access_required/,
    );
  });

  it('points into the body', async () => {
    const { findings } = await play('retype:listVectorStores.200/data/*/name', [
      'listVectorStores',
    ]);
    expect(findings[0]).toMatchObject({
      code: 'SCHEMA_BROKEN',
      pointer: expect.stringMatching(/^\/data\/\d+\/name$/),
    });
    expect(findings[0]?.expected).toMatch(/^type /);
    expect(findings[0]?.got).toMatch(/^\d+$/);
  });

  itInFull(
    'of a look names the operation that was looked with, and the row, whose case is none of that operation',
    async () => {
      const { findings } = await play('write:addVectorStoreToSpace', [operation]);
      const looks = findings.filter(
        (finding) => finding.code === 'STATE_WRONG' && finding.operation !== operation,
      );
      expect(looks.length).toBeGreaterThan(0);
      for (const look of looks) {
        expect(look).toMatchObject({
          case: '',
          title: expect.stringMatching(/^addVectorStoreToSpace by /),
        });
        expect(look.calls.at(-1)?.operation).toBe(look.operation);
      }
    },
  );

  it('of a refusal that changed something ends with the look that shows it', async () => {
    const { findings } = await play('hand:removeVectorStoreFromSpace.refused_but_done', [
      'removeVectorStoreFromSpace',
    ]);
    const finding = findings.find(({ code }) => code === 'REFUSAL_CHANGED_STATE') as Finding;
    expect(finding).toMatchObject({
      operation: 'removeVectorStoreFromSpace',
      case: 'edit_access_required',
      severity: 'failure',
    });
    expect(finding.calls.slice(-3).map((call) => [call.operation, call.response?.status])).toEqual([
      ['listSpaceVectorStores', 200],
      ['removeVectorStoreFromSpace', 403],
      ['listSpaceVectorStores', 200],
    ]);
    // What has changed, and nothing else of the two readings.
    const { body } = finding.calls.at(-3)?.judged ?? {};
    const [store] = (body as { vector_stores: Json[] }).vector_stores;
    expect(finding).toMatchObject({
      expected: `${show(store)} at /vector_stores/*, as before the refused request`,
      got: 'absent at /vector_stores/*',
    });
  });

  it('is made of an answer that never came, too', () => {
    const { response: _, judged: __, ...sent } = exchangedWith({});
    const [timeout] = findingOf(
      planned,
      { ...sent, error: new TargetError('timeout', 'too late') },
      [sent],
    );
    expect(timeout).toMatchObject({ code: 'ANSWER_MISSING', severity: 'failure', got: 'too late' });
    expect(timeout).not.toHaveProperty('unreachable');
    const [gone] = findingOf(
      planned,
      { ...sent, error: new TargetError('unreachable', 'nobody there') },
      [sent],
    );
    expect(gone).toMatchObject({ code: 'ANSWER_MISSING', unreachable: true });
  });

  it('has a code that is explained', () => {
    for (const { means, next } of Object.values(codes)) {
      expect(means).toMatch(/\.$/);
      expect(next).toMatch(/\.$/);
    }
  });
});

describe('a fingerprint', () => {
  const drifts: readonly [drift: string, operations: readonly OperationId[]][] = [
    ['guard:addVectorStoreToSpace.edit_access_required', ['addVectorStoreToSpace']],
    ['write:addVectorStoreToSpace', ['addVectorStoreToSpace', 'listSpaceVectorStores']],
    ['hand:ok_always', ['getStore', 'listSlices']],
    ['hand:unix_times', ['listThreads', 'getSpace']],
    ['vary:extra_fields', ['listSpaces']],
    ['hand:updateSpace.refused_but_done', ['updateSpace']],
  ];

  it.each(whole ? drifts : drifts.filter(([drift]) => drift === 'vary:extra_fields'))(
    'of %s is the same in a run with other ids and other names',
    async (drift, operations) => {
      const fingerprints = async (ids: number, seed: number): Promise<readonly string[]> => {
        const { findings } = await driftedRun(drift, operations, {
          ids,
          seed,
          contracts: withoutEdges(operations),
        });
        return findings.map(
          ({ fingerprint, code, operation: of, case: name }) =>
            `${fingerprint} ${code} ${of}.${name}`,
        );
      };
      const first = await fingerprints(1, 1);
      expect(first.length).toBeGreaterThan(0);
      expect(await fingerprints(4711, 99)).toEqual(first);
    },
  );

  it('does not depend on the row of a list, the words of an answer, or the row of the contracts', () => {
    const { fingerprint } = found();
    const other = planRows(spec, contractsOf([operation]))[3] as PlannedRow;
    const exchanged = exchangedWith({});
    expect(found({ pointer: '/data/12/id' }).fingerprint).toBe(fingerprint);
    expect(found({ got: '8', expected: 'a string', source: 'another page' }).fingerprint).toBe(
      fingerprint,
    );
    expect(findingOf(other, exchanged, [exchanged])[0]?.fingerprint).toBe(fingerprint);
  });

  it('differs where anything else differs', () => {
    const all = [
      found(),
      found({ code: 'RELATION_BROKEN' }),
      // A question that came first must not hide a failure.
      found({ severity: 'question' }),
      found({ pointer: '/data/3/name' }),
      found({ pointer: '/data/3rd/id' }),
      found({ pointer: '/data/4rd/id' }),
      found({}, 'getSpace'),
      found({}, operation, ['attached']),
      found({}, operation, ['already_attached']),
      found({ code: 'CASE_WRONG', pointer: '', got: '500 Internal Server Error' }, operation, [
        'attached',
      ]),
      found(
        { code: 'CASE_WRONG', pointer: '', got: '403 INSUFFICIENT_PERMISSIONS {}' },
        operation,
        ['attached'],
      ),
      found({}, 'getSpace', planned.expected),
      found({}, 'getVectorStore', planned.expected),
    ];
    expect(new Set(all.map(({ fingerprint }) => fingerprint)).size).toBe(all.length);
  });

  it('of an unknown field is one for all cases of all operations', () => {
    const notice = { code: 'FIELD_UNDOCUMENTED', severity: 'notice' } as const;
    expect(found(notice, operation, ['attached']).fingerprint).toBe(found(notice).fingerprint);
    expect(found(notice, 'getSpace').fingerprint).toBe(found(notice).fingerprint);
  });
});

describe('findings of a run', () => {
  it('are merged where they are equal, with a count', async () => {
    const report = await play('hand:success_unmarked', [
      'getStore',
      'deleteMessage',
      'listMessages',
    ]);
    const single = report.rows.flatMap(({ findings }) => findings);
    expect(single.length).toBeGreaterThan(report.findings.length);
    expect(report.findings.reduce((sum, { count }) => sum + count, 0)).toBe(single.length);
    expect(Math.max(...report.findings.map(({ count }) => count))).toBeGreaterThan(1);
    expect(new Set(report.findings.map(({ fingerprint }) => fingerprint)).size).toBe(
      report.findings.length,
    );
    for (const { fingerprint, place, calls } of report.findings) {
      const first = single.find((finding) => finding.fingerprint === fingerprint);
      expect([place, calls]).toEqual([first?.place, first?.calls]);
    }
  });

  it('come in the order of their weight', () => {
    const severities = ['notice', 'question', 'failure', 'notice'] as const;
    const merged = mergeFindings(
      severities.map((severity, i) => found({ severity, pointer: `/${'abcd'[i]}` })),
    );
    expect(merged.map(({ severity, pointer }) => `${severity} ${pointer}`)).toEqual([
      'failure /c',
      'question /b',
      'notice /a',
      'notice /d',
    ]);
  });
});
