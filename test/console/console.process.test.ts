// The console as a person uses it, in Chromium: the built page, on a server in this process. Without
// WHOLE_TESTS, each view is opened and does one thing.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ControlClient } from '../../src/control/client.js';
import { createUnderstudy, type Understudy, type UnderstudyOptions } from '../../src/index.js';
import { runCommand } from '../support/processes.js';
import { describeInFull, itInFull, whole } from '../support/sample.js';
import { beforeAllWithTool, findChromium } from '../support/tools.js';

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

const browser = beforeAllWithTool(
  () => chromium.launch({ executablePath: findChromium(), args: ['--no-sandbox'] }),
  60_000,
);
let launched: Browser | undefined;
afterAll(() => launched?.close());

let understudy: Understudy;
let url: string;
/** Of all pages: each server is an origin of its own, so they have nothing in common. */
let context: BrowserContext | undefined;
let page: Page;
/** What the browser has complained of, and where it has asked. */
let complaints: string[];
let asked: Set<string>;

async function open(options: UnderstudyOptions = {}): Promise<void> {
  launched = browser();
  understudy = createUnderstudy(options);
  ({ url } = await understudy.listen({ port: 0 }));
  await show();
}

async function show(): Promise<void> {
  context ??= await browser().newContext({ viewport: { width: 1280, height: 800 } });
  context.setDefaultTimeout(60_000);
  page = await context.newPage();
  complaints = [];
  asked = new Set();
  page.on('pageerror', ({ message }) => complaints.push(message));
  page.on('console', (message) => {
    if (message.type() === 'error') complaints.push(message.text());
  });
  page.on('request', (request) => asked.add(new URL(request.url()).origin));
}

