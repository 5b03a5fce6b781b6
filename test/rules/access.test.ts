import { describe, expect, it } from 'vitest';
import { createUnderstudy } from '../../src/index.js';
import { mayAccess } from '../../src/rules/access.js';
import { identify } from '../../src/rules/callers.js';

const { world } = createUnderstudy();

function caller(name: string) {
  const identity = identify(world, { 'x-api-key': `ak_${name}` });
  if ('refusal' in identity) throw new Error(identity.refusal);
  return identity.caller;
}

/**
 * Rows: caller. Columns: what the caller may do with the private, the organization-wide and the
 * role-granted space, and the foreign one.
 */
const expected = {
  owner: {
    space_abc123: 'view edit owner',
    space_lobby: 'view edit',
    space_writers: '',
    space_abc123def456: '',
  },
  admin: {
    space_abc123: 'view edit owner',
    space_lobby: 'view edit owner',
    space_writers: 'view edit owner',
    space_abc123def456: '',
  },
  editor: {
    space_abc123: 'view edit',
    space_lobby: 'view edit',
    space_writers: 'view edit',
    space_abc123def456: '',
  },
  viewer: {
    space_abc123: 'view',
    space_lobby: 'view edit',
    space_writers: 'view',
    space_abc123def456: '',
  },
  member: { space_abc123: '', space_lobby: 'view edit', space_writers: '', space_abc123def456: '' },
  outsider: {
    space_abc123: '',
    space_lobby: '',
    space_writers: '',
    space_abc123def456: 'view edit owner',
  },
};

const rows = Object.entries(expected).flatMap(([name, spaces]) =>
  Object.entries(spaces).map(([space, levels]) => ({ name, space, levels })),
);

describe('access to a space', () => {
  it.each(rows)('$name on $space: $levels', ({ name, space, levels }) => {
    const row = world.spaces.get(space);
    if (!row) throw new Error(space);
    const held = (['view', 'edit', 'owner'] as const).filter((level) =>
      mayAccess(caller(name), level, row),
    );
    expect(held.join(' ')).toBe(levels);
  });

  const base = {
    ...(world.spaces.get('space_writers') as object),
    access_departments: null,
    editable_by_roles: null,
    visible_to_roles: null,
  };
  const grants = [
    { grant: { access_users: ['usr_member1'] }, levels: 'view' },
    { grant: { access_users: ['*'] }, levels: '' },
    { grant: { editable_by_users: ['usr_member1'] }, levels: 'view edit' },
    { grant: { editable_by_users: ['*'] }, levels: 'view edit' },
    { grant: { editable_by_roles: ['role_member'] }, levels: 'view edit' },
    { grant: { visible_to_roles: ['role_member'] }, levels: 'view' },
    { grant: { visible_to_roles: ['*'] }, levels: '' },
    { grant: { access_departments: ['dept_sales'] }, levels: '' },
    { grant: { access_mode: 'organization' }, levels: 'view' },
    { grant: { access_mode: 'public' }, levels: 'view' },
  ];
  it.each(grants)(
    'the grant $grant opens "$levels" to a member who has nothing else',
    ({ grant, levels }) => {
      const space = { ...base, ...grant } as never;
      const held = (['view', 'edit', 'owner'] as const).filter((level) =>
        mayAccess(caller('member'), level, space),
      );
      expect(held.join(' ')).toBe(levels);
    },
  );

  it('a star does not reach beyond the organization', () => {
    expect(
      mayAccess(caller('outsider'), 'edit', { ...base, editable_by_users: ['*'] } as never),
    ).toBe(false);
  });
});

describe('credentials', () => {
  it('lets the token decide when a key is sent too', () => {
    const identity = identify(world, {
      'x-api-key': 'ak_member',
      authorization: 'Bearer tok_owner',
    });
    expect(identity).toMatchObject({ caller: { user_id: 'usr_owner1' } });
  });
  it('does not take an API key inside Bearer', () => {
    expect(identify(world, { authorization: 'Bearer ak_owner' })).toMatchObject({
      refusal: 'token_invalid',
    });
  });
  it('does not take a token as an API key', () => {
    expect(identify(world, { 'x-api-key': 'tok_owner' })).toMatchObject({
      refusal: 'invalid_api_key',
    });
  });
  it('reads the scheme in any case, and falls back to the key when it is another scheme', () => {
    for (const scheme of ['Bearer ', 'Bearer   '])
      expect(identify(world, { authorization: `${scheme}tok_owner` })).toMatchObject({
        caller: { user_id: 'usr_owner1' },
      });
    for (const scheme of ['bearer ', 'BEARER ', 'bEARER ', 'Bearer\t', 'Bearer', 'Token '])
      expect(identify(world, { authorization: `${scheme}tok_owner` }), scheme).toMatchObject({
        refusal: 'authentication_required',
      });
    expect(identify(world, { authorization: 'Basic abc', 'x-api-key': 'ak_editor' })).toMatchObject(
      {
        caller: { user_id: 'usr_editor1' },
      },
    );
  });
});
