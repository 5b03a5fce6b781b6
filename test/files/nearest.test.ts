import { describe, expect, it } from 'vitest';
import { nearest } from '../../src/files/nearest.js';

const known = ['default', 'deleted', 'archived', 'empty', 'crowded'];

describe('the nearest word', () => {
  it('is found through a slip of any kind', () => {
    for (const slip of ['defalt', 'defaultt', 'defualt', 'xefault', 'default'])
      expect(nearest(slip, known), slip).toBe('default');
  });

  it('is found whatever the case, and is given as it is written', () => {
    expect(nearest('DEFAULT', known)).toBe('default');
    expect(nearest('getspace', ['getSpace'])).toBe('getSpace');
  });

  it('is the closer one of two', () => {
    expect(nearest('delete', known)).toBe('deleted');
    expect(nearest('vs_ab', ['vs_abc', 'vs_ab1c'])).toBe('vs_abc');
  });

  it('may be further away when the word is long', () => {
    expect(nearest('space_abc12', ['space_abc123def'])).toBeUndefined();
    expect(nearest('space_abc123', ['space_abc123def4'])).toBe('space_abc123def4');
  });

  it('is nothing where nothing is close or nothing is known', () => {
    expect(nearest('elsewhere', known)).toBeUndefined();
    expect(nearest('default', [])).toBeUndefined();
  });
});
