import { describe, expect, inject, it } from 'vitest';
import { createUnderstudy } from '../../src/index.js';
import { loadSpec } from '../../src/shipped/document.js';
import { call } from '../support/call.js';
import { provocationsOf, wellFormedOf } from '../support/provocations.js';
import { owner, type Sent } from '../support/requests.js';
import { sample } from '../support/sample.js';

const wellFormed = wellFormedOf(provocationsOf(inject('provocations')));
const prefer = (sent: Sent, wish: string): Sent => ({
  ...sent,
  headers: { ...sent.headers, prefer: wish },
});
const attach = owner.post('/v1/spaces/space_mine/vector-stores/vs_mine');
const allCases = [...loadSpec().operations.values()].flatMap((operation) =>
  [...operation.cases.values()].map((documented) => ({
    operation,
    documented,
    name: `${operation.id}.${documented.name}`,
  })),
);

describe('Prefer', () => {
  it('forces a case by name, with the ids of the request', async () => {
    const { status, body, headers } = await call(
      createUnderstudy(),
      prefer(attach, 'example=already_attached'),
    );
    expect(status).toBe(409);
    expect(body.error.details).toEqual({ space_id: 'space_mine', vector_store_id: 'vs_mine' });
    expect(headers.get('preference-applied')).toBe('example=already_attached');
  });

  it('forces the first case of a status', async () => {
    const { status, case: name } = await call(createUnderstudy(), prefer(attach, 'code=422'));
    expect(status).toBe(422);
    expect(name).toBe('addVectorStoreToSpace.own_dedicated_store');
  });

  it('fills a forced success from the request, so that its relations hold', async () => {
    const { status, body } = await call(createUnderstudy(), prefer(attach, 'code=201'));
    expect(status).toBe(201);
    expect(body).toMatchObject({ space_id: 'space_mine', vector_store_id: 'vs_mine' });
  });

  it('takes both wishes together, quoted or not, and passes over what it does not know', async () => {
    const { case: name } = await call(
      createUnderstudy(),
      prefer(attach, 'respond-async, code=404, example="vector_store_not_found"'),
    );
    expect(name).toBe('addVectorStoreToSpace.vector_store_not_found');
  });

  it('answers a case that does not exist with those that do', async () => {
    const { status, body } = await call(
      createUnderstudy(),
      prefer(attach, 'example=alredy_attached'),
    );
    expect(status).toBe(400);
    expect(body.error.code).toBe('UNKNOWN_PREFERENCE');
    expect(body.error.details.preference).toBe('example=alredy_attached');
    expect(body.error.details.cases).toContain('409 already_attached');
  });

  it('does not get past a missing credential', async () => {
    const { status } = await call(createUnderstudy(), {
      ...attach,
      headers: { prefer: 'code=201' },
    });
    expect(status).toBe(401);
  });

  it('forces a case before the request is validated, so that an incomplete body does not mask it', async () => {
    const { status } = await call(
      createUnderstudy(),
      prefer(owner.post('/v1/spaces/', {}), 'code=403'),
    );
    expect(status).toBe(403);
  });

  it.each(sample(allCases, ({ name }) => name, 4))(
    'can force $name, and the answer passes our own check',
    async ({ operation, documented }) => {
      const understudy = createUnderstudy();
      const before = JSON.stringify(understudy.world.snapshot());
      const { status, case: name } = await call(
        understudy,
        prefer(wellFormed[operation.id], `example=${documented.name}`),
      );
      expect(name).toBe(`${operation.id}.${documented.name}`);
      expect(status).toBe(documented.status);
      expect(JSON.stringify(understudy.world.snapshot())).toBe(before);
    },
  );
});
