import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    globalSetup: ['test/support/record-provocations.ts'],
    // As many as there are cores: most of the time is spent waiting for other programs.
    maxWorkers: '100%',
    // Programs are started and waited for; a slow machine is no failure.
    testTimeout: 180_000,
    hookTimeout: 300_000,
  },
});
