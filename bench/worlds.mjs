// What worlds cost: a fork and a reset with the first write, memory, removal, and lists in a small and in a
// large table. See README.md.
import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { createUnderstudy } from '../dist/index.js';
import { someSteps } from '../dist/inside.js';
import { defaultSource, ownMicroseconds } from './cpu.mjs';
import { asked, crowd, makers, scenario } from './crowd.mjs';
import { measureWindow, prepareTarget, startLoad } from './measure.mjs';
import { summarize } from './report.mjs';
import { servers } from './servers.mjs';

/**
 * At most so much, as a share of a GET of bare Express, in kB, in times the cost of the small
 * table, or in milliseconds.
 */
const BARS = { start: 0.25, kilobytes: 12, removal: 10, growth: 1.5, longest: 20 };
const window = (maxCount, maxMs) => ({ maxCount, maxMs });
const full = { rounds: 7, small: 10_000, large: 1_000_000, repeat: 200 };
const quick = { rounds: 3, small: 10_000, large: 100_000, repeat: 100 };

const { values: options } = parseArgs({
  options: { quick: { type: 'boolean' }, bar: { type: 'boolean' }, json: { type: 'string' } },
});
const settings = options.quick ? quick : full;
const say = (text) => console.error(text);

/** @type {{ title: string, text: string, value: number, unit: string, bar?: number }[]} */
const figures = [...(await starts()), ...memories(), removal(), ...(await growth())];
console.log(`Node ${process.version}; lower is cheaper.\n\n${table(figures)}`);
if (options.json)
  writeFileSync(options.json, `${JSON.stringify({ settings, figures }, null, 2)}\n`);
const missed = figures.filter(({ value, bar }) => bar !== undefined && value > bar);
if (options.bar)
  console.log(
    `\nThe bars: ${missed.length === 0 ? 'held' : `NOT held by ${missed.map(({ title }) => title).join('; ')}`}.`,
  );
process.exit(options.bar && missed.length > 0 ? 1 : 0);

/** CPU microseconds of this process for one call. */
function cpuOf(work, count) {
  const before = process.cpuUsage();
  for (let i = 0; i < count; i++) work(i);
  const { user, system } = process.cpuUsage(before);
  return (user + system) / count;
}

/** A window of Express and one of each fork and reset stand next to each other in every round. */
async function starts() {
  const load = startLoad();
  const connections = 16;
  const express = await prepareTarget(servers[0], load, {
    connections,
    warmUp: window(20_000, 12_000),
    source: defaultSource,
  });
  const ways = [1_000, 100_000].flatMap((rows) => [
    ...['messages', 'spaces'].map((name) => forking(name, rows)),
    ...['threads', 'spaces'].map((name) => resetting(name, rows)),
  ]);
  for (const { write } of ways) cpuOf(write, 20_000);
  const gets = [];
  const ratios = ways.map(() => []);
  const times = ways.map(() => []);
  for (let round = 0; round < settings.rounds; round++) {
    say(`forks and resets, round ${round + 1} of ${settings.rounds}`);
    const get = await measureWindow(express, express.works.get_200, load, {
      measured: window(6_000, 600),
      source: defaultSource,
    });
    gets.push(get);
    for (const [i, { write }] of ways.entries()) {
      times[i].push(cpuOf(write, 5_000));
      ratios[i].push(times[i].at(-1) / get);
    }
  }
  await express.stop();
  load.stop();
  const base = {
    title: 'a GET of bare Express',
    text: `${summarize(gets).median.toFixed(1)} µs`,
    value: 1,
    unit: '',
  };
  const started = ways.map(({ title }, i) => ({
    title,
    text: `${summarize(times[i]).median.toFixed(1)} µs`,
    value: summarize(ratios[i]).median,
    unit: '× a GET of bare Express',
    bar: BARS.start,
  }));
  return [base, ...started];
}

function newRow(name, i) {
  return { ...makers[name](1, 1), id: `new_${i}` };
}

function counted(rows) {
  return `${rows.toLocaleString('en')} rows`;
}

function forking(name, rows) {
  const { world } = crowd(name, rows);
  return {
    title: `fork and insert into ${name}, ${counted(rows)}`,
    write: (i) => world.fork()[name].insert(newRow(name, i)),
  };
}

/** By name, as whoever resets a world does, to a scenario with so many rows. */
function resetting(name, rows) {
  const { worlds } = createUnderstudy({ scenario: { ...scenario, [name]: { count: rows } } });
  const world = worlds.create('reset');
  if (world[name].size !== rows) throw new Error(`${world[name].size} ${name} are no ${rows}`);
  return {
    title: `reset and insert into ${name}, ${counted(rows)}`,
    write: (i) => {
      worlds.reset('reset');
      world[name].insert(newRow(name, i));
    },
  };
}

function memories() {
  return Object.keys(makers).flatMap((name) =>
    ['changed', 'added'].map((how) => memory(name, how)),
  );
}

