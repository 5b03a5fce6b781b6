// Handlers for Mock Service Worker 2 that are answered by a mock server in the same process, in Node
// and in a browser. It imports no mock server, so whoever uses it decides which one.
import { HttpResponse, http, type RequestHandler } from 'msw';

/** A mock server of `understudy` or of `understudy/fetch`, or the world of a test. */
export interface Answering {
  readonly fetch: (request: Request) => Promise<Response>;
}

export interface HandlerOptions {
  /** Where the client under test sends its requests. Default `https://api.aitronos.com`. */
  readonly url?: string | readonly string[];
  /** The world that answers, made on first use; the default world without one. */
  readonly world?: string;
}

const API_URL = 'https://api.aitronos.com';

/** Give them to `setupServer` of `msw/node`, or to `setupWorker` of `msw/browser`. */
export function understudyHandlers(
  { fetch }: Answering,
  { url = API_URL, world }: HandlerOptions = {},
): RequestHandler[] {
  const answer = async ({ request }: { readonly request: Request }): Promise<Response> => {
    if (world !== undefined) request.headers.set('X-Understudy-World', world);
    try {
      return await fetch(request);
    } catch (error) {
      // A connection that is lost on purpose; MSW would make a 500 of it.
      if (error instanceof TypeError) return HttpResponse.error();
      throw error;
    }
  };
  return [url].flat().map((one) => http.all(`${one.replace(/\/+$/, '')}/*`, answer));
}
