import { defineConfig } from '@playwright/test';

const port = process.env.PORT ?? '5173';
const url = `http://127.0.0.1:${port}`;

export default defineConfig({
  testDir: 'e2e',
  use: {
    baseURL: url,
    // A Chromium of the system, if there is one, in place of the one that Playwright downloads.
    launchOptions: { executablePath: process.env.CHROMIUM_PATH },
  },
  webServer: { command: `npx vite --host 127.0.0.1 --port ${port} --strictPort`, url },
});
