import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { withEdges } from '../../../src/contract/edges/edges.js';
import { loadContracts } from '../../../src/contract/tables/load.js';
import { loadSpec } from '../../../src/shipped/document.js';
import { run } from '../../support/cli.js';

const folder = mkdtempSync(join(tmpdir(), 'understudy-edges-'));
afterAll(() => rmSync(folder, { recursive: true }));
const spec = loadSpec();
const plain = loadContracts(spec);

it('the edges of `check` are those of the seed that it is given', async () => {
  const played = async (seed: number) => {
    await run([
      'check',
      '--seed',
      String(seed),
      '--include-operation-id',
      'listComposites',
      '--report-dir',
      folder,
    ]);
    const names = readFileSync(join(folder, 'junit.xml'), 'utf8').matchAll(
      / name="listComposites [^"]*, where ([^"]*), answers/g,
    );
    return [...names].map(([, about]) => about);
  };
  const made = (seed: number) =>
    withEdges(spec, plain, { seed })
      .tables.filter(({ operation }) => operation === 'listComposites')
      .flatMap(({ rows }) => rows.flatMap(({ edge }) => edge ?? []));
  expect(await played(2)).toEqual(made(2));
  expect(await played(3)).toEqual(made(3));
  expect(made(2)).not.toEqual(made(3));
});
