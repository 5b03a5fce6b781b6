import { readdirSync, readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { httpTarget } from '../../../src/client/http-target.js';
import { withEdges } from '../../../src/contract/edges/edges.js';
import type { Report } from '../../../src/contract/run/options.js';
import { runContracts } from '../../../src/contract/run/run.js';
import { loadContracts } from '../../../src/contract/tables/load.js';
import { loadSpec } from '../../../src/shipped/document.js';
import { whole } from '../../support/sample.js';
import { servedBySecond } from '../../support/second-server.js';
import { createServer } from '../../targets/second-server/server.mjs';

describe('a second server that keeps the document in its own way', () => {
  const server = createServer();
  let report: Report;
  beforeAll(async () => {
    await server.listen(0);
    const { profile } = server;
    // Its foreign objects are only there to be tried.
    const disposable = Object.keys(profile.known);
    const spec = loadSpec();
    report = await runContracts({
      spec,
      contracts: withEdges(spec, loadContracts(spec)),
      profile: { ...profile, disposable, secrets: new Map() },
      target: httpTarget(profile.base_url),
      include: (operation) => servedBySecond.includes(operation),
      allow: (operation) => servedBySecond.includes(operation),
      level: whole ? 'full' : 'standard',
      concurrency: 8,
    });
  });
  afterAll(() => server.close());

  it('gives the kit nothing to find but fields of its own', () => {
    const found = report.findings.filter((finding) => finding.severity !== 'notice');
    expect(
      found.map(
        ({ code, operation, case: name, expected, got }) =>
          `${code} ${operation}.${name}: ${expected}, got ${got}`,
      ),
    ).toEqual([]);
    expect(report.findings.length).toBeGreaterThan(5);
    expect(new Set(report.findings.map((finding) => finding.code))).toEqual(
      new Set(['FIELD_UNDOCUMENTED']),
    );
  });

  it('shows nearly all that its operations have, and says why it does not show the rest', () => {
    const idle = report.coverage.filter(({ result }) => result === 'not_exercised');
    for (const { reason } of idle)
      expect(reason).toMatch(
        /^only too many requests|^the February edition cannot|^answered otherwise|^the profile has no|^needs \w+, which this run may not call|needed for this row/,
      );
    expect(report.coverage.filter(({ result }) => result === 'right').length).toBeGreaterThan(290);
    expect(report.coverage.filter(({ result }) => result === 'wrong')).toEqual([]);
  });

  it('is found to have the override with the admin', () => {
    expect(report.override).toEqual(['admin']);
  });

  it('imports nothing of ours', () => {
    const folder = 'test/targets/second-server';
    const imports = readdirSync(folder)
      .filter((file) => file.endsWith('.mjs'))
      .flatMap((file) =>
        [...readFileSync(`${folder}/${file}`, 'utf8').matchAll(/from '([^']+)'/g)].map(
          ([, from]) => from as string,
        ),
      );
    expect(
      imports.filter((from) => !from.startsWith('node:') && !/^\.\/[\w-]+\.mjs$/.test(from)),
    ).toEqual([]);
  });
});
