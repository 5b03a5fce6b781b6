// What a run is going to send, before it sends anything.

import { perMinute } from '../client/rate.js';
import { callsOf, chosenPlays } from '../contract/run/choice.js';
import { lackingIn } from '../contract/run/needs.js';
import type { RunOptions } from '../contract/run/options.js';
import type { Play } from '../contract/run/play.js';

const LARGE = new Intl.NumberFormat('en');

/** One line: how many rows and requests, and how long that takes where there is a limit. */
export function describeExtent(plays: readonly Play[], options: RunOptions): string {
  const requests = sum(callsOf(plays, options).values());
  const { level, shard, titles, rateLimit = 'off' } = options;
  const pace = perMinute(rateLimit);
  const what = titles ? 'that were wrong' : `at level ${level}`;
  const part = shard ? `, part ${shard.index} of ${shard.count}` : '';
  const time =
    pace === undefined
      ? ''
      : `; at ${LARGE.format(Math.round(pace))} a minute that takes about ${minutes(requests / pace)}`;
  return `${LARGE.format(plays.length)} rows ${what}${part}, about ${LARGE.format(requests)} requests${time}\n`;
}

/** The same, with what is sent to each operation, and what would be left behind. */
export function describePlan(options: RunOptions): string {
  const { spec, target, profile } = options;
  const plays = chosenPlays(options);
  const calls = callsOf(plays, options);
  const rows = [...calls]
    .sort((a, b) => b[1] - a[1])
    .map(([id, count]) => {
      const { method = '', template = '' } = spec.operations.get(id) ?? {};
      return `  ${String(count).padStart(5)}  ${id}  ${method} ${template}`;
    });
  const lacking = plays.filter(({ needs }) => lackingIn(profile, needs).length > 0).length;
  const slices = calls.get('archiveSlice') ?? 0;
  return [
    `Nothing is sent. A run would send to ${target.name}:`,
    describeExtent(plays, options).trimEnd(),
    ...rows,
    'Whatever a run creates it deletes again. Slices cannot be deleted:',
    `  ${slices === 0 ? 'none is made' : `at most ${slices} are left archived`}`,
    ...(lacking > 0
      ? [`${lacking} rows are not exercised, since the profile lacks something`]
      : []),
    '',
  ].join('\n');
}

const sum = (numbers: Iterable<number>): number => [...numbers].reduce((all, one) => all + one, 0);

function minutes(count: number): string {
  const rounded = Math.ceil(count);
  return rounded === 1 ? 'a minute' : `${LARGE.format(rounded)} minutes`;
}
