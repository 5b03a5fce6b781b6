import { describe, expect, it } from 'vitest';
import { needsOf } from '../../../src/contract/run/needs.js';
import { compile } from '../../../src/contract/tables/compile.js';
import { usesIn, written } from '../../../src/contract/tables/expression.js';
import { partsOf, type Step } from '../../../src/contract/tables/steps.js';
import type { Recipe, Row, Table } from '../../../src/contract/tables/table.js';
import { loadSpec } from '../../../src/shipped/document.js';

const spec = loadSpec();
const recipes: Record<string, Recipe> = {
  a_space: {
    call: 'createSpace',
    body: {
      organization_id: '$known.organization_id',
      name: '$name',
      access_users: ['$callers.viewer.user_id?'],
    },
    value: '$response.body#/id',
    undo: 'deleteSpace',
  },
  a_thread_in_it: { from: 'a_thread', call: 'addThreadToSpace' },
  a_thread: {
    call: 'createThread',
    body: {},
    value: '$response.body#/id',
    undo: 'deleteThread',
    repeat: 2,
  },
  a_held_thread: {
    value: '$known.empty_thread_id',
    // biome-ignore lint/suspicious/noThenProperty: a key of the contracts.
    then: [{ call: 'getThread' }, { call: 'addThreadToSpace' }],
    held_by: ['owner', 'member'],
  },
};
const slots = { organization_id: 'organization', space_id: 'space', thread_id: 'thread' };

function steps(table: Partial<Table>, row: Partial<Row> = {}): readonly Step[] {
  const whole: Table = {
    operation: 'getSpace',
    given: {},
    rows: [],
    place: 'a.yaml:1:1',
    ...table,
  };
  return compile(
    spec,
    { recipes, slots },
    { table: whole, row: { caller: 'owner', expect: 'retrieved', place: 'a.yaml:2:1', ...row } },
  );
}

/** Each step in a line: what it does, with which expressions. */
const inLines = (all: readonly Step[]): readonly string[] =>
  all.map((step) => {
    if (step.kind === 'keep') return `keep ${step.slot}`;
    if (step.kind === 'compare') return 'compare';
    const uses = partsOf(step.request)
      .flatMap(usesIn)
      .map(({ expression }) => written(expression));
    return [step.kind, step.request.call, step.request.caller, ...uses].join(' ');
  });

describe('a row becomes steps', () => {
  it('in the order in which they are played; what was made is deleted last, the last first', () => {
    const all = steps(
      {
        operation: 'updateSpace',
        given: { space: 'a_space', thread: 'a_thread_in_it' },
        body: { name: '$unique' },
        observe: { call: 'getSpace' },
      },
      {
        caller: 'member',
        before: [{ call: 'getThread' }],
        // biome-ignore lint/suspicious/noThenProperty: a key of the contracts.
        then: [
          {
            call: 'listSpaces',
            caller: 'viewer',
            query: { organization_id: '$known.organization_id' },
          },
        ],
      },
    );
    const made = ['prepare createThread owner', 'keep thread'];
    expect(inLines(all)).toEqual([
      'prepare createSpace owner $known.organization_id $name $callers.viewer.user_id',
      'keep space',
      ...made,
      ...made,
      'prepare addThreadToSpace owner $slot.space $slot.thread',
      'keep thread',
      'prepare getThread owner $slot.thread',
      'observe getSpace owner $slot.space',
      'request updateSpace member $slot.space $name',
      'compare',
      'look listSpaces viewer $known.organization_id',
      'undo deleteThread owner $slot.thread',
      'undo deleteThread owner $slot.thread',
      'undo deleteSpace owner $slot.space',
    ]);
  });

  it('with what a recipe needs of the profile, and who may hold it', () => {
    const all = steps({
      operation: 'removeThreadFromSpace',
      given: { space: 'a_space', thread: 'a_held_thread' },
    });
    const [first, second] = all.filter(
      (step) => step.kind === 'prepare' && step.about !== undefined,
    );
    expect([first, second]).toMatchObject([
      {
        about: { name: 'empty_thread_id' },
        heldBy: ['owner', 'member'],
        request: { call: 'getThread' },
      },
      { about: { name: 'empty_thread_id' }, request: { call: 'addThreadToSpace' } },
    ]);
    expect(second).not.toHaveProperty('heldBy');
    expect([...needsOf(all).profile]).toEqual([
      'callers.owner',
      'known.organization_id',
      'known.empty_thread_id',
    ]);
    expect([...needsOf(all).undoes]).toEqual(['deleteSpace']);
  });

  it("with the row's own recipe, body and query in place of the table's", () => {
    const table = {
      operation: 'createSpace' as const,
      given: { space: 'a_space' },
      body: { name: 'table' },
    };
    const own = steps(table, { given: { space: 'a_thread' }, body: { name: 'row' }, path: {} });
    expect(own.map((step) => step.origin)).toContainEqual({
      in: 'row',
      pointer: '/given/space',
      recipe: 'a_thread',
    });
    expect(own.find(({ kind }) => kind === 'request')).toMatchObject({
      request: { body: { value: { name: 'row' } } },
    });
    expect(steps(table, { raw_body: '{' }).find(({ kind }) => kind === 'request')).toMatchObject({
      raw: new TextEncoder().encode('{'),
      request: expect.not.objectContaining({ body: expect.anything() }),
    });
  });

  it('of which what the request makes is deleted by the owner, where whoever sent it has no good credential', () => {
    const table = { operation: 'createSpace' as const, makes: { made: 'a_space' } };
    const makers = (['member', 'expired_key', 'lower_case_bearer'] as const).map((caller) =>
      steps(table, { caller }).at(-1),
    );
    expect(makers.map((step) => step?.kind === 'undo' && step.request.caller)).toEqual([
      'member',
      'owner',
      'owner',
    ]);
  });

  it('and a recipe that is made from itself, or does not exist, only fills its slot', () => {
    const circle = { a: { from: 'b' }, b: { from: 'a' } };
    const table = { operation: 'getSpace' as const, given: { space: 'a', thread: 'nothing' } };
    expect(
      inLines(compile(spec, { recipes: circle, slots }, { table, row: { caller: 'owner' } })),
    ).toEqual([
      ...Array(3).fill('keep space'),
      'keep thread',
      'request getSpace owner $slot.space',
    ]);
  });
});
