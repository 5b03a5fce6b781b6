import { describe, expect, it } from 'vitest';
import { createUnderstudy, type Scenario } from '../../src/index.js';
import { call } from '../support/call.js';
import { admin, outsider, owner, viewer } from '../support/requests.js';

const departments = '/v1/organizations/org_xyz789/departments';

interface Branch {
  readonly id: string;
  readonly children: readonly Branch[];
}
const inShort = (branches: readonly Branch[]): unknown =>
  branches.map(({ id, children }) => [id, inShort(children)]);

describe('departments', () => {
  const understudy = createUnderstudy();
  const tree = async (scope?: string) => {
    const { status, body } = await call(
      understudy,
      owner.get(
        `${departments}/tree${scope === undefined ? '' : `?scope=${encodeURIComponent(scope)}`}`,
      ),
    );
    expect(status).toBe(200);
    return inShort(body);
  };

  it('are listed with their place in the tree and their members, for every member of the organization', async () => {
    const { body } = await call(understudy, viewer.get(departments));
    expect(body).toMatchObject([
      { id: 'dept_research', parent_id: null, path: '/dept_research', depth: 0, member_count: 1 },
      { id: 'dept_sales', parent_id: null, path: '/dept_sales', depth: 0, member_count: 0 },
      {
        id: 'dept_optics',
        parent_id: 'dept_research',
        path: '/dept_research/dept_optics',
        depth: 1,
        member_count: 0,
      },
      {
        id: 'dept_lasers',
        path: '/dept_research/dept_optics/dept_lasers',
        depth: 2,
        is_active: true,
        is_default: false,
      },
    ]);
    expect((await call(understudy, outsider.get(departments))).case).toBe(
      'listDepartments.organization_access_denied',
    );
    expect(
      (await call(understudy, admin.get('/v1/organizations/org_abc123/departments'))).status,
    ).toBe(403);
  });

  it('make a tree, of all or of a scope', async () => {
    const optics = ['dept_optics', [['dept_lasers', []]]];
    expect(await tree()).toEqual([
      ['dept_research', [optics]],
      ['dept_sales', []],
    ]);
    expect(await tree('dept_optics')).toEqual([optics]);
    expect(await tree('dept_sales, dept_lasers')).toEqual([
      ['dept_sales', []],
      ['dept_lasers', []],
    ]);
    // One that is in the tree of another stands there only.
    expect(await tree('dept_lasers,dept_research')).toEqual([['dept_research', [optics]]]);
    // Unknown ones, and those of another organization, are passed over.
    expect(await tree('dept_nowhere,dept_contoso,dept_sales')).toEqual([['dept_sales', []]]);
    expect(await tree('')).toEqual([]);
  });
});

describe('a scenario with departments', () => {
  const scenario = (list: readonly object[]) =>
    ({
      scenario: 's',
      description: 'd',
      time: '2026-02-26T15:30:00Z',
      organizations: [
        { id: 'org_1', name: 'One', departments: list, users: [{ id: 'usr_1', name: 'U' }] },
        { id: 'org_2', name: 'Two', departments: [{ id: 'dept_foreign', name: 'F' }] },
      ],
    }) as unknown as Scenario;
  const faults = (list: readonly object[]): string => {
    try {
      createUnderstudy({ scenario: scenario(list) });
      return '';
    } catch (error) {
      return (error as Error).message;
    }
  };

  it('may name what stands further down', () => {
    expect(
      faults([
        { id: 'dept_b', name: 'B', parent_id: 'dept_a', created_by: 'usr_1' },
        { id: 'dept_a', name: 'A' },
      ]),
    ).toBe('');
  });

  it.each([
    [
      'a parent that is not there',
      [{ id: 'dept_a', name: 'A', parent_id: 'dept_x' }],
      'there is no department dept_x\n  fix: did you mean dept_a?',
    ],
    [
      'a parent of another organization',
      [{ id: 'dept_a', name: 'A', parent_id: 'dept_foreign' }],
      'belongs to org_2, not to org_1',
    ],
    [
      'a department below itself',
      [{ id: 'dept_a', name: 'A', parent_id: 'dept_a' }],
      'the department dept_a stands below itself',
    ],
    [
      'a circle',
      [
        { id: 'dept_a', name: 'A', parent_id: 'dept_b' },
        { id: 'dept_b', name: 'B', parent_id: 'dept_a' },
      ],
      'the department dept_b stands below itself\n  fix: remove the circular reference',
    ],
    [
      'a creator who is not there',
      [{ id: 'dept_a', name: 'A', created_by: 'nobody' }],
      'there is no user nobody',
    ],
    [
      'a time after its own',
      [{ id: 'dept_a', name: 'A', created_at: '2027-01-01T00:00:00Z' }],
      "later than the scenario's time",
    ],
  ])('is refused for %s', (_, list, message) => {
    expect(faults(list)).toContain(message);
  });
});

describe('capabilities', () => {
  it('are the vendor’s keys, once each, and the same for everybody', async () => {
    const understudy = createUnderstudy();
    const { body } = await call(understudy, owner.get('/v1/capabilities'));
    expect(body[0]).toEqual({
      key: 'manage_users',
      label: 'Manage Users',
      description: 'View and edit user profiles and memberships',
      group: 'User Management',
    });
    const known = [
      ...(understudy.world.roles.get('role_owner')?.capabilities ?? []),
      'override_all_permissions',
    ];
    expect(body.map(({ key }: { key: string }) => key)).toEqual(known);
    expect((await call(understudy, outsider.get('/v1/capabilities'))).body).toEqual(body);
  });
});
