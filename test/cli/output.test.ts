import { setImmediate as turn } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { createOutput, printInTurns } from '../../src/cli/output.js';

/** What was written to a reader, text by text, and whoever waits for the end of the program. */
function printing(writableLength = 0) {
  const written: string[] = [];
  const stream = {
    write: (text: string) => written.push(text) > 0,
    on: () => stream,
    writableLength,
  };
  const told: string[] = [];
  const before = process.listeners('exit');
  const print = printInTurns(
    createOutput(stream as never, {
      dropped: (count) => `${count} are gone`,
      failed: (reason) => told.push(reason),
    }),
  );
  const atEnd = process.listeners('exit').filter((listener) => !before.includes(listener));
  for (const listener of atEnd) process.off('exit', listener);
  const end = (): void => {
    for (const listener of atEnd) listener(0);
  };
  return { print, written, told, end };
}

describe('the lines of a turn', () => {
  it('leave in one write, in their order, and those of the next turn in another', async () => {
    const { print, written, end } = printing();
    print('one');
    print('two');
    expect(written).toEqual([]);
    await turn();
    print('three');
    await turn();
    expect(written).toEqual(['one\ntwo\n', 'three\n']);
    end();
    expect(written).toHaveLength(2);
  });

  it('leave when the program ends in it', () => {
    const { print, written, end } = printing();
    print('last');
    end();
    expect(written).toEqual(['last\n']);
  });

  it('are told once to wait for a reader who does not read', async () => {
    const { print, written, told } = printing(2 * 1024 * 1024);
    print('one');
    print('two');
    await turn();
    expect([written, told]).toEqual([[], ['its reader does not read']]);
  });
});
