// Adds the matchers for requests and recovery to vitest's `expect`, and to its types.
import { expect } from 'vitest';
import { type RecoveryMatchers, recoveryMatchers } from './recovery.js';

export * from './recovery.js';

expect.extend(recoveryMatchers);

declare module 'vitest' {
  interface Assertion<T> extends RecoveryMatchers {}
}
