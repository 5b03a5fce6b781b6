// Playwright's `test` with a world for each test: what its pages send to the API is answered by that
// world, without a port, and stands in the report when the test fails.
import {
  type BrowserContext,
  test as playwrightTest,
  type Route,
  type TestInfo,
  type TestType,
} from '@playwright/test';
import { createUnderstudy, type Understudy, type UnderstudyOptions } from '../index.js';
import { lintTest, type TestLint } from './lint.js';
import { createTestWorld, describeJournal, type TestWorld } from './world.js';

export type { TestLint } from './lint.js';
export type { TestWorld } from './world.js';

export interface WorldFixtures {
  /** Where the pages under test send what is for the API; an option of the project. */
  readonly apiUrl: string;
  /** Whether a test fails that shows a bug of the client; an option of the project. Default `false`. */
  readonly lint: TestLint | boolean;
  /** The test's own world. */
  readonly world: TestWorld;
}

export interface ServerFixtures {
  /** The mock server of this worker, in which each test has its world. */
  readonly understudy: Understudy;
}

type Base = typeof playwrightTest;
type Extended =
  Base extends TestType<infer Test, infer Worker>
    ? TestType<Test & WorldFixtures, Worker & ServerFixtures>
    : never;

/** Playwright's `test` for mock servers with these options, one in each worker. */
export function understudyTest(options: UnderstudyOptions = {}): Extended {
  return playwrightTest.extend<WorldFixtures, ServerFixtures>({
    apiUrl: ['https://api.aitronos.com', { option: true }],
    lint: [false, { option: true }],
    understudy: [
      // biome-ignore lint/correctness/noEmptyPattern: Playwright reads which fixtures are wanted from it.
      async ({}, use) => {
        const understudy = createUnderstudy(options);
        await use(understudy);
        await understudy.close();
      },
      { scope: 'worker' },
    ],
    world: [
      async ({ understudy, context, apiUrl, lint }, use, testInfo) => {
        const world = createTestWorld(understudy, testInfo.title);
        await answerRequests(context, world, apiUrl);
        await use(world);
        // What has failed shows its own error.
        const found = testInfo.status === 'passed' ? lintTest(world, lint) : undefined;
        if (found || testInfo.status !== testInfo.expectedStatus)
          await attachJournal(testInfo, world);
        understudy.worlds.delete(world.name);
        if (found) throw found;
      },
      { auto: true },
    ],
  });
}

const answerRequests = (context: BrowserContext, world: TestWorld, url: string): Promise<unknown> =>
  context.route(
    (asked) => asked.href.startsWith(`${url.replace(/\/+$/, '')}/`),
    (route) => answer(route, world),
  );

async function answer(route: Route, { fetch }: TestWorld): Promise<void> {
  const request = route.request();
  const headers = Object.entries(await request.allHeaders());
  const body = request.postDataBuffer();
  try {
    const response = await fetch(request.url(), {
      method: request.method(),
      // Those of HTTP/2, such as `:authority`, are no header fields.
      headers: headers.filter(([name]) => !name.startsWith(':')),
      ...(body === null ? {} : { body: new Uint8Array(body) }),
    });
    await route.fulfill({
      status: response.status,
      headers: Object.fromEntries(response.headers),
      body: Buffer.from(await response.arrayBuffer()),
    });
  } catch (error) {
    // A connection that is lost on purpose.
    if (!(error instanceof TypeError)) throw error;
    await route.abort('connectionreset');
  }
}

/** For people, and whole for tools. */
async function attachJournal(testInfo: TestInfo, world: TestWorld): Promise<void> {
  const body = describeJournal(world);
  if (body === '') return;
  await testInfo.attach('understudy-requests', { body, contentType: 'text/plain' });
  await testInfo.attach('understudy-journal.json', {
    body: JSON.stringify(world.journal, null, 2),
    contentType: 'application/json',
  });
}

export const test = understudyTest();
export { expect } from '@playwright/test';
