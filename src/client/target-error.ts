// Why a target gave no answer.

export interface TargetErrorOptions extends ErrorOptions {
  /** No byte of the request was sent, so that it cannot have been carried out. */
  readonly unsent?: boolean;
  /** Why the request had gone out a second time. */
  readonly repeated?: string | undefined;
}

/** There was no answer, or none that can be read as HTTP. */
export class TargetError extends Error {
  readonly kind:
    | 'unreachable'
    | 'timeout'
    | 'broken'
    | 'too_large'
    | 'gateway'
    | 'stopped'
    | 'withheld';
  readonly unsent: boolean;
  readonly repeated: string | undefined;

  constructor(kind: TargetError['kind'], message: string, options: TargetErrorOptions = {}) {
    super(message, options);
    this.name = 'TargetError';
    this.kind = kind;
    this.unsent = options.unsent ?? kind === 'unreachable';
    this.repeated = options.repeated;
  }

  /** The same, of a request that had gone out a second time. */
  ofRepeated(why: string | undefined): TargetError {
    const { cause, unsent } = this;
    return why === undefined
      ? this
      : new TargetError(this.kind, this.message, { cause, unsent, repeated: why });
  }
}
