// What the reports of a run are good for, shown with other programs.
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { toJunit, toResults, toText } from '../../../src/contract/report/renderings.js';
import { createUnderstudy } from '../../../src/index.js';
import { credentialsOf, runChain } from '../../support/chain.js';
import { run } from '../../support/cli.js';
import { driftedRun, profile } from '../../support/drifted-run.js';
import { REPORT_FILES } from '../../support/report-files.js';
import { whole } from '../../support/sample.js';
import { readXml } from '../../support/xml.js';

const drift = 'guard:addVectorStoreToSpace.edit_access_required';

it('the text, results.json and junit.xml carry one chain, and each of the three can be run', async () => {
  const report = await driftedRun(drift, ['addVectorStoreToSpace']);
  const [{ repeat }] = (toResults(report) as { findings: [{ repeat: string }] }).findings;
  const junit = await readXml(toJunit(report, 'failure'));
  const failed = junit.children
    .flatMap((suite) => suite.children.flatMap(({ children }) => children))
    .find(({ tag }) => tag === 'failure');
  const chainIn = (text: string): string =>
    text.replace(/^[\s\S]*?\n {2}repeat .*\n/, '').replace(/\n\n[\s\S]*$/, '\n');
  const chains = [repeat, chainIn(failed?.text ?? ''), chainIn(toText(report))];
  for (const chain of chains) {
    const fresh = createUnderstudy({ drift, seed: 77 });
    const { url } = await fresh.listen({ port: 0 });
    const { code, answer } = await runChain(chain, url, credentialsOf(profile));
    await fresh.close();
    expect([code, answer.status, fresh.journal.at(-1)?.drift]).toEqual([
      0,
      report.findings[0]?.calls.at(-1)?.response?.status,
      drift,
    ]);
  }
});

