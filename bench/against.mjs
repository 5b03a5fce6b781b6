// What a request costs beside the same of another checkout: both serve side by side, and the lowest of
// the windows are compared. See README.md.
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { defaultSource } from './cpu.mjs';
import { measureWindow, prepareTarget, startLoad } from './measure.mjs';
import { requests } from './requests.mjs';
import { servers } from './servers.mjs';

const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: { bar: { type: 'string' }, rounds: { type: 'string', default: '15' } },
});
const script = resolve(positionals[0] ?? '', 'dist/cli/main.js');
if (positionals.length !== 1 || !existsSync(script)) {
  console.error(
    'node bench/against.mjs FOLDER [--rounds 15] [--bar PERCENT]\n\nFOLDER is another checkout that has been built. --bar: exit 1 where a request costs so much more here.',
  );
  process.exit(2);
}

const here = servers.find(({ key }) => key === 'understudy');
const asked = requests.filter(({ key }) => ['get_200', 'refused_403', 'attach_201'].includes(key));
const load = startLoad();
const window = (maxCount, maxMs) => ({ maxCount, maxMs });
const prepare = (server) =>
  prepareTarget(server, load, {
    connections: 16,
    warmUp: window(20_000, 4_000),
    source: defaultSource,
    asked,
  });
const targets = [
  await prepare({ ...here, key: 'there', title: 'there', script }),
  await prepare({ ...here, key: 'here', title: 'here' }),
];
const samples = new Map(asked.map(({ key }) => [key, targets.map(() => [])]));
for (let round = 0; round < Number(options.rounds); round++) {
  console.error(`round ${round + 1} of ${options.rounds}`);
  for (const { key } of asked)
    for (const i of round % 2 === 0 ? [0, 1] : [1, 0]) {
      const cost = await measureWindow(targets[i], targets[i].works[key], load, {
        measured: window(3_000, 400),
        source: defaultSource,
      });
      samples.get(key)[i].push(cost);
    }
}
for (const { stop } of targets) await stop();
load.stop();

console.log(`Node ${process.version}; CPU, the lowest of ${options.rounds} windows each.\n`);
console.log('| | there | here | here to there |\n| --- | ---: | ---: | ---: |');
let most = -Infinity;
for (const { key, title } of asked) {
  const [there, now] = samples.get(key).map((all) => Math.min(...all));
  const percent = (now / there - 1) * 100;
  most = Math.max(most, percent);
  console.log(
    `| ${title} | ${there.toFixed(1)} µs | ${now.toFixed(1)} µs | ${percent > 0 ? '+' : ''}${percent.toFixed(1)} % |`,
  );
}
const held = options.bar === undefined || most <= Number(options.bar);
if (options.bar !== undefined)
  console.log(`\nThe bar of ${options.bar} %: ${held ? 'held' : 'NOT held'}.`);
process.exit(held ? 0 : 1);
