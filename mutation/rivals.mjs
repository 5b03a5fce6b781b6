// The rivals, each asked about each drift of the sample. All get the same: a listening mock server
// on loopback with a fresh world and virtual time, and the same question: what do you say here that
// you do not say of the honest one?
import { availableParallelism } from 'node:os';
import { createUnderstudy } from '../dist/index.js';
import { drifts } from './plays.mjs';
import { prism } from './rivals/prism.mjs';
import { respect } from './rivals/respect.mjs';
import { schemathesis } from './rivals/schemathesis.mjs';

/**
 * A rival has a `key`, a `title` with its version, `prepare()`, and `ask(serve, operations)`:
 * yields its findings, one list after the other, each time about a mock server that `serve()` has
 * opened. `operations` are those that the drift concerns; a rival may leave out what cannot touch
 * them. A finding has the `operations` that it names, and `what`, equal for equal findings of other
 * runs.
 */
export const rivals = [schemathesis, respect, prism];
export const titles = Object.fromEntries(rivals.map(({ key, title }) => [key, title]));

/**
 * Asks every rival about the honest mock server, then about each of the names. Returns, by rival,
 * what it says of the honest one, and by drift a verdict, `named`, `elsewhere` or `missed`; for a
 * variation any finding is an alarm: `alarm` or `quiet`.
 */
export async function askRivals(names, say) {
  for (const { title, prepare } of rivals) {
    say(`${title}: getting ready`);
    await prepare();
  }
  const honest = await share(rivals, async (rival) => {
    const { findings, seconds } = await ask(rival);
    const said = new Set(findings.map(({ what }) => what));
    say(`${rival.title}, the honest mock server: ${said.size} findings, ${seconds.toFixed(1)} s`);
    return said;
  });
  const isLong = (name) => drifts.get(name).kind === 'vary';
  const questions = names
    .toSorted((a, b) => Number(isLong(b)) - Number(isLong(a)))
    .flatMap((name) =>
      rivals.map((rival, i) => ({ drift: drifts.get(name), rival, known: honest[i] })),
    );
  let done = 0;
  const answers = await share(questions, async ({ drift, rival, known }) => {
    const { verdict, first, seconds } = await judge(rival, drift, known).catch((error) => {
      throw new Error(`${rival.title}, ${drift.name}: ${error.message}`, { cause: error });
    });
    done += 1;
    const because = first ? ` (${first.what})` : '';
    say(
      `${done} of ${questions.length}  ${rival.title}, ${drift.name}: ${verdict}${because}, ${seconds.toFixed(1)} s`,
    );
    return { name: drift.name, key: rival.key, verdict, seconds };
  });
  return rivals.map(({ key }, i) => ({
    key,
    honest: [...honest[i]],
    verdicts: new Map(
      answers.filter((answer) => answer.key === key).map(({ name, ...answer }) => [name, answer]),
    ),
  }));
}

/** One rival, one drift. `first` is the finding that decided. */
export async function judge(rival, drift, known) {
  const isVariation = drift.kind === 'vary';
  const names = ({ operations }) => operations.some((id) => drift.operations.includes(id));
  const isNews = ({ what }) => !known.has(what);
  const decides = (finding) => isNews(finding) && (isVariation || names(finding));
  const { findings, seconds } = await ask(rival, { drift, enough: decides });
  const named = findings.find(decides);
  const first = named ?? findings.find(isNews);
  if (isVariation) return { verdict: first ? 'alarm' : 'quiet', first, seconds };
  return { verdict: named ? 'named' : first ? 'elsewhere' : 'missed', first, seconds };
}

/**
 * What a rival says of a mock server, the honest one without a drift: all of it, or no more than
 * comes with the first finding that is enough.
 */
export async function ask(
  rival,
  { drift = undefined, operations = drift?.operations, enough = (_finding) => false } = {},
) {
  const open = [];
  const serve = async () => {
    const understudy = createUnderstudy(drift ? { drift: drift.name } : {});
    open.push(understudy);
    return (await understudy.listen({ port: 0 })).url;
  };
  const started = performance.now();
  const findings = [];
  try {
    for await (const list of rival.ask(serve, operations)) {
      findings.push(...list);
      if (list.some(enough)) break;
    }
  } finally {
    await Promise.all(open.map((understudy) => understudy.close()));
  }
  return { findings, seconds: (performance.now() - started) / 1000 };
}

/** Does all of it, as many at a time as there are cores. */
async function share(list, work) {
  const results = [];
  const queue = [...list.entries()];
  const lane = async () => {
    for (let next = queue.shift(); next; next = queue.shift())
      results[next[0]] = await work(next[1]);
  };
  await Promise.all(Array.from({ length: availableParallelism() }, lane));
  return results;
}
