import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

const filesOf = (project: string) => `test/**/*.${project}.test.ts`;
const needsMore = ['provoked', 'process', 'long'];
const starting = ['test/support/prepare-process.ts'];

/**
 * Small files that take seconds. Where nothing is known of earlier runs, as in CI, vitest begins with
 * the largest files; with these at the end, one worker would be at work and the others not.
 */
const longButSmall = [
  'contract/run/second-server',
  'contract/run/side-by-side',
  'contract/run/spares',
  'contract/run/reading',
  'engine/journal-bounds',
  'engine/soak',
  'scenario/write',
  'worlds/at-once',
  'worlds/rounds',
].map((file) => `/test/${file}.test.ts`);

class LongFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const isLong = ({ moduleId }: TestSpecification): boolean =>
      longButSmall.some((file) => moduleId.endsWith(file));
    const sorted = await super.sort(files);
    // Only those of `unit`, the last project: it is at its end that workers would wait.
    const first = sorted.findIndex(({ project }) => project.name === 'unit');
    if (first < 0) return sorted;
    const [others, unit] = [sorted.slice(0, first), sorted.slice(first)];
    return [...others, ...unit.filter(isLong), ...unit.filter((file) => !isLong(file))];
  }
}

// The name of a test's file says which project it belongs to.
export default defineConfig({
  test: {
    // One more than there are cores: part of the time they wait for programs.
    maxWorkers: availableParallelism() + 1,
    sequence: { sequencer: LongFirst },
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
