// Every refusal that the contracts bring about is explained, and who is said to pass does pass.
import { describe, expect, inject, it } from 'vitest';
import { createUnderstudy } from '../../src/index.js';
import { loadSpec } from '../../src/shipped/document.js';
import type { OperationId } from '../../src/spec/cases.gen.js';
import type { Explanation } from '../../src/why/explanation.js';
import { call, type Received } from '../support/call.js';
import { type Provocation, provocationsOf } from '../support/provocations.js';
import type { Sent } from '../support/requests.js';
import { sample } from '../support/sample.js';

const spec = loadSpec();
const provocations = provocationsOf(inject('provocations'));
const caseOf = (name: string) => {
  const [operation = '', own] = name.split('.');
  return own === undefined
    ? spec.unrouted.get(operation)
    : spec.operations.get(operation as OperationId)?.cases.get(own);
};

/** Their requests have no world, and so no journal has them: the answer says all there is to say. */
const strays = ['worlds_disagree', 'no_world_name'];
const understudy = createUnderstudy();
function fork(from: string, to: string): void {
  if (understudy.worlds.has(to)) understudy.worlds.delete(to);
  understudy.worlds.fork(from, to);
}

const refusals = provocations.filter(
  ({ case: name }) => (caseOf(name)?.status ?? 0) >= 400 && !strays.includes(name),
);

interface Explained {
  readonly why: Explanation;
  readonly answer: Received;
}

async function explained({ steps = [], request }: Provocation): Promise<Explained> {
  understudy.worlds.reset('default');
  for (const step of steps) await call(understudy, step);
  fork('default', 'before');
  const answer = await call(understudy, request);
  const id = answer.headers.get('x-understudy-request');
  const response = await understudy.fetch(`/__admin/requests/${id}/why`);
  expect(response.headers.get('x-understudy-breaches')).toBeNull();
  const { data } = (await response.json()) as { data: Explanation };
  return { why: data, answer };
}

/** The same request once more in the same state, but for some of it. */
function again({ request }: Provocation, other: Partial<Sent>): Promise<Received> {
  fork('before', 'other');
  const { headers, ...sent } = { ...request, ...other };
  return call(understudy, { ...sent, headers: { ...headers, 'x-understudy-world': 'other' } });
}

/** The same request about something else, which a parameter of its path names. */
async function expectToPass(provocation: Provocation, name: string, id: string): Promise<void> {
  const operation = provocation.case.split('.')[0] as OperationId;
  const template = spec.operations.get(operation)?.template ?? '';
  const [path = '', query] = provocation.request.target.split('?');
  const at = template.split('/').indexOf(`{${name}}`);
  const other = path.split('/').with(at, id).join('/');
  const target = query === undefined ? other : `${other}?${query}`;
  const { status } = await again(provocation, { target });
  expect([target, status < 400]).toEqual([target, true]);
}

/** Of a user who has an active credential. */
function headersOf(userId: string): Sent['headers'] {
  const found = understudy.world.credentials
    .all()
    .find(({ user_id, state }) => user_id === userId && state === 'active');
  if (!found) return undefined;
  return found.kind === 'token'
    ? { authorization: `Bearer ${found.id}` }
    : { 'x-api-key': found.id };
}

describe('a refusal', () => {
  it.each(sample(refusals, ({ case: name }) => name, 3))(
    '$case is explained',
    async (provocation) => {
      const { why, answer } = await explained(provocation);
      const documented = caseOf(provocation.case);
      const own = provocation.case.split('.').at(-1);
      expect(why.case).toBe(own);
      expect([why.basis, why.source]).toEqual([documented?.basis, documented?.source]);
      expect(answer.headers.get('x-understudy-basis')).toBe(documented?.basis);
      expect(why.place).toMatch(/\.yaml(:\d+)?$/);
      expect(why.because).toMatch(/\.$|^It reached no operation/);
      expect(why.because).not.toMatch(/undefined|\[object|null`/);
      expect(why.text).toContain(why.because);
      if (why.operation === null) return;

      expect(why.decided_by).toBe(own);
      const decisive = why.guards.find(({ verdict }) => verdict === 'refused');
      expect(decisive?.guard).toBe(own);
      expect(decisive?.facts.length).toBeGreaterThan(0);
      const {
        needs,
        callers = [],
        values = [],
        credentials = [],
        ways = [],
      } = why.would_pass ?? {};
      expect(needs).toMatch(/\w/);
      if (decisive?.kind === 'credential') expect(credentials.length).toBeGreaterThan(0);
      for (const { in: part, name, values: ids } of values)
        if (part === 'path') await expectToPass(provocation, name, String(ids[0]));
      if (decisive?.kind !== 'access') return;

      expect(callers.length + ways.length).toBeGreaterThan(0);
      expect(values).toEqual([]);
      let tried = 0;
      for (const { user_id, stopped_by } of callers) {
        const credential = headersOf(user_id);
        if (!credential) continue;
        const { 'x-api-key': _, authorization: __, ...others } = provocation.request.headers ?? {};
        const other = await again(provocation, { headers: { ...others, ...credential } });
        tried += 1;
        if (stopped_by === undefined)
          expect([user_id, other.status < 400]).toEqual([user_id, true]);
        else expect(other.case).toBe(`${why.operation}.${stopped_by}`);
      }
      expect(tried).toBeGreaterThan(0);
    },
  );
});

it('a request without a world has no explanation, and no name under which it would have one', async () => {
  for (const { request } of provocations.filter(({ case: name }) => strays.includes(name)))
    expect((await call(createUnderstudy(), request)).headers.has('x-understudy-request')).toBe(
      false,
    );
});

it('a success says which guards have passed, and what was written', async () => {
  const attached = provocations.find(({ case: name }) => name === 'addVectorStoreToSpace.attached');
  const { why } = await explained(attached as Provocation);
  expect(why).toMatchObject({ verdict: 'passed', decided_by: null, would_pass: null });
  expect(why.guards.length).toBe(8);
  expect(new Set(why.guards.map(({ verdict }) => verdict))).toEqual(new Set(['passed']));
  expect(why.written).toContainEqual(
    expect.objectContaining({ table: 'spaceVectorStores', what: 'made' }),
  );
});
