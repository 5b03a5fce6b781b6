// Everything in the export, played by the independent runner.
import { expect, it } from 'vitest';
import { contracts, expectEveryWorkflowToPass } from '../support/oracle-respect.js';

// Respect's memory grows with what it plays, so it plays an eighth at a time.
const shards = 8;

it.each(Array.from({ length: shards }, (_, shard) => shard))(
  'Redocly Respect passes every workflow, shard %i',
  async (shard) => {
    const tables = contracts.tables.filter((_, i) => i % shards === shard);
    expect(tables.length).toBeGreaterThan(0);
    await expectEveryWorkflowToPass({
      ...contracts,
      tables,
      lifecycles: shard === 0 ? contracts.lifecycles : [],
    });
  },
);
