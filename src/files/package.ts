// The files of the package itself, wherever this code stands: in src/, or in a chunk of dist/.
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';

/** The package's folder: the next one above that has a manifest. */
const packageFolder: string = fileURLToPath(folderAbove(new URL('.', import.meta.url)));

function folderAbove(folder: URL): URL {
  const parent = new URL('..', folder);
  return existsSync(new URL('package.json', folder)) || parent.href === folder.href
    ? folder
    : folderAbove(parent);
}

/** A file by its path from the folder of the package. */
export const packageFile = (path: string): string => `${packageFolder}${path}`;

export const readPackageFile = (path: string): string => readFileSync(packageFile(path), 'utf8');

/** Loads CommonJS at once: a package that ours depends on, or a file of ours, as `./generated/…`. */
export const requireInPackage: NodeJS.Require = createRequire(packageFile('package.json'));
