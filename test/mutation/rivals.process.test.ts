// Each rival of `npm run mutation` sees a drift that it is known to see, and names its operation.
// rivals.long.test.ts also asks them about what is right.
import { expect, it } from 'vitest';
import { drifts } from '../../mutation/plays.mjs';
import { judge, rivals } from '../../mutation/rivals.mjs';
import { beforeAllWithTool, MissingTool } from '../support/tools.js';

const drift = drifts.get('drop:listCapabilities.200/*/key') as NonNullable<
  ReturnType<typeof drifts.get>
>;

const ready = beforeAllWithTool(async () => {
  for (const rival of rivals)
    await rival.prepare().catch((error: Error) => {
      throw new MissingTool(error.message);
    });
}, 400_000);

it.each(rivals)('$title finds a field that is missing, and names the operation', async (rival) => {
  ready();
  const { verdict, first } = await judge(rival, drift, new Set());
  expect({ verdict, names: first?.operations[0] }).toEqual({
    verdict: 'named',
    names: 'listCapabilities',
  });
});
