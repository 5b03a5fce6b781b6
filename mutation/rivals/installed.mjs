// The versions of the rivals that are npm packages.
import { readFileSync } from 'node:fs';

/** Read from the file: a package need not export its manifest. */
export const installedVersion = (name) =>
  JSON.parse(
    readFileSync(new URL(`../../node_modules/${name}/package.json`, import.meta.url), 'utf8'),
  ).version;
