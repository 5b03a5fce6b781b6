import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';

const filesOf = (project: string) => `test/**/*.${project}.test.ts`;
const needsMore = ['provoked', 'process', 'long'];
const starting = ['test/support/prepare-process.ts'];

// The name of a test's file says which project it belongs to.
export default defineConfig({
  test: {
    // One more than there are cores: part of the time they wait for programs.
    maxWorkers: availableParallelism() + 1,
    // Programs are started and waited for; a slow machine is no failure.
    testTimeout: 180_000,
    hookTimeout: 300_000,
    projects: [
      // In this process, and nothing has to be there but what `npm install` leaves. The files of a
      // project share what they load, since loading is a third of their time; so none of them may
      // leave anything changed behind.
      {
        extends: true,
        test: {
          name: 'unit',
          include: ['test/**/*.test.ts'],
          exclude: needsMore.map(filesOf),
          isolate: false,
        },
      },
      // With the requests that bring every case about, recorded before; only these tests pay for
      // that.
      {
        extends: true,
        test: {
          name: 'provoked',
          include: [filesOf('provoked')],
          globalSetup: ['test/support/record-provocations.ts'],
          isolate: false,
        },
      },
      // Starts programs: the built command line, npm, curl, Python, a browser.
      {
        extends: true,
        test: {
          name: 'process',
          include: [filesOf('process')],
          globalSetup: starting,
          isolate: false,
        },
      },
      // The same at full length: what takes minutes, of which `process` has a part.
      { extends: true, test: { name: 'long', include: [filesOf('long')], globalSetup: starting } },
    ],
  },
});
