// What `understudy explain` and `contracts show` say of a case: the requests that they print get
// it.
import { describe, expect, it } from 'vitest';
import { casesNamed, describeCases, nearestCase } from '../../src/cli/explain-case.js';
import { createUnderstudy } from '../../src/index.js';
import { loadSpec } from '../../src/shipped/document.js';
import { type Case, decidedBy } from '../../src/spec/case.js';
import { runChain } from '../support/chain.js';
import { run } from '../support/cli.js';
import { sample } from '../support/sample.js';

const spec = loadSpec();
const all = [...spec.operations.values()].flatMap(({ id, cases }) =>
  [...cases.values()].map((documented) => ({ name: `${id}.${documented.name}`, documented })),
);
const explained = (name: string): string => describeCases(spec, casesNamed(spec, name));

describe('the requests that are printed for a case', () => {
  // That the calls of every case lead to it, test/why/atlas.provoked.test.ts shows.
  const named = new Set([
    'addVectorStoreToSpace.own_dedicated_store',
    'addVectorStoreToSpace.already_attached',
    'getSpace.space_not_found',
    'createThread.too_deep',
    'createSpace.not_utf8',
    'listSpaces.token_expired',
    'deleteThread.rate_limit_exceeded',
    ...sample(all, ({ name }) => name, 100).map(({ name }) => name),
  ]);

  it.each([...named])('get %s in a shell with curl, as they are printed', async (name) => {
    expect(casesNamed(spec, name)).toHaveLength(1);
    const understudy = createUnderstudy();
    const { url } = await understudy.listen({ port: 0 });
    // Whatever has been made before: other ids are given then.
    const spaces = {
      method: 'POST',
      headers: { 'x-api-key': 'ak_owner', 'content-type': 'application/json' },
    };
    await understudy.fetch('/v1/spaces/', {
      ...spaces,
      body: '{"organization_id":"org_xyz789","name":"Before"}',
    });
    try {
      const { code, answer, stderr } = await runChain(explained(name), url, {});
      expect([code, answer.headers['x-understudy-case'], stderr]).toEqual([0, name, '']);
      const { documented } = all.find((one) => one.name === name) ?? {};
      const isForced = answer.headers['preference-applied'] !== undefined;
      expect(isForced).toBe(documented && decidedBy(documented) === 'nothing');
    } finally {
      await understudy.close();
    }
  });
});

describe('the cases of requests that reach no operation', () => {
  const { unrouted } = spec;
  const isScript = (text: string): boolean =>
    text.split('\n').some((line) => line.includes('curl'));

  it.each([...unrouted.keys()])(
    '%s is explained, with a request that gets it in bash, or why there is none',
    async (name) => {
      const text = explained(name);
      expect(await run(['contracts', 'show', name])).toMatchObject({ code: 0, stdout: text });
      const { status } = unrouted.get(name) as Case;
      expect(text).toMatch(
        new RegExp(
          `^# ${name}: a request that reaches no operation is answered with ${status}\n# Evidence: .*\\.\n`,
        ),
      );
      if (!isScript(text)) {
        expect(text).toMatch(
          /\n# No request gets it: (.*, which is a bug: please report it|only a server .* sends it)\.\n$/,
        );
        return;
      }
      const understudy = createUnderstudy();
      const { url } = await understudy.listen({
        port: 0,
        timeouts: { headers: 300, request: 300 },
      });
      try {
        const { code, answer, stderr } = await runChain(text, url, {});
        expect([code, answer.status, answer.headers['x-understudy-case'], stderr]).toEqual([
          0,
          status,
          name,
          '',
        ]);
      } finally {
        await understudy.close();
      }
    },
  );

  it('only faults of our own, and what a flag brings about, have no request', async () => {
    const texts = [...unrouted.keys()].map((name) => ({ name, text: explained(name) }));
    expect(texts.filter(({ text }) => !isScript(text)).map(({ name }) => name)).toEqual([
      'unknown_world',
      'self_check_failed',
      'rule_failed',
    ]);
  });
});

describe('understudy explain', () => {
  it('says what a case is, in words, and nothing that only we understand', async () => {
    for (const name of [
      'addVectorStoreToSpace.own_dedicated_store',
      'listSpaces.listed',
      'getThread.rate_limit_exceeded',
    ]) {
      const text = explained(name);
      expect(text).toMatch(
        new RegExp(
          `^# ${name}: (GET|POST) /v1/\\S+ is answered with \\d{3}\\n# Evidence: .*\\.\\n# Reached: .*\\.\\n`,
        ),
      );
      expect(text).not.toMatch(/\b[SK]-C\d|sheet|\bseed \d/);
    }
  });

  it('finds a case that one operation has by its bare name', async () => {
    const [bare, full] = [
      await run(['explain', 'own_dedicated_store']),
      await run(['explain', 'addVectorStoreToSpace.own_dedicated_store']),
    ];
    expect(bare).toEqual(full);
    expect(await run(['contracts', 'show', 'own_dedicated_store'])).toEqual(full);
    expect(full).toMatchObject({ code: 0, stderr: '' });
  });

  it('lists the operations of a case that several have, and the cases of an operation', async () => {
    const { code, stdout } = await run(['explain', 'space_not_found']);
    const expected = all
      .filter(({ documented }) => documented.name === 'space_not_found')
      .map(({ name, documented }) => `${documented.status} ${name}`);
    expect([code, stdout.trim().split('\n').slice(0, -1)]).toEqual([0, expected]);
    expect(stdout).toContain(`\`understudy cases ${expected[0]?.slice(4)}\` says more`);
    const cases = all.filter(({ name }) => name.startsWith('getSpace.')).length;
    expect(explained('getSpace').trim().split('\n')).toHaveLength(cases + 1);
  });

  it('says what is near to a name that is not known', async () => {
    expect(nearestCase(spec, 'own_dedicated_stor')).toBe('own_dedicated_store');
    expect(nearestCase(spec, 'addVectorStoreToSpace.alredy_attached')).toBe(
      'addVectorStoreToSpace.already_attached',
    );
    for (const [args, near] of [
      [['explain', 'unknwon_path'], 'unknown_path'],
      [['explain', 'own_dedicted_store'], 'own_dedicated_store'],
      [['explain', 'CASE_WRON'], 'CASE_WRONG'],
      [['contracts', 'show', 'getSpce'], 'getSpace'],
    ] as const)
      expect(await run(args)).toMatchObject({
        code: 2,
        stderr: expect.stringContaining(`did you mean ${near}?`),
      });
  });
});
