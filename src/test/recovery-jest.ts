// Adds the matchers for requests and recovery to jest's global `expect`, and to its types: import it
// in a test or in `setupFilesAfterEnv`.
import { extendGlobalExpect } from '../contract/matchers/global-expect.js';
import { type RecoveryMatchers, recoveryMatchers } from './recovery.js';

export * from './recovery.js';

extendGlobalExpect(recoveryMatchers, 'recoveryMatchers', 'understudy/test/recovery');

// The types of the global expect are those of @types/jest.
declare global {
  namespace jest {
    interface Matchers<R, T> extends RecoveryMatchers<R> {}
  }
}

// Those of the expect of @jest/globals. Where nobody finds the package, nobody needs them.
// biome-ignore lint/suspicious/noTsIgnore: for @ts-expect-error the package would have to be missing.
/** @ts-ignore */
declare module 'expect' {
  interface Matchers<R extends void | Promise<void>, T> extends RecoveryMatchers<R> {}
}
