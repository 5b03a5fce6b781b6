// README, followed in a copy of the project as it is built, with the tools that are installed here.
// walk.long.test.ts starts from nothing and follows every page.
import { symlinkSync, utimesSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll } from 'vitest';
import { removeFolders } from '../support/package-consumer.js';
import { projectFolder } from '../support/processes.js';
import { beforeAllWithTool } from '../support/tools.js';
import { arrive, follow, testsTogether } from './newcomer.js';

const place = beforeAllWithTool(async () => {
  const newcomer = await arrive(
    /^(node_modules|dist\..*|coverage|contract-report|\.venv|\.git|test|bench|mutation)(\/|$)/,
    [],
  );
  // Above both, where Node and npx look as well: the tools of a project that has installed its own.
  symlinkSync(join(projectFolder, 'node_modules'), join(dirname(newcomer.clone), 'node_modules'));
  const now = new Date();
  utimesSync(join(newcomer.clone, 'dist'), now, now); // so that nothing is built again
  return newcomer;
}, 600_000);
afterAll(removeFolders);

follow(['README.md'], place, testsTogether);
