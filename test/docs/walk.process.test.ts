// README, followed in a copy of the project as it is built, with the
// tools that are installed. walk.long.test.ts starts from nothing and follows every page.
import { symlinkSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll } from 'vitest';
import { removeFolders } from '../support/package-consumer.js';
import { projectFolder } from '../support/processes.js';
import { beforeAllWithTool } from '../support/tools.js';
import { arrive, follow } from './newcomer.js';

const place = beforeAllWithTool(async () => {
  const newcomer = await arrive(
    /^(node_modules|dist\..*|coverage|contract-report|\.venv|\.git)(\/|$)/,
    ['vitest@4.1.12', 'vite@8', 'msw@2.15.0'],
  );
  symlinkSync(join(projectFolder, 'node_modules'), join(newcomer.clone, 'node_modules'));
  const now = new Date();
  utimesSync(join(newcomer.clone, 'dist'), now, now); // so that nothing is built again
  return newcomer;
}, 600_000);
afterAll(removeFolders);

follow(['README.md'], place);
