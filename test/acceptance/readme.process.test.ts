// The README's marked commands do what the README says, from top to bottom, as a reader would type
// them.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import type { JournalEntry } from '../../src/index.js';
import type { Json } from '../../src/spec/message.js';
import { createKeeper, projectFolder, runCommand } from '../support/processes.js';
import { type Form, inLines, settle } from './compare.js';
import { curl, needs } from './senders.js';
import { testedBlocks } from './tested-blocks.js';

const keeper = createKeeper();
const file = join(projectFolder, 'README.md');
const blocks = existsSync(file) ? testedBlocks(readFileSync(file, 'utf8')) : [];

it('the README has commands that are marked as tested, and says what some of them print', () => {
  expect(blocks.length).toBeGreaterThan(0);
  expect(blocks.filter(({ output }) => output !== undefined).length).toBeGreaterThan(0);
});

// One test for all: a reader's second command finds the world as the first one left it.
it('the marked commands of the README end well and print what it shows', {
  timeout: 120_000,
}, async (context) => {
  if (blocks.some(({ commands }) => curlCalls(commands) > 0)) await needs(curl, context);
  const server = await keeper.serve(['--log-format', 'json']);
  const port = new URL(server.url).port;
  let sent = 0;
  for (const { line, commands, output } of blocks) {
    const place = `README.md:${line}`;
    const { code, stdout, stderr } = await runCommand('sh', [
      '-e',
      '-c',
      commands.replace(/\b4010\b/g, port),
    ]);
    expect(code, `${place}\n${commands}\n${stdout}\n${stderr}`).toBe(0);

    // curl ends well whatever the answer is, so the server is asked what it was asked.
    const before = sent;
    sent += curlCalls(commands);
    const exchanges = await server.process.until(`the requests of ${place}`, () => {
      const logged = exchangesIn(server.process.stdout);
      return logged.length >= sent ? logged.slice(before) : undefined;
    });
    const unexpected = exchanges.filter(
      ({ status, operation }) => status >= 500 || (status >= 400 && operation === undefined),
    );
    expect.soft(unexpected, `${place}\n${commands}`).toEqual([]);

    if (output === undefined) continue;
    // The README may cut a trace id short.
    const shown = jsonFrom(output.replaceAll('req_…', 'req_0'), `${place}, the output shown`);
    const printed = settle(jsonFrom(stdout, `${place}, the output printed`), shown, formAt);
    expect.soft(inLines(printed), `${place}\n${commands}`).toBe(inLines(shown));
  }
});

function curlCalls(commands: string): number {
  return commands.match(/^\s*curl\b|[;&|(]\s*curl\b/gm)?.length ?? 0;
}

type Logged = Pick<JournalEntry, 'method' | 'target' | 'status' | 'operation'> & {
  readonly event: string;
};

function exchangesIn(log: string): Logged[] {
  const lines = log
    .slice(0, log.lastIndexOf('\n') + 1)
    .split('\n')
    .filter(Boolean);
  return lines
    .map((line) => JSON.parse(line) as Logged)
    .filter(({ event }) => event === 'exchange');
}

/** Times and trace ids are a reader's own; every other field is the same on every machine. */
function formAt(pointer: string): Form | undefined {
  const name = pointer.slice(pointer.lastIndexOf('/') + 1);
  if (name === 'trace_id') return 'trace';
  return name === 'timestamp' || name.endsWith('_at') ? 'time' : undefined;
}

function jsonFrom(text: string, what: string): Json {
  try {
    return JSON.parse(text) as Json;
  } catch {
    throw new Error(`${what}, is not JSON:\n${text}`);
  }
}
