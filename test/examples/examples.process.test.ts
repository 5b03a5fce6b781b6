// The example without a browser and another language, as it stands, with the built package beside
// it. examples.long.test.ts installs the packed one in each example.
import { cpSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { putPackage } from '../support/package-consumer.js';
import { projectFolder, runCommand } from '../support/processes.js';

mkdirSync(join(projectFolder, '.venv'), { recursive: true });
const folder = mkdtempSync(join(projectFolder, '.venv/example-'));
afterAll(() => rmSync(folder, { recursive: true }));

it('vitest-msw passes its own tests', async () => {
  cpSync(join(projectFolder, 'examples/vitest-msw'), folder, { recursive: true });
  // No link: vitest would compile the package, since it lies in no node_modules/ then.
  putPackage(folder);
  const vitest = join(projectFolder, 'node_modules/vitest/vitest.mjs');
  const { code, stdout, stderr } = await runCommand(
    process.execPath,
    [vitest, 'run', '--root', folder, '--no-color'],
    { withinMs: 120_000 },
  );
  expect([code, stdout], stderr).toEqual([0, expect.stringMatching(/Tests +3 passed/)]);
});
