import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { readResults } from '../../mutation/results.mjs';
import { papersOf, readPaper } from '../../mutation/tables.mjs';
import { roomsOf } from '../support/rooms.js';

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
  it('ARCHITECTURE.md names a file of each room to start with, and every file says first what it is for', () => {
    const starts = roomsOf(read('ARCHITECTURE.md')).flatMap(({ names, starts }) =>
      starts.map((file) => `src/${names[0]}${file}`),
    );
    expect(starts.length).toBeGreaterThan(15);
    expect(starts.filter((file) => !existsSync(`${root}${file}`))).toEqual([]);
    const files = (readdirSync(`${root}src`, { recursive: true }) as string[]).filter((file) =>
      /\.c?ts$/.test(file),
    );
    expect(files.filter((file) => !/^(#!.*\n)?\/\/ \S/.test(read(`src/${file}`)))).toEqual([]);
  });

  it('link only to files and headings that are there', () => {
    const pages = readdirSync(`${root}docs`).filter((file) => file.endsWith('.md'));
    const papers = [
      'README.md',
      'ARCHITECTURE.md',
      'CONTRIBUTING.md',
      'CHANGELOG.md',
      ...pages.map((page) => `docs/${page}`),
    ];
    const links = papers.flatMap((paper) =>
      [...read(paper).matchAll(/\]\((?!https?:)([^)#]*)(?:#([^)]+))?\)/g)].map(
        ([, file, heading]) => ({
          paper,
          file: file ? join(dirname(paper), file) : paper,
          heading,
        }),
      ),
    );
    expect(links.length).toBeGreaterThan(0);
    expect(links.filter(({ file }) => !existsSync(`${root}${file}`))).toEqual([]);
    expect(
      links.filter(({ file, heading }) => heading && !headingsOf(file).includes(heading)),
    ).toEqual([]);
  });

  it.each(Object.entries(papersOf(readResults())))(
    '%s carries mutation/results.json as it is',
    (paper, text) => {
      expect(readPaper(paper)).toBe(text);
    },
  );

  it('the lock file names no download addresses', () => {
    expect(read('package-lock.json')).not.toMatch(/"resolved": "http/);
  });
});
