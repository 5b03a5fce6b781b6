// What README and docs/ say in figures, names and IDs is what the project has.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { createUnderstudy } from '../../src/index.js';
import { CROWDED_DESCRIPTION, crowdedScenario } from '../../src/scenario/crowded.js';
import { scenarioNames } from '../../src/scenario/read.js';
import { projectFolder } from '../support/processes.js';

const read = (file: string): string => readFileSync(join(projectFolder, file), 'utf8');
const readme = read('README.md');

/** The text below a heading, to the next one of its kind. */
function section(page: string, heading: string): string {
  const [, rest] = page.split(`\n## ${heading}\n`);
  if (rest === undefined) throw new Error(`There is no section "${heading}".`);
  return rest.split('\n## ')[0] as string;
}

/** The first cells of a section's tables, without the heads. */
const firstCells = (text: string): string[] =>
  [...text.matchAll(/^\| (`[^|]*) \|/gm)].map(([, cell]) => cell as string);

const named = (text: string): string[] =>
  [...text.matchAll(/`([^`]+)`/g)].map(([, name]) => name as string);

describe('README', () => {
  const who = section(readme, 'Who is calling, and what is there');

  it('lists each key and token of the default world, with its user', () => {
    const callers = createUnderstudy().scenario.callers ?? [];
    const credentials = callers
      .flatMap(({ api_key, token }) => [api_key, token])
      .filter((one) => one !== undefined);
    expect(
      named(who)
        .filter((name) => /^(ak|tok)_/.test(name))
        .sort(),
    ).toEqual(credentials.sort());
    for (const { api_key, user_id, state } of callers) {
      if (state !== undefined || api_key === undefined) continue;
      const row = who.split('\n').find((line) => line.startsWith(`| \`${api_key}\``));
      expect(row, api_key).toContain(`\`${user_id}\``);
    }
  });

  it('lists each ID of the default world, and no other', () => {
    const ids = [read('fixtures/default.yaml'), read('fixtures/empty.yaml')].flatMap((text) =>
      idsIn(parse(text)),
    );
    // How a store is attached has an ID that no request takes.
    const wanted = new Set(ids.filter((id) => !id.startsWith('svs_')));
    const listed = new Set(
      named(who).filter((name) => /^(org|usr|space|vs|thrd|msg|kslice|role|dept)_/.test(name)),
    );
    expect([...listed].sort()).toEqual([...wanted].sort());
  });

  it('names each page of docs/, with a link where the package has it', () => {
    const pages = readdirSync(join(projectFolder, 'docs')).filter((file) => file.endsWith('.md'));
    const unpacked = ['evidence.md', 'oracles.md', 'performance.md'];
    const missing = pages.filter((file) => {
      const [open, close] = unpacked.includes(file) ? ['`', '`'] : ['(', ')'];
      return !section(readme, 'More').includes(`${open}docs/${file}${close}`);
    });
    expect(missing).toEqual([]);
  });
});

describe('docs/serve.md', () => {
  it('lists the starting worlds', () => {
    const worlds = section(read('docs/serve.md'), 'Starting worlds');
    expect(firstCells(worlds).flatMap(named).sort()).toEqual([...scenarioNames()].sort());
    const [, count] = /one of \[(\w+)\]\(docs\/serve\.md#starting-worlds\)/.exec(readme) ?? [];
    expect(count).toBe(
      ['ten', 'eleven', 'twelve', 'thirteen', 'fourteen', 'fifteen', 'sixteen'][
        scenarioNames().length - 10
      ],
    );
  });

  it('says how large the generated world is', () => {
    const { spaces = [], threads = [] } = crowdedScenario();
    const attachments = spaces.flatMap(({ attached = [] }) => attached).length;
    const messages = threads.flatMap(({ messages = [] }) => messages).length;
    const [all, attached, written] = [spaces.length, attachments, messages].map((count) =>
      count.toLocaleString('en'),
    );
    expect(read('docs/serve.md')).toContain(
      `| \`crowded\` | for paging, speed and long lists: ${all} spaces, ${attached} attachments and ${written} messages, `,
    );
    expect(CROWDED_DESCRIPTION).toBe(
      `For paging, speed and long lists: ${all} spaces, ${attached} attachments, ${written} messages.`,
    );
  });
});

/** The `id` of everything in a scenario. */
function idsIn(value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap(idsIn);
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, part]) =>
    key === 'id' ? [String(part)] : idsIn(part),
  );
}
