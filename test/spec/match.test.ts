import { describe, expect, it } from 'vitest';
import { loadSpec } from '../../src/shipped/document.js';
import { createMatcher } from '../../src/spec/match.js';

const match = createMatcher(loadSpec().operations.values());
/** `operation name=value`, or what else was found. */
function found(method: string, path: string): string {
  const result = match(method, path);
  if (result.kind === 'method_not_allowed') return `405 ${result.allowed.join(' ')}`;
  if (result.kind === 'unknown_path') return '404';
  return [
    result.operation.id,
    ...Object.entries(result.path).map(([name, value]) => `${name}=${value}`),
  ].join(' ');
}

describe('the matcher', () => {
  it('finds every operation of the document by its own template', () => {
    for (const { id, method, template } of loadSpec().operations.values()) {
      expect(found(method, template.replace(/\{(\w+)\}/g, 'an_id')).split(' ')[0]).toBe(id);
    }
  });

  it('takes a collection that is documented with the final slash without it too', () => {
    expect(found('GET', '/v1/spaces/')).toBe('listSpaces');
    expect(found('GET', '/v1/spaces')).toBe('listSpaces');
  });

  it('takes no slash that is not documented', () => {
    expect(found('GET', '/v1/threads')).toBe('listThreads');
    expect(found('GET', '/v1/threads/')).toBe('404');
    expect(found('GET', '/v1/spaces/s1/')).toBe('404');
    expect(found('GET', '/v1/spaces//')).toBe('404');
  });

  it('reads every parameter under its own name', () => {
    expect(found('DELETE', '/v1/spaces/s1/threads/t1')).toBe(
      'removeThreadFromSpace space_id=s1 thread_id=t1',
    );
    expect(found('GET', '/v1/organizations/o1/knowledge/slices/k1/stores')).toBe(
      'listStoresInSlice organization_id=o1 slice_id=k1',
    );
  });

  it('keeps %2F inside its segment, as part of an id', () => {
    expect(found('GET', '/v1/spaces/a%2Fthreads')).toBe('getSpace space_id=a/threads');
    expect(found('GET', '/v1/spaces/a/threads')).toBe('listSpaceThreads space_id=a');
  });

  it('decodes a segment once', () => {
    expect(found('GET', '/v1/spaces/a%20b%C3%A9')).toBe('getSpace space_id=a bé');
    expect(found('GET', '/v1/spaces/%2541')).toBe('getSpace space_id=%41');
  });

  it('lets a broken escape stand for itself', () => {
    for (const id of ['%', '%zz', '%E0%A4', '%ff'])
      expect(found('GET', `/v1/spaces/${id}`)).toBe(`getSpace space_id=${id}`);
  });

  it('lets a literal go before a parameter, for every method', () => {
    const stores = '/v1/organizations/o1/vector-stores';
    expect(found('GET', `${stores}/usage`)).toBe('getVectorStoreUsage organization_id=o1');
    expect(found('GET', `${stores}/usages`)).toBe(
      'getVectorStore organization_id=o1 vector_store_id=usages',
    );
    expect(found('DELETE', `${stores}/usage`)).toBe('405 GET HEAD OPTIONS');
  });

  it('turns back from a literal that leads nowhere', () => {
    const matcher = createMatcher([
      { method: 'GET', template: '/a/b/c' },
      { method: 'GET', template: '/a/{id}/d' },
    ]);
    expect(matcher('GET', '/a/b/d')).toMatchObject({ kind: 'operation', path: { id: 'b' } });
  });

  it('lists what a path allows where the method is not among it', () => {
    expect(found('PUT', '/v1/spaces/')).toBe('405 GET HEAD POST OPTIONS');
    expect(found('PUT', '/v1/spaces')).toBe('405 GET HEAD POST OPTIONS');
    expect(found('POST', '/v1/spaces/s1')).toBe('405 GET HEAD PATCH DELETE OPTIONS');
    expect(found('GET', '/v1/spaces/s1/threads/t1')).toMatch(/^405 (?!GET)/);
  });

  it('answers HEAD with the operation of GET, and refuses it where there is none', () => {
    expect(found('HEAD', '/v1/spaces/s1')).toBe('getSpace space_id=s1');
    expect(found('HEAD', '/v1/threads/t1/pin')).toBe('405 POST OPTIONS');
  });

  it('takes an empty segment for no id', () => {
    expect(found('GET', '/v1/spaces//threads')).toBe('404');
    expect(found('GET', '/v1/organizations//vector-stores')).toBe('404');
    expect(found('GET', '//v1/spaces/')).toBe('404');
  });

  it('knows no path that is not documented, whatever it looks like', () => {
    for (const path of [
      '',
      '/',
      '*',
      '/v1',
      '/v2/spaces/',
      '/v1/Spaces/',
      '/v1/spaces/s1/threads/t1/x',
      '/constructor',
      '/__proto__',
    ]) {
      expect(found('GET', path), path).toBe('404');
    }
  });

  it('takes the names of JavaScript for ids like any other', () => {
    for (const id of ['__proto__', 'constructor', 'toString'])
      expect(found('GET', `/v1/spaces/${id}`)).toBe(`getSpace space_id=${id}`);
  });
});
