// How much each level of the kit finds of what the whole of it finds.
import { playKit } from './kit.mjs';
import { printList } from './report.mjs';
import { percent } from './tables.mjs';

/** The least share of what `full` finds. */
const LEAST = { smoke: 0.75, standard: 0.95 };

/** Returns the exit code: 1 where a level finds too little, or raises an alarm. */
export async function compareLevels(names, say) {
  const [, ...whole] = await playKit(names, say);
  const found = whole.filter(({ verdict }) => verdict === 'named').map(({ name }) => name);
  console.log(`full      ${percent({ found: found.length, of: names.length })} of ${names.length}`);
  let code = 0;
  for (const [level, least] of Object.entries(LEAST)) {
    const [honest, ...results] = await playKit(found, say, { level });
    const missed = results.filter(({ verdict }) => verdict !== 'named').map(({ name }) => name);
    const count = { found: found.length - missed.length, of: found.length };
    console.log(`${level.padEnd(9)} ${percent(count)} of the ${count.of} that full finds`);
    printList(`Missed at ${level}`, missed);
    printList(
      `False alarms at ${level}`,
      honest.alarms.map(({ what }) => what),
    );
    if (count.found < least * count.of || honest.alarms.length > 0) code = 1;
  }
  return code;
}
