// The Dockerfile keeps the rules of a linter, and what docs/scale.md promises of it.
import { readFileSync } from 'node:fs';
import { validate } from 'dockerfile-utils';
import { expect, it } from 'vitest';

const text = readFileSync('deploy/Dockerfile', 'utf8');
const instructions = (keyword: string) =>
  text.split('\n').flatMap((line) => new RegExp(`^${keyword} (.+)$`).exec(line)?.[1] ?? []);

it('the Dockerfile has no fault that its linter knows', () => {
  expect(validate(text).map(({ message, range }) => [range.start.line + 1, message])).toEqual([]);
  // It would see one.
  expect(validate(text.replace('WORKDIR /app', 'WORKDRI /app'))).not.toEqual([]);
});

it('the image has two stages, is no root, and says whether it is well', () => {
  expect(instructions('FROM')).toEqual(['node:22-slim AS build', 'node:22-slim']);
  expect(instructions('USER')).toEqual(['node']);
  expect(instructions('HEALTHCHECK')).toHaveLength(1);
  expect(text.indexOf('USER node')).toBeLessThan(text.indexOf('ENTRYPOINT'));
});
