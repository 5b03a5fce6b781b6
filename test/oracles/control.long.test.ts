// Schemathesis on the control plane, in all its phases: no server error, and no answer outside the
// document. The stream of events has no end, and is left to tests of its own.
import { describe, expect, it } from 'vitest';
import { loadControl } from '../../src/shipped/control.js';
import { runSchemathesisOnControl } from '../support/oracle-schemathesis.js';
import { createKeeper } from '../support/processes.js';
import { beforeAllWithTool } from '../support/tools.js';

describe('Schemathesis on the control plane', () => {
  const keeper = createKeeper();
  const operations = [...loadControl().spec.operations.keys()].filter(
    (id) => id !== 'streamEvents',
  );
  const ran = beforeAllWithTool(
    async () =>
      runSchemathesisOnControl(
        (await keeper.serve()).url,
        ['--exclude-operation-id', 'streamEvents'],
        400_000,
      ),
    540_000,
  );

  it('tries every operation, in all four phases, to the end', () => {
    expect(ran().summary).toMatchObject({
      complete: true,
      stop_reason: 'completed',
      operations: { tested: operations.length, errored: 0, skipped: 0 },
      errors: [],
    });
  });

  it('gets an answer from every operation, and from most of them a success', () => {
    const ids = (pairs: readonly string[]) => new Set(pairs.map((pair) => pair.split('.')[0]));
    const answered = [...ran().answered];
    expect(operations.filter((id) => !ids(answered).has(id))).toEqual([]);
    const succeeded = ids(answered.filter((pair) => /\.2\d\d$/.test(pair)));
    expect(succeeded.size).toBeGreaterThan(operations.length / 2);
  });

  it('gets no server error, and no answer outside the document', () => {
    expect(ran().findings.filter(({ code }) => code.startsWith('ST1'))).toEqual([]);
  });
});
