#!/usr/bin/env node
// The first thing that runs, on whatever Node there is: everything else is read only where it can work. Nothing here is
// newer than the oldest Node that knows modules.
const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);

if (major < 20 || (major === 20 && minor < 19)) {
  console.error(`understudy needs Node 20.19 or newer; this is Node ${process.versions.node}.`);
  process.exitCode = 2;
} else {
  import('./program.js').catch((error) => {
    console.error('internal error:', error);
    process.exitCode = 3;
  });
}

export {};
