// index.html: what stands in it. page.process.test.ts looks at it in a browser.
import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { toHtml } from '../../../src/contract/report/page.js';
import { tell } from '../../../src/contract/report/telling.js';
import { alteredRun, inBody } from '../../support/altered.js';

const hostile = '</pre><script>alert(1)</script><img src=x onerror=alert(2)>\u202e\u0007"\'&';
const report = alteredRun(
  ['getSpace', 'listThreads'],
  inBody((body) =>
    body
      .replace(/"trace_id":"[^"]*"/, `"trace_id":7,"more":${JSON.stringify(hostile)}`)
      .replace(/"name":"[^"]*"/, `"name":${JSON.stringify(hostile)}`),
  ),
);
const page = report.then((played) => toHtml(tell(played, 'failure')));

describe('the page of a report', () => {
  it('shows what a server sent as text', async () => {
    const text = await page;
    expect(text).toContain('&lt;script&gt;alert(1)&lt;/script&gt;');
    expect(text).not.toContain('<img');
    expect(text.match(/<script/g)).toHaveLength(1);
    for (const unseen of ['\u202e', '\u0007']) expect(text).not.toContain(unseen);
    expect(text).toContain('\\u202e');
  });

  it('has a policy that lets its own style and script run, and nothing else', async () => {
    const text = await page;
    const [, policy = ''] = /Content-Security-Policy" content="([^"]*)"/.exec(text) ?? [];
    const within = (tag: string): string =>
      new RegExp(`<${tag}>([^]*?)</${tag}>`).exec(text)?.[1] as string;
    const hashOf = (own: string): string =>
      `&#39;sha256-${createHash('sha256').update(own).digest('base64')}&#39;`;
    expect(policy.split('; ')).toEqual([
      'default-src &#39;none&#39;',
      `style-src ${hashOf(within('style'))}`,
      `script-src ${hashOf(within('script'))}`,
      'base-uri &#39;none&#39;',
      'form-action &#39;none&#39;',
    ]);
    expect(text).not.toMatch(/ (on\w+|style)="/);
    expect(text).not.toMatch(/(src|href)="(?!#)/);
  });

  it('has a place for each of its links, and no place twice', async () => {
    const text = await page;
    const ids = [...text.matchAll(/ id="([^"]+)"/g)].map(([, id]) => id);
    const links = [...text.matchAll(/ href="#([^"]+)"/g)].map(([, id]) => id);
    expect(links.length).toBeGreaterThan(100);
    expect(links.filter((id) => !ids.includes(id))).toEqual([]);
    expect(new Set(ids).size).toBe(ids.length);
  });

  it('has every row, every case, and of each finding what was expected, what came and how to repeat it', async () => {
    const [text, { rows, coverage }] = await Promise.all([page, report]);
    expect(text.match(/ data-row /g)).toHaveLength(rows.length);
    expect(text.match(/ id="case-/g)).toHaveLength(coverage.length);
    for (const heading of ['Expected', 'Got', 'Request of', 'Response', 'Repeat it'])
      expect(text).toContain(`<h4>${heading}`);
    expect(text).toContain('curl -sSi');
  });

  it('says so where nothing was found', async () => {
    const clean = await alteredRun(['getSpace'], () => ({}));
    const text = toHtml(tell(clean, 'failure'));
    expect(text).toContain('Every row that was played is right.');
    expect(text).toContain('<title>Passed: the altered mock server</title>');
  });
});
