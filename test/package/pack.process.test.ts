// The package: what is in it, and that it works where nothing else is.
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  writeFileSync,
} from 'node:fs';
import { isBuiltin } from 'node:module';
import { dirname, join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { createUnderstudy } from '../../src/index.js';
import { installPacked, packProject, removeFolders, runTool } from '../support/package-consumer.js';
import { createKeeper, projectFolder, runCommand } from '../support/processes.js';
import { itFirst, itInFull, whole } from '../support/sample.js';
import { beforeAllWithTool } from '../support/tools.js';

const manifest = JSON.parse(readFileSync(join(projectFolder, 'package.json'), 'utf8')) as {
  readonly version: string;
  readonly exports: Readonly<
    Record<string, string | { readonly types: string; readonly default: string }>
  >;
  readonly dependencies: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
};

/**
 * Bytes. Last measured: 797 kB packed, 4.6 MB unpacked, of which the compiled validators, the
 * document and the parsed contracts are 1.3 MB.
 */
const PACKED_LIMIT = 800_000;
const UNPACKED_LIMIT = 4_900_000;

/** Packages that an install brings along; last counted: 26. Express and commander are in the bundle. */
const PRODUCTION_PACKAGES = 40;

const listFiles = (folder: string): string[] =>
  readdirSync(join(projectFolder, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(projectFolder.length));

/** The packages that a file imports, with blanks or without. What Node has is no package. */
const importedBy = (text: string): readonly string[] =>
  [
    ...text.matchAll(
      /(?:\bfrom ?|^import |;import|\b(?:import|require)\()["']((?:@[\w.-]+\/)?[\w-][\w.:-]*)[^"']*["']/gm,
    ),
  ]
    .map(([, name]) => name as string)
    .filter((name) => !isBuiltin(name));

const packed = beforeAllWithTool(packProject, 90_000);
afterAll(removeFolders);

describe('the packed package', () => {
  it('holds the program, its types, the document, the scenarios and the contracts, and nothing else', () => {
    // No source maps: they lead to sources that a user does not have.
    const entries = Object.values(manifest.exports).flatMap((to) =>
      typeof to === 'string' ? [] : [to.default.slice(2)],
    );
    const chunks = listFiles('dist/chunks');
    expect(chunks.filter((file) => !/^dist\/chunks\/[\w-]+\.js$/.test(file))).toEqual([]);
    const built = [
      ...entries,
      ...chunks,
      'dist/cli/main.js',
      'dist/shipped/data.cjs',
      'dist/THIRD-PARTY-NOTICES.md',
    ];
    const generated = [
      'contracts.json',
      'control.cjs',
      'control.json',
      'document.json',
      'formats.cjs',
      'places.json',
      'scenarios.json',
      'validators.cjs',
    ].map((file) => `generated/${file}`);
    const page = ['THIRD-PARTY-NOTICES.md', 'console.css', 'console.js', 'icon.svg', 'index.html'];
    const schemas = listFiles('schemas').filter((file) => file.endsWith('.json'));
    const papers = ['LICENSE', 'README.md', 'package.json'];
    const expected = [
      ...built,
      ...page.map((file) => `dist/console/${file}`),
      ...generated,
      ...listFiles('fixtures'),
      ...listFiles('contracts'),
      ...listFiles('docs').filter(
        (file) => !/^docs\/(?:(?:adr|images)\/|(?:evidence|oracles|performance)\.md$)/.test(file),
      ),
      ...schemas,
      ...papers,
    ];
    const paths = packed().files.map(({ path }) => path);
    expect(paths.filter((path) => !path.endsWith('.d.ts')).sort()).toEqual(expected.sort());
  });

  it('holds the types that its entries need, and no others', () => {
    const declarations = packed().files.flatMap(({ path }) =>
      path.endsWith('.d.ts') ? [path] : [],
    );
    const needed = new Set(
      Object.values(manifest.exports).flatMap((to) =>
        typeof to === 'string' ? [] : [to.types.slice(2)],
      ),
    );
    for (const file of needed)
      for (const [, to] of readFileSync(join(projectFolder, file), 'utf8').matchAll(
        /(?:from |import\()['"](\.[^'"]+)\.js['"]/g,
      ))
        needed.add(join(dirname(file), `${to}.d.ts`));
    expect(needed.size).toBeGreaterThan(20);
    expect(declarations.sort()).toEqual([...needed].sort());
  });

  it('has whatever README and docs/ link to', () => {
    const { files } = packed();
    const pages = files.filter(
      ({ path }) => path === 'README.md' || /^docs\/[^/]*\.md$/.test(path),
    );
    const broken = pages.flatMap(({ path }) =>
      [...readFileSync(join(projectFolder, path), 'utf8').matchAll(/\]\((?!https?:|#)([^)#]+)/g)]
        .map(([, link]) => join(dirname(path), link as string))
        .filter(
          (target) => !files.some((file) => file.path === target || file.path.startsWith(target)),
        )
        .map((target) => `${path}: ${target}`),
    );
    expect(pages.length).toBeGreaterThan(5);
    expect(broken).toEqual([]);
  });

  it('stays as small as the README says', () => {
    expect(readFileSync(join(projectFolder, 'README.md'), 'utf8')).toContain(
      `smaller than ${PACKED_LIMIT / 1000} kB`,
    );
    expect(packed().size).toBeLessThan(PACKED_LIMIT);
    expect(packed().unpackedSize).toBeLessThan(UNPACKED_LIMIT);
  });

  it('has what it exports, and a program that can be run', () => {
    const files = new Map(packed().files.map((file) => [file.path, file]));
    const targets = Object.values(manifest.exports).flatMap((target) =>
      typeof target === 'string' ? [target] : [target.types, target.default],
    );
    expect(targets.filter((target) => !files.has(target.slice(2)))).toEqual([]);
    expect(readFileSync(join(projectFolder, 'dist/cli/main.js'), 'utf8')).toMatch(
      /^#!\/usr\/bin\/env node\n/,
    );
  });

  it('declares every package that it imports, types included', () => {
    const { dependencies, peerDependencies } = manifest;
    const declared = new Set(Object.keys({ ...dependencies, ...peerDependencies }));
    const undeclared = packed().files.flatMap(({ path }) => {
      // The console is bundled: what it imports is in it, and what looks so is text of a test.
      if (!/\.(js|cjs|d\.ts)$/.test(path) || path.startsWith('dist/console/')) return [];
      return (
        importedBy(readFileSync(join(projectFolder, path), 'utf8'))
          .filter((name) => !declared.has(name))
          // The types of a package that has none itself.
          .filter((name) => !(path.endsWith('.d.ts') && declared.has(`@types/${name}`)))
          .map((name) => `${path}: ${name}`)
      );
    });
    expect(undeclared).toEqual([]);
  });

  it('imports every package that it declares, and has the others in its files', () => {
    const texts = packed().files.flatMap(({ path }) =>
      /\.(js|cjs|d\.ts)$/.test(path) && !path.startsWith('dist/console/')
        ? [readFileSync(join(projectFolder, path), 'utf8')]
        : [],
    );
    const imported = new Set(texts.flatMap(importedBy));
    const unused = Object.keys(manifest.dependencies).filter((name) => {
      const isRequired = (text: string): boolean =>
        new RegExp(`\\(["'\`]${name}["'\`]\\)`).test(text);
      return !imported.has(name.replace('@types/', '')) && !texts.some(isRequired);
    });
    expect(unused).toEqual([]);
  });
});

describe('what the package brings along', () => {
  interface Locked {
    readonly dev?: boolean;
    readonly devOptional?: boolean;
    readonly optional?: boolean;
    readonly hasInstallScript?: boolean;
  }
  const { packages } = JSON.parse(
    readFileSync(join(projectFolder, 'package-lock.json'), 'utf8'),
  ) as {
    readonly packages: Readonly<Record<string, Locked>>;
  };
  const brought = Object.entries(packages).filter(
    ([path, { dev, devOptional }]) => path !== '' && !dev && !devOptional,
  );

  it('is small', () => {
    expect(brought.length).toBeGreaterThan(20);
    expect(brought.length, brought.map(([path]) => path).join('\n')).toBeLessThanOrEqual(
      PRODUCTION_PACKAGES,
    );
  });

  it('runs nothing when it is installed', () => {
    expect(
      brought.filter(([, { hasInstallScript }]) => hasInstallScript).map(([path]) => path),
    ).toEqual([]);
    const scripts = Object.keys(
      (JSON.parse(readFileSync(join(projectFolder, 'package.json'), 'utf8')) as { scripts: object })
        .scripts,
    );
    expect(scripts.filter((name) => /^(pre|post)?install$/.test(name))).toEqual([]);
  });
});

describe('the package, installed into an empty folder', () => {
  const keeper = createKeeper();
  const consumer = beforeAllWithTool(() => installPacked(packed()), 300_000);
  const inConsumer = (command: string, args: readonly string[]) =>
    runCommand(command, args, { cwd: consumer(), withinMs: 60_000 });
  /** The program that npm has linked; a start of npx takes longer than what it starts. */
  const understudy = (...args: readonly string[]) =>
    inConsumer(join(consumer(), 'node_modules/.bin/understudy'), args);

  it('serves', { timeout: 60_000 }, async () => {
    const readyFile = join(consumer(), 'ready');
    const args = ['serve', '--port', '0', '--ready-file', readyFile];
    // README, which is followed with npx, is walked in test/docs/.
    const server = whole
      ? keeper.start('npx', ['--no-install', 'understudy', ...args], { cwd: consumer() })
      : keeper.start(join(consumer(), 'node_modules/.bin/understudy'), args, { cwd: consumer() });
    const url = await server.until(
      'the ready file',
      () => (existsSync(readyFile) ? readFileSync(readyFile, 'utf8').trim() : undefined),
      50_000,
    );
    const response = await fetch(`${url}/v1/spaces/space_abc123`, {
      headers: { 'X-API-Key': 'ak_owner' },
    });
    expect([response.status, response.headers.get('x-understudy-case')]).toEqual([
      200,
      'getSpace.retrieved',
    ]);
  });

  it('says how to install Prism where another document is served without it', {
    timeout: 60_000,
  }, async () => {
    const document =
      'openapi: 3.1.0\ninfo: { title: T, version: "1" }\npaths: { /a: { get: { responses: { 204: { description: d } } } } }\n';
    writeFileSync(join(consumer(), 'other.yaml'), document);
    expect(await understudy('serve', '--port', '0', '--spec', 'other.yaml')).toMatchObject({
      code: 2,
      stdout: '',
      stderr: `Another document is answered by Prism, which is not installed.
  fix: npm install --save-dev @stoplight/prism-http@${manifest.peerDependencies?.['@stoplight/prism-http']}
`,
    });
  });

  it('prints its version and the document', { timeout: 60_000 }, async () => {
    expect(await understudy('--version')).toMatchObject({
      code: 0,
      stdout: `${manifest.version}\n`,
    });
    const { stdout } = await understudy('spec');
    expect(JSON.parse(stdout)).toEqual(
      JSON.parse(readFileSync(join(projectFolder, 'generated/document.json'), 'utf8')),
    );
  });

  it('finds its contracts', { timeout: 60_000 }, async () => {
    const { code, stdout } = await understudy('contracts', 'list');
    expect([code, stdout]).toEqual([0, expect.stringMatching(/^ *\d+ addVectorStoreToSpace$/m)]);
  });

  const use = (bring: string): string => `${bring}
const understudy = createUnderstudy();
const response = await understudy.fetch('/v1/spaces/space_abc123', { headers: { 'X-API-Key': 'ak_owner' } });
console.log(response.status, (await response.json()).id);
`;

  it.for([
    ['an ES module', 'use.mjs', use("import { createUnderstudy } from 'understudy';")],
    [
      'CommonJS',
      'use.cjs',
      `(async () => {${use("const { createUnderstudy } = require('understudy');")}})();`,
    ],
  ] as const)('answers when it is used from %s', { timeout: 60_000 }, async ([, file, text]) => {
    writeFileSync(join(consumer(), file), text);
    expect(await inConsumer(process.execPath, [file])).toMatchObject({
      code: 0,
      stdout: '200 space_abc123\n',
    });
  });

  it('has types that hold in a strict project, with the declarations of its dependencies checked too', {
    timeout: 120_000,
  }, async () => {
    const folder = consumer();
    // The fixtures have the types of their runner, which is not here; test/test/ checks them.
    const entries = Object.entries(manifest.exports).filter(
      ([name, target]) => typeof target !== 'string' && !name.startsWith('./test/'),
    );
    const imports = entries.map(
      ([name], i) => `import * as entry${i} from 'understudy${name.slice(1)}';`,
    );
    const uses = `
import document from 'understudy/openapi.json' with { type: 'json' };
import { createUnderstudy, type Understudy } from 'understudy';

const understudy: Understudy = createUnderstudy({ seed: 7, clock: 'virtual' });
const response: Response = await understudy.fetch('/v1/spaces/space_abc123');
understudy.app.get('/health', (_request, response) => void response.send('ok'));
console.log(response.status, document.info.title, ${entries.map((_, i) => `entry${i}`).join(', ')});
// @ts-expect-error there is no such clock
createUnderstudy({ clock: 'wound' });
`;
    writeFileSync(join(folder, 'src/use.ts'), `${imports.join('\n')}${uses}`);
    const compilerOptions = {
      target: 'es2023',
      module: 'nodenext',
      strict: true,
      exactOptionalPropertyTypes: true,
      noUncheckedIndexedAccess: true,
      resolveJsonModule: true,
      skipLibCheck: false,
      noEmit: true,
    };
    writeFileSync(
      join(folder, 'tsconfig.json'),
      JSON.stringify({ compilerOptions, include: ['src'] }),
    );
    expect(await runTool('node_modules/typescript-7/bin/tsc', ['--project', folder])).toMatchObject(
      {
        code: 0,
        stdout: '',
      },
    );
  });

  itInFull(
    'has types for older settings: CommonJS, resolved as in Node 10',
    {
      timeout: 120_000,
    },
    async () => {
      const folder = join(consumer(), 'older');
      mkdirSync(folder);
      const names = Object.entries(manifest.exports).filter(
        ([, target]) => typeof target !== 'string',
      );
      const imports = names.map(
        ([name], i) => `import * as entry${i} from 'understudy${name.slice(1)}';`,
      );
      const uses = `export const app: string = createUnderstudy({ seed: 7 }).scenario.scenario;
// @ts-expect-error there is no such clock
createUnderstudy({ clock: 'wound' });
console.log(${names.map((_, i) => `entry${i}`).join(', ')});`;
      writeFileSync(
        join(folder, 'use.ts'),
        `${imports.join('\n')}\nimport { createUnderstudy } from 'understudy';\n${uses}\n`,
      );
      const settings = {
        target: 'es2022',
        module: 'commonjs',
        moduleResolution: 'node10',
        ignoreDeprecations: '6.0',
        types: [],
      };
      const compilerOptions = { ...settings, strict: true, skipLibCheck: true, noEmit: true };
      writeFileSync(
        join(folder, 'tsconfig.json'),
        JSON.stringify({ compilerOptions, files: ['use.ts'] }),
      );
      expect(await runTool('node_modules/typescript/bin/tsc', ['--project', folder])).toMatchObject(
        {
          code: 0,
          stdout: '',
        },
      );
    },
  );

  itInFull('has a kit that needs no Express', { timeout: 120_000 }, async () => {
    const mock = createUnderstudy();
    const smoke = ['--level', 'smoke', '--include-tag', 'Spaces'];
    const { url } = await mock.listen({ port: 0 });
    expect(existsSync(join(consumer(), 'node_modules/express'))).toBe(false);
    const express = join(consumer(), 'node_modules/understudy/dist/chunks/http.js');
    expect(readFileSync(express, 'utf8')).toMatch(/\bfunction createApplication\b/);
    renameSync(express, `${express}-away`);
    try {
      if (whole)
        expect(await understudy('check', url, ...smoke)).toMatchObject({
          code: 0,
          stdout: expect.stringMatching(/ \d+ right, 0 wrong,/),
        });
      writeFileSync(
        join(consumer(), 'kit.mjs'),
        `import { httpTarget, loadContracts, loadSpec, parseProfile, runContracts } from 'understudy/kit';
const spec = loadSpec();
const profile = parseProfile('callers: { owner: { api_key: ak_owner, user_id: usr_owner1 } }\\nknown: { organization_id: org_xyz789 }', 'p.yaml', {});
const include = (id) => id === 'getSpace';
const { findings, rows } = await runContracts({ spec, contracts: loadContracts(spec), profile, target: httpTarget('${url}'), include });
console.log(findings.length, rows.filter(({ result }) => result === 'right').length > 10);
`,
      );
      expect(await inConsumer(process.execPath, ['kit.mjs'])).toMatchObject({
        code: 0,
        stdout: '0 true\n',
      });
      // That Express is not there is no accident.
      expect((await inConsumer(process.execPath, ['use.mjs'])).stderr).toContain(
        `Cannot find module '${express}'`,
      );
    } finally {
      renameSync(`${express}-away`, express);
      await mock.close();
    }
  });

  const broken = [
    ['generated/document.json', '{', 'the document that was made from openapi/ cannot be read'],
    ['generated/validators.cjs', 'exports.', 'cannot be loaded'],
    ['generated/document.json', '{}', 'the document that was made from openapi/ cannot be read'],
    ['generated/validators.cjs', '', 'holds no validator called'],
    ['contracts/spaces.yaml', 'tables: [', 'contracts/spaces.yaml:1'],
  ] as const;
  itFirst(2).each(broken)(
    'never passes with a broken %s',
    { timeout: 60_000 },
    async (name, text, said) => {
      const file = join(consumer(), 'node_modules/understudy', name);
      const before = readFileSync(file, 'utf8');
      writeFileSync(file, text);
      try {
        const { code, stderr } = await understudy('check', '--include-tag', 'Spaces');
        expect([code, stderr]).toEqual([2, expect.stringContaining(said)]);
        expect(stderr).not.toMatch(/^ {4}at /m);
      } finally {
        writeFileSync(file, before);
      }
    },
  );

  it('is what publint calls well packed', { timeout: 120_000 }, async () => {
    const { code, stdout } = await runTool('node_modules/publint/src/cli.js', [
      'run',
      '--strict',
      packed().tarball,
    ]);
    expect([code, stdout]).toEqual([0, expect.stringContaining('All good!')]);
  });

  // The strict project above has the same types, and publint the same entries.
  itInFull(
    'is what "Are the types wrong?" calls right, for ES modules and bundlers',
    {
      timeout: 120_000,
    },
    async () => {
      // CommonJS gets an ES module from `require`, which Node does since 20.19, the oldest that we
      // run on.
      const { code, stdout } = await runTool('node_modules/@arethetypeswrong/cli/dist/index.js', [
        packed().tarball,
        '--profile',
        'esm-only',
        '--format',
        'json',
      ]);
      const { analysis, problems } = JSON.parse(stdout) as {
        analysis: { entrypoints: object };
        problems: Record<string, { resolutionKind: string }[]>;
      };
      const counted = Object.values(problems)
        .flat()
        .filter(({ resolutionKind }) => !['node10', 'node16-cjs'].includes(resolutionKind));
      expect({ code, counted }).toEqual({ code: 0, counted: [] });
      expect(Object.keys(analysis.entrypoints).sort()).toEqual(
        Object.keys(manifest.exports).sort(),
      );
    },
  );
});
