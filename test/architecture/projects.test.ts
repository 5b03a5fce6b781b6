import { readdirSync, readFileSync } from 'node:fs';
import { expect, it } from 'vitest';

const startsPrograms =
  /support\/(cli|chain|tools|package-consumer|yaml-language-server|oracle-\w+)\.js|from 'node:child_process'|\b(runCommand|createKeeper)\b|['"](\.\.\/)+dist\//;

it('tests that start programs are named so, and `npm test` runs none of them', () => {
  const files = (readdirSync('test', { recursive: true }) as string[]).filter((file) =>
    file.endsWith('.test.ts'),
  );
  const named = (file: string): boolean => /\.(process|long)\.test\.ts$/.test(file);
  expect(files.some(named)).toBe(true);
  const own = 'architecture/projects.test.ts';
  const others = files.filter((file) => !named(file) && file !== own);
  expect(
    others.filter((file) => startsPrograms.test(readFileSync(`test/${file}`, 'utf8'))),
  ).toEqual([]);
});
