#!/usr/bin/env node
// The first file that runs. It must work on any Node that has ES modules, however old, so that it
// can refuse a Node on which the rest would fail.
const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);

if (major < 20 || (major === 20 && minor < 19)) {
  console.error(`understudy needs Node 20.19 or newer; this is Node ${process.versions.node}.`);
  process.exitCode = 2;
} else {
  // From Node 22.8 on, what is compiled at a start is kept for the next one: a tenth of its CPU.
  const loader: object & { readonly enableCompileCache?: () => void } =
    process.getBuiltinModule('node:module');
  loader.enableCompileCache?.();
  import('./program.js').catch((error) => {
    console.error('internal error:', error);
    process.exitCode = 3;
  });
}

export {};
