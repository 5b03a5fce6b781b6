// The override of all permissions is held by the admin of the profile, by the owner as in the
// vendor's own roles, by both, or by neither: a run finds out and says so.
import { describe, expect, it } from 'vitest';
import { handlerTarget, type Target } from '../../../src/client/target.js';
import { toResults, toText } from '../../../src/contract/report/renderings.js';
import { runContracts } from '../../../src/contract/run/run.js';
import { createUnderstudy } from '../../../src/index.js';
import type { OperationId } from '../../../src/spec/document.js';
import { profile, spec, withoutEdges } from '../../support/drifted-run.js';
import { itFirst } from '../../support/sample.js';

const OVERRIDE = 'override_all_permissions';
const operations: readonly OperationId[] = [
  'createSpace',
  'listSpaces',
  'getSpace',
  'deleteSpace',
  'addThreadToSpace',
];

/** The mock server where these two have every capability, and these of them the override too. */
function heldBy(...holders: readonly string[]): Target {
  const { extends: _, ...scenario } = structuredClone(createUnderstudy().scenario);
  const roles = scenario.organizations?.[0]?.roles ?? [];
  const owners = roles.find(({ id }) => id === 'role_owner')?.capabilities ?? [];
  const roleOf = { owner: 'role_owner', admin: 'role_platform' };
  const changed = roles.map((role) => {
    const caller = Object.entries(roleOf).find(([, id]) => id === role.id)?.[0];
    if (caller === undefined) return role;
    return { ...role, capabilities: [...owners, ...(holders.includes(caller) ? [OVERRIDE] : [])] };
  });
  const [first, ...others] = scenario.organizations ?? [];
  const organizations = [{ ...first, roles: changed }, ...others];
  const { fetch } = createUnderstudy({ scenario: { ...scenario, organizations } as never });
  return handlerTarget('the mock server', fetch);
}

const check = (target: Target) =>
  runContracts({
    spec,
    contracts: withoutEdges(operations),
    profile,
    target,
    wait: async () => {},
    concurrency: 4,
  });
const wrong = ({ findings }: Awaited<ReturnType<typeof check>>) =>
  findings.filter(({ severity }) => severity !== 'notice').map(({ title }) => title);

describe('the override of all permissions', () => {
  itFirst(2).each<[string, readonly string[], RegExp]>([
    ['of the admin', ['admin'], /^Override of all permissions: held by the admin of the profile$/m],
    ['of the owner', ['owner'], /: held by the owner of the profile and not by its admin/],
    ['of both', ['admin', 'owner'], /: held by the admin and the owner of the profile$/m],
    ['of nobody', [], /: held by neither the admin nor the owner/],
  ])('%s is found out and told, and gives no alarm', async (_, holders, told) => {
    const report = await check(heldBy(...holders));
    expect(wrong(report)).toEqual([]);
    expect(report.leftovers).toEqual([]);
    expect(toText(report)).toMatch(told);
    expect(toResults(report)).toMatchObject({ override_held_by: holders });
    const idle = report.rows.filter(({ reason }) =>
      /nobody in the profile holds/.test(reason ?? ''),
    );
    expect(idle.length > 0).toBe(holders.length === 0);
    const byOwner = report.rows.filter(({ title, result }) => {
      return result === 'right' && title === 'deleteSpace by owner with a space answers deleted';
    });
    expect(byOwner.length).toBe(holders.join() === 'owner' ? 1 : 0);
  });

  it('is not taken away from an admin whom only a read refuses', async () => {
    const target = heldBy('admin');
    const report = await check({
      ...target,
      send: async (request, signal) => {
        const response = await target.send(request, signal);
        const isRead =
          request.method === 'GET' &&
          /^\/v1\/spaces\/space_\w+$/.test(request.target) &&
          request.headers['x-api-key'] === 'ak_admin';
        return isRead ? { ...response, status: 403 } : response;
      },
    });
    expect(report.override).toEqual(['admin']);
    expect(wrong(report).length).toBeGreaterThan(0);
  });

  it('is asked for once, and only by a row that rests on it', async () => {
    const report = await runContracts({
      spec,
      contracts: withoutEdges(['createThread']),
      profile,
      target: heldBy('owner'),
    });
    expect(report.override).toBeUndefined();
    expect(toText(report)).not.toMatch(/Override/);
  });
});
