// What a command has to do with its surroundings: the streams, the environment and the exit code of
// the process that it runs in. A test gives its own.
import type { Readable, Writable } from 'node:stream';

/** A stream of the process, or one that a test reads. */
export interface Output extends Writable {
  readonly isTTY?: boolean;
  /** Of a stream of the process. */
  readonly fd?: number;
}

/** Where a person answers. */
export interface Input extends Readable {
  readonly isTTY?: boolean;
}

export interface Io {
  /** Nobody can be asked where it is absent. */
  readonly stdin?: Input;
  readonly stdout: Output;
  readonly stderr: Output;
  readonly env: NodeJS.ProcessEnv;
  /** What the process is to end with when nothing is left to do. */
  exitCode?: NodeJS.Process['exitCode'];
}
