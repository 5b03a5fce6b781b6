// What three of the shipped scenarios promise: every documented answer one request away, credentials
// in every bad state, and two organizations that only ids tell apart.
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { createUnderstudy } from '../../src/index.js';
import { shippedScenarios } from '../../src/scenario/read.js';
import { loadSpec } from '../../src/shipped/document.js';
import { call } from '../support/call.js';

describe('the shipped scenarios', () => {
  it('are at least twelve, and each says for whom it is', () => {
    const all = shippedScenarios();
    expect(all.length).toBeGreaterThanOrEqual(12);
    for (const { name, description } of all)
      expect(description, name).toMatch(/^For \S.*: \S.*\.$/);
  });
});

describe('one-request-away', () => {
  const row =
    /^\| `(?<method>\w+) (?<target>\S+)`(?: with `(?<body>.*?)`)? \| `(?<caller>\w+)` \| (?<status>\d+) `(?<answer>\S+)` \|$/gm;
  const rows = [...readFileSync('docs/scenarios.md', 'utf8').matchAll(row)].map(
    ({ groups }) => groups as Readonly<Record<string, string>>,
  );
  const cases = [...loadSpec().operations.values()].flatMap((operation) =>
    [...operation.cases.values()].map((one) => ({ ...one, id: `${operation.id}.${one.name}` })),
  );
  const ofSeeds = cases.filter(
    ({ basis, reached_by }) => basis === 'seed' && reached_by === 'state',
  );

  it('has a request for every case of the seeds that a state reaches', () => {
    expect(ofSeeds.length).toBeGreaterThan(10);
    expect(rows.map(({ answer }) => answer).sort()).toEqual(ofSeeds.map(({ id }) => id).sort());
  });

  it.each(rows)('answers $method $target as $caller with $answer', async (sent) => {
    const { method = '', target = '', body, caller = '', status, answer } = sent;
    const understudy = createUnderstudy({ scenario: 'one-request-away' });
    const credential = caller.startsWith('tok_')
      ? { authorization: `Bearer ${caller}` }
      : { 'x-api-key': caller };
    const headers = { ...credential, ...(body ? { 'content-type': 'application/json' } : {}) };
    const received = await call(understudy, { method, target, headers, ...(body ? { body } : {}) });
    expect([received.status, received.case]).toEqual([Number(status), answer]);
    // What the page shows, but for ids, times and the name of a request.
    const shown = cases.find(({ id }) => id === answer)?.value as Record<string, unknown>;
    expect(Object.keys(received.body).sort()).toEqual(Object.keys(shown).sort());
    if (received.status < 400) return;
    const { trace_id: _, timestamp: __, details, ...error } = shown.error as Record<string, object>;
    expect(received.body.error).toMatchObject(error);
    expect(Object.keys(received.body.error.details)).toEqual(Object.keys(details ?? {}));
  });

  it('reads the space of the documentation, field by field', async () => {
    const understudy = createUnderstudy({ scenario: 'one-request-away' });
    const headers = { 'x-api-key': 'ak_outsider' };
    const target = '/v1/spaces/space_abc123def456';
    const { body } = await call(understudy, { method: 'GET', target, headers });
    const shown = cases.find(({ id }) => id === 'getSpace.retrieved')?.value;
    expect(body).toMatchObject(shown as object);
  });
});

describe('bad-credentials', () => {
  const headersOf = ({ api_key, token }: { api_key?: string; token?: string }) => [
    ...(api_key === undefined ? [] : [{ 'x-api-key': api_key }]),
    ...(token === undefined ? [] : [{ authorization: `Bearer ${token}` }]),
  ];
  const target = '/v1/spaces/space_abc123';

  it('has a credential in every bad state, and each is refused with its case', async () => {
    const understudy = createUnderstudy({ scenario: 'bad-credentials' });
    const answers = await Promise.all(
      (understudy.scenario.callers ?? [])
        .flatMap((caller) => headersOf(caller))
        .map((headers) => call(understudy, { method: 'GET', target, headers })),
    );
    const refused = answers.filter(({ status }) => status === 401).map((one) => one.case ?? '');
    const documented = [...(loadSpec().operations.get('getSpace')?.cases.values() ?? [])]
      .filter(({ status }) => status === 401)
      .map(({ name }) => `getSpace.${name}`);
    // For these three there must be no credential that the scenario knows.
    const unknown = ['authentication_required', 'invalid_api_key', 'token_invalid'];
    const bad = documented.filter((name) => !unknown.some((one) => name.endsWith(one)));
    expect([...new Set(refused)].sort()).toEqual(bad.sort());
    expect(bad.length).toBeGreaterThan(4);
  });

  it('has credentials that expire when the clock is advanced, and good ones beside them', async () => {
    const understudy = createUnderstudy({ scenario: 'bad-credentials' });
    const status = async (headers: Record<string, string>) =>
      (await call(understudy, { method: 'GET', target, headers })).status;
    const soon = headersOf({ api_key: 'ak_expires_soon', token: 'tok_expires_soon' });
    const fresh = headersOf({ api_key: 'ak_new', token: 'tok_new' });
    expect(await Promise.all([...soon, ...fresh].map(status))).toEqual([200, 200, 200, 200]);
    const { expired } = understudy.worlds.advance('default', '1m');
    expect([...expired].sort()).toEqual(['ak_expires_soon', 'tok_expires_soon']);
    expect(await Promise.all([...soon, ...fresh].map(status))).toEqual([401, 401, 200, 200]);
  });
});

describe('same-names', () => {
  const { scenario } = createUnderstudy({ scenario: 'same-names' });
  const own = <Row extends { readonly organization_id?: string | undefined }>(
    rows: readonly Row[] = [],
    id: string,
  ) => rows.filter(({ organization_id }) => organization_id === id);
  const named = (organization: string) => ({
    spaces: own(scenario.spaces, organization).map(({ name }) => name),
    stores: own(scenario.vector_stores, organization).map(({ name }) => name),
    slices: own(scenario.slices, organization).map(({ name }) => name),
    threads: own(scenario.threads, organization).map(({ title }) => title),
  });

  it('has the same names in both organizations, and nothing that one of them lacks', () => {
    const [one, other] = scenario.organizations ?? [];
    expect(one?.name).toBe(other?.name);
    for (const list of ['users', 'roles', 'departments'] as const)
      expect(one?.[list]?.map(({ name }) => name)).toEqual(other?.[list]?.map(({ name }) => name));
    expect(named('org_xyz789')).toEqual(named('org_twin'));
    expect(named('org_twin').spaces).not.toEqual([]);
  });

  it('shows each caller the space of its own organization', async () => {
    const understudy = createUnderstudy({ scenario: 'same-names' });
    const seen = async (key: string, organization: string) => {
      const target = `/v1/spaces/?organization_id=${organization}`;
      const headers = { 'x-api-key': key };
      const { status, body } = await call(understudy, { method: 'GET', target, headers });
      return [status, ...(body.spaces ?? []).map(({ id }: { id: string }) => id)];
    };
    expect(await seen('ak_member', 'org_xyz789')).toEqual([200, 'space_launch']);
    expect(await seen('ak_twin_member', 'org_twin')).toEqual([200, 'space_twin_launch']);
    expect((await seen('ak_member', 'org_twin')).slice(1)).toEqual([]);
  });
});
