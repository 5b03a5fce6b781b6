// Takes the README's pictures of the console anew, in Chromium: `npm run build`, then
// `node scripts/console-pictures.mjs`. Look at them before they are committed.
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { chromium } from 'playwright-core';
import { createUnderstudy } from '../dist/index.js';

const folder = path.join(import.meta.dirname, '../docs/images');
const executablePath = process.env.CHROMIUM ?? '/usr/bin/chromium';
const viewport = { width: 1200, height: 750 };

/** By their names: what is open, and in which colours. */
const pictures = /** @type {const} */ ({
  requests: ['default/requests/6', 'light'],
  state: ['default/state/spaces/space_abc123', 'dark'],
  cases: ['default/cases', 'light'],
});

const organization_id = 'org_xyz789';
const space = '/v1/spaces/space_abc123';
/** What an app might have asked. */
const requests = [
  { target: `/v1/spaces/?organization_id=${organization_id}` },
  { target: space },
  { target: '/v1/spaces/', body: { organization_id, name: 'Field notes' } },
  { method: 'POST', target: `${space}/vector-stores/vs_def456` },
  { method: 'POST', target: `${space}/vector-stores/vs_def456` },
  { method: 'PATCH', target: space, body: { name: 'Launch room' }, key: 'ak_viewer' },
  { method: 'POST', target: `${space}/threads/thrd_def456` },
  { target: '/v1/spaces/space_zzz' },
  { target: '/v1/spaces/', body: { organization_id, name: 'Press', colour: 'blue' } },
  { target: '/v1/space' },
  { target: `${space}/vector-stores` },
];

const understudy = createUnderstudy({ clock: 'virtual', backfill: 'manual' });
const { url } = await understudy.listen({ port: 0 });
for (const { target, body, method = body ? 'POST' : 'GET', key = 'ak_owner' } of requests)
  await fetch(url + target, {
    method,
    headers: { 'x-api-key': key, ...(body ? { 'content-type': 'application/json' } : {}) },
    ...(body ? { body: JSON.stringify(body) } : {}),
  });
const browser = await chromium.launch({ executablePath, args: ['--no-sandbox'] });
for (const [name, [hash, colorScheme]] of Object.entries(pictures)) {
  const page = await browser.newPage({ viewport, colorScheme });
  await page.goto(`${url}/__admin/#/${hash}`);
  await page.waitForTimeout(1000);
  const png = (await page.screenshot()).toString('base64');
  writeFileSync(path.join(folder, `console-${name}.webp`), await webp(page, png));
  await page.close();
}
await browser.close();
await understudy.close();

/** A browser writes what it can read. */
async function webp(page, png) {
  await page.goto('about:blank');
  const encoded = await page.evaluate(async (data) => {
    const { Image, document } = /** @type {any} */ (globalThis);
    const image = new Image();
    image.src = `data:image/png;base64,${data}`;
    await image.decode();
    const canvas = Object.assign(document.createElement('canvas'), {
      width: image.width,
      height: image.height,
    });
    canvas.getContext('2d').drawImage(image, 0, 0);
    return canvas.toDataURL('image/webp', 0.7).split(',')[1];
  }, png);
  return Buffer.from(encoded, 'base64');
}
