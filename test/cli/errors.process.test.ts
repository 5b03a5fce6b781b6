// What is said to somebody who has made a mistake: what is wrong, where, and what to do next.
// Nothing of Node's own.
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { run, runBuilt } from '../support/cli.js';
import { whole } from '../support/sample.js';

const folder = mkdtempSync(join(tmpdir(), 'understudy-mistakes-'));
afterAll(() => rmSync(folder, { recursive: true }));
const file = (name: string, text: string): string => {
  writeFileSync(join(folder, name), text);
  return join(folder, name);
};
const empty = join(folder, 'empty');
mkdirSync(empty);
const broken = file('broken.yaml', 'callers: { owner: { api_key: "k }\n');
const text = file('text', 'hello');
const missing = join(folder, 'no-such-file');
const loop = join(folder, 'loop');
symlinkSync('loop', loop);

const mistakes = [
  [['serv'], 'did you mean serve?'],
  [['help', 'serv'], 'did you mean serve?'],
  [['help', 'scenario', 'lnt'], 'did you mean lint?'],
  [['serve', '--prot', '1'], 'did you mean --port?'],
  [['serve', 'extra'], 'understudy serve --help'],
  [['serve', '--allowed-hosts', 'http://mock.test/'], 'names of hosts, such as a.test,b.test'],
  [['serve', '--allowed-hosts', 'mock.test,'], 'names of hosts'],
  [['serve', '--port', 'abc'], 'whole number from 0 to 65535'],
  [['serve', '--port', '70000'], 'whole number from 0 to 65535'],
  [['serve', '--clock', 'fast'], 'real, virtual'],
  [['serve', '--scenario', 'crowed'], 'did you mean "crowded"?'],
  [['serve', '--scenario', empty], 'is a folder'],
  [['serve', '--scenario', missing], 'there is no file'],
  [['serve', '--scenario', text], 'must be a map'],
  [['serve', '--spec', missing], 'there is no such file'],
  [['serve', '--spec', 'https://example.com/openapi.yaml'], 'download it, and name the file'],
  [['serve', '--spec', empty], 'is a folder'],
  [['serve', '--spec', text], 'openapi'],
  [
    ['serve', '--drift', 'guard:getSpace.space_not_foun'],
    'did you mean guard:getSpace.space_not_found?',
  ],
  [['contracts', 'show'], 'understudy contracts show --help'],
  [['contracts', 'show', 'getSpac'], 'did you mean getSpace?'],
  [['contracts', 'export', '--output', join(missing, 'x')], 'cannot be written'],
  [['scenario', 'lint'], 'understudy scenario lint --help'],
  [['scenario', 'lint', empty], 'holds no scenarios'],
  [['scenario', 'lint', loop], 'its links lead back to themselves'],
  [['serve', '--scenario', join(text, 'below-a-file')], 'a part of its path is no folder'],
  [['har', 'replay', loop], 'its links lead back to themselves'],
  [['har', 'replay', join(folder, 'a'.repeat(300))], 'its name is too long'],
  [['check', '--known-add', join(loop, 'known.yaml')], 'there is no folder'],
  [['explain', 'CASE_WRON'], 'did you mean CASE_WRONG?'],
  [['check', 'notaurl'], 'https://staging.example.com'],
  [['check', 'https://example.invalid'], '--profile FILE'],
  [['check', '--profile', missing], 'there is no such file'],
  [['check', '--profile', empty], 'is a folder'],
  [['check', '--profile', broken], 'no closing "'],
  [['check', '--include-tag', 'spces'], 'did you mean Spaces?'],
  [['check', '--last-failed', '--report-dir', missing], 'there is no such file'],
  [['sweep', missing], 'there is no such file'],
  [['check', '--header', 'X-A: b'], 'this run tests the mock server in this process'],
  [['check', '--ca-cert', text, 'http://127.0.0.1:1'], 'BEGIN CERTIFICATE'],
  // As of a variable of the shell that is not set.
  [['serve', '--host', '', '--scenario', 'default'], '--host <address> is empty'],
  [['exec', '--', ''], 'command is empty'],
  [['reset', ''], 'world is empty'],
  [['why', ''], 'request is empty'],
  [['lint', '--ignore', 'pages', '--ignore', ''], '--ignore <rule> is empty'],
  [['scenario', 'lint', 'default', ''], 'the name of the scenario is empty'],
] as const;

// Whatever an export cannot be written to, it is made first, which takes seconds; ending.process.test.ts has one.
const quick = mistakes.filter(([args]) => whole || !(args as readonly string[]).includes('export'));

it('has a help that lists every command under what it is for', async () => {
  const { stdout } = await run(['--help']);
  expect(stdout.match(/^[A-Z].*:$/gm)).toEqual([
    'Options:',
    'A mock server:',
    'A mock server that runs:',
    'Testing a server:',
    'What is documented:',
    'Help:',
  ]);
});

it.each(quick)('understudy %j says what is wrong and what to do', async (args, said) => {
  const { code, stdout, stderr } = await run([...args]);
  expect([code, stdout]).toEqual([2, '']);
  expect(stderr.toLowerCase()).toContain(said.toLowerCase());
  expect(stderr).toMatch(/\bfix: |Did you mean|Use |Name a /);
  expect(stderr).not.toMatch(/\bat .*:\d+:\d+\)|EISDIR|undefined|\[object/);
});

it.each(
  whole ? ['serv', 'serve', 'contracts', 'scenario', 'explain', 'check'] : ['serve', 'check'],
)('the program says the same as this process: understudy %s', async (command) => {
  const [args] = mistakes.find(([[name]]) => name === command) ?? [[]];
  expect(await runBuilt([...args])).toEqual(await run([...args]));
});
