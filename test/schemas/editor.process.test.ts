// Editors understand the schemas of the files that people write: shown with the language server
// that they run.
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { projectFolder } from '../support/processes.js';
import { sample } from '../support/sample.js';
import { beforeAllWithTool } from '../support/tools.js';
import { type Editor, startEditor } from '../support/yaml-language-server.js';
import { head, schemaOf, shipped, table } from './files.js';

const folder = mkdtempSync(join(tmpdir(), 'understudy-editor-'));
afterAll(() => rmSync(folder, { recursive: true }));

describe('in an editor', () => {
  const editor = beforeAllWithTool(startEditor, 300_000);
  afterAll(() => (editor() as Editor | undefined)?.close());

  it.each(sample(shipped, ([, file]) => file, 6))(
    'nothing is marked in the %s %s',
    async (_, file) => {
      expect(
        await editor().diagnostics(join(projectFolder, file), readFileSync(file, 'utf8')),
      ).toEqual([]);
    },
  );

  it.each([
    [
      'scenario',
      `${head}slices:\n  - { id: k, organization_id: o, created_by: u, nam: K }\n`,
      5,
      'nam',
    ],
    ['profile', 'callers:\n  ownr: { api_key: ak }\n', 2, 'ownr'],
    ['contracts', table('{ caller: ownr, expect: space_not_found }'), 5, 'not accepted'],
  ] as const)(
    'a fault in a %s file of a project that has the package is marked in its line, and keys are offered',
    async (kind, text, line, said) => {
      mkdirSync(join(folder, 'node_modules'), { recursive: true });
      symlinkSync(projectFolder, join(folder, 'node_modules', 'understudy'), 'dir');
      try {
        const file = join(folder, `mine.${kind}.yaml`);
        const modeline = `# yaml-language-server: $schema=node_modules/understudy/schemas/${kind}.json\n`;
        const found = await editor().diagnostics(file, modeline + text);
        expect(found.map(({ message, range }) => [range.start.line, message])).toContainEqual([
          line,
          expect.stringContaining(said),
        ]);
        const empty = join(folder, `empty.${kind}.yaml`);
        await editor().diagnostics(empty, `${modeline}\n`);
        const keys = Object.keys(schemaOf(kind).properties);
        expect(await editor().completions(empty, 1, 0)).toEqual(expect.arrayContaining(keys));
      } finally {
        rmSync(join(folder, 'node_modules', 'understudy'));
      }
    },
  );
});
