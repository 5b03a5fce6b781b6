// Adds the matchers to jest's global `expect`, and to its types: import it in a test or in
// `setupFilesAfterEnv`.
import { extendGlobalExpect } from './global-expect.js';
import { type ContractMatchers, matchers } from './matchers.js';

export * from './matchers.js';

extendGlobalExpect(matchers, 'matchers', 'understudy/matchers');

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
