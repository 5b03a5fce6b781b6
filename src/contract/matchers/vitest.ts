// Adds the matchers to vitest's `expect`, and to its types: import it in a test or in `setupFiles`.
import { expect } from 'vitest';
import { type ContractMatchers, matchers } from './matchers.js';

export * from './matchers.js';

expect.extend(matchers);

declare module 'vitest' {
  interface Assertion<T> extends ContractMatchers<void, T> {}
}
