// index.html in a real browser: it works by mouse and by keyboard, in light and in dark, lets no
// foreign script run, and axe finds nothing that keeps people out.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Browser, chromium, type Page } from 'playwright-core';
import { afterAll, describe, expect, it, onTestFinished } from 'vitest';
import { toHtml } from '../../../src/contract/report/page.js';
import { tell } from '../../../src/contract/report/telling.js';
import { alteredRun, inBody } from '../../support/altered.js';
import { itFirst, itInFull, whole } from '../../support/sample.js';
import { beforeAllWithTool, findChromium } from '../../support/tools.js';

let launched: Browser | undefined;
afterAll(() => launched?.close());
const prepared = beforeAllWithTool(async () => {
  const browser = await chromium.launch({
    executablePath: findChromium(),
    args: ['--no-sandbox'],
  });
  launched = browser;
  const broken = await alteredRun(
    ['getSpace'],
    inBody((body) => body.replace(/"trace_id":"[^"]*",/, '')),
  );
  return {
    browser,
    failed: toHtml(tell(broken, 'failure')),
  };
}, 120_000);

/** What a browser makes of the page, after its scripts have run. */
async function domOf(html: string): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'understudy-page-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true, maxRetries: 5 }));
  const file = join(folder, 'index.html');
  writeFileSync(file, html);
  return inBrowser(async (page) => {
    await page.goto(`file://${file}`);
    return page.content();
  });
}

async function inBrowser<Result>(use: (page: Page) => Promise<Result>): Promise<Result> {
  const page = await prepared().browser.newPage();
  try {
    return await use(page);
  } finally {
    await page.close();
  }
}

/** Runs a script in the page, without its policy, and returns what it gives to `done`. */
async function inPage<Result>(html: string, script: string): Promise<Result> {
  const open = html.replace(/<meta http-equiv="Content-Security-Policy"[^>]*>/, '');
  return inBrowser(async (page) => {
    await page.setContent(open);
    return page.evaluate<Result>(`new Promise((done) => { ${script} })`);
  });
}

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

describe('the page of a report, in a browser', () => {
  it('runs its own script under its policy, and no other', async () => {
    const foreign = "<script>document.title = 'taken over'</script>";
    const dom = await domOf(prepared().failed.replace('</main>', `${foreign}</main>`));
    expect(dom).toMatch(/<span id="shown"[^>]*>(\d+) of \1 rows</);
    expect(dom).toContain('<title>Failed: ');
  });

  // Nothing but the colours is different in the dark.
  const schemes = [
    ['light', {}],
    ['dark', { runOnly: ['color-contrast'] }],
  ] as const;
  itFirst(1).each(schemes)(
    'has nothing that axe objects to, when it is %s',
    async (scheme, rules) => {
      const html = prepared().failed.replaceAll(
        '(prefers-color-scheme: dark)',
        scheme === 'dark' ? 'screen' : 'speech',
      );
      const violations = await inPage<readonly string[]>(
        html,
        `${axe}
const alike = ['[data-row]', '.wide tbody tr', 'details[id^=operation-]'].map((these) => [...document.querySelectorAll(these)]);
if (alike.some((these) => these.length < 20)) done(['not found: ' + alike.map((these) => these.length)]);
if (!${whole}) for (const these of alike) for (const one of these.slice(10)) one.remove();
for (const details of document.querySelectorAll('details')) details.open = true;
axe.run(${JSON.stringify(rules)}).then(
  ({ violations }) => done(violations.map(({ id, nodes }) => id + ': ' + nodes[0].html + ' ' + nodes[0].failureSummary)),
  (error) => done([String(error)]),
);`,
      );
      expect(violations).toEqual([]);
    },
  );

  it('finds rows by words and by result, and says how many', async () => {
    const shown = await inPage<readonly string[]>(
      prepared().failed,
      `const search = document.getElementById('search'), result = document.getElementById('result');
const status = () => document.getElementById('shown').textContent;
const type = (element, value) => { element.value = value; element.dispatchEvent(new Event('input')); return status(); };
const all = status();
const visible = () => [...document.querySelectorAll('[data-row]')].filter((row) => !row.hidden);
const wrong = type(result, 'wrong');
const isWrong = visible().every((row) => row.dataset.result === 'wrong');
const none = type(search, 'viewer no-such-word');
const some = type(search, 'VIEWER getspace');
const isViewer = visible().every((row) => /viewer/.test(row.textContent));
type(result, '');
document.dispatchEvent(new KeyboardEvent('keydown', { key: '/', bubbles: true }));
const focused = document.activeElement.id;
search.dispatchEvent(new KeyboardEvent('keydown', { key: 'Escape', bubbles: true }));
done([all === wrong ? 'same' : 'fewer', String(isWrong), none.split(' ')[0], some.split(' ')[0] > 0 ? 'some' : 'none', String(isViewer), focused, status() === all ? 'all again' : status()]);`,
    );
    expect(shown).toEqual(['fewer', 'true', '0', 'some', 'true', 'search', 'all again']);
  });

  itInFull(
    'leads from a finding to its row, which a filter or a closed group does not hide',
    async () => {
      const led = await inPage<readonly boolean[]>(
        prepared().failed,
        `const link = document.querySelector('article a[href^="#row-"]');
const row = document.getElementById(link.getAttribute('href').slice(1));
const search = document.getElementById('search');
search.value = 'no-such-word'; search.dispatchEvent(new Event('input'));
const before = row.checkVisibility();
link.click();
setTimeout(() => done([before, row.checkVisibility(), document.activeElement === row]), 200);`,
      );
      expect(led).toEqual([false, true, true]);
    },
  );

  itInFull('can be used by the keyboard alone: whatever is clicked takes the focus', async () => {
    const lost = await inPage<readonly string[]>(
      prepared().failed,
      `for (const details of document.querySelectorAll('details')) details.open = true;
const controls = [...document.querySelectorAll('a, button, summary, input, select')];
done(controls.filter((control) => { control.focus(); return document.activeElement !== control; }).map((control) => control.outerHTML).slice(0, 5));`,
    );
    expect(lost).toEqual([]);
  });
});
