// Redocly Respect plays exported contracts against a listening mock server. It shares no code with
// us.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished } from 'vitest';
import { exportArazzo, inputsOf } from '../../src/contract/export/export.js';
import { parseProfile } from '../../src/contract/run/profile.js';
import { loadContracts } from '../../src/contract/tables/load.js';
import type { Contracts } from '../../src/contract/tables/table.js';
import { stringifyYaml } from '../../src/files/yaml.js';
import { createUnderstudy } from '../../src/index.js';
import { loadSpec } from '../../src/shipped/document.js';
import { projectFolder, runCommand } from './processes.js';

interface RespectStep {
  readonly stepId: string;
  readonly checks: readonly { readonly status: string; readonly message: string }[];
}
interface RespectWorkflow {
  readonly workflowId: string;
  readonly status: string;
  readonly executedSteps: readonly RespectStep[];
}

const spec = loadSpec();
export const contracts = loadContracts(spec);
const profile = parseProfile(
  readFileSync('contracts/understudy.profile.yaml', 'utf8'),
  'understudy.profile.yaml',
  {},
);

/** What Respect says, and what the mock server, with a drift or none, saw of it. */
export async function respect(contractsPlayed: Contracts, drift?: string) {
  let seen = 0;
  const folder = mkdtempSync(join(tmpdir(), 'understudy-respect-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const understudy = createUnderstudy({
    ...(drift === undefined ? {} : { drift }),
    onExchange: () => void seen++,
  });
  onTestFinished(() => understudy.close());
  const { url } = await understudy.listen({ port: 0 });
  const file = join(folder, 'export.arazzo.yaml');
  const output = join(folder, 'respect.json');
  const { document } = exportArazzo(spec, contractsPlayed, {
    documentUrl: join(projectFolder, 'generated/document.json'),
  });
  writeFileSync(file, stringifyYaml(document));
  const cli = join(projectFolder, 'node_modules/@redocly/cli/bin/cli.js');
  const input = JSON.stringify(inputsOf(profile, 'understudy-respect'));
  const flags = [
    '--server',
    `aitronos=${url}`,
    '--input',
    input,
    '--max-steps',
    '20000',
    '--json-output',
    output,
  ];
  const { code } = await runCommand(process.execPath, [cli, 'respect', file, ...flags], {
    withinMs: 280_000,
  });
  const [played] = Object.values(
    (
      JSON.parse(readFileSync(output, 'utf8')) as {
        files: Record<string, { totalRequests: number; executedWorkflows: RespectWorkflow[] }>;
      }
    ).files,
  );
  if (!played) throw new Error('Respect played nothing.');
  const failed = played.executedWorkflows.flatMap(({ workflowId, executedSteps }) =>
    executedSteps.flatMap(({ stepId, checks }) =>
      checks
        .filter(({ status }) => status === 'error')
        .map(({ message }) => ({ workflowId, stepId, message })),
    ),
  );
  const workflows = (document as { workflows: readonly { steps: readonly unknown[] }[] }).workflows;
  return {
    code,
    failed,
    seen,
    requests: played.totalRequests,
    played: played.executedWorkflows.length,
    workflows,
  };
}

/** Every exported workflow passes, and the mock server saw every request. */
export async function expectEveryWorkflowToPass(contractsPlayed: Contracts): Promise<void> {
  const { code, failed, seen, requests, played, workflows } = await respect(contractsPlayed);
  expect(failed).toEqual([]);
  expect(code).toBe(0);
  expect(played).toBe(workflows.length);
  const steps = workflows.reduce((sum, workflow) => sum + workflow.steps.length, 0);
  expect({ requests, seen }).toEqual({ requests: steps, seen: steps });
}