/** Of a thousand worlds that each changed or added ten rows, spread over the table. */
function memory(name, how) {
  say(`memory: ${name}, ${how}`);
  const { world } = crowd(name, 1_000);
  const ids = world[name].all().map(({ id }) => id);
  const writes = {
    changed: (fork, n, i) =>
      fork[name].update(ids[(n + i * 97) % 1_000], { created_at: `2026-02-27T00:00:0${i}Z` }),
    added: (fork, n) => fork[name].insert({ ...makers[name](n, 1_000), id: fork.ids.next('row') }),
  };
  const forkAndWrite = (n) => {
    const fork = world.fork();
    for (let i = 0; i < 10; i++) writes[how](fork, n, i);
    return fork;
  };
  for (let n = 0; n < 100; n++) forkAndWrite(n);
  const before = heapAfterCollection();
  const worlds = Array.from({ length: 1_000 }, (_, n) => forkAndWrite(n));
  const value = (heapAfterCollection() - before) / 1_000 / worlds.length;
  return {
    title: `ten rows of ${name} ${how}, in each of 1,000 worlds`,
    text: '',
    value,
    unit: 'kB a world',
    bar: BARS.kilobytes,
  };
}

function heapAfterCollection() {
  for (let i = 0; i < 3; i++) globalThis.gc();
  return process.memoryUsage().heapUsed;
}

function removal() {
  const cost = (rows) => {
    say(`removal of ${rows.toLocaleString('en')}`);
    const { world } = crowd('messages', rows);
    const then = world.snapshot();
    // So few writes are not warm in the first rounds.
    const samples = Array.from({ length: 40 }, (_, round) => {
      world.restore(then);
      return cpuOf((i) => world.messages.delete(`msg_${(i * 7919 + round) % rows}`), 50);
    });
    return summarize(samples).min;
  };
  const [few, many] = [cost(100), cost(settings.large)];
  return {
    title: `one row removed of ${settings.large.toLocaleString('en')}`,
    text: `${many.toFixed(1)} µs`,
    value: many / few,
    unit: '× one of 100',
    bar: BARS.removal,
  };
}

/**
 * What is asked of a table that is small and of one that is large, and the longest that any of it
 * has kept the process busy.
 *
 * @returns {Promise<{ title: string, text: string, value: number, unit: string, bar?: number }[]>}
 */
async function growth() {
  const sizes = [settings.small, settings.large];
  const costs = [];
  const made = [];
  for (const [name, requests] of Object.entries(asked)) {
    say(`${name}: ${sizes.map((rows) => rows.toLocaleString('en')).join(' and ')}`);
    const crowds = sizes.map((rows) => crowd(name, rows));
    made.push(crowds.map(({ world }) => madeReady(world))[1]);
    const [few, many] = /** @type {[string, any, boolean?][][]} */ (sizes.map(requests));
    for (const [i, [title, , exempt]] of few.entries()) {
      const sides = crowds.map((understudy, side) => ({
        understudy,
        steps: [few, many][side][i][1],
      }));
      const [small, large] = await cpuOfSteps(sides, exempt);
      costs.push({ title, exempt, small, large });
    }
  }
  const found = costs.map(({ title, exempt, small, large }) => ({
    title,
    text: `${(large / 1000).toFixed(2)} ms`,
    value: large / small,
    unit: `× with ${settings.small.toLocaleString('en')} rows`,
    ...(exempt ? {} : { bar: BARS.growth }),
  }));
  const most = Math.max(...costs.map(({ exempt, large }) => (exempt ? 0 : large)));
  const longest = {
    title: `the longest of these with ${settings.large.toLocaleString('en')} rows`,
    text: '',
    value: most / 1000,
    unit: 'ms',
    bar: BARS.longest,
  };
  const turn = {
    title: `the longest turn in which what lists of ${settings.large.toLocaleString('en')} rows are found by is made ready`,
    text: `${(Math.max(...made.map(({ all }) => all)) / 1e6).toFixed(1)} s for all turns of the dearest`,
    value: Math.max(...made.map(({ longest }) => longest)) / 1000,
    unit: 'ms',
    bar: BARS.longest,
  };
  return [...found, longest, turn];
}

/** As a server does it between requests, turn by turn: CPU of the longest, and of all. */
function madeReady(world) {
  heapAfterCollection();
  const steps = world.ahead();
  let [longest, all] = [0, 0];
  for (let isDone = false; !isDone; ) {
    const before = ownMicroseconds();
    isDone = !someSteps(steps);
    const taken = ownMicroseconds() - before;
    longest = Math.max(longest, taken);
    all += taken;
  }
  return { longest, all };
}

/**
 * The least CPU of some requests through `fetch`, as warm as it gets, of each side; they take turns,
 * so that a busy moment meets both.
 */
async function cpuOfSteps(sides, exempt) {
  const least = sides.map(() => Number.POSITIVE_INFINITY);
  const repeat = exempt ? 5 : settings.repeat;
  for (let i = -repeat; i < repeat; i++) {
    for (const [side, { understudy, steps }] of sides.entries()) {
      const before = process.cpuUsage();
      for (const { path, status, ...init } of steps) {
        const response = await understudy.fetch(`http://understudy.local${path}`, init);
        if (response.status !== status)
          throw new Error(`${path}: ${response.status} ${await response.text()}`);
      }
      const { user, system } = process.cpuUsage(before);
      if (i >= 0) least[side] = Math.min(least[side], user + system);
    }
  }
  return least;
}

function table(rows) {
  const lines = rows.map(({ title, text, value, unit, bar }) => [
    title,
    text,
    `${value.toFixed(2)} ${unit}`,
    bar ?? '–',
  ]);
  return [['what', 'CPU', 'ratio or size', 'at most'], ['---', '---:', '---:', '---:'], ...lines]
    .map((line) => `| ${line.join(' | ')} |`)
    .join('\n');
}