/** What axe finds. */
async function faultsOf(): Promise<readonly string[]> {
  await page.evaluate(axe);
  return page.evaluate(async () => {
    const { violations } = await (
      globalThis as unknown as {
        axe: { run(): Promise<{ violations: { id: string; nodes: { html: string }[] }[] }> };
      }
    ).axe.run();
    return violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`);
  });
}

beforeEach(() => open());
afterEach(async () => {
  await page.close();
  await understudy.close();
});

const to = (hash = '') => page.goto(`${url}/__admin/${hash && `#/${hash}`}`);
const call = (method: string, path: string, body?: object, key = 'ak_owner') =>
  fetch(url + path, {
    method,
    headers: {
      'x-api-key': key,
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
const attach = '/v1/spaces/space_abc123/vector-stores/vs_def456';
const button = (name: string | RegExp) => page.getByRole('button', { name, exact: true });
const detail = () => page.locator('.detail');
const rows = () => page.locator('.table-row');
const says = (text: string | RegExp) => page.getByText(text).first().waitFor();

describe('the page', () => {
  it('is linked from the home page, comes whole from its server, and lets nothing in', async () => {
    await page.goto(url);
    await page.getByRole('link', { name: /console/i }).click();
    await says('Live');
    expect(asked).toEqual(new Set([url]));
    expect(complaints).toEqual([]);
    const response = await fetch(`${url}/__admin/`);
    const policy = response.headers.get('content-security-policy') ?? '';
    expect(policy).toContain("default-src 'none'");
    expect(policy).not.toMatch(/unsafe|\*|https?:|data:/);
    expect(await response.text()).not.toMatch(/<script[^>]*>[^<]|<style| on\w+=/);
    // The folder without its slash, as people type it.
    await page.goto(`${url}/__admin`);
    await says('Live');
    expect(page.url()).toBe(`${url}/__admin/`);
  });

  it('is not there where the control plane is not', async () => {
    const off = createUnderstudy({ admin: false });
    expect((await off.fetch('/__admin/')).status).toBe(404);
    const home = await off.fetch('/', { headers: { accept: 'text/html' } });
    expect(await home.text()).not.toContain('__admin');
  });

  itInFull('asks for the token, and uses it', async () => {
    await page.close();
    await understudy.close();
    await open({ adminToken: 'secret-7' });
    await call('GET', '/v1/spaces/space_abc123');
    await to();
    await says('This server wants its token');
    expect(await page.getByRole('status').allTextContents()).toEqual(['']);
    await page.getByLabel('Token').fill('secret-6');
    await button('Use it').click();
    await says('It is another one than you gave.');
    await page.getByLabel('Token').fill('secret-7');
    await button('Use it').click();
    await expect.poll(() => rows().count()).toBe(1);
  });

  itInFull('says when the server has gone, and goes on when it is back', async () => {
    await to();
    await says('Live');
    await call('GET', '/v1/spaces/space_abc123');
    await expect.poll(() => rows().count()).toBe(1);
    await understudy.close();
    await says('No connection; trying again');
    await understudy.listen({ port: Number(new URL(url).port) });
    await says('Live');
    await call('GET', '/v1/spaces/space_abc123');
    await expect.poll(() => rows().count()).toBe(2);
  });
});

describe('requests', () => {
  it('come as they are made, and open to case, guards, change and exchange', async () => {
    await to();
    await button('Send it').click();
    await expect.poll(() => rows().count()).toBe(1);
    await call('POST', attach);
    await call('POST', attach);
    await expect.poll(() => rows().count()).toBe(3);
    await page.getByText('already_attached').first().click();
    expect(page.url()).toBe(`${url}/__admin/#/default/requests/3`);
    const refused = detail().locator('.guards .refused');
    expect(await refused.textContent()).toContain('already_attached');
    expect(await detail().locator('.guards .passed').count()).toBe(7);
    expect(await detail().textContent()).toContain('RESOURCE_ALREADY_EXISTS');
    expect(await detail().textContent()).toContain('Nothing in the world has changed.');
    await page.keyboard.press('j');
    await detail().locator('.diff').first().waitFor();
    expect(await detail().locator('.diff ins').count()).toBeGreaterThan(3);
    expect(await detail().locator('.diff del').allTextContents()).toContainEqual(
      expect.stringContaining('"last_activity_at": null'),
    );
  });

  it('are text, whatever they hold, and without their credentials', async () => {
    const nasty = '</script><img src=x onerror="document.title=\'broken\'">';
    await call('POST', '/v1/spaces/', { organization_id: 'org_xyz789', name: nasty });
    await call('GET', `/v1/spaces/${encodeURIComponent(nasty)}`);
    await to('default/requests/1');
    await says('"name": ');
    expect(await detail().textContent()).toContain('</script><img src=x onerror=');
    for (const hash of whole
      ? ['default/state/spaces', 'default/requests/2', 'default/cases']
      : ['default/state/spaces']) {
      await to(hash);
      await page.waitForTimeout(300);
      expect(await page.locator('img').count()).toBe(1);
    }
    expect(await page.title()).not.toContain('broken');
    await to('default/requests/1');
    await detail()
      .getByText(/^\d+ headers$/)
      .first()
      .click();
    await says('x-api-key');
    expect(await page.locator('body').textContent()).not.toContain('ak_owner');
    expect(complaints).toEqual([]);
  });

  itInFull('are filtered by words and by kind, with the keyboard alone', async () => {
    await call('GET', '/v1/spaces/space_abc123');
    await call('GET', '/v1/spaces/space_none');
    await call('POST', attach);
    await to();
    await expect.poll(() => rows().count()).toBe(3);
    await page.keyboard.press('/');
    await page.keyboard.type('not_found');
    await expect.poll(() => rows().count()).toBe(1);
    await page.keyboard.press('Escape');
    await expect.poll(() => rows().count()).toBe(3);
    await button('4xx').click();
    await expect.poll(() => rows().count()).toBe(1);
    await button('Changes').click();
    await expect
      .poll(() => rows().allTextContents())
      .toEqual([expect.stringContaining('attached')]);
    await button('All').click();
    await page.getByRole('grid').focus();
    for (const key of ['ArrowDown', 'ArrowDown', 'ArrowDown', 'ArrowUp', 'Enter'])
      await page.keyboard.press(key);
    expect(page.url()).toContain('/requests/2');
    await page.keyboard.press('k');
    await expect.poll(() => detail().textContent()).toContain('#3');
    await page.keyboard.press('Escape');
    await expect.poll(() => page.url()).toMatch(/requests$/);
    await page.keyboard.press('?');
    await says('Move in a table');
    await page.keyboard.press('Escape');
    await page.keyboard.press('4');
    await says('All worlds');
  });

  itInFull('are saved as a HAR file, as far as the filters leave them', async () => {
    await call('GET', '/v1/spaces/space_abc123');
    await call('GET', '/v1/spaces/space_none');
    await call('POST', attach, undefined, 'ak_viewer');
    await to();
    await expect.poll(() => rows().count()).toBe(3);
    await button('4xx').click();
    await page.getByLabel('Filter requests').fill('not_found');
    await expect.poll(() => rows().count()).toBe(1);
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      button('Save HAR').click(),
    ]);
    await says('default.har has 1 request.');
    expect(download.suggestedFilename()).toBe('default.har');
    const { log } = JSON.parse(readFileSync(await download.path(), 'utf8'));
    expect(log.version).toBe('1.2');
    expect(log.entries.map((one: { request: { url: string } }) => one.request.url)).toEqual([
      `${url}/v1/spaces/space_none`,
    ]);
    expect(JSON.stringify(log)).not.toContain('ak_owner');
    expect(complaints).toEqual([]);
  });

  itInFull(
    'of a HAR file are replayed in a fork, which shows where it answers otherwise',
    async () => {
      await call('POST', attach);
      await call('GET', '/v1/spaces/space_none');
      const control = new ControlClient(url);
      const har = await control.har('default');
      const choose = async (text: string) => {
        const [chooser] = await Promise.all([
          page.waitForEvent('filechooser'),
          button('Replay HAR…').click(),
        ]);
        const buffer = Buffer.from(text);
        await chooser.setFiles({ name: 'app.har', mimeType: 'application/json', buffer });
      };
      await to();
      await choose('{"log":{"entries":[{}]}}');
      await says('The HAR has faults.');
      await choose(JSON.stringify(har));
      await says('2 requests replayed in default-replay, which began as default was: 1 answered');
      expect(await faultsOf()).toEqual([]);
      const exchange = page.getByRole('region', { name: 'Entry 0' });
      await expect.poll(() => exchange.getByRole('row').nth(1).textContent()).toMatch(/201.*409/);
      await exchange.getByRole('link').click();
      await says('already_attached');
      await page.goBack();
      await button('Replay from the scenario').click();
      await says('2 answered alike, 0 not.');
      expect((await control.worlds()).map(({ name, requests }) => [name, requests])).toEqual([
        ['default', 2],
        ['default-replay', 2],
      ]);
      expect(complaints.filter((text) => !text.includes('422'))).toEqual([]);
    },
  );

  itInFull('are sent again, forced, and taken back', async () => {
    await call('POST', attach);
    await to('default/requests/1');
    await button('Send again').click();
    await says('Sent again: 409.');
    await page.getByLabel('Send again, and force a case').selectOption('other_organization');
    await says('Sent again: 422.');
    expect(understudy.journal.map((one) => [one.status, one.user_id, one.forced])).toEqual([
      [201, 'usr_owner1', undefined],
      [409, 'usr_owner1', undefined],
      [422, 'usr_owner1', true],
    ]);
    // What is asked first names what the page knows of.
    await expect.poll(() => rows().count()).toBe(3);
    await button('Rewind to here').click();
    await says('The world will be as if requests 1 to 3 had never been.');
    await button('Rewind').click();
    await says('No request yet');
    expect((await call('POST', attach)).status).toBe(201);
  });

  itInFull('that are refused say who would have passed, and are sent as one of them', async () => {
    await call('POST', attach, undefined, 'ak_viewer');
    await to('default/requests/1');
    await says('Would pass: somebody with edit access to the space.');
    expect(await detail().locator('.guards .not_asked').count()).toBe(4);
    expect(await detail().locator('.guards .refused').textContent()).toContain(
      'space.editable_by_users of space_abc123',
    );
    await button('Send as usr_editor1').click();
    await says('Sent as usr_editor1: 201.');
    expect(understudy.journal.map(({ user_id, status }) => [user_id, status])).toEqual([
      ['usr_viewer1', 403],
      ['usr_editor1', 201],
    ]);
  });

  itInFull('that are refused have a way out, which is gone by a click', async () => {
    await call('POST', attach);
    await call('POST', attach);
    await to('default/requests/2');
    await button('Find a way out').click();
    await says('Makes it pass, as a copy of the world has shown:');
    await button('Do it here').click();
    await says(/Done: 20\d in the end\./);
    expect(understudy.journal.at(-1)).toMatchObject({ method: 'POST', status: 201 });
  });

  itInFull('that cannot be sent again say why', async () => {
    await call('GET', '/v1/spaces/space_abc123', undefined, 'ak_stranger');
    await to('default/requests/1');
    await button('Send again').click();
    await says('this one is none of the world');
  });

  itInFull('are copied as curl and as a test, which do the same', async () => {
    await context?.grantPermissions(['clipboard-read', 'clipboard-write'], { origin: url });
    const copied = () => page.evaluate<string>('navigator.clipboard.readText()');
    await call('POST', '/v1/spaces/', { organization_id: 'org_xyz789', name: "It's new" });
    await call('POST', attach);
    await call('POST', attach);
    await to('default/requests/3');
    await button('Copy as test').click();
    await says('Copied as a test.');
    const test = await copied();
    await to('default/requests/1');
    await button('Copy as curl').click();
    await says('Copied as curl.');
    const { stdout } = await runCommand('sh', ['-c', `${await copied()} --silent`]);
    expect(JSON.parse(stdout)).toMatchObject({ name: "It's new" });

    const titles: string[] = [];
    const works: (() => Promise<void>)[] = [];
    const body = test.replace(/^import .*$/gm, '');
    new Function('createUnderstudy', 'expect', 'it', body)(
      createUnderstudy,
      expect,
      (title: string, work: () => Promise<void>) => {
        titles.push(title);
        works.push(work);
      },
    );
    expect(titles).toEqual(['answers 409 already_attached']);
    for (const work of works) await work();
  });
});

