// The independent runner: what it plays of the exported contracts passes, and a drift makes it
// fail. Here it plays some lifecycles and a row of some operations; respect.long.test.ts has the
// whole export.
import { describe, expect, it } from 'vitest';
import { contracts, expectEveryWorkflowToPass, respect } from '../support/oracle-respect.js';
import { itFirst } from '../support/sample.js';

const lifecyclesCalled = (name: string) => contracts.lifecycles.filter(({ id }) => id === name);

describe('Redocly Respect', () => {
  it('passes a lifecycle in eighteen and the first row of every fortieth operation', async () => {
    const lifecycles = contracts.lifecycles.filter((_, i) => i % 18 === 0);
    const tables = contracts.tables
      .filter((_, i) => i % 40 === 0)
      .map((table) => ({ ...table, rows: table.rows.slice(0, 1) }));
    await expectEveryWorkflowToPass({ ...contracts, lifecycles, tables });
  });

  const drifts = [
    ['guard:addVectorStoreToSpace.already_attached', 'store_in_a_space', 'attach_again'],
    ['hand:listSlices.stale', 'slice', 'gone'],
  ] as const;
  itFirst(1).each(drifts)(
    'fails under %s, in the lifecycle %s',
    async (drift, workflowId, stepId) => {
      const { code, failed } = await respect(
        { ...contracts, tables: [], lifecycles: lifecyclesCalled(workflowId) },
        drift,
      );
      expect(code).not.toBe(0);
      expect(failed).toContainEqual(expect.objectContaining({ workflowId, stepId }));
    },
  );
});
