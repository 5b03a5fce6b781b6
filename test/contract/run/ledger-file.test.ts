// What is taken for a ledger, and what a later process deletes because of one.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { beginLedger } from '../../../src/cli/ledger.js';
import { handlerTarget } from '../../../src/client/target.js';
import type { Line } from '../../../src/contract/run/ledger.js';
import { readLedger } from '../../../src/contract/run/ledger-file.js';
import { sweepRun } from '../../../src/contract/run/sweep.js';
import { loadContracts } from '../../../src/contract/tables/load.js';
import { createUnderstudy } from '../../../src/index.js';
import { profile, spec } from '../../support/drifted-run.js';

const folder = mkdtempSync(join(tmpdir(), 'understudy-ledger-'));
afterAll(() => rmSync(folder, { recursive: true }));
const written = (text: string): string => {
  const file = join(folder, 'ledger.jsonl');
  writeFileSync(file, text);
  return file;
};
const begun = '{"run":"r1","event":"begun","target":"http://127.0.0.1:1"}\n';

describe('a ledger', () => {
  it('may end in a line that was cut, and may have no line yet', () => {
    expect(readLedger(written(`${begun}{"run":"r1","ev`))).toMatchObject([{ run: 'r1' }]);
    expect(readLedger(written(''))).toEqual([]);
  });

  it.each([
    ['{}'],
    ['[]\n'],
    ['my notes'],
    ['{"run":"r1","event":"made","n":1,"id":"space_1"}\n'],
    ['{"version":1,"findings":[]}'],
  ])('is not %s, which no run overwrites either', (text) => {
    const file = written(text);
    expect(() => readLedger(file)).toThrow(/ledger/);
    const target = handlerTarget('', createUnderstudy().fetch);
    expect(() => beginLedger(file, 'r2', { base: 'http://127.0.0.1:1', target, profile })).toThrow(
      /name another file with --ledger/,
    );
    expect(readFileSync(file, 'utf8')).toBe(text);
  });

  it('is no device, which may have no end', () => {
    expect(() => readLedger('/dev/zero')).toThrow('/dev/zero:1:1  cannot be read: it is no file');
  });
});

describe('a sweep', () => {
  const sweep = async (id: string, name: string, understudy = createUnderstudy()) => {
    const lines: readonly Line[] = [
      {
        run: 'r1',
        event: 'sending',
        n: 1,
        at: '2026-11-01T00:00:00Z',
        operation: 'createSpace',
        caller: 'owner',
        name,
        organization: 'org_xyz789',
      },
      { run: 'r1', event: 'made', n: 1, id },
    ];
    const target = handlerTarget('the mock server', understudy.fetch);
    const parts = { spec, contracts: loadContracts(spec), profile, target };
    const swept = await sweepRun({ run: 'r1', target: '', lines }, parts, () => {});
    return { swept, deleted: understudy.world.spaces.get(id)?.deleted_at !== null };
  };

  it('deletes what has a name of the run', async () => {
    const understudy = createUnderstudy();
    const made = await understudy.fetch('/v1/spaces/', {
      method: 'POST',
      headers: { 'x-api-key': 'ak_owner', 'content-type': 'application/json' },
      body: JSON.stringify({ organization_id: 'org_xyz789', name: 'understudy-r1-1-1' }),
    });
    const { id } = (await made.json()) as { id: string };
    expect(await sweep(id, 'understudy-r1-1-1', understudy)).toMatchObject({
      swept: { gone: 1, left: [] },
      deleted: true,
    });
  });

  it('leaves what has an id of the run only because the server was set up anew', async () => {
    expect(await sweep('space_abc123', 'understudy-r1-1-1')).toMatchObject({
      swept: { gone: 0, left: [expect.stringContaining('neither the name nor the date')] },
      deleted: false,
    });
  });
});
