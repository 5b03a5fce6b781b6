// contracts/atlas.json has the calls that lead to each case, as the contracts lead to it. It is written
// anew with `npx vitest run --project provoked test/why/atlas.provoked.test.ts -u`.
import { describe, expect, inject, it } from 'vitest';
import { createUnderstudy } from '../../src/index.js';
import { shippedCases } from '../../src/shipped/atlas.js';
import { loadSpec } from '../../src/shipped/document.js';
import type { RecordedCall, RecordedCase } from '../../src/spec/atlas.js';
import { type CaseDetails, listCases } from '../../src/why/cases.js';
import { call } from '../support/call.js';
import type { Recorded } from '../support/record-provocations.js';
import { sample } from '../support/sample.js';

const utf8 = new TextDecoder('utf-8', { fatal: true });
const understudy = createUnderstudy();

/** As text where it is one. */
function bodyOf(hex: string): Pick<RecordedCall, 'body' | 'hex'> {
  if (hex === '') return {};
  try {
    return { body: utf8.decode(Buffer.from(hex, 'hex')) };
  } catch {
    return { hex };
  }
}

function callOf({ method, target, headers, body }: Recorded): RecordedCall {
  const { accept: _, ...sent } = headers;
  return { method, target, headers: sent, ...bodyOf(body) };
}

const send = ({ method, target, headers, body, hex }: RecordedCall) => {
  const bytes = hex === undefined ? body : Uint8Array.from(Buffer.from(hex, 'hex'));
  return call(understudy, {
    method,
    target,
    headers,
    ...(bytes === undefined ? {} : { body: bytes }),
  });
};

/** With the ids that the calls make. */
async function record(): Promise<readonly RecordedCase[]> {
  const cases: RecordedCase[] = [];
  for (const { case: name, steps, request } of inject('provocations')) {
    if (!name.includes('.')) continue;
    understudy.worlds.reset('default');
    const calls: RecordedCall[] = [];
    for (const [i, step] of steps.entries()) {
      const sent = callOf(step);
      const { body } = await send(sent);
      const made = body?.id ?? body?.data?.id;
      const isNew = typeof made === 'string' && !sent.target.includes(made);
      // A space makes a store along with itself.
      const store = body?.vector_store_id;
      const isNamed = [...steps.slice(i + 1), request].some(({ target }) => target.includes(store));
      const isAlso = isNew && typeof store === 'string' && isNamed;
      calls.push({
        ...sent,
        ...(isNew ? { made } : {}),
        ...(isAlso ? { alongside: { vector_store_id: store } } : {}),
      });
    }
    cases.push({ case: name, calls: [...calls, callOf(request)] });
  }
  return cases;
}

it('is what the contracts lead to', async () => {
  // Names that are the same in all cases make the package smaller.
  const lines = (await record())
    .map((one) => JSON.stringify(one).replace(/understudy-1-\d+-/g, 'understudy-1-0-'))
    .join(',\n');
  await expect(`[\n${lines}\n]\n`).toMatchFileSnapshot('../../contracts/atlas.json');
});

describe('the atlas', () => {
  const all = listCases(loadSpec());

  it('lists every case of the document', async () => {
    const answer = await understudy.fetch('/__admin/cases');
    const { data } = (await answer.json()) as { data: { cases: unknown } };
    expect(data.cases).toEqual(JSON.parse(JSON.stringify(all)));
    expect(all.length).toBeGreaterThan(600);
  });

  it.each(sample(all, ({ operation, case: name }) => `${operation}.${name}`, 4))(
    'leads to $operation, $case',
    async ({ operation, case: name, status }) => {
      const path = `/__admin/cases/${operation}/${name}`;
      const { data } = (await (await understudy.fetch(path)).json()) as { data: CaseDetails };
      expect(Object.keys(data.scripts ?? {})).toEqual(['curl', 'fetch', 'python']);
      understudy.worlds.reset('default');
      const answers = [];
      for (const one of data.calls) answers.push(await send(one));
      expect(answers.at(-1)).toMatchObject({ status, case: `${operation}.${name}` });
      expect(answers.slice(0, -1).every((answer) => answer.status < 400)).toBe(true);
    },
  );

  it('has the calls of each case that a state reaches', () => {
    const reached = all.filter(({ reached_by }) => reached_by === 'state');
    expect(
      shippedCases()
        .map((one) => one.case)
        .sort(),
    ).toEqual(reached.map((one) => `${one.operation}.${one.case}`).sort());
  });
});
