// Redocly Respect: plays our contracts as far as plain Arazzo can say them, which is what
// `understudy contracts export` writes, with the rows from the edges of the schemas besides.
// Statuses and criteria as exported; its checks of status, schema and media type are on.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { exportArazzo, inputsOf, planRows } from '../../dist/inside.js';
import { runProgram } from '../children.mjs';
import { contracts, profile, spec } from '../plays.mjs';
import { installedVersion } from './installed.mjs';

const cli = fileURLToPath(new URL('../../node_modules/@redocly/cli/bin/cli.js', import.meta.url));
const documentUrl = fileURLToPath(new URL('../../generated/document.json', import.meta.url));
const document = /** @type {{ workflows: readonly any[] }} */ (
  exportArazzo(spec, contracts, { documentUrl }).document
);
const input = JSON.stringify(inputsOf(profile, 'understudy-respect'));

/** The operation that a row is about; a lifecycle is about none in particular. */
const operationOfRow = new Map(
  planRows(spec, contracts).map(({ operation }, i) => [`row_${i + 1}`, operation]),
);

export const respect = {
  key: 'respect',
  title: `Respect ${installedVersion('@redocly/cli')} on our export`,
  prepare: async () => {},
  /**
   * Only workflows that call one of the operations; no other can show a drift in them. The rows
   * about them go first.
   */
  async *ask(serve, operations) {
    const touching = document.workflows.filter(
      ({ steps }) =>
        !operations || steps.some(({ operationId }) => operations.includes(operationId)),
    );
    const isAbout = ({ workflowId }) =>
      !operations || operations.includes(operationOfRow.get(workflowId));
    for (const workflows of [
      touching.filter(isAbout),
      touching.filter((workflow) => !isAbout(workflow)),
    ])
      if (workflows.length > 0) yield play(await serve(), workflows);
  },
};

async function play(url, workflows) {
  const cwd = mkdtempSync(join(tmpdir(), 'respect-'));
  try {
    // JSON is YAML.
    writeFileSync(join(cwd, 'export.arazzo.yaml'), JSON.stringify({ ...document, workflows }));
    const files = ['export.arazzo.yaml', '--json-output', 'respect.json'];
    const flags = [
      '--server',
      `aitronos=${url}`,
      '--input',
      input,
      '--max-steps',
      '100000',
      '--no-secrets-masking',
    ];
    const env = {
      ...process.env,
      REDOCLY_TELEMETRY: 'off',
      REDOCLY_SUPPRESS_UPDATE_NOTICE: 'true',
      NO_COLOR: '1',
    };
    const { code, output } = await runProgram(
      process.execPath,
      [cli, 'respect', ...files, ...flags],
      {
        cwd,
        env,
        withinMs: 600_000,
      },
    );
    // 1 says that something failed, which the report says too.
    if (code !== 0 && code !== 1)
      throw new Error(`redocly respect ended with ${code}:\n${output.slice(-2000)}`);
    const [played] = Object.values(
      JSON.parse(readFileSync(join(cwd, 'respect.json'), 'utf8')).files,
    );
    if (played.executedWorkflows.length !== workflows.length)
      throw new Error(
        `redocly respect played ${played.executedWorkflows.length} of ${workflows.length} workflows:\n${output.slice(-2000)}`,
      );
    return played.executedWorkflows.flatMap((workflow) => failuresOf(workflow, workflows));
  } finally {
    rmSync(cwd, { recursive: true, force: true });
  }
}

function failuresOf({ workflowId, executedSteps }, workflows) {
  const { steps } = workflows.find((workflow) => workflow.workflowId === workflowId);
  return executedSteps.flatMap(({ stepId, checks }) => {
    const { operationId } = steps.find((step) => step.stepId === stepId);
    return checks
      .filter(({ status }) => status === 'error')
      .map(({ name, condition }) => ({
        // As with the kit, what a criterion says of the state afterwards speaks for the operation
        // that the row is about.
        operations: [operationId, condition && operationOfRow.get(workflowId)],
        what: [workflowId, stepId, name, condition].filter(Boolean).join(' '),
      }));
  });
}
