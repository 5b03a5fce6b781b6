// Playwright's `expect` with the matchers for requests and recovery. The one of `@playwright/test` stays
// as it is, so this one is what a test imports.
import { expect as playwrightExpect } from '@playwright/test';
import { recoveryMatchers } from './recovery.js';

export * from './recovery.js';

export const expect = playwrightExpect.extend(recoveryMatchers);
