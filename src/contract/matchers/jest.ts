// Adds the matchers to jest's global `expect`, and to its types: import it in a test or in
// `setupFilesAfterEnv`.
import { type ContractMatchers, matchers } from './matchers.js';

export * from './matchers.js';

const { expect } = globalThis as { expect?: { extend(matchers: object): void } };
if (!expect)
  throw new Error(
    'There is no global expect, so this is no test of jest, or its injectGlobals is off. Import { matchers } from understudy/matchers, and call expect.extend(matchers) with the expect of your test.',
  );
expect.extend(matchers);

// The types of the global expect are those of @types/jest.
declare global {
  namespace jest {
    interface Matchers<R, T> extends ContractMatchers<R, T> {}
  }
}

// Those of the expect of @jest/globals. Where nobody finds the package, nobody needs them.
// biome-ignore lint/suspicious/noTsIgnore: for @ts-expect-error the package would have to be missing.
/** @ts-ignore */
declare module 'expect' {
  interface Matchers<R extends void | Promise<void>, T> extends ContractMatchers<R, T> {}
}
