// Schemathesis on the control plane in its short form: every boundary and violation of every schema in a
// fixed order, for a sample of the operations. control.long.test.ts has all of it, and the random phases.
import { describe, expect, it } from 'vitest';
import { loadControl } from '../../src/shipped/control.js';
import { runSchemathesisOnControl } from '../support/oracle-schemathesis.js';
import { createKeeper } from '../support/processes.js';
import { sample } from '../support/sample.js';
import { beforeAllWithTool } from '../support/tools.js';

describe('Schemathesis on the control plane', () => {
  const keeper = createKeeper();
  const all = [...loadControl().spec.operations.keys()].filter((id) => id !== 'streamEvents');
  const operations = sample(all, (id) => id, 12);
  const only = operations.flatMap((id) => ['--include-operation-id', id]);
  const ran = beforeAllWithTool(
    async () =>
      runSchemathesisOnControl(
        (await keeper.serve()).url,
        ['--phases', 'examples,coverage', ...only],
        200_000,
      ),
    540_000,
  );

  it('tries every one of these operations to the end', () => {
    const counts = { tested: operations.length, errored: 0 };
    expect(ran().summary).toMatchObject({ complete: true, operations: counts, errors: [] });
    expect(operations.length).toBeGreaterThan(2);
  });

  it('gets no server error, and no answer outside the document', () => {
    expect(ran().findings.filter(({ code }) => code.startsWith('ST1'))).toEqual([]);
  });
});