describe('state', () => {
  it('shows tables whose rows lead to one another, and a space as a picture', async () => {
    await call('POST', attach);
    await to('default/state');
    await page.getByText('space_abc123', { exact: true }).first().click();
    const picture = detail().locator('svg');
    await picture.waitFor();
    expect(await picture.textContent()).toContain('Product catalogue');
    expect(await picture.getAttribute('aria-label')).toBe('1 threads, 3 stores, 2 embeddings');
    const wide = page.viewportSize() ?? { width: 1280, height: 800 };
    await page.setViewportSize({ width: 390, height: 800 });
    const isCut = () =>
      detail()
        .getByRole('region', { name: 'Picture of the space' })
        .evaluate(({ scrollWidth, clientWidth }) => scrollWidth > clientWidth);
    await expect.poll(isCut).toBe(false);
    await page.setViewportSize(wide);
    await detail().getByRole('link', { name: 'usr_owner1' }).first().click();
    await says('Olga Owner');
    await detail().getByRole('link', { name: 'ak_owner' }).click();
    expect(page.url()).toBe(`${url}/__admin/#/default/state/credentials/ak_owner`);
    // It follows what happens.
    await to('default/state/spaces');
    const before = await rows().count();
    await call('POST', '/v1/spaces/', { organization_id: 'org_xyz789', name: 'New here' });
    await expect.poll(() => rows().count()).toBe(before + 1);
    await says('New here');
  });
});

