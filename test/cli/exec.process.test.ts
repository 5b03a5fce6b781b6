// `understudy exec`, as a program: what the command that it runs is told, and how both end.
import { expect, it } from 'vitest';
import { run, runBuilt, start } from '../support/cli.js';
import { whole } from '../support/sample.js';

const node = (script: string): string[] => [process.execPath, '-e', script];

it('runs a command that finds the server and a good credential, and ends with its exit code', async () => {
  const script = `
    const { AITRONOS_BASE_URL: url, FREDDY_API_KEY: key, ACCESS_TOKEN: token } = process.env;
    const ask = async (headers) => (await fetch(url + '/v1/spaces/space_abc123', { headers })).status;
    Promise.all([ask({ 'X-API-Key': key }), ask({ Authorization: 'Bearer ' + token }), ask({})])
      .then((statuses) => { console.log(statuses.join(), process.argv.slice(1).join()); process.exit(7); });`;
  const { code, stdout, stderr } = await runBuilt([
    'exec',
    '--clock',
    'virtual',
    '--',
    ...node(script),
    '--',
    '--scenario',
    'of the command',
  ]);
  expect([code, stdout, stderr]).toEqual([7, '200,200,401 --scenario,of the command\n', '']);
});

it('ends with 2 where nothing can be run, with words that say why', async () => {
  const [gone, none, odd] = [
    await runBuilt(['exec', '--', 'no-such-program']),
    await run(['exec']),
    await run(['exec', '--scenario', 'acess', '--', ...node('')]),
  ];
  expect([gone.code, gone.stderr]).toEqual([
    2,
    expect.stringMatching(
      /^no-such-program cannot be started: there is no such program\n {2}fix: name a program/,
    ),
  ]);
  expect([none.code, none.stderr]).toEqual([
    2,
    expect.stringMatching(/missing required argument 'command'/),
  ]);
  expect([odd.code, odd.stderr]).toEqual([2, expect.stringContaining('Did you mean "access"?')]);
});

it('hands a signal on, and ends as the command does', async () => {
  const waiting = start([
    'exec',
    '--',
    ...node(`console.log('there'); setInterval(() => {}, 1000)`),
  ]);
  await waiting.saw(/there/);
  waiting.process.kill('SIGTERM');
  expect((await waiting.finished).code).toBe(143);
});

it('lints what the command has sent to any world, and fails for it where the command has not', async () => {
  const script = (status: number) =>
    node(`
      const { AITRONOS_BASE_URL: url, FREDDY_API_KEY: key } = process.env;
      const ask = (method, path) => fetch(url + path, { method, headers: { 'X-API-Key': key } });
      ask('GET', '/w/gone/v1/spaces/undefined')
        .then(() => fetch(url + '/__admin/worlds/gone', { method: 'DELETE' }))
        .then(() => process.exit(${status}));`);
  const passed = await runBuilt(['exec', '--lint', '--', ...script(0)]);
  expect(passed.code).toBe(1);
  expect(passed.stdout).toMatch(
    /error {2}placeholder-value {2}getSpace\n.*\n {2}at: world gone, request 1\n/,
  );
  if (!whole) return;
  const [failed, lax] = [
    await runBuilt(['exec', '--lint', '--', ...script(7)]),
    await runBuilt(['exec', '--lint', '--ignore', 'placeholder-value', '--', ...script(0)]),
  ];
  expect([failed.code, lax.code]).toEqual([7, 0]);
  expect(failed.stdout).toContain('world gone, request 1');
  expect(lax.stdout).toMatch(/1 request in 1 world: no findings\.\n$/);
});
