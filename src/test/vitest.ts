// vitest's `test` with a world for each test, which costs a fork of a scenario that is loaded once.
// What a test has asked stands in the report when it fails.
import { type TestAPI, test as vitestTest } from 'vitest';
import { createUnderstudy, type Understudy, type UnderstudyOptions } from '../index.js';
import { lintTest, type TestLint } from './lint.js';
import { createTestWorld, describeJournal, type TestWorld } from './world.js';

export type { TestLint } from './lint.js';
export type { TestWorld } from './world.js';

export interface TestFixtures {
  /** The mock server that all of these tests share. */
  readonly understudy: Understudy;
  /** Whether a test fails that shows a bug of the client. */
  readonly lint: TestLint | boolean;
  /** The test's own world. */
  readonly world: TestWorld;
}

declare module 'vitest' {
  interface TaskMeta {
    /** What a failed test has asked of its world, for reporters. */
    understudy?: { readonly world: string; readonly journal: readonly object[] };
  }
}

export interface TestOptions extends UnderstudyOptions {
  /** Whether a test fails that shows a bug of the client. Default `false`. */
  readonly lint?: TestLint | boolean;
}

/** vitest's `test` for a mock server with these options; made when a test first wants it. */
export function understudyTest({
  lint = false,
  ...options
}: TestOptions = {}): TestAPI<TestFixtures> {
  let shared: Understudy | undefined;
  // Fixtures as an object: the builder of vitest 4.1 is not there in vitest 3.
  return vitestTest.extend<TestFixtures>({
    // biome-ignore lint/correctness/noEmptyPattern: vitest reads which fixtures are wanted from it.
    understudy: async ({}, use) => {
      shared ??= createUnderstudy(options);
      await use(shared);
    },
    // biome-ignore lint/correctness/noEmptyPattern: as above.
    lint: async ({}, use) => {
      await use(lint);
    },
    world: async ({ understudy, lint, task, onTestFailed, onTestFinished }, use) => {
      const world = createTestWorld(understudy, task.name);
      const errorsBefore = task.result?.errors?.length ?? 0;
      // vitest tells twice of what a fixture throws in the end.
      onTestFinished(() => {
        // What has failed shows its own error.
        const hasPassed = (task.result?.errors?.length ?? 0) === errorsBefore;
        const found = hasPassed ? lintTest(world, lint) : undefined;
        if (found) throw found;
      });
      onTestFailed(() => {
        task.meta.understudy = {
          world: world.name,
          journal: JSON.parse(JSON.stringify(world.journal)),
        };
        // A test that has failed takes no more annotations, but its errors are still to be shown.
        const error = task.result?.errors?.[errorsBefore];
        const told = describeJournal(world);
        if (error && told !== '') append(error, `\n\n${told}`);
      });
      await use(world);
      understudy.worlds.delete(world.name);
    },
  });
}

/** Some reporters print the message, others the stack, which begins with it. */
function append(error: { message: string; stack?: string }, text: string): void {
  const message = `${error.message}${text}`;
  if (error.stack !== undefined) error.stack = error.stack.replace(error.message, () => message);
  error.message = message;
}

export const test = understudyTest();
