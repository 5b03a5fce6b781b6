// Worlds in a folder: what is written loads to the same worlds, and what cannot be read or written
// is told, with nothing lost.
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, it, vi } from 'vitest';
import { openWorldStorage } from '../../src/cli/world-files.js';
import { createUnderstudy, type Understudy } from '../../src/index.js';
import { checkedScenario } from '../../src/scenario/load.js';
import { parseScenario } from '../../src/scenario/read.js';
import { call } from '../support/call.js';
import { attachStore, detachStore, owner, type Sent } from '../support/requests.js';
import { itInFull, whole } from '../support/sample.js';

const top = mkdtempSync(join(tmpdir(), 'understudy-worlds-'));
afterAll(() => rmSync(top, { recursive: true }));
let made = 0;
const fresh = (): string => join(top, `w${++made}`);

const open = (flags: { import?: string; exportOnExit?: string }, maxWorlds = 500) =>
  openWorldStorage({ ...flags, maxWorlds });
const inWorld = (sent: Sent, world: string): Sent => ({
  ...sent,
  headers: { ...sent.headers, 'x-understudy-world': world },
});
const told = (work: () => unknown): string => {
  try {
    work();
    return '';
  } catch (error) {
    return (error as Error).message;
  }
};

/** Exports all worlds, and starts another mock server from the files. */
function again(understudy: Understudy, folder = fresh()): Understudy {
  open({ exportOnExit: folder }).export(understudy.worlds);
  const storage = open({ import: folder });
  const copy = createUnderstudy(
    storage.defaultScenario === undefined ? {} : { scenario: storage.defaultScenario },
  );
  storage.import(copy.worlds);
  return copy;
}
/** By table, so that a difference is readable. */
const stateOf = ({ worlds }: Understudy, name: string) => [
  ...Object.entries(worlds.snapshot(name)).map((part) => JSON.stringify(part)),
  worlds.get(name).clock.state,
  worlds.get(name).backfill,
];

describe('worlds that are exported and imported', () => {
  itInFull(
    'are the same, byte for byte, with their clocks, their ids and what they embed',
    async () => {
      const understudy = createUnderstudy();
      const { worlds } = understudy;
      worlds.create('frozen', 'backfill-in-progress');
      worlds.advance('frozen', '2h');
      worlds.freeze('frozen');
      worlds.create('Later.on', 'same-names');
      worlds.advance('Later.on', '40d');
      worlds.setBackfill('Later.on', 'after 2m');
      const odd = {
        organization_id: 'org_xyz789',
        name: 'yes',
        metadata: { '': null, 'a: b': ' x\n\u0085y\t"#' },
      };
      for (const name of ['default', 'one', 'two']) {
        await call(understudy, inWorld(attachStore, name));
        await call(
          understudy,
          inWorld(owner.post('/v1/threads', { ...odd, title: `- ${name}: 1e3` }), name),
        );
      }
      worlds.fork('one', 'three');
      await call(understudy, inWorld(detachStore, 'three'));
      const copy = again(understudy);
      const names = worlds.list().map(({ name }) => name);
      expect(
        copy.worlds
          .list()
          .map(({ name }) => name)
          .sort(),
      ).toEqual([...names].sort());
      for (const name of names)
        expect(stateOf(copy, name), name).toEqual(stateOf(understudy, name));
      expect(copy.worlds.list().find(({ name }) => name === 'frozen')?.frozen).toBe(true);
      // And they go on alike.
      const create = owner.post('/v1/threads', { organization_id: 'org_xyz789' });
      for (const name of names) {
        const [first, second] = [understudy, copy].map((one) => call(one, inWorld(create, name)));
        expect((await second)?.body).toEqual((await first)?.body);
      }
    },
  );

  it('go on from their time where a real clock is ahead of the machine', () => {
    vi.useFakeTimers({ now: Date.parse('2026-11-01T12:00:00Z'), toFake: ['Date'] });
    try {
      const { worlds } = createUnderstudy({ clock: 'real' });
      worlds.create('ahead');
      worlds.advance('ahead', '30d');
      const folder = fresh();
      open({ exportOnExit: folder }).export(worlds);
      vi.setSystemTime(Date.parse('2026-11-02T12:00:00Z'));
      const copy = createUnderstudy({ clock: 'real' });
      open({ import: folder }).import(copy.worlds);
      const now = () => ['ahead', 'default'].map((name) => copy.worlds.summary(name).now);
      expect(now()).toEqual(['2026-12-01T12:00:00Z', '2026-11-02T12:00:00Z']);
      vi.setSystemTime(Date.parse('2026-11-02T12:00:05Z'));
      expect(now()).toEqual(['2026-12-01T12:00:05Z', '2026-11-02T12:00:05Z']);
      copy.worlds.reset('ahead');
      vi.setSystemTime(Date.parse('2026-11-02T12:00:06Z'));
      expect(now()[0]).toBe('2026-12-01T12:00:06Z');
    } finally {
      vi.useRealTimers();
    }
  });

  it('lint, and are written the same again', () => {
    const understudy = createUnderstudy({ scenario: 'access' });
    const folder = fresh();
    again(again(understudy, folder), folder);
    const text = readFileSync(join(folder, 'default.json'), 'utf8');
    expect(checkedScenario(parseScenario(text, 'default.json')).scenario).toBe('access');
    expect(`${JSON.stringify(understudy.worlds.export('default'), null, 2)}\n`).toBe(text);
  });

  it('keep whatever text and metadata they hold', async () => {
    const value = fc.jsonValue({ maxDepth: 2 });
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: 'binary', maxLength: 40 }), value, async (title, deep) => {
        const understudy = createUnderstudy();
        const { world } = understudy;
        const thread = world.threads.all()[0] as { id: string };
        world.threads.update(thread.id, { title, metadata: { deep } as never });
        expect(stateOf(again(understudy), 'default')).toEqual(stateOf(understudy, 'default'));
      }),
      { numRuns: whole ? 40 : 10, seed: 1 },
    );
  });

  it('keep their faults', async () => {
    const understudy = createUnderstudy({
      scenario: {
        scenario: 'broken',
        description: 'For tests.',
        time: '2026-02-26T15:30:00Z',
        extends: 'default',
        faults: [{ name: 'down', when: { operation: 'getSpace' }, does: { status: 503 } }],
      },
    });
    const read = owner.get('/v1/spaces/space_abc123');
    expect((await call(understudy, read)).status).toBe(503);
    expect((await call(again(understudy), read)).status).toBe(503);
  });
});

