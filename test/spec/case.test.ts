import { describe, expect, it } from 'vitest';
import {
  type Case,
  caseOfViolation,
  decidedBy,
  type ViolationSelector,
} from '../../src/spec/case.js';

const documented = (name: string, violation?: ViolationSelector): Case => ({
  name,
  status: 422,
  basis: 'assumed',
  source: 'a test',
  reached_by: 'state',
  ...(violation ? { violation } : {}),
});

describe('a case', () => {
  it('is decided by the credentials, the request or the rule', () => {
    expect(decidedBy({ status: 401, reached_by: 'state' })).toBe('credentials');
    expect(decidedBy({ status: 422, reached_by: 'state', violation: { in: 'body' } })).toBe(
      'request',
    );
    expect(decidedBy({ status: 422, reached_by: 'state' })).toBe('rule');
    expect(decidedBy({ status: 200, reached_by: 'state' })).toBe('rule');
  });

  it('is decided by nothing where no state reaches it', () => {
    expect(decidedBy({ status: 429, reached_by: 'rate_limit' })).toBe('nothing');
    expect(decidedBy({ status: 401, reached_by: 'april' })).toBe('nothing');
    expect(decidedBy({ status: 422, reached_by: 'april', violation: { in: 'body' } })).toBe(
      'nothing',
    );
  });
});

describe('the case of a violation', () => {
  const cases = [
    documented('rule'),
    documented('any_body', { in: 'body' }),
    documented('enum_of_mode', { in: 'body', field: 'mode', keyword: 'enum' }),
    documented('any_enum', { in: 'body', keyword: 'enum' }),
    documented('any_query', { in: 'query' }),
  ];
  const answering = (
    part: string,
    field: string,
    keyword: string,
    among: readonly Case[] = cases,
  ): string | undefined => caseOfViolation(among, { in: part, field, keyword })?.name;

  it('is the one that says most, wherever it stands', () => {
    for (const among of [cases, [...cases].reverse()]) {
      expect(answering('body', 'mode', 'enum', among)).toBe('enum_of_mode');
      expect(answering('body', 'kind', 'enum', among)).toBe('any_enum');
      expect(answering('body', 'mode', 'type', among)).toBe('any_body');
      expect(answering('query', 'mode', 'enum', among)).toBe('any_query');
    }
  });

  it('is the first of two that say as much', () => {
    const equals = [
      documented('by_field', { in: 'body', field: 'mode' }),
      documented('by_keyword', { in: 'body', keyword: 'enum' }),
    ];
    expect(answering('body', 'mode', 'enum', equals)).toBe('by_field');
  });

  it('is nothing where none fits, and never a case that the rule decides', () => {
    expect(answering('header', 'x', 'required')).toBeUndefined();
    expect(answering('body', 'x', 'type', [documented('rule')])).toBeUndefined();
  });
});
