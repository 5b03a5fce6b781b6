// A Response does not carry its request. `observe` wraps a fetch so that what it has sent, and a
// copy of what it was answered, can be judged later.

/** What was sent for a Response. */
interface SentFor {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Absent for a stream, which is not looked into. */
  readonly body: Uint8Array | undefined;
  /** Of the Response; it can be read whatever the test does with its own. */
  readonly copy: Response;
}

const sentFor = new WeakMap<Response, Promise<SentFor>>();

export const requestOf = (response: Response): Promise<SentFor> | undefined =>
  sentFor.get(response);

/**
 * The same fetch, whose responses can be judged with their requests: `observe(fetch)`,
 * `observe(understudy.fetch)`.
 */
export function observe<Input, Init>(
  fetch: (input: Input, init?: Init) => Promise<Response>,
): (input: Input, init?: Init) => Promise<Response> {
  return async (input, init) => {
    // Read before it is sent, since the body of a Request can be read once.
    const seen = whatIsSent(input, init);
    // What cannot be a request is fetch's to refuse.
    seen.catch(() => {});
    const response = await fetch(input, init);
    const copy = response.clone();
    sentFor.set(
      response,
      seen.then((sent) => ({ ...sent, copy })),
    );
    return response;
  };
}

async function whatIsSent(input: unknown, init: unknown): Promise<Omit<SentFor, 'copy'>> {
  const { body } = (init ?? {}) as RequestInit;
  const isStream = body instanceof ReadableStream;
  const own = isStream ? { ...(init as RequestInit), body: null } : (init as RequestInit);
  const request =
    input instanceof Request
      ? new Request(input.clone(), own)
      : new Request(new URL(String(input), 'http://in-process'), own);
  return {
    method: request.method,
    url: request.url,
    headers: Object.fromEntries(request.headers),
    body: isStream ? undefined : new Uint8Array(await request.arrayBuffer()),
  };
}
