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
    for (const to of importsOf(text)) {
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

/**
 * What is imported and required, at once or later. By the syntax tree: a scanner of words takes a
 * regular expression of minified code for a text, and misses what follows.
 */
function importsOf(script: string): readonly string[] {
  const found: string[] = [];
  walk(script, (node) => {
    const from =
      ts.isImportDeclaration(node) || ts.isExportDeclaration(node)
        ? node.moduleSpecifier
        : isLoading(node)
          ? node.arguments[0]
          : undefined;
    if (from && ts.isStringLiteralLike(from)) found.push(from.text);
  });
  return found;
}

const isLoading = (node: ts.Node): node is ts.CallExpression =>
  ts.isCallExpression(node) &&
  (node.expression.kind === ts.SyntaxKind.ImportKeyword ||
    (ts.isIdentifier(node.expression) && node.expression.text === 'require'));

function walk(script: string, visit: (node: ts.Node) => void): void {
  const each = (node: ts.Node): void => {
    visit(node);
    ts.forEachChild(node, each);
  };
  each(ts.createSourceFile('script.js', script, ts.ScriptTarget.ES2023, true));
}

function usesOf(script: string): readonly string[] {
  // Most files have none of the words, which is quickly seen.
  if (![...nodesOwn].some((name) => script.includes(name))) return [];
  const found = new Set<string>();
  walk(script, (node) => {
    if (ts.isIdentifier(node) && nodesOwn.has(node.text) && !isKey(node)) found.add(node.text);
  });
  return [...found];
}

/** `.process` and `process:` name something else. */
const isKey = (node: ts.Identifier): boolean =>
  (ts.isPropertyAccessExpression(node.parent) || ts.isPropertyAssignment(node.parent)) &&
  node.parent.name === node;

describe.each(['src/fetch.ts', 'dist/fetch.js'])('what %s loads', (entry) => {
  const reached = closureOf(entry, { intoPackages: true });

  it('is a part of the program, with rules and engine', () => {
    const code = reached.files.map((file) => scriptOf(join(root, file))).join('\n');
    const parts = [
      /\bclass Engine\b|\bEngine=class\b/,
      /\bfunction buildScenario\b/,
      /\bfunction cursorPage\b/,
    ];
    expect(parts.filter((part) => !part.test(code))).toEqual([]);
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
    return [...importsOf(script).filter((name) => name.startsWith('node:')), ...usesOf(script)].map(
      (name) => `${file}: ${name}`,
    );
  });
  expect(inRooms.length).toBeGreaterThan(40);
  expect(found).toEqual([]);
});
