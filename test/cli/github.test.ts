// What GitHub Actions is told of a run.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { tellGitHub } from '../../src/cli/github.js';
import type { Io } from '../../src/cli/io.js';
import { tell } from '../../src/contract/report/telling.js';
import { alteredRun, inBody } from '../support/altered.js';

const folder = mkdtempSync(join(tmpdir(), 'understudy-github-'));
afterAll(() => rmSync(folder, { recursive: true }));
const hostile = '::warning::a\n::error::b | `c` %0A <b>';
const report = alteredRun(
  ['getSpace'],
  inBody((body) => body.replace(/"trace_id":"[^"]*"/, `"trace_id":[${JSON.stringify(hostile)}]`)),
);

async function told(env: NodeJS.ProcessEnv) {
  const written = { stdout: '', stderr: '' };
  const output = (name: keyof typeof written) => ({
    write: (text: string) => {
      written[name] += text;
      return true;
    },
  });
  const io = { stdout: output('stdout'), stderr: output('stderr'), env } as unknown as Io;
  tellGitHub(tell(await report), io);
  return written;
}

describe('GitHub Actions', () => {
  it('gets an annotation for each cause, in a line that a server cannot end', async () => {
    const { stdout } = await told({ GITHUB_ACTIONS: 'true' });
    const lines = stdout.trimEnd().split('\n');
    expect(lines).toHaveLength(1);
    expect(lines[0]).toMatch(/^::error title=SCHEMA_BROKEN::\/error\/trace_id: expected /);
    expect(lines[0]).toContain('getSpace');
  });

  it('gets a summary on the page of the job, in which a server’s text means nothing', async () => {
    const file = join(folder, 'summary.md');
    expect(await told({ GITHUB_STEP_SUMMARY: file })).toEqual({ stdout: '', stderr: '' });
    const text = readFileSync(file, 'utf8');
    expect(text).toMatch(/^## Failed: contract of `the altered mock server`\n\n\d+ cases right, /);
    const row = text.split('\n').find((line) => line.startsWith('| failure')) ?? '';
    // A row of four cells, of which one is code.
    expect(row.replace(/\\\|/g, '').split('|')).toHaveLength(6);
    expect(row.match(/`/g)).toHaveLength(2);
  });

  it('is told nothing elsewhere, and a summary that cannot be written is said and no more', async () => {
    expect(await told({})).toEqual({ stdout: '', stderr: '' });
    const { stderr } = await told({ GITHUB_STEP_SUMMARY: folder });
    expect(stderr).toMatch(/^GITHUB_STEP_SUMMARY cannot be written: it is a folder \(EISDIR\)/);
  });
});
