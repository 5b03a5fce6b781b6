import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { exportArazzo } from '../../../src/contract/export/export.js';
import { loadContracts } from '../../../src/contract/tables/load.js';
import { stringifyYaml } from '../../../src/files/yaml.js';
import { loadSpec } from '../../../src/shipped/document.js';
import { projectFolder, runCommand } from '../../support/processes.js';
import { sample } from '../../support/sample.js';

it('the export is valid Arazzo, without extensions of ours', async () => {
  const spec = loadSpec();
  const folder = mkdtempSync(join(tmpdir(), 'understudy-arazzo-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const file = join(folder, 'export.arazzo.yaml');
  const contracts = loadContracts(spec);
  const tables = sample(contracts.tables, ({ operation }) => operation, 6);
  const { document } = exportArazzo(
    spec,
    { ...contracts, tables },
    { documentUrl: 'document.json' },
  );
  const text = stringifyYaml(document);
  expect(text).not.toMatch(/^\s*x-/m);
  writeFileSync(file, text);
  const cli = join(projectFolder, 'node_modules/@redocly/cli/bin/cli.js');
  const linted = await runCommand(process.execPath, [cli, 'lint', file, '--format', 'json'], {
    withinMs: 60_000,
  });
  expect(JSON.parse(linted.stdout.slice(linted.stdout.indexOf('{')))).toMatchObject({
    totals: { errors: 0, warnings: 0 },
  });
});