describeInFull('what is changed by hand', () => {
  it('is a row, within what keeps the world sound', async () => {
    await to('default/state/spaces/space_abc123');
    await button('Edit').click();
    const editor = page.getByRole('textbox', { name: /The row as JSON/ });
    const text = await editor.inputValue();
    await editor.fill(text.replace('"vs_abc123"', '"vs_none"'));
    await button('Save').click();
    await says('The world would not be sound with this row.');
    await says(/there is no vector store vs_none|vs_none/);
    await editor.fill(text.replace('"Launch room"', '"Engine room"'));
    await button('Save').click();
    await says('space_abc123 is changed.');
    const answer = await call('GET', '/v1/spaces/space_abc123');
    expect(await answer.json()).toMatchObject({ name: 'Engine room' });
    await to('default/state/vectorStores/vs_abc123');
    await button('Delete').click();
    await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click();
    await says('The world would not be sound without this row.');
  });

  it('is a message, and how far its embedding is', async () => {
    await page.close();
    await understudy.close();
    await open({ backfill: 'manual' });
    await to('default/state/threads/thrd_in_space');
    await page.getByLabel('Message').fill('The answer of the model');
    await button('Add').click();
    await says('The message is there, and 1 space takes it in.');
    await to('default/state/spaces/space_abc123');
    await says('1 queued');
    await page.locator('.edge.moving').first().waitFor({ state: 'attached' });
    await button('Step').click();
    await says('1 running');
    await button('Fail').click();
    await says('1 failed');
    expect(understudy.embeddings({ status: 'failed' })).toHaveLength(1);
  });
});

