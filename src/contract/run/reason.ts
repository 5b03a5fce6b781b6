// Why a play could not go on. None of them is a deviation of the answer in question.

/** What a play needs is not there; it is counted as not exercised. */
export class NotExercised extends Error {}

/** The run is over, so this is not sent, or its answer not waited for. */
export class Ended extends NotExercised {
  constructor() {
    super('the run ended before');
  }
}

/** A request that could do harm, and was not sent. */
export class Withheld extends NotExercised {}

/** A call that the play builds on did not do what it should. */
export class PreparationFailed extends NotExercised {
  /** The server is at fault, not what the callers may do. */
  readonly isFault: boolean;

  constructor(message: string, isFault: boolean) {
    super(message);
    this.isFault = isFault;
  }
}
