// Bundles the program with Vite: a file for each entry of package.json, and chunks of what they
// share and of what is loaded when it is asked for. docs/adr/033-bundle.md has the reasons.
import { readFileSync } from 'node:fs';
import { builtinModules, createRequire } from 'node:module';
import path from 'node:path';
import { esmExternalRequirePlugin } from 'vite';

const root = path.dirname(import.meta.dirname);
const manifest = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8'));
const source = (name) => path.join(root, 'src', `${name}.ts`);

/** By its path in dist/, without `.js`. */
const entries = [
  ...Object.values(manifest.bin),
  ...Object.values(manifest.exports).flatMap((target) => target.default ?? []),
].map((file) => path.relative('dist', file).replace(/\.js$/, ''));

/** A dependency is installed beside the package; whatever else is imported is in the bundle. */
const installed = Object.keys({ ...manifest.dependencies, ...manifest.peerDependencies });

/**
 * What hangs on `express` itself, which nobody can reach from here: its readers of bodies, and its
 * server of files. What `debug` uses where somebody happens to have installed it. How `qs` writes
 * queries, which Express only reads, and a text that nobody asks it for.
 */
const leftOut =
  /\/node_modules\/(?:(?:body-parser|serve-static|supports-color|object-inspect)\/index|qs\/lib\/stringify)\.js$/;

/** What loads much of the program. */
const loaders = {
  browser: 'fetch',
  server: 'http/server',
  program: 'cli/command-line',
  kit: 'kit',
  matchers: 'contract/matchers/matchers',
  drift: 'drift/plant',
};

/**
 * The chunks, by what loads a module; the first that fits has it. They are few and large, since
 * each file costs a start as much as a hundred kilobytes of code. Nobody loads much that he does
 * not need, and a browser nothing of Node. Every other module has the chunk that the bundler gives
 * it.
 */
const chunks = {
  base: ({ browser, program, kit, matchers }) => browser && (program || kit || matchers),
  'mock-server': ({ browser, server }) => browser && server,
  files: ({ server, program, kit, matchers }) =>
    (server && (program || kit || matchers)) || (program && kit),
  http: ({ server }) => server,
  'command-line': ({ program }) => program,
  judge: ({ kit, matchers }) => kit && matchers,
  contract: ({ kit }) => kit,
  drift: ({ drift }) => drift,
};

/** The modules that are loaded with one, itself included; not those that it loads later. */
function loadedWith(file, modules) {
  const found = new Set([file]);
  for (const id of found)
    for (const to of modules.getModuleInfo(id)?.importedIds ?? []) found.add(to);
  return found;
}

let loadedBy;
function chunkOf(id, modules) {
  loadedBy ??= Object.entries(loaders).map(([loader, name]) => [
    loader,
    loadedWith(source(name), modules),
  ]);
  const by = Object.fromEntries(loadedBy.map(([loader, loaded]) => [loader, loaded.has(id)]));
  return Object.keys(chunks).find((name) => chunks[name](by));
}

/** Of all media types, what is asked of them once they are sorted by extension. */
function charsetsOfTypes() {
  const all = JSON.parse(readFileSync(path.join(root, 'node_modules/mime-db/db.json'), 'utf8'));
  const known = Object.entries(all).flatMap(([type, { charset }]) =>
    charset ? [[type, { charset }]] : [],
  );
  return JSON.stringify(Object.fromEntries(known));
}

/** Media types sorted by extension when the bundle is made: it was a thirtieth of a start. */
function sortedMediaTypes() {
  const { extensions, types } = createRequire(import.meta.url)('mime-types');
  const text = (value) => `JSON.parse(${JSON.stringify(JSON.stringify(value))})`;
  const sorted = `Object.assign(exports.extensions, ${text(extensions)});
Object.assign(exports.types, ${text(types)});`;
  return replacedOnce('mime-types/index.js', /^populateMaps\(exports.extensions.*$/m, sorted);
}

/** Express requires view engines by name: they are where the program runs, not in the bundle. */
const viewsOfTheProgram = () =>
  replacedOnce(
    'express/lib/view.js',
    /(?<![\w.])require(?=\(mod\))/,
    "require('node:module').createRequire(process.cwd() + '/')",
  );

/**
 * The text of a package's file with one place of it changed. Throws where it is written otherwise
 * by now.
 */
function replacedOnce(file, place, text) {
  const before = readFileSync(path.join(root, 'node_modules', file), 'utf8');
  const parts = before.split(place);
  if (parts.length !== 2) throw new Error(`${file} is written in another way than before`);
  return parts.join(text);
}

/** Puts other text in the place of the files that the expression finds. */
const inPlaceOf = (id, text) => ({
  name: `in place of ${id}`,
  load: { filter: { id }, handler: () => text() },
});

export default {
  root: path.join(root, 'src'),
  publicDir: false,
  plugins: [
    inPlaceOf(leftOut, () => 'module.exports = {};'),
    inPlaceOf(/\/node_modules\/mime-db\/db\.json$/, charsetsOfTypes),
    inPlaceOf(/\/node_modules\/mime-types\/index\.js$/, sortedMediaTypes),
    inPlaceOf(/\/node_modules\/express\/lib\/view\.js$/, viewsOfTheProgram),
    // What packages require of Node is imported instead.
    esmExternalRequirePlugin({ external: [...builtinModules, /^node:/] }),
  ],
  ssr: { noExternal: true, external: installed },
  build: {
    ssr: true,
    target: 'node20',
    emptyOutDir: false,
    license: { fileName: 'THIRD-PARTY-NOTICES.md' },
    rolldownOptions: {
      input: Object.fromEntries([...entries, 'inside'].map((name) => [name, source(name)])),
      external: /\/data\.cjs$/,
      // With what is made for Node, the bundler's own file would import from Node, and browsers
      // load it.
      platform: 'neutral',
      // It would take away a call such as `decodeURIComponent(text)` whose result nobody uses,
      // although it can throw. Nothing of ours is unused.
      treeshake: false,
      output: {
        entryFileNames: '[name].js',
        chunkFileNames: 'chunks/[name].js',
        // Names of functions and classes stay, for whoever reads a stack trace.
        minify: {
          compress: false,
          mangle: { keepNames: { function: true, class: true } },
          codegen: true,
        },
        // A chunk takes what its modules need along, except for what those before it have.
        codeSplitting: {
          groups: Object.keys(chunks).map((name, i, { length }) => ({
            name: (id, modules) => (chunkOf(id, modules) === name ? name : null),
            debugName: name,
            priority: length - i,
          })),
        },
      },
    },
  },
};
