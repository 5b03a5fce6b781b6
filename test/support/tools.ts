// Programs from outside the project that some tests need: found, or installed where a test may.
// Whoever lacks one reads which, why, and how to get it.
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { beforeAll, beforeEach } from 'vitest';
import { vendorSdk, yamlLanguageServer } from './installed.mjs';

/** A tool is neither here nor can it be brought here. */
export class MissingTool extends Error {
  override readonly name = 'MissingTool';
}

/**
 * Does what needs a tool, once, before the tests of the surrounding `describe`, and returns a way
 * to the result. Without the tool these tests fail in CI, where it has to be, and are skipped
 * elsewhere; both say why.
 */
export function beforeAllWithTool<Result>(
  prepare: () => Promise<Result>,
  withinMs: number,
): () => Result {
  let outcome: { readonly result: Result } | { readonly missing: MissingTool } | undefined;
  beforeAll(async () => {
    try {
      outcome = { result: await prepare() };
    } catch (error) {
      if (!(error instanceof MissingTool) || process.env.CI) throw error;
      outcome = { missing: error };
      console.warn(`Skipped: ${error.message}`);
    }
  }, withinMs);
  beforeEach(({ skip }) => {
    if (outcome && 'missing' in outcome) skip(outcome.missing.message);
  });
  return () => {
    if (!outcome || 'missing' in outcome) throw new Error('Asked for before it was prepared.');
    return outcome.result;
  };
}

/** The path of a Chromium, or of a browser that takes the same options. */
export function findChromium(): string {
  const names = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];
  const found = (process.env.PATH ?? '')
    .split(delimiter)
    .flatMap((folder) => names.map((name) => join(folder, name)))
    .find(isExecutable);
  if (found === undefined) {
    throw new MissingTool(
      `No Chromium: none of ${names.join(', ')} is on the PATH. fix: apt-get install chromium`,
    );
  }
  return found;
}

/** The Python of a virtual environment that holds this version of the vendor's client. */
export const installVendorSdk = (
  version: string,
  others: readonly string[] = [],
): Promise<string> => installed(vendorSdk(version, others));

export const installYamlLanguageServer = (): Promise<string> => installed(yamlLanguageServer());

const installed = (tool: Promise<string>): Promise<string> =>
  tool.catch((error: Error) => {
    throw new MissingTool(error.message);
  });

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
