// How far a run is: a counter on a terminal, elsewhere a plain line whenever an operation is done.
import type { Played } from '../contract/run/play.js';
import type { Wait } from '../contract/run/rate-limit.js';

interface Output {
  readonly isTTY?: boolean;
  write(text: string): unknown;
}

type OnRow = (row: Played, number: number, of: number) => void;

export function progress(output: Output): OnRow {
  return output.isTTY === true ? counter(output) : lines(output);
}

function counter(output: Output): OnRow {
  return (_row, number, of) => output.write(`\r${number}/${of}${number === of ? '\n' : ''}`);
}

function lines(output: Output): OnRow {
  const headings = {
    sign_in: 'credentials',
    lifecycle: 'lifecycles',
    method: 'undocumented methods',
    at_once: 'many at once',
    rate_limit: 'rate limits',
  } as const;
  let heading = '';
  let counts = { right: 0, wrong: 0, not_exercised: 0 };
  const flush = (number: number, of: number): void => {
    const { right, wrong, not_exercised } = counts;
    const results = [
      `${right} right`,
      ...(wrong ? [`${wrong} wrong`] : []),
      ...(not_exercised ? [`${not_exercised} not exercised`] : []),
    ];
    if (heading !== '') output.write(`${number}/${of}  ${heading}: ${results.join(', ')}\n`);
    counts = { right: 0, wrong: 0, not_exercised: 0 };
  };
  return (row, number, of) => {
    const own = row.kind === 'row' ? row.operation : headings[row.kind];
    if (own !== heading) flush(number - 1, of);
    heading = own;
    counts[row.result] += 1;
    if (number === of) flush(number, of);
  };
}

/** Why nothing happens for a while. */
export function describeWait({ operation, milliseconds, said: header }: Wait): string {
  // What a server says may be anything.
  const isReadable = header !== undefined && /^[\w :,.+-]{1,40}$/.test(header);
  const reason =
    header === undefined
      ? 'no Retry-After'
      : isReadable
        ? `Retry-After: ${header}`
        : 'an unreadable Retry-After';
  return `429 from ${operation}, ${reason}; waiting ${milliseconds / 1000} s\n`;
}
