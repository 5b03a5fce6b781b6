import { describe, expect, it } from 'vitest';
import { progress } from '../../src/cli/progress.js';
import type { Played } from '../../src/contract/run/play.js';

const nothing = {
  title: '',
  place: '',
  expected: [],
  findings: [],
  requests: 0,
  leftovers: [],
  unseen: 0,
};
const rows: readonly Played[] = [
  { ...nothing, kind: 'sign_in', operation: 'listThreads', result: 'right' },
  { ...nothing, kind: 'lifecycle', operation: 'createSpace', result: 'right' },
  { ...nothing, kind: 'row', operation: 'getSpace', result: 'right' },
  { ...nothing, kind: 'row', operation: 'getSpace', result: 'wrong' },
  { ...nothing, kind: 'row', operation: 'getSpace', result: 'not_exercised' },
  { ...nothing, kind: 'method', operation: 'getSpace', result: 'right' },
];

function written(isTTY: boolean, upTo = rows.length): string {
  let text = '';
  const onRow = progress({ isTTY, write: (more) => (text += more) });
  for (const [i, row] of rows.slice(0, upTo).entries()) onRow(row, i + 1, rows.length);
  return text;
}

describe('the progress of a run', () => {
  it('is a counter on a terminal, ended by a line break', () => {
    expect(written(true)).toBe('\r1/6\r2/6\r3/6\r4/6\r5/6\r6/6\n');
  });

  it('is a plain line elsewhere, whenever an operation is done', () => {
    expect(written(false).split('\n')).toEqual([
      '1/6  credentials: 1 right',
      '2/6  lifecycles: 1 right',
      '5/6  getSpace: 1 right, 1 wrong, 1 not exercised',
      '6/6  undocumented methods: 1 right',
      '',
    ]);
  });

  it('has no line for an operation that is not done', () => {
    expect(written(false, 4)).toBe('1/6  credentials: 1 right\n2/6  lifecycles: 1 right\n');
  });
});
