// Each rival of `npm run mutation` sees a drift that it is known to see, and names its operation.
// Without WHOLE_TESTS only the quickest is asked: the tests of test/oracles/ start the others.
// rivals.long.test.ts also asks them about what is right.
import { expect, it } from 'vitest';
import { drifts } from '../../mutation/plays.mjs';
import { judge, rivals } from '../../mutation/rivals.mjs';
import { whole } from '../support/sample.js';
import { beforeAllWithTool, MissingTool } from '../support/tools.js';

const drift = drifts.get('drop:listCapabilities.200/*/key') as NonNullable<
  ReturnType<typeof drifts.get>
>;

const asked = rivals.filter(({ title }) => whole || title.startsWith('Prism'));

const ready = beforeAllWithTool(async () => {
  for (const rival of asked)
    await rival.prepare().catch((error: Error) => {
      throw new MissingTool(error.message);
    });
}, 400_000);

it.each(asked)('$title finds a field that is missing, and names the operation', async (rival) => {
  ready();
  const { verdict, first } = await judge(rival, drift, new Set());
  expect({ verdict, names: first?.operations[0] }).toEqual({
    verdict: 'named',
    names: 'listCapabilities',
  });
});
