// `serve --watch` in this process: what is read again, what stays, and what a broken file does.
import { mkdtempSync, renameSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readFaultFile } from '../../src/cli/fault-file.js';
import type { Reload } from '../../src/cli/log.js';
import { type FileWatch, watchFiles } from '../../src/cli/watch.js';
import { createServer, type ServerOptions } from '../../src/http/server.js';
import { itInFull } from '../support/sample.js';

let folder = '';
const watches: FileWatch[] = [];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'understudy-watch-'));
});
afterEach(() => {
  for (const watch of watches.splice(0)) watch.close();
  rmSync(folder, { recursive: true });
});
const file = (name: string) => join(folder, name);

/** A scenario with an organization of this name. */
const scenario = (name: string, more = '') => `scenario: mine
description: For a test.
extends: default
time: 2026-03-01T00:00:00Z
organizations:
  - { id: org_new, name: ${name} }
${more}`;

function watched(options: ServerOptions, flags: { readonly fault?: string } = {}) {
  const faults = flags.fault === undefined ? {} : { faults: readFaultFile(flags.fault).faults };
  const server = createServer({ ...options, ...faults });
  const told: Reload[] = [];
  let wake = (): void => {};
  watches.push(
    watchFiles(server, { ...flags, spec: options.spec }, (reload) => {
      told.push(reload);
      wake();
    }),
  );
  const next = async (): Promise<Reload> => {
    while (told.length === 0)
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    return told.shift() as Reload;
  };
  const nameOf = async (world: string): Promise<string> => {
    const { organizations } = server.worlds.get(world);
    return organizations.all().find(({ id }) => id === 'org_new')?.name ?? '';
  };
  const send = (method: string, path: string, key = 'ak_owner') =>
    server.fetch(path, { method, headers: { 'X-API-Key': key } });
  return { server, next, nameOf, send };
}
const attach = '/v1/spaces/space_abc123/vector-stores/vs_def456';

describe('a scenario file that changes', () => {
  it.each([
    ['is written again', (name: string) => writeFileSync(file('mine.yaml'), scenario(name))],
    [
      'is emptied and then written',
      (name: string) => {
        truncateSync(file('mine.yaml'));
        writeFileSync(file('mine.yaml'), scenario(name));
      },
    ],
    [
      'is replaced by another one',
      (name: string) => {
        writeFileSync(file('mine.yaml.new'), scenario(name));
        renameSync(file('mine.yaml.new'), file('mine.yaml'));
      },
    ],
  ])(
    '%s: worlds that nobody has written to are made anew, the others keep what is in them',
    async (_, save) => {
      writeFileSync(file('mine.yaml'), scenario('Before'));
      const { server, next, nameOf, send } = watched({ scenario: file('mine.yaml') });
      server.worlds.create('read');
      server.worlds.create('written');
      server.worlds.create('other', 'empty');
      await send('GET', '/v1/spaces/space_abc123', 'ak_owner~read');
      expect((await send('POST', attach, 'ak_owner~written')).status).toBe(201);
      server.worlds.fork('written', 'forked');
      for (const name of ['First', 'Second']) {
        save(name);
        expect(await next()).toMatchObject({
          worlds_anew: ['default', 'read'],
          worlds_kept: ['written', 'forked'],
        });
        expect([await nameOf('default'), await nameOf('read')]).toEqual([name, name]);
        expect(await nameOf('written')).toBe('Before');
      }
      expect((await send('POST', attach, 'ak_owner~written')).status).toBe(409);
      server.worlds.reset('written');
      expect(await nameOf('written')).toBe('Second');
      server.worlds.create('later');
      expect(await nameOf('later')).toBe('Second');
    },
  );

  it('changes nothing where it is broken, says where, and is read again once it is right', async () => {
    writeFileSync(file('mine.yaml'), scenario('Before'));
    const { next, nameOf } = watched({ scenario: file('mine.yaml') });
    writeFileSync(file('mine.yaml'), scenario('Broken', 'spacs: 1\n'));
    const { failed, problems } = await next();
    expect(failed).toMatch(
      /mine\.yaml:7:8 {2}spacs is not a known key\n {2}fix: did you mean spaces\?/,
    );
    expect(problems).toMatchObject([{ line: 7, what: 'spacs is not a known key' }]);
    expect(await nameOf('default')).toBe('Before');
    writeFileSync(file('mine.yaml'), scenario('Right'));
    expect(await next()).toMatchObject({ worlds_anew: ['default'] });
    expect(await nameOf('default')).toBe('Right');
  });

  itInFull(
    'may be one that the scenario extends; of several at once all are taken or none',
    async () => {
      writeFileSync(file('base.yaml'), scenario('Before'));
      const top = (time: string) =>
        `scenario: top\ndescription: For a test.\nextends: ./base.yaml\ntime: ${time}\n`;
      writeFileSync(file('top.yaml'), top('2026-03-01T00:00:00Z'));
      const { server, next, nameOf } = watched({
        scenario: file('top.yaml'),
        worldScenarios: { 'other-*': file('base.yaml') },
      });
      server.worlds.create('other-1');
      writeFileSync(file('base.yaml'), scenario('After'));
      writeFileSync(file('top.yaml'), top('never'));
      expect((await next()).failed).toContain('top.yaml:4:');
      expect([await nameOf('default'), await nameOf('other-1')]).toEqual(['Before', 'Before']);
      writeFileSync(file('top.yaml'), top('2026-04-01T00:00:00Z'));
      const { worlds_anew } = await next();
      expect(worlds_anew?.toSorted()).toEqual(['default', 'other-1']);
      expect([await nameOf('default'), await nameOf('other-1')]).toEqual(['After', 'After']);
      expect(server.world.clock.now()).toBe('2026-04-01T00:00:00Z');
    },
  );
});

