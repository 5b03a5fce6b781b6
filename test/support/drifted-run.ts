// Plays the contracts of a drift's operations against a mock server with that drift.
import { readFileSync } from 'node:fs';
import { httpTarget } from '../../src/client/http-target.js';
import { withEdges } from '../../src/contract/edges/edges.js';
import type { Report, RunOptions } from '../../src/contract/run/options.js';
import { parseProfile } from '../../src/contract/run/profile.js';
import { runContracts } from '../../src/contract/run/run.js';
import { loadContracts } from '../../src/contract/tables/load.js';
import { createUnderstudy, type OperationId } from '../../src/index.js';
import { loadSpec } from '../../src/shipped/document.js';

export const spec = loadSpec();
const plain = loadContracts(spec);
const contracts = withEdges(spec, plain);
export const profile = parseProfile(
  readFileSync('contracts/understudy.profile.yaml', 'utf8'),
  'understudy.profile.yaml',
  {},
);

/** The rows of some operations; what prepares them and looks after them is called too. */
export function contractsOf(operations: readonly OperationId[]): RunOptions['contracts'] {
  return {
    ...contracts,
    tables: contracts.tables.filter(({ operation }) => operations.includes(operation)),
    lifecycles: [],
  };
}

/** The same without the edges of the schemas, of which there are several times as many. */
export function withoutEdges(operations: readonly OperationId[]): RunOptions['contracts'] {
  return {
    ...plain,
    tables: plain.tables.filter(({ operation }) => operations.includes(operation)),
    lifecycles: [],
  };
}

/** Over a port, as a user's server is reached. */
export async function driftedRun(
  drift: string,
  operations: readonly OperationId[],
  { ids = 1, ...options }: Partial<RunOptions> & { readonly ids?: number } = {},
): Promise<Report> {
  const understudy = createUnderstudy({ drift, seed: ids });
  const { url } = await understudy.listen({ port: 0 });
  try {
    return await runContracts({
      spec,
      contracts: contractsOf(operations),
      profile,
      target: httpTarget(url),
      concurrency: 1,
      // The clock of the mock server moves by itself.
      wait: async () => {},
      ...options,
    });
  } finally {
    await understudy.close();
  }
}
