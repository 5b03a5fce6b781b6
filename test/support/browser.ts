// A page in a real browser, which is gone afterwards with everything that it started.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createKeeper } from './processes.js';

type Browser = ReturnType<ReturnType<typeof createKeeper>['start']>;

export function createBrowsers() {
  const keeper = createKeeper();

  async function withBrowser<Result>(
    chromium: string,
    more: readonly string[],
    use: (browser: Browser) => Promise<Result>,
  ): Promise<Result> {
    const home = mkdtempSync(join(tmpdir(), 'understudy-browser-'));
    const quiet = [
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      '--disable-quic',
    ];
    const contained = [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-dev-shm-usage',
      '--no-first-run',
      '--no-proxy-server',
    ];
    const args = [
      '--headless',
      ...contained,
      ...quiet,
      `--user-data-dir=${join(home, 'profile')}`,
      ...more,
    ];
    const browser = keeper.start(chromium, args, { env: { HOME: home } });
    try {
      return await use(browser);
    } finally {
      await browser.stop('SIGKILL');
      rmSync(home, { recursive: true, force: true, maxRetries: 5 });
    }
  }

  return {
    withBrowser,
    /** Shows the page until the probe finds something. */
    browse: <Found>(
      chromium: string,
      url: string,
      probe: () => Found | undefined,
    ): Promise<Found> =>
      withBrowser(chromium, [url], (browser) =>
        browser.until('the report of the page', probe, 60_000),
      ),
  };
}
