// Of the refusals that a state reaches, nearly all have a way out; each way is gone once more, in a world.
import { readFileSync } from 'node:fs';
import { describe, expect, inject, it } from 'vitest';
import { ControlClient } from '../../src/control/client.js';
import { createUnderstudy } from '../../src/index.js';
import { loadSpec } from '../../src/shipped/document.js';
import { decidedBy } from '../../src/spec/case.js';
import type { OperationId } from '../../src/spec/cases.gen.js';
import { credentialOf } from '../../src/why/credentials.js';
import type { Way } from '../../src/why/ways-out.js';
import { call, type Received } from '../support/call.js';
import { provocationsOf } from '../support/provocations.js';
import { sample, whole } from '../support/sample.js';

const spec = loadSpec();
const all = provocationsOf(inject('provocations')).filter(({ case: name }) => {
  const [operation = '', own = ''] = name.split('.');
  const documented = spec.operations.get(operation as OperationId)?.cases.get(own);
  return documented && documented.status >= 400 && decidedBy(documented) === 'rule';
});
const understudy = createUnderstudy();
const control = new ControlClient('http://understudy.local', { fetch: understudy.fetch });

/** As a person would, by the calls that are told. */
async function go({ calls, request }: Way, world: string): Promise<readonly Received[]> {
  const answers: Received[] = [];
  for (const { method, target, user_id, body } of [...calls, request]) {
    const [name, value] = credentialOf(understudy.worlds.get(world), user_id) as [string, string];
    const headers = { [name]: value, 'x-understudy-world': world };
    const sent = body === null ? { headers } : { headers, body: JSON.stringify(body) };
    if (body !== null) Object.assign(headers, { 'content-type': 'application/json' });
    answers.push(await call(understudy, { method, target, ...sent }));
  }
  return answers;
}

describe('a way out', () => {
  it('is there for nine refusals in ten, and leads to what it says; where there is none, there is a reason', async () => {
    const some = sample(all, ({ case: name }) => name, 3);
    expect(some.length).toBeGreaterThan(20);
    const none: string[] = [];
    const found = { same: 0, other: 0, caller: 0 };
    for (const { case: name, steps = [], request } of some) {
      understudy.worlds.reset('default');
      for (const step of steps) await call(understudy, step);
      if (understudy.worlds.has('before')) understudy.worlds.delete('before');
      understudy.worlds.fork('default', 'before');
      const { headers } = await call(understudy, request);
      const id = headers.get('x-understudy-request') as string;
      const { way, reason, scripts } = await control.waysOut(id);
      if (!way) {
        expect([name, reason]).toEqual([
          name,
          expect.stringMatching(/^The API has no calls .*\.$/),
        ]);
        none.push(name);
        continue;
      }
      const answers = await go(way, 'before');
      expect([name, ...answers.map(({ status }) => status < 400)]).toEqual([
        name,
        ...answers.map(() => true),
      ]);
      expect(answers.map(({ status }) => status)).toEqual(
        [...way.calls, way.request].map(({ status }) => status),
      );
      const changes = new Set(way.changed.map(({ in: part }) => part));
      const kind = changes.has('credential') ? 'caller' : changes.size > 0 ? 'other' : 'same';
      found[kind] += 1;
      if (kind === 'same')
        expect([way.request.method, way.request.target]).toEqual([request.method, request.target]);
      expect(scripts?.curl.split('\n').filter((line) => line.includes('curl'))).toHaveLength(
        answers.length,
      );
    }
    if (whole) {
      const { same, other, caller } = found;
      const told = `${some.length - none.length} of ${some.length} refusals have a way out: ${same} for the very same request, ${other} with something else in it, ${caller} by another caller.`;
      console.info(`${told}\nwithout one: ${none.join(', ')}`);
      expect(readFileSync('docs/why.md', 'utf8').replaceAll('\n', ' ')).toContain(told);
    }
    expect(1 - none.length / some.length).toBeGreaterThanOrEqual(0.9);
  });
});
