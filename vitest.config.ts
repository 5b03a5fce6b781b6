import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    globalSetup: ['test/support/record-provocations.ts'],
    // Programs are started and waited for; a slow machine is no failure.
    testTimeout: 180_000,
    hookTimeout: 300_000,
  },
});