/** test/cli/secrets.process.test.ts has it of one key, in more forms. */
const inFull = whole ? describe : () => {};
inFull('secrets', () => {
  const folder = mkdtempSync(join(tmpdir(), 'understudy-'));
  const closing: (() => void)[] = [];
  afterEach(() => {
    for (const close of closing.splice(0)) close();
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  // Such as a header can carry; two of them hold one another.
  const secrets = {
    OWNER_KEY: `s3cr/et+"k&y'$<x>\\=tail`,
    VIEWER_KEY: `s3cr/et+"k&y`,
    ADMIN_KEY: ' padded-with-blanks ',
    MEMBER_KEY: 'plain_member_key',
    EXPIRED_TOKEN: 'bearer/with+signs==',
  };

  const json = (text: string): string => JSON.stringify(text).slice(1, -1);
  const formsOf = (secret: string): readonly string[] => {
    const text = secret.trim();
    const forms = [
      text,
      encodeURIComponent(text),
      encodeURIComponent(text).toLowerCase(),
      new URLSearchParams({ a: text }).toString().slice(2),
      Buffer.from(text).toString('base64').replace(/=+$/, ''),
      Buffer.from(text).toString('base64url'),
      text.replace(/["\\$`]/g, '\\$&'),
      text
        .replace(/&/g, '&amp;')
        .replace(/</g, '&lt;')
        .replace(/"/g, '&quot;')
        .replace(/'/g, '&apos;')
        .replace(/>/g, '&gt;'),
    ];
    return [...forms, ...forms.map(json), ...forms.map((form) => json(json(form)))];
  };

  /** Refuses with the caller's key in whatever form, and puts it into an id, too. */
  async function leakyServer(): Promise<string> {
    const { fetch } = createUnderstudy({ drift: 'status:getSpace.space_not_found' });
    const names = Object.entries(secrets);
    let count = 0;
    const server = createServer(async (request, response) => {
      const chunks: Buffer[] = [];
      for await (const chunk of request) chunks.push(chunk);
      const sent = String(
        request.headers['x-api-key'] ?? request.headers.authorization?.replace('Bearer ', '') ?? '',
      );
      const [name = ''] = names.find(([, secret]) => secret.trim() === sent) ?? [];
      const headers = {
        'content-type': 'application/json',
        'x-api-key': `ak_${name.split('_')[0]?.toLowerCase()}`,
      };
      const body = Buffer.concat(chunks).toString();
      const init = { method: request.method ?? 'GET', headers, ...(body === '' ? {} : { body }) };
      const answer = await fetch(
        `http://inside${decodeURIComponent(request.url ?? '').replaceAll(`~${sent}`, '')}`,
        init,
      );
      const text = await answer.text();
      // Another form each time, since a report shows the beginning of a body.
      const forms = [
        sent,
        encodeURIComponent(sent),
        Buffer.from(`x:${sent}`).toString('base64'),
        `${'x'.repeat(175)}${sent}`,
      ];
      const leak = forms[count % forms.length] as string;
      if (answer.status >= 400) count += 1;
      const honest =
        text === ''
          ? {}
          : (JSON.parse(text) as { error?: { details?: object }; id?: string; name?: string });
      if (honest.error) honest.error.details = { leak };
      else if (honest.name !== undefined) honest.name = [leak] as never;
      response.writeHead(honest.error ? 418 : answer.status, {
        'content-type': 'application/json',
      });
      response.end(answer.status === 204 ? undefined : JSON.stringify(honest));
    });
    await once(server.listen(0, '127.0.0.1'), 'listening');
    closing.push(() => {
      server.close();
      server.closeAllConnections();
    });
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  }

  it('stand in no file of the report and on no line, in whatever form a server sends them back', async () => {
    const url = await leakyServer();
    const file = join(folder, 'profile.yaml');
    writeFileSync(
      file,
      `base_url: ${url}
callers:
  owner: { api_key: "\${OWNER_KEY}", user_id: usr_owner1 }
  viewer: { api_key: "\${VIEWER_KEY}", user_id: usr_viewer1 }
  editor: { api_key: ak_editor, user_id: usr_editor1 }
  admin: { api_key: "\${ADMIN_KEY}" }
  member: { api_key: "\${MEMBER_KEY}" }
  expired_token: { bearer: "\${EXPIRED_TOKEN}" }
known:
  organization_id: org_xyz789
`,
    );
    const reports = join(folder, 'report');
    const only = ['createSpace', 'getSpace', 'updateSpace', 'deleteSpace'].flatMap((id) => [
      '--include-operation-id',
      id,
    ]);
    const { code, stdout, stderr } = await run(
      ['check', '--profile', file, '--report-dir', reports, '--fail-on', 'notice', ...only],
      secrets,
    );
    const texts: Record<string, string> = {
      stdout,
      stderr,
      ...Object.fromEntries(
        readdirSync(reports).map((name) => [name, readFileSync(join(reports, name), 'utf8')]),
      ),
    };
    expect(code).toBe(1);
    expect(Object.keys(texts).sort()).toEqual(
      [...REPORT_FILES, 'ledger.jsonl', 'stderr', 'stdout'].sort(),
    );
    for (const [name, text] of Object.entries(texts))
      for (const [variable, secret] of Object.entries(secrets))
        for (const form of formsOf(secret))
          expect(text.includes(form), `${variable} in ${name} as ${form}`).toBe(false);
    // Nor the beginning of one that was cut short, and what was there is told.
    for (const text of [
      texts.stdout ?? '',
      texts['results.json'] ?? '',
      texts['junit.xml'] ?? '',
    ]) {
      expect(text).not.toContain('s3cr');
      const decoded = [...text.matchAll(/[\w+/-]{8,}/g)]
        .map(([word]) => Buffer.from(word, 'base64').toString('latin1'))
        .join(' ');
      expect(decoded).not.toMatch(/cr\/et|in_member|rer\/with/);
      for (const variable of ['OWNER_KEY', 'VIEWER_KEY', 'MEMBER_KEY', 'EXPIRED_TOKEN'])
        expect(text).toContain(`\${${variable}}`);
    }
    JSON.parse(texts['results.json'] ?? '');
    await readXml(texts['junit.xml'] ?? '');
  });
});
