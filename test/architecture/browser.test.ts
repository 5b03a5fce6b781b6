// `understudy/fetch` reaches nothing that only Node has: over the sources, and over what is built from them.
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';
import { describe, expect, it } from 'vitest';

const root = fileURLToPath(new URL('../../', import.meta.url));
/** What no browser has. */
const nodesOwn = new Set([
  'Buffer',
  'process',
  'global',
  'setImmediate',
  '__dirname',
  '__filename',
]);

interface Reached {
  /** From the root of the project. */
  readonly files: readonly string[];
  /** Specifiers of packages, and of what only Node has. */
  readonly packages: readonly string[];
  /** `file: name`, where a name that only Node has is used. */
  readonly globals: readonly string[];
}

/**
 * Everything that is loaded with a file, types aside, at once or later; what packages load only
 * where it is asked for.
 */
function closureOf(entry: string, { intoPackages = false } = {}): Reached {
  const files = new Set([join(root, entry)]);
  const packages = new Set<string>();
  const globals: string[] = [];
  for (const file of files) {
    const text = scriptOf(file);
    globals.push(...usesOf(text).map((name) => `${relative(root, file)}: ${name}`));
    for (const { fileName: to } of ts.preProcessFile(text, true, true).importedFiles) {
      if (to.startsWith('.')) files.add(sourceOf(join(dirname(file), to)));
      else {
        packages.add(to);
        if (intoPackages && !to.startsWith('node:')) files.add(createRequire(file).resolve(to));
      }
    }
  }
  return {
    files: [...files].map((file) => relative(root, file)),
    packages: [...packages].sort(),
    globals,
  };
}

/** A source stands beside the place where what is built from it would be. */
const sourceOf = (file: string): string => (existsSync(file) ? file : file.replace(/\.js$/, '.ts'));

const scripts = new Map<string, string>();

function scriptOf(file: string): string {
  const script = scripts.get(file) ?? readScript(file);
  scripts.set(file, script);
  return script;
}

function readScript(file: string): string {
  const text = readFileSync(file, 'utf8');
  if (file.endsWith('.json')) return '';
  const compilerOptions = {
    target: ts.ScriptTarget.ES2023,
    module: ts.ModuleKind.ESNext,
    verbatimModuleSyntax: true,
  };
  return file.endsWith('.ts') ? ts.transpileModule(text, { compilerOptions }).outputText : text;
}

function usesOf(script: string): readonly string[] {
  // Most files have none of the words, which is quickly seen.
  if (![...nodesOwn].some((name) => script.includes(name))) return [];
  const found = new Set<string>();
  const walk = (node: ts.Node): void => {
    if (ts.isIdentifier(node) && nodesOwn.has(node.text) && !isKey(node)) found.add(node.text);
    ts.forEachChild(node, walk);
  };
  walk(ts.createSourceFile('script.js', script, ts.ScriptTarget.ES2023, true));
  return [...found];
}

/** `.process` and `process:` name something else. */
const isKey = (node: ts.Identifier): boolean =>
  (ts.isPropertyAccessExpression(node.parent) || ts.isPropertyAssignment(node.parent)) &&
  node.parent.name === node;

describe.each(['src/fetch.ts', 'dist/fetch.js'])('what %s loads', (entry) => {
  const reached = closureOf(entry, { intoPackages: true });

  it('is a part of the program, with rules and engine', () => {
    expect(reached.files.length).toBeGreaterThan(50);
    for (const name of ['rules/spaces', 'engine/engine', 'scenario/load'])
      expect(reached.files.some((file) => file.includes(name))).toBe(true);
  });

  it('needs no package but what validators call', () => {
    expect(reached.packages).toEqual(['ajv-formats/dist/formats', 'ajv/dist/runtime/ucs2length']);
  });

  it('uses nothing that only Node has', () => {
    expect(reached.globals).toEqual([]);
  });
});

describe('the same look at the main entry', () => {
  it('finds what only Node has', () => {
    const reached = closureOf('src/http/server.ts');
    expect(reached.packages).toEqual(
      expect.arrayContaining(['express', 'node:fs', 'node:http', 'node:zlib']),
    );
    expect(reached.globals).toEqual(
      expect.arrayContaining(['src/http/express-shell.ts: Buffer', 'src/files/read.ts: process']),
    );
  });
});

it('leaves Node out of the rooms that every entry uses', () => {
  const rooms = [
    'spec',
    'validation',
    'decide',
    'world',
    'rules',
    'scenario',
    'engine',
    'freddy',
    'pages',
  ];
  const { files } = closureOf('src/http/server.ts');
  const inRooms = files.filter((file) => rooms.some((room) => file.startsWith(`src/${room}/`)));
  const found = inRooms.flatMap((file) => {
    const script = scriptOf(join(root, file));
    const modules = ts
      .preProcessFile(script, true, true)
      .importedFiles.map(({ fileName }) => fileName);
    return [...modules.filter((name) => name.startsWith('node:')), ...usesOf(script)].map(
      (name) => `${file}: ${name}`,
    );
  });
  expect(inRooms.length).toBeGreaterThan(40);
  expect(found).toEqual([]);
});