describe('faults', () => {
  const statusOf = async () => (await call('GET', '/v1/spaces/space_abc123')).status;

  it('are switched on and off, and count', async () => {
    await to('default/worlds');
    const busy = page.getByRole('switch', { name: /Busy/ });
    await busy.click();
    await says('0 of 0 hit');
    expect([await statusOf(), await statusOf(), await statusOf()]).toEqual([200, 200, 503]);
    await says('1 of 3 hit');
    await busy.click();
    await expect.poll(() => page.getByText('1 of 3 hit').count()).toBe(0);
    expect([await statusOf(), await statusOf(), await statusOf()]).toEqual([200, 200, 200]);
  });

  itInFull('force a case on the next request of the app, and no other', async () => {
    expect(await statusOf()).toBe(200);
    await to('default/requests/1');
    await page.getByLabel('Force a case for the next request').selectOption('space_not_found');
    await says('The next getSpace will get space_not_found.');
    expect([await statusOf(), await statusOf()]).toEqual([404, 200]);
    await to('default/cases/getSpace/view_access_required');
    await button('Force the next').click();
    await says('The next getSpace will get view_access_required.');
    expect([await statusOf(), await statusOf()]).toEqual([403, 200]);
    await to('default/worlds');
    await says('next-getSpace');
    await button('Take away the fault next-getSpace').click();
    await expect.poll(() => page.locator('.rows strong').count()).toBe(0);
  });
});

describe('cases', () => {
  it('that are not there are said not to be', async () => {
    await to('default/cases/getSpace/nobody_knows');
    await says('There is no case getSpace.nobody_knows');
    await button('Close').click();
    await says('documented cases have been met');
  });

  itInFull('are all there, and those that were met lead to who met them', async () => {
    await call('POST', attach);
    await call('POST', attach);
    await to('default/cases');
    await says(/2 of \d+ documented cases have been met/);
    await page.getByRole('link', { name: '409 already_attached' }).first().click();
    expect(await detail().textContent()).toContain('addVectorStoreToSpace.already_attached');
    await detail().getByRole('link', { name: '#2' }).click();
    expect(page.url()).toContain('/requests/2');
    await to('default/cases');
    await button('Met').click();
    await expect.poll(() => page.locator('.cell').count()).toBe(2);
  });
});

describe('a case', () => {
  it('shows its calls, and is brought about in a fresh world', async () => {
    await to('default/cases/addVectorStoreToSpace/already_attached');
    await says('Calls that bring it about');
    await button('Bring it about in a fresh world').click();
    await says('already_attached in the world already_attached: 409.');
    await expect.poll(() => page.url()).toContain('/already_attached/requests/');
    await detail().locator('.guards .refused').waitFor();
    expect(understudy.worlds.journal('already_attached').at(-1)).toMatchObject({
      operation: 'addVectorStoreToSpace',
      case: 'already_attached',
    });
    expect(understudy.journal).toEqual([]);
  });
});

