// Schemathesis in its short form: the document's examples, and every boundary and violation of
// every schema in a fixed order, for a sample of the operations. schemathesis.long.test.ts adds the
// random phases, and shows of every check that it would see; that Schemathesis sees a missing field is
// shown beside Prism and Respect, in test/mutation/rivals.process.test.ts.
import { describe, expect, it } from 'vitest';
import { loadSpec } from '../../src/shipped/document.js';
import { answerOf, idOf, runSchemathesis } from '../support/oracle-schemathesis.js';
import { tableIn } from '../support/oracle-tables.js';
import { createKeeper } from '../support/processes.js';
import { sample } from '../support/sample.js';
import { beforeAllWithTool } from '../support/tools.js';

const spec = loadSpec();
const inOrder = ['--phases', 'examples,coverage'];
const operations = sample([...spec.operations.keys()], (id) => id, 24);
const only = (ids: readonly string[]) => ids.flatMap((id) => ['--include-operation-id', id]);

describe('Schemathesis', () => {
  const keeper = createKeeper();
  const ran = beforeAllWithTool(
    async () =>
      runSchemathesis((await keeper.serve()).url, [...inOrder, ...only(operations)], 200_000),
    540_000,
  );

  it('tries every one of these operations to the end', () => {
    const { length } = operations;
    const counts = { tested: length, errored: 0 };
    expect(ran().summary).toMatchObject({
      complete: true,
      stop_reason: 'completed',
      operations: counts,
      errors: [],
    });
  });

  it('gets no server error, and no answer outside the document', () => {
    expect(ran().findings.filter(({ code }) => code.startsWith('ST1'))).toEqual([]);
  });

  it('finds nothing but what docs/oracles.md explains', () => {
    const explained = ['Explained', 'Open'].flatMap((heading) =>
      tableIn('docs/oracles.md', heading),
    );
    const unexplained = ran().findings.filter(
      (finding) =>
        !explained.some(
          ([code, answer, operations]) =>
            code === finding.code &&
            answer === answerOf(finding) &&
            (operations === 'any' || operations?.split(', ').includes(idOf(finding))),
        ),
    );
    expect(unexplained).toEqual([]);
  });
});
