// Lines to stdout or stderr, whose reader may be slow or gone, or whose disk may be full. A server
// keeps serving without them.
import { fstatSync, writeSync } from 'node:fs';
import type { Output as Stream } from './io.js';

/** Bytes that may wait for a slow reader; more lines are dropped. */
const WAITING_LIMIT = 1024 * 1024;

export interface Output {
  /** Lines without the end of the last. */
  print(text: string, lines?: number): void;
}

export interface OutputEvents {
  /** The line that says how many were dropped, once lines can be written again. */
  readonly dropped: (count: number) => string;
  /** Called once, when a line is dropped for the first time. */
  readonly failed?: (reason: string, forGood: boolean) => void;
}

/**
 * Prints the lines of one turn of the event loop together: a write of its own for each would cost a
 * tenth of a request. Those that wait when the program ends are printed then.
 */
export function printInTurns({ print }: Output): (line: string) => void {
  let waiting: string[] = [];
  const printAll = (): void => {
    const lines = waiting;
    waiting = [];
    if (lines.length > 0) print(lines.join('\n'), lines.length);
  };
  process.on('exit', printAll);
  return (line) => {
    if (waiting.push(line) === 1) setImmediate(printAll);
  };
}

export function createOutput(stream: Stream, events: OutputEvents): Output {
  return isFile(stream) ? toFile(stream.fd, events) : toReader(stream, events);
}

/**
 * Files, and devices such as /dev/full. Node writes to all of them at once; a pipe, a socket or a
 * terminal has a reader.
 */
function isFile(stream: Stream): stream is Stream & { readonly fd: number } {
  if (stream.isTTY || stream.fd === undefined) return false;
  try {
    const status = fstatSync(stream.fd);
    return status.isFile() || status.isCharacterDevice();
  } catch {
    return false;
  }
}

function toFile(fd: number, { dropped: tell, failed }: OutputEvents): Output {
  let dropped = 0;
  let torn = false;
  let reported = false;
  /** Writes all of it or throws; of a text that did not fit, the beginning may stand there. */
  const write = (text: string): void => {
    let rest = Buffer.from(text);
    while (rest.length > 0) {
      const written = writeSync(fd, rest);
      if (written > 0) torn = true;
      rest = rest.subarray(written);
    }
    torn = false;
  };
  return {
    print: (text, lines = 1) => {
      try {
        if (torn) write('\n');
        if (dropped > 0) write(`${tell(dropped)}\n`);
        dropped = 0;
        write(`${text}\n`);
      } catch (error) {
        dropped += lines;
        if (!reported) failed?.((error as Error).message, false);
        reported = true;
      }
    },
  };
}

function toReader(stream: Stream, { dropped: tell, failed }: OutputEvents): Output {
  let state: 'open' | 'full' | 'gone' = 'open';
  let dropped = 0;
  let reported = false;
  const report = (reason: string, forGood: boolean): void => {
    if (!reported) failed?.(reason, forGood);
    reported = true;
  };
  stream.on('error', (error: NodeJS.ErrnoException) => {
    state = 'gone';
    report(error.code === 'EPIPE' ? 'its reader has left' : error.message, true);
  });
  stream.on('drain', () => {
    if (state !== 'full') return;
    state = 'open';
    stream.write(`${tell(dropped)}\n`);
    dropped = 0;
  });
  return {
    print: (text, lines = 1) => {
      if (state === 'open' && stream.writableLength > WAITING_LIMIT) {
        state = 'full';
        report('its reader does not read', false);
      }
      if (state === 'open') stream.write(`${text}\n`);
      else dropped += lines;
    },
  };
}