describe('worlds', () => {
  const ask = async (value?: string) => {
    const dialog = page.getByRole('dialog');
    if (value !== undefined) await dialog.getByRole('textbox').fill(value);
    await dialog.locator('button.primary').click();
  };

  it('are made, forked, compared, reset and deleted', async () => {
    await to('default/worlds');
    await page.getByLabel('New world').fill('checkout');
    await page.getByLabel('Scenario').selectOption('empty');
    await button('Create').click();
    await says('Clock of checkout');
    expect(understudy.worlds.scenario('checkout').scenario).toBe('empty');
    await button('Fork default').click();
    await ask('second');
    await says('Clock of second');
    await call('POST', attach, undefined, 'ak_owner~second');
    await page.getByRole('link', { name: 'Compare second with another world' }).click();
    await page.getByLabel('Compared with').selectOption('default');
    await says('spaceVectorStores');
    expect(await page.locator('.diff del').count()).toBeGreaterThan(3);
    await button('Reset second').click();
    await ask();
    await says('second is as its scenario has it.');
    await button('Delete second').click();
    await ask();
    await says('Clock of default');
    expect(understudy.worlds.list().map(({ name }) => name)).toEqual(['default', 'checkout']);
  });

  itInFull('are kept and restored', async () => {
    await to('default/worlds');
    await page.getByLabel('Name', { exact: true }).fill('before');
    await button('Take a snapshot').click();
    await says('before keeps default as it is now.');
    expect((await call('POST', attach)).status).toBe(201);
    await button('Restore before').click();
    await says('default is as it was in before.');
    expect((await call('POST', attach)).status).toBe(201);
    await button('Delete the snapshot before').click();
    await says('A snapshot keeps the world');
  });

  itInFull('have a clock that stops and goes on, and says what has moved', async () => {
    await page.close();
    await understudy.close();
    await open({ scenario: 'backfill-in-progress' });
    await to('default/worlds');
    const now = () => understudy.worlds.summary('default').now;
    const start = now();
    await button('Freeze').click();
    await says('It stands at');
    expect(understudy.worlds.summary('default').frozen).toBe(true);
    await button('+1h').click();
    await says(`From ${start} to ${now()}`);
    await page.getByLabel('By, or to').fill('1999-01-01T00:00:00Z');
    await button('Move').click();
    await says('does not go back');
    await page.getByLabel('By, or to').fill('2099-01-01T00:00:00Z');
    await button('Move').click();
    await expect.poll(now).toBe('2099-01-01T00:00:00Z');
    await button('Let it go on').click();
    await expect.poll(() => understudy.worlds.summary('default').frozen).toBe(false);
  });
});

describe('every view', () => {
  const largest = [
    'default/requests/3',
    'default/state/spaces/space_abc123',
    'default/cases/getSpace/retrieved',
    'default/worlds',
  ];
  const views = [
    ...largest,
    'default/requests',
    'default/requests/2',
    'default/state',
    'default/cases',
    'default/worlds/compare/other',
    'empty/requests',
    'none/requests',
  ];

  /** A scheme changes colours alone, so that one for each width shows as much. */
  const schemesAt = (width: number) =>
    (['light', 'dark'] as const).filter((scheme) => whole || (scheme === 'dark') === width < 1000);

  async function populate(): Promise<void> {
    await call('GET', '/v1/spaces/space_abc123');
    await call('POST', attach);
    await call('POST', attach);
    understudy.worlds.create('other');
    understudy.worlds.create('empty', 'empty');
  }

  it('can be used by everyone: axe finds nothing, light and dark, wide and narrow', async () => {
    await populate();
    for (const hash of whole ? views : largest.slice(0, 2)) {
      await to(hash);
      await page.waitForTimeout(350);
      for (const width of [1280, 390]) {
        await page.setViewportSize({ width, height: 800 });
        for (const colorScheme of schemesAt(width)) {
          await page.emulateMedia({ colorScheme });
          const at = `${hash}, ${colorScheme}, ${width} pixels`;
          expect([at, await faultsOf()]).toEqual([at, []]);
        }
        // Nothing is wider than the page.
        const widths = await page.evaluate('document.documentElement.scrollWidth');
        expect([hash, widths]).toEqual([hash, width]);
      }
    }
  }, 120_000);
});
