// The version of the package, from its manifest.
import { readPackageFile } from '../files/package.js';

const manifest = JSON.parse(readPackageFile('package.json')) as { version: string };

export const version = manifest.version;
