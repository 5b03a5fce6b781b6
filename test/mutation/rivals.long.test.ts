// Each rival of `npm run mutation` still sees a drift that it is known to see, names its operation,
// and says nothing new of the honest mock server: an adapter that reads nothing would make every
// rival look blind.
import { describe, expect, it } from 'vitest';
import { drifts } from '../../mutation/plays.mjs';
import { ask, judge, rivals } from '../../mutation/rivals.mjs';
import { beforeAllWithTool, MissingTool } from '../support/tools.js';

type Rival = (typeof rivals)[number];
type Drift = NonNullable<ReturnType<typeof drifts.get>>;

const drift = drifts.get('drop:getThread.200/visible_in_ui') as Drift;
const variation = drifts.get('vary:null_metadata') as Drift;
const said = async (rival: Rival): Promise<string[]> => {
  const { findings } = await ask(rival, { operations: drift.operations });
  return findings.map(({ what }) => what);
};

describe.each(rivals.filter(({ key }) => key !== 'schemathesis'))('$title', (rival) => {
  it('finds nothing on the honest mock server', async () => {
    expect(await said(rival)).toEqual([]);
  });

  it('finds a field that is missing, and names the operation', async () => {
    const { verdict, first } = await judge(rival, drift, new Set());
    expect({ verdict, names: first?.operations[0] }).toEqual({
      verdict: 'named',
      names: 'getThread',
    });
  });

  it('is quiet about a variation', async () => {
    expect(await judge(rival, variation, new Set())).toMatchObject({ verdict: 'quiet' });
  });
});

describe('Schemathesis', () => {
  const rival = rivals.find(({ key }) => key === 'schemathesis') as Rival;
  const honest = beforeAllWithTool(async () => {
    await rival.prepare().catch((error: Error) => {
      throw new MissingTool(error.message);
    });
    return said(rival);
  }, 400_000);

  it('finds nothing on the honest mock server but requests that it thinks are good', () => {
    expect(honest().length).toBeGreaterThan(0);
    expect(honest().filter((what) => !what.startsWith('ST202 '))).toEqual([]);
  });

  it('finds a field that is missing, and names the operation', { timeout: 120_000 }, async () => {
    const { verdict, first } = await judge(rival, drift, new Set(honest()));
    expect({ verdict, names: first?.operations[0] }).toEqual({
      verdict: 'named',
      names: 'getThread',
    });
  });
});
