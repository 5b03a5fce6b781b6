// Before the tests that start programs: says what they need, and refuses a built program that is
// older than its sources, since it would prove nothing.
import { isStale } from '../../scripts/stale.mjs';

export default function setup(): void {
  if (isStale())
    throw new Error('dist/ is missing or older than its sources.\n  fix: npm run build');
  console.log(
    'These tests start programs. They need curl, bash, Chromium, and Python with venv and requests.\n' +
      'The first time they install, under .venv/, Schemathesis, the client of the vendor, pytest and a YAML language server; and, in\n' +
      'temporary folders, the package with vitest, jest, msw and Playwright. Later runs find them there or in npm’s cache.\n',
  );
}
