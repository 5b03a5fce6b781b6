// The plain request and response that every room passes around. No room below `http/` knows any
// other.

/**
 * An HTTP request as plain data. Header names are lower-case; `target` is the raw path with its
 * query string.
 */
export interface PlainRequest {
  readonly method: string;
  readonly target: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Empty when the request has no body. */
  readonly body: Uint8Array;
  /** Where its client reaches this server, such as `http://127.0.0.1:4010`, with the path it is mounted under. */
  readonly base?: string;
  /** The address of this machine at which it arrived; absent where it came through no connection. */
  readonly arrivedAt?: string;
}

/** A target without its query string. Asked of every request, and `split` is slow where a text is new. */
export function pathOf({ target }: Pick<PlainRequest, 'target'>): string {
  const end = target.indexOf('?');
  return end < 0 ? target : target.slice(0, end);
}

/** An HTTP response as plain data. Header names are lower-case; no body means none is sent. */
export interface PlainResponse<Body = string> {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: Body;
}

/** Answers in this process, without the objects of `fetch`, which cost more than most answers. */
export interface PlainHandler {
  /** A `Response` where the answer is more than a text: bytes, a stream, or one that is cut off. */
  answerPlain(request: PlainRequest): Promise<PlainResponse | Response>;
}

/** A value that JSON can carry. */
export type Json =
  | null
  | boolean
  | number
  | string
  | readonly Json[]
  | { readonly [key: string]: Json };
export type JsonObject = { readonly [key: string]: Json };

export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
