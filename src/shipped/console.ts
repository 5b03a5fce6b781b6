// The console, from the files that the build made of `console/`.
import { readPackageFile } from '../files/package.js';

const mediaTypes: Readonly<Record<string, string>> = {
  'index.html': 'text/html',
  'console.js': 'text/javascript',
  'console.css': 'text/css',
  'icon.svg': 'image/svg+xml',
};

/** A file by its name, read when it is asked for; undefined for one that it has not. */
export function readConsole(
  name: string,
): { readonly mediaType: string; readonly text: string } | undefined {
  const mediaType = Object.hasOwn(mediaTypes, name) ? mediaTypes[name] : undefined;
  if (mediaType === undefined) return undefined;
  return { mediaType, text: readPackageFile(`dist/console/${name}`) };
}
