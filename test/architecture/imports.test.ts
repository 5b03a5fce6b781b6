import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { roomsOf } from '../support/rooms.js';

const src = fileURLToPath(new URL('../../src/', import.meta.url));

/** Imports go to rooms of lower rank only; rooms of equal rank do not see each other. */
const ranks: Readonly<Record<string, number>> = Object.fromEntries(
  roomsOf(readFileSync(join(src, '../ARCHITECTURE.md'), 'utf8')).flatMap(({ rank, names }) =>
    names.map((name) => [name.replace('/', ''), rank]),
  ),
);

/** The folders inside the kit, in the same order. What stands beside them uses them all. */
const folders: Readonly<Record<string, number>> = {
  'dialect.ts': -1,
  tables: 0,
  judge: 0,
  edges: 1,
  run: 1,
  report: 2,
  export: 3,
  matchers: 3,
  'vitest.ts': 4,
};

/** Where a package may be imported; any other use is a leak of its concern. */
const homes: Readonly<Record<string, readonly string[]>> = {
  express: ['http'],
  ajv: ['files', 'validation', 'shipped', 'scenario'],
  'ajv-formats': ['validation'],
  'openapi-types': ['spec', 'contract'],
  'json-schema-faker': ['user-document', 'openapi', 'contract'],
  'fast-check': ['contract'],
  vitest: ['contract', 'test'],
  '@playwright': ['test'],
  msw: ['test'],
  yaml: ['files'],
  commander: ['cli'],
  'node:fs': ['files', 'shipped', 'contract', 'cli'],
  'node:child_process': ['cli'],
  'node:os': ['contract', 'cli'],
  'node:path': ['files', 'user-document', 'contract', 'cli'],
  'node:url': ['client', 'files', 'contract', 'cli'],
  'node:module': ['files', 'user-document'],
  'https-proxy-agent': ['client'],
  'node:async_hooks': ['user-document'],
  'node:crypto': ['shipped', 'contract', 'user-document', 'cli'],
  'node:dns': ['client'],
  'node:events': ['contract', 'http'],
  'node:http': ['client', 'http', 'user-document'],
  'node:https': ['client'],
  'node:net': ['client', 'http'],
  'node:readline/promises': ['cli'],
  'node:stream': ['http', 'cli'],
  'node:timers/promises': ['client', 'contract', 'cli'],
  'node:tls': ['client', 'cli'],
  'node:util': ['client', 'user-document', 'contract', 'cli'],
  'node:zlib': ['client', 'http'],
};

interface Import {
  readonly from: string;
  readonly to: string;
  /** Only when its place in the code is reached. */
  readonly lazy?: boolean | undefined;
}

