// What a run prints of the kit: kind by kind, then every survivor with its reason, every alarm, and
// the score.
import { percent } from './tables.mjs';

export function printKit({ counts, survivors, unexplained, idle, alarms, keptFromPlay, planted }) {
  const { drifts, kinds, variations } = counts;
  for (const [kind, count] of Object.entries(kinds))
    console.log(
      `${kind.padEnd(20)} ${String(count.found).padStart(5)} of ${String(count.of).padStart(5)}  ${percent(count)}`,
    );

  const explained = survivors.filter(({ reason }) => reason !== undefined);
  for (const reason of new Set(explained.map((survivor) => survivor.reason))) {
    const own = explained.filter((survivor) => survivor.reason === reason);
    printList(
      `Survived: ${reason}`,
      own.map(({ name }) => name),
    );
  }
  printList('Survived without a reason', unexplained.map(describeSurvivor));
  printList(
    'Reasons that no survivor has',
    idle.map(({ pattern }) => pattern),
  );
  printList('False alarms', alarms.flatMap(describeAlarms));
  printList(
    'Rows that could not be played',
    keptFromPlay.map(({ name, rows }) => `${name}: ${rows}`),
  );

  // The fields of the error envelope are the same everywhere, and many.
  const beyond = planted.filter(({ name }) => !/^(drop|null|retype):\w+\.[45]/.test(name));
  const found = beyond.filter(({ verdict }) => verdict === 'named').length;
  console.log(
    `\n${percent(drifts)} of ${drifts.of} drifts found with the right operation named; ` +
      `${percent({ found, of: beyond.length })} of the ${beyond.length} that are not about a field of the error envelope.\n` +
      `${variations.found} of ${variations.of} variations raised no alarm.`,
  );
}

export function printList(title, lines) {
  if (lines.length > 0) console.log([`\n${title}`, ...lines.map((line) => `  ${line}`)].join('\n'));
}

function describeSurvivor({ name, elsewhere, plays }) {
  if (elsewhere) return `${name}  only ${elsewhere} was named`;
  return plays === 0 ? `${name}  no row calls the operation` : name;
}

function describeAlarms({ name, alarms }) {
  const describe = ({ what, places }) => {
    const more = places.length > 3 ? ` and ${places.length - 3} more` : '';
    return `  ${what} (${places.slice(0, 3).join(', ')}${more})`;
  };
  return [name, ...alarms.map(describe)];
}

/**
 * For information: how long it took until a verdict stood. The kit plays in process, the others
 * over loopback, several at a time.
 */
export function printSeconds(played, names, answers) {
  const kit = { key: 'the kit', verdicts: new Map(played.map((result) => [result.name, result])) };
  const medians = [kit, ...answers].map(
    ({ key, verdicts }) =>
      `${key} ${median(names.map((name) => verdicts.get(name).seconds)).toFixed(2)}`,
  );
  console.log(`Median seconds per drift: ${medians.join(', ')}.`);
}

const median = (values) => values.toSorted((a, b) => a - b)[values.length >> 1];