describe('a folder of worlds', () => {
  const good = JSON.stringify(createUnderstudy().worlds.export('default'), null, 2);
  const folderOf = (files: Readonly<Record<string, string>>): string => {
    const folder = fresh();
    mkdirSync(folder);
    for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
    return folder;
  };

  it('with half a file is refused with its line, whatever the half; other files are reported too', () => {
    for (const share of [0, 0.1, 0.5, 0.999]) {
      const half = good.slice(0, Math.floor(good.length * share));
      const folder = folderOf({ 'a.json': half, 'b.yaml': 'scenario: b\n', 'c.yaml': good });
      const text = told(() => open({ import: folder, exportOnExit: folder }));
      expect(text).toMatch(/a\.json:\d+:\d+ {2}/);
      expect(text).toContain('b.yaml:1:1  description is missing');
      expect(text).not.toContain('c.yaml');
      expect(readFileSync(join(folder, 'a.json'), 'utf8')).toBe(half);
    }
  });

  it('is told what to do about names, numbers and what is not there', () => {
    expect(told(() => open({ import: folderOf({ '-a.yaml': good }) }))).toMatch(
      /-a cannot be the name of a world\n {2}fix: rename the file: 1 to 64 letters/,
    );
    expect(told(() => open({ import: folderOf({ 'a.json': good, 'b.yaml': good }) }, 1))).toMatch(
      /holds 2 worlds beside the default one, and there may be 1\.\n {2}fix: raise --max-worlds/,
    );
    expect(told(() => open({ import: folderOf({ 'a.json': good, 'a.yaml': good }) }))).toMatch(
      /a\.yaml:1:1 {2}.*a\.json is the same world\n {2}fix: take one of them away/,
    );
    const missing = fresh();
    expect(told(() => open({ import: missing }))).toMatch(
      /^The worlds in .* cannot be read: .*\n {2}fix: name a folder/,
    );
    const file = join(folderOf({ 'a.json': good }), 'a.json');
    for (const flags of [
      { import: file },
      { exportOnExit: file },
      { exportOnExit: join(file, 'b') },
      // The system takes no folders there.
      ...(existsSync('/proc') ? [{ exportOnExit: '/proc/understudy/worlds' }] : []),
    ])
      expect(told(() => open(flags))).toMatch(/\n {2}fix: name a folder/);
  });

  it('need not be there before the first run that exports into it', () => {
    const folder = fresh();
    const storage = open({ import: folder, exportOnExit: `${folder}/` });
    expect(storage.defaultScenario).toBeUndefined();
    storage.export(createUnderstudy().worlds);
    expect(readdirSync(folder)).toEqual(['default.json']);
  });

  it('loses the files of worlds that were imported from it and are gone, and no other', () => {
    const folder = folderOf({ 'a.json': good, 'b.json': good, 'notes.txt': 'n', 'old.txt': 'o' });
    const storage = open({ import: folder, exportOnExit: folder });
    const understudy = createUnderstudy();
    storage.import(understudy.worlds);
    understudy.worlds.delete('a');
    writeFileSync(join(folder, 'mine.yaml'), 'm');
    storage.export(understudy.worlds);
    expect(readdirSync(folder).sort()).toEqual(
      ['b.json', 'default.json', 'mine.yaml', 'notes.txt', 'old.txt'].sort(),
    );
  });

  it('has every file as it was where one cannot be written', () => {
    const folder = folderOf({ 'default.json': good });
    const storage = open({ import: folder, exportOnExit: folder });
    const understudy = createUnderstudy({ scenario: 'empty' });
    // A folder stands where the file has to be.
    understudy.worlds.create('blocked');
    mkdirSync(join(folder, 'blocked.json'));
    expect(told(() => storage.export(understudy.worlds))).toMatch(
      /^The worlds cannot be written to .*\n {2}fix: name a folder that may be written, with room in it$/,
    );
    expect(existsSync(join(folder, 'blocked.json'))).toBe(true);
    expect(readdirSync(folder).filter((name) => name.endsWith('.tmp'))).toEqual([]);
    expect(
      told(() =>
        checkedScenario(parseScenario(readFileSync(join(folder, 'default.json'), 'utf8'), 'd')),
      ),
    ).toBe('');
  });
});