describe('a file of faults that changes', () => {
  const fault = (name: string, status = 503) =>
    `  - { name: ${name}, when: { operation: getSpace }, does: { status: ${status} } }\n`;

  it('has its faults in every world, counts on those that stay, and leaves those of a world', async () => {
    writeFileSync(file('faults.yaml'), `faults:\n${fault('stays', 500)}${fault('goes')}`);
    const { server, next, send } = watched({}, { fault: file('faults.yaml') });
    const faults = async (method = 'GET', body?: object) => {
      const response = await server.fetch('/__admin/worlds/default/faults', {
        method,
        ...(body
          ? { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }
          : {}),
      });
      const { data } = (await response.json()) as {
        data: { faults: { name: string; hits: number }[] };
      };
      return data.faults?.map(({ name, hits }) => [name, hits]);
    };
    await faults('POST', {
      name: 'own',
      when: { operation: 'listThreads' },
      does: { status: 503 },
    });
    expect((await send('GET', '/v1/spaces/space_abc123')).status).toBe(500);
    writeFileSync(file('faults.yaml'), `faults:\n${fault('comes')}${fault('stays', 500)}`);
    expect(await next()).toMatchObject({ faults_added: ['comes'], faults_gone: ['goes'] });
    expect(await faults()).toEqual([
      ['comes', 0],
      ['stays', 1],
      ['own', 0],
    ]);
    expect((await send('GET', '/v1/spaces/space_abc123', 'ak_owner~later')).status).toBe(503);

    writeFileSync(
      file('faults.yaml'),
      'faults:\n  - { when: { operation: getSpac }, does: { status: 503 } }\n',
    );
    expect((await next()).failed).toMatch(
      /faults\.yaml:2:\d+ .*\n {2}fix: did you mean getSpace\?/,
    );
    expect(await faults()).toHaveLength(3);
    writeFileSync(file('faults.yaml'), `faults: []\n`);
    expect(await next()).toMatchObject({ faults_added: [], faults_gone: ['comes', 'stays'] });
    expect(await faults()).toEqual([['own', 0]]);
  });
});

describe('a document that changes', () => {
  const document = (...paths: readonly string[]) =>
    JSON.stringify({
      openapi: '3.1.0',
      info: { title: 'Harbour', version: '1' },
      paths: Object.fromEntries(
        paths.map((path) => [
          path,
          {
            get: {
              operationId: path.slice(1),
              responses: {
                200: {
                  description: 'ok',
                  content: { 'application/json': { schema: { const: path } } },
                },
              },
            },
          },
        ]),
      ),
    });

  it('is served from then on, and a broken one is not', async () => {
    writeFileSync(file('api.json'), document('/ships', '/crews'));
    const { server, next } = watched({ spec: file('api.json') });
    const status = async (path: string) => (await server.fetch(path)).status;
    expect([await status('/ships'), await status('/docks')]).toEqual([200, 404]);
    writeFileSync(file('api.json'), document('/ships', '/docks'));
    expect(await next()).toMatchObject({
      operations_added: ['GET /docks'],
      operations_gone: ['GET /crews'],
    });
    expect([await status('/docks'), await status('/crews')]).toEqual([200, 404]);
    const served = (await (await server.fetch('/openapi.json')).json()) as { paths: object };
    expect(Object.keys(served.paths)).toEqual(['/ships', '/docks']);
    writeFileSync(file('api.json'), '{ "openapi": "3.1.0", ');
    expect((await next()).failed).toMatch(/api\.json:\d+:\d+ /);
    expect(await status('/docks')).toBe(200);
  });
});
