import { describe, expect, it } from 'vitest';
import {
  fill,
  meaningOfInput,
  readTemplate,
  usesIn,
  written,
} from '../../../src/contract/tables/expression.js';
import type { Json } from '../../../src/spec/message.js';

const read = (value: Json): readonly string[] =>
  usesIn(readTemplate(value)).map(
    ({ expression, optional }) => `${written(expression)}${optional ? '?' : ''}`,
  );

/**
 * Every expression stands for itself, in brackets; nothing of the profile is there but the role.
 */
const filled = (value: Json): Json =>
  fill(readTemplate(value), {
    valueOf: (expression) => `<${written(expression)}>`,
    has: (expression) => expression.kind === 'known' && expression.name === 'role_id',
  });

describe('an expression', () => {
  it.each<[string, object]>([
    ['$known.role_id', { kind: 'known', name: 'role_id' }],
    ['$callers.viewer.user_id', { kind: 'caller', caller: 'viewer', field: 'user_id' }],
    ['$slot.space', { kind: 'slot', name: 'space' }],
    ['$name', { kind: 'new_name' }],
    ['$unique', { kind: 'new_name' }],
    ['$response.body#/data/0/id', { kind: 'body', pointer: '/data/0/id' }],
    ['$response.body#', { kind: 'body', pointer: '' }],
    ['$inputs.owner', { kind: 'input', name: 'owner' }],
    ['$steps.make-it.outputs.the-id', { kind: 'output', step: 'make-it', name: 'the-id' }],
    ['$statusCode', { kind: 'status' }],
    ['$', { kind: 'unknown', text: '$' }],
    ['$nam', { kind: 'unknown', text: '$nam' }],
    ['$knowns.role_id', { kind: 'unknown', text: '$knowns' }],
    ['$callers', { kind: 'caller', caller: '', field: '' }],
  ])('%s is read as what it is', (text, expression) => {
    expect(usesIn(readTemplate(text))[0]).toMatchObject({ expression });
  });

  it('ends where its name does, so that a text may go on after it', () => {
    expect(filled('org_$unique.')).toBe('org_<$name>.');
    expect(filled('$slot.space-$known.role_id/$name$name')).toBe(
      '<$slot.space>-<$known.role_id>/<$name><$name>',
    );
    expect(read('a price of $5 for $slot.space')).toEqual(['$5', '$slot.space']);
  });

  it('is found at any depth, in the order in which it is filled in', () => {
    expect(
      read({
        a: [{ b: '$slot.b' }, 1, null],
        c: 'to $known.role_id',
        d: { e: '$response.body#/id' },
      }),
    ).toEqual(['$slot.b', '$known.role_id', '$response.body#/id']);
  });

  it('with ? leaves its item out of a list where it has no value, and is filled in elsewhere', () => {
    const list = ['$callers.viewer.user_id?', '$known.role_id?', '$callers.editor.user_id'];
    expect(read(list)).toEqual([
      '$callers.viewer.user_id?',
      '$known.role_id?',
      '$callers.editor.user_id',
    ]);
    expect(filled({ list })).toEqual({ list: ['<$known.role_id>', '<$callers.editor.user_id>'] });
    expect(filled('is it $slot.space?')).toBe('is it <$slot.space>?');
  });
});

it('a value without an expression is handed on as it is, and not copied', () => {
  const value = { list: [{ deep: 'text' }, 1], none: null };
  expect(filled(value)).toBe(value);
});

it('an input of a lifecycle has its value from the profile, save for the name and the credentials', () => {
  expect(meaningOfInput('lower_case_bearer_user_id')).toEqual({
    kind: 'caller',
    caller: 'lower_case_bearer',
    field: 'user_id',
  });
  expect(meaningOfInput('role_id')).toEqual({ kind: 'known', name: 'role_id' });
  expect(['name', 'owner', 'nobody_user_id'].map(meaningOfInput)).toEqual([
    undefined,
    undefined,
    undefined,
  ]);
});
