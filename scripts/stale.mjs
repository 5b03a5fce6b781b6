// Is what is built older than what it is built from?
import { existsSync, readdirSync, statSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const sources = [
  'src',
  'openapi',
  'control',
  'console/index.html',
  'console/public',
  'console/src',
  'console/vite.config.ts',
  'contracts',
  'fixtures',
  'schemas',
  'scripts',
  'docs/evidence.md',
  'tsconfig.json',
  'package.json',
];
const products = [
  'dist/cli/main.js',
  'dist/console/index.html',
  'generated/document.json',
  'generated/validators.cjs',
  'generated/control.json',
  'generated/control.cjs',
  'generated/scenarios.json',
  'generated/contracts.json',
];

export function isStale() {
  if (!products.every((file) => existsSync(path.join(root, file)))) return true;
  return (
    newest(sources.map((name) => path.join(root, name))) > statSync(path.join(root, 'dist')).mtimeMs
  );
}

/**
 * When the last of these files was changed; a folder counts too, since a file that left it is a
 * change.
 */
function newest(files) {
  const times = files.map((file) => {
    const { mtimeMs } = statSync(file);
    const inside = statSync(file).isDirectory()
      ? readdirSync(file).map((name) => path.join(file, name))
      : [];
    return Math.max(mtimeMs, inside.length > 0 ? newest(inside) : 0);
  });
  return Math.max(...times);
}
