// How many refusals that a state reaches have a way out: all of them are brought about, and each way is
// gone for real. docs/why.md has the figures.
import { spawnSync } from 'node:child_process';

const { status } = spawnSync(
  'npx',
  ['vitest', 'run', '--project', 'provoked', 'test/why/ways-out.provoked.test.ts'],
  { stdio: 'inherit', env: { ...process.env, WHOLE_TESTS: 'true' } },
);
process.exit(status ?? 1);
