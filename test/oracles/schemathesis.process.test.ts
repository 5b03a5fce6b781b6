// Schemathesis in its short form: the document's examples, and every boundary and violation of every schema in a fixed order.
// schemathesis.long.test.ts adds the random phases, and shows of every check that it would see.
import { describe, expect, it } from 'vitest';
import { loadSpec } from '../../src/shipped/document.js';
import { type Asked, pathOf, serveWithPlants, spoil } from '../support/oracle-plants.js';
import { answerOf, idOf, runSchemathesis } from '../support/oracle-schemathesis.js';
import { tableIn } from '../support/oracle-tables.js';
import { createKeeper } from '../support/processes.js';
import { beforeAllWithTool } from '../support/tools.js';

const spec = loadSpec();
const inOrder = ['--phases', 'examples,coverage'];

describe('Schemathesis', () => {
  const keeper = createKeeper();
  const ran = beforeAllWithTool(async () => runSchemathesis((await keeper.serve()).url, inOrder, 200_000), 540_000);

  it('tries every operation to the end', () => {
    const { size } = spec.operations;
    const operations = { total: size, tested: size, errored: 0, skipped: 0 };
    expect(ran().summary).toMatchObject({ complete: true, stop_reason: 'completed', operations, errors: [] });
  });

  it('gets no server error, and no answer outside the document', () => {
    expect(ran().findings.filter(({ code }) => code.startsWith('ST1'))).toEqual([]);
  });

  it('finds nothing but what docs/oracles.md explains', () => {
    const explained = ['Explained', 'Open'].flatMap((heading) => tableIn('docs/oracles.md', heading));
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

  it('would see a field that is missing', async () => {
    const isList = (asked: Asked) => asked.method === 'GET' && pathOf(asked) === '/v1/threads';
    const server = await serveWithPlants([
      { on: isList, answer: spoil(({ body }) => ({ body: body.replace('"has_more"', '"more"') })) },
    ]);
    const { findings } = await runSchemathesis(server.url, [...inOrder, '--include-operation-id', 'listThreads'], 100_000);
    server.close();
    expect(findings.map((finding) => `${finding.code} ${idOf(finding)}`)).toContain('ST108 listThreads');
  });
});
