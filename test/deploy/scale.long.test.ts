// What docs/scale.md shows: three mock servers behind HAProxy, two hundred worlds, one server killed,
// and its worlds back from Redis. And the steps of the Dockerfile, executed without Docker.
import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { makeFolder, removeFolders } from '../support/package-consumer.js';
import { createKeeper, projectFolder, runCommand } from '../support/processes.js';
import { beforeAllWithTool, MissingTool } from '../support/tools.js';

const keeper = createKeeper();
afterAll(removeFolders);
const WORLDS = 200;
const attach = '/v1/spaces/space_abc123/vector-stores/vs_def456';

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
}

async function mustHave(program: string): Promise<void> {
  const { code } = await runCommand('sh', ['-c', `command -v ${program}`]);
  if (code !== 0) throw new MissingTool(`No ${program}. fix: apt-get install ${program}`);
}

async function eventually<Found>(probe: () => Promise<Found | undefined>): Promise<Found> {
  for (const end = Date.now() + 120_000; Date.now() < end; ) {
    const found = await probe().catch(() => undefined);
    if (found !== undefined) return found;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  throw new Error('It has not come about in two minutes.');
}

describe('three servers behind a load balancer', () => {
  const cluster = beforeAllWithTool(async () => {
    await mustHave('haproxy');
    await mustHave('redis-server');
    const folder = makeFolder('understudy-scale-');
    const [balancer, redis, ...ports] = await Promise.all(Array.from({ length: 5 }, freePort));
    const main = join(projectFolder, 'dist/cli/main.js');
    const servers = ports.map((port) =>
      keeper.start(process.execPath, [main, 'serve', '--clock', 'virtual', '--port', String(port)]),
    );
    const urls = ports.map((port) => `http://127.0.0.1:${port}`);
    const lines = ['--port', String(redis), '--bind', '127.0.0.1', '--save', '', '--dir', folder];
    keeper.start('redis-server', lines);
    const addresses = Object.fromEntries(
      ports.map((port, i) => [`UNDERSTUDY_${i + 1}`, `127.0.0.1:${port}`]),
    );
    const url = `http://127.0.0.1:${balancer}`;
    const answers = (one: string) =>
      eventually(async () => ((await fetch(one)).ok ? true : undefined));
    // To a balancer that runs before them, servers are gone at first, and their worlds are elsewhere.
    await Promise.all(urls.map(answers));
    keeper.start('haproxy', ['-db', '-f', join(projectFolder, 'deploy/haproxy.cfg')], {
      env: { ...process.env, ...addresses, UNDERSTUDY_BIND: `127.0.0.1:${balancer}` },
    });
    await answers(url);
    keeper.start(process.execPath, [
      join(projectFolder, 'deploy/keep-worlds.mjs'),
      ...['--redis', `127.0.0.1:${redis}`, '--balancer', url],
      ...urls,
    ]);
    const size = async (): Promise<number> => {
      const args = ['-p', String(redis), 'DBSIZE'];
      return Number((await runCommand('redis-cli', args)).stdout.trim());
    };
    return { url, urls, servers, size };
  }, 240_000);

  const ways: readonly ((world: string) => [string, Record<string, string>])[] = [
    (world) => [`/w/${world}${attach}`, { 'x-api-key': 'ak_owner' }],
    (world) => [attach, { 'x-api-key': 'ak_owner', 'x-understudy-world': world }],
    (world) => [attach, { 'x-api-key': `ak_owner~${world}` }],
    (world) => [attach, { authorization: `Bearer tok_owner~${world}` }],
  ];
  const statuses = (turn: number): Promise<number[]> =>
    Promise.all(
      Array.from({ length: WORLDS }, async (_, i) => {
        const way = ways[(i + turn) % ways.length] as (typeof ways)[number];
        const [target, headers] = way(`w${i}`);
        const response = await fetch(`${cluster().url}${target}`, { method: 'POST', headers });
        await response.arrayBuffer();
        return response.status;
      }),
    );
  const all = (status: number) => Array.from({ length: WORLDS }, () => status);

  it('share two hundred worlds, and those of one that is killed come back', {
    timeout: 400_000,
  }, async () => {
    expect(await statuses(0)).toEqual(all(201));
    // Whichever way names a world, it is the same one.
    for (const turn of [1, 2, 3]) expect(await statuses(turn)).toEqual(all(409));
    const worldsOf = async (url: string): Promise<number> => {
      const { data } = (await (await fetch(`${url}/__admin/worlds`)).json()) as {
        data: { worlds: unknown[] };
      };
      return data.worlds.length - 1;
    };
    const counts = await Promise.all(cluster().urls.map(worldsOf));
    expect(counts.reduce((sum, count) => sum + count)).toBe(WORLDS);
    for (const count of counts) expect(count).toBeGreaterThan(WORLDS / 10);
    await eventually(async () => ((await cluster().size()) === WORLDS ? true : undefined));

    await cluster().servers[0]?.stop('SIGKILL');
    const others = cluster().urls.slice(1);
    await eventually(async () => {
      const left = await Promise.all(others.map(worldsOf));
      return left.reduce((sum, count) => sum + count) === WORLDS ? true : undefined;
    });
    expect(await statuses(0)).toEqual(all(409));
  });
});

describe('the Dockerfile', () => {
  it('builds and serves, step by step, without Docker', { timeout: 900_000 }, async () => {
    const stages = makeFolder('understudy-image-');
    const text = readFileSync(join(projectFolder, 'deploy/Dockerfile'), 'utf8');
    const inImage = (path: string) => path.replace(/^\/(build|app)/, `${stages}/$1`);
    const run = async (command: string, cwd: string) => {
      const { code, stdout, stderr } = await runCommand('sh', ['-e', '-c', command], {
        cwd,
        withinMs: 600_000,
      });
      expect(code, `${command}\n${stdout}${stderr}`).toBe(0);
    };
    let cwd = stages;
    let entry: string[] = [];
    for (const line of text.split('\n')) {
      const [, keyword = '', rest = ''] = /^([A-Z]+) (.+)$/.exec(line) ?? [];
      if (keyword === 'WORKDIR') {
        cwd = inImage(rest);
        await run(`mkdir -p ${cwd}`, stages);
      }
      if (keyword === 'COPY' && rest === '. .')
        await run(`git -C ${projectFolder} archive HEAD | tar -x -C ${cwd}`, stages);
      if (keyword === 'COPY' && rest.startsWith('--from=build'))
        await run(`cp ${inImage(rest.split(' ')[1] as string)} ${cwd}`, stages);
      if (keyword === 'RUN') await run(rest, cwd);
      if (keyword === 'ENTRYPOINT') entry = (JSON.parse(rest) as string[]).map(inImage);
    }
    const [, healthcheck = ''] = /^HEALTHCHECK .*? CMD (.+)$/m.exec(text) ?? [];
    const [, ...check] = JSON.parse(healthcheck) as string[];
    const port = String(await freePort());
    const asked = check.map((part) => part.replace('4010', port));
    const [program = '', ...args] = entry;
    keeper.start(program, [...args, 'serve', '--port', port], { cwd });
    await eventually(async () =>
      (await runCommand(process.execPath, asked)).code === 0 ? true : undefined,
    );
  });
});
