// What somebody asked for cannot be done, in words for whoever asked. A command prints them and
// ends with the exit code.
import { ExitCode } from './exit-code.js';

export class Failure extends Error {
  readonly exitCode: number = ExitCode.usage;
}

/** It cannot be done as it was asked for. */
export class UsageError extends Failure {}
