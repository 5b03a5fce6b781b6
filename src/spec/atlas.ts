// The requests that lead to a documented case, as they were recorded while the contracts were played.

export interface RecordedCall {
  readonly method: string;
  readonly target: string;
  readonly headers: Readonly<Record<string, string>>;
  /** A text, or bytes in hexadecimal where it is none. */
  readonly body?: string | undefined;
  readonly hex?: string | undefined;
  /** The id that the call made when it was tried, which later calls name. */
  readonly made?: string | null | undefined;
  /** What it made along with that, by the field of its answer, where a later call names it. */
  readonly alongside?: Readonly<Record<string, string>> | undefined;
}

/** In the default scenario; the last call is answered with the case. */
export interface RecordedCase {
  /** `operation.case`. */
  readonly case: string;
  readonly calls: readonly RecordedCall[];
}
