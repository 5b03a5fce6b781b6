import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { readResults } from '../../mutation/results.mjs';
import { papersOf, readPaper } from '../../mutation/tables.mjs';

const root = fileURLToPath(new URL('../../', import.meta.url));
const read = (file: string) => readFileSync(`${root}${file}`, 'utf8');

/** The headings of a page, as a link names them. */
const headingsOf = (file: string): string[] =>
  [...read(file).matchAll(/^#+ (.*)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replace(/[^\w\- ]/g, '')
      .replaceAll(' ', '-'),
  );

describe('the papers', () => {
  it('ARCHITECTURE.md lists the rooms and files of src/ as they are', () => {
    const folders: string[] = [];
    const listed: string[] = [];
    for (const [, indent, name] of read('ARCHITECTURE.md').matchAll(/^((?: {2})+)([\w.-]+\.ts|[\w-]+\/) /gm)) {
      folders.length = (indent as string).length / 2 - 1;
      if ((name as string).endsWith('/')) folders.push(name as string);
      else listed.push(`${folders.join('')}${name}`);
    }
    const onDisk = (readdirSync(`${root}src`, { recursive: true }) as string[]).filter((file) => file.endsWith('.ts'));
    expect(listed.sort()).toEqual(onDisk.sort());
  });

  it('link only to files and headings that are there', () => {
    const pages = readdirSync(`${root}docs`).filter((file) => file.endsWith('.md'));
    const papers = ['README.md', 'ARCHITECTURE.md', 'CONTRIBUTING.md', 'CHANGELOG.md', ...pages.map((page) => `docs/${page}`)];
    const links = papers.flatMap((paper) =>
      [...read(paper).matchAll(/\]\((?!https?:)([^)#]*)(?:#([^)]+))?\)/g)].map(([, file, heading]) => ({
        paper,
        file: file ? join(dirname(paper), file) : paper,
        heading,
      })),
    );
    expect(links.length).toBeGreaterThan(0);
    expect(links.filter(({ file }) => !existsSync(`${root}${file}`))).toEqual([]);
    expect(links.filter(({ file, heading }) => heading && !headingsOf(file).includes(heading))).toEqual([]);
  });

  it.each(Object.entries(papersOf(readResults())))('%s carries mutation/results.json as it is', (paper, text) => {
    expect(readPaper(paper)).toBe(text);
  });

  it('the lock file names no download addresses', () => {
    expect(read('package-lock.json')).not.toMatch(/"resolved": "http/);
  });
});