const files = (readdirSync(src, { recursive: true }) as string[]).filter((file) =>
  file.endsWith('.ts'),
);
const imports: Import[] = files.flatMap((file) =>
  [
    ...readFileSync(join(src, file), 'utf8').matchAll(
      /(?:^(?:import|export)\b[^;']*?from |^import |import\()'([^']+)'/gm,
    ),
  ].map(([text, specifier]) => ({
    from: file,
    to: specifier as string,
    lazy: text.startsWith('import('),
  })),
);
const inside = imports
  .filter(({ to }) => to.startsWith('.'))
  .map(({ from, to, lazy }) => ({
    from,
    to: relative(src, join(src, dirname(from), to)).replace(/\.js$/, '.ts'),
    lazy,
  }));
const room = (file: string) => file.split('/')[0] as string;

/** What breaks the rule, in words; empty when the house is in order. */
function wrongDirections(all: readonly Import[], rankOf: typeof ranks): string[] {
  return all
    .filter(({ from, to }) => room(from) !== room(to))
    .filter(
      ({ from, to }) => !((rankOf[room(to)] ?? Number.NaN) < (rankOf[room(from)] ?? Number.NaN)),
    )
    .map(({ from, to }) => `${from} imports ${to}`);
}

function cycles(all: readonly Import[]): string[] {
  const targets = new Map<string, string[]>();
  for (const { from, to } of all) targets.set(from, [...(targets.get(from) ?? []), to]);
  const found: string[] = [];
  const done = new Set<string>();
  const walk = (file: string, path: readonly string[]): void => {
    if (path.includes(file)) found.push([...path.slice(path.indexOf(file)), file].join(' → '));
    if (path.includes(file) || done.has(file)) return;
    for (const target of targets.get(file) ?? []) walk(target, [...path, file]);
    done.add(file);
  };
  for (const file of targets.keys()) walk(file, []);
  return found;
}

/** Everything that a file brings along, types aside or not. */
function closure(file: string, all: readonly Import[]): ReadonlySet<string> {
  const reached = new Set([file]);
  for (const at of reached) for (const { from, to } of all) if (from === at) reached.add(to);
  return reached;
}

describe('the rooms of src/', () => {
  it('are all ranked, and every rank has its room', () => {
    expect([...new Set(files.map(room))].sort()).toEqual(Object.keys(ranks).sort());
  });

  it('import downward only', () => {
    expect(wrongDirections(inside, ranks)).toEqual([]);
  });

  it('would not get away with an import upward, sideways or of an unranked room', () => {
    expect(wrongDirections([{ from: 'rules/a.ts', to: 'engine/b.ts' }], ranks)).toEqual([
      'rules/a.ts imports engine/b.ts',
    ]);
    expect(wrongDirections([{ from: 'world/a.ts', to: 'validation/b.ts' }], ranks)).toHaveLength(1);
    expect(wrongDirections([{ from: 'rules/a.ts', to: 'attic/b.ts' }], ranks)).toHaveLength(1);
  });

  it('have folders in the kit of which the same is true', () => {
    const strip = (file: string) => file.slice('contract/'.length);
    const kit = files.filter((file) => room(file) === 'contract').map(strip);
    expect([...new Set(kit.map(room))].sort()).toEqual(Object.keys(folders).sort());
    const within = inside.filter(
      ({ from, to }) => room(from) === 'contract' && room(to) === 'contract',
    );
    expect(
      wrongDirections(
        within.map(({ from, to }) => ({ from: strip(from), to: strip(to) })),
        folders,
      ),
    ).toEqual([]);
  });

  it('have no import cycles', () => {
    expect(cycles(inside)).toEqual([]);
    expect(
      cycles([
        { from: 'a', to: 'b' },
        { from: 'b', to: 'a' },
      ]),
    ).toEqual(['a → b → a']);
  });

  it('use each package in its home only', () => {
    const packages = imports
      .filter(({ to }) => !to.startsWith('.'))
      .map(({ from, to }) => ({
        from,
        name: to.startsWith('node:') ? to : (to.split('/')[0] as string),
      }));
    const leaks = packages.filter(({ from, name }) => !homes[name]?.includes(room(from)));
    expect(leaks.map(({ from, name }) => `${from} imports ${name}`)).toEqual([]);
    const unused = Object.keys(homes).filter(
      (name) => !packages.some((used) => used.name === name),
    );
    expect(unused, 'homes of packages that nobody uses').toEqual([]);
  });

  it('let the kit stand without Express and without the mock server’s rules', () => {
    const files = [...closure('kit.ts', inside)];
    expect([...new Set(files.map(room))].sort()).toEqual([
      'client',
      'contract',
      'files',
      'kit.ts',
      'shipped',
      'spec',
      'validation',
    ]);
    const packages = imports.filter(
      ({ from, to }) => files.includes(from) && !to.startsWith('.') && !to.startsWith('node:'),
    );
    expect([...new Set(packages.map(({ to }) => to.split('/')[0]))].sort()).toEqual([
      'ajv',
      'fast-check',
      'https-proxy-agent',
      'json-schema-faker',
      'openapi-types',
      'yaml',
    ]);
    expect([...closure('http/server.ts', inside)].map(room)).toContain('rules');
  });

  it('load fast-check only where contracts are played', () => {
    const drawing = imports.filter(({ to }) => to === 'fast-check').map(({ from }) => from);
    const atStart = inside.filter(({ lazy }) => !lazy);
    for (const file of ['cli/program.ts', 'index.ts'])
      expect([...closure(file, atStart)].filter((reached) => drawing.includes(reached))).toEqual(
        [],
      );
    expect([...closure('cli/run-check.ts', atStart)]).toEqual(expect.arrayContaining(drawing));
  });

  it('keep error texts of the API in the document: none of its sentences stands in the code', () => {
    const document = JSON.parse(
      readFileSync(new URL('../../generated/document.json', import.meta.url), 'utf8'),
    );
    const sentences = new Set<string>();
    JSON.stringify(document, (_key, value) => {
      if (typeof value?.system_message === 'string')
        for (const text of [value.message, value.system_message])
          if (text.includes(' ')) sentences.add(text);
      return value;
    });
    const inCode = files
      .filter((file) => !file.endsWith('.gen.ts'))
      .flatMap((file) => {
        const text = readFileSync(join(src, file), 'utf8');
        return [...sentences]
          .filter((sentence) => text.includes(sentence))
          .map((sentence) => `${file}: ${sentence}`);
      });
    expect(sentences.size).toBeGreaterThan(20);
    expect(inCode).toEqual([]);
  });
});
