// From samples to medians, ratios to bare Express, and a Markdown table.
import { requests } from './requests.mjs';
import { startedOf } from './servers.mjs';

export function summarize(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const median = sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
  return { median, min: sorted[0], max: sorted.at(-1) };
}

/**
 * `{ server: { values, ratios, value, ratio, least } }`; a ratio is of two samples of the same round,
 * `least` is that of the two lowest.
 */
export function compare(samples) {
  const base = samples.express;
  return Object.fromEntries(
    Object.entries(samples).map(([key, values]) => {
      const ratios = values.map((value, round) => value / base[round]);
      const least = Math.min(...values) / Math.min(...base);
      return [key, { values, ratios, value: summarize(values), ratio: summarize(ratios), least }];
    }),
  );
}

const ofStart = {
  ms: 'ms to the first right answer',
  cpu: 'CPU ms to the first right answer',
  memory: 'MiB when idle',
};

export const startTables = (servers, start) =>
  Object.entries(start)
    .map(([key, compared]) => table(ofStart[key], startedOf(servers), compared))
    .join('\n\n');

export const cpuTables = (servers, cpu) =>
  requests
    .filter(({ key }) => cpu[key])
    .map(({ key, title }) => table(`${title}: µs`, servers, cpu[key]))
    .join('\n\n');

function table(measure, list, compared) {
  const asked = list.filter(({ key }) => compared[key].values.length > 0);
  const rows = asked.map(({ key, title }) => [
    title,
    spread(compared[key].value, 0),
    spread(compared[key].ratio, 2),
    compared[key].least.toFixed(2),
  ]);
  const head = ['server', measure, 'ratio to bare Express', 'of the lowest'];
  return [head, ['---', '---:', '---:', '---:'], ...rows]
    .map((row) => `| ${row.join(' | ')} |`)
    .join('\n');
}

const spread = ({ median, min, max }, digits) =>
  `${median.toFixed(digits)} (${min.toFixed(digits)}–${max.toFixed(digits)})`;
