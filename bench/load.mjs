// The load, in a process of its own so that its CPU is not the server's. One keep-alive connection
// per worker.
import { Agent } from 'node:http';
import { askFor } from './ask.mjs';

process.on('message', async ({ port, work, maxCount, maxMs }) => {
  try {
    process.send({ count: await run(port, work, maxCount, maxMs) });
  } catch (error) {
    process.send({ error: error.message });
  }
});
process.once('disconnect', () => process.exit());

/**
 * Repeats every worker's steps until the count or the time is spent; resolves when the last answer
 * is in.
 */
async function run(port, work, maxCount, maxMs) {
  const end = performance.now() + maxMs;
  let count = 0;
  const repeat = async (steps) => {
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    try {
      while (count < maxCount && performance.now() < end) {
        count++;
        // Always all of them: a store left attached would spoil the next window.
        for (const step of steps) await askFor(port, step, agent);
      }
    } finally {
      agent.destroy();
    }
  };
  await Promise.all(work.map(repeat));
  return count;
}
