// A `fetch` handler around the answerer: no socket, the same bytes.
import type { Answerer } from '../mock/answer.js';
import { pause } from './pause.js';

export type FetchHandler = (input: Request | string | URL, init?: RequestInit) => Promise<Response>;

/** Takes what `fetch` takes; the host of the URL does not matter, and a path alone is enough. */
export function createFetchHandler(answerer: Answerer): FetchHandler {
  return async (input, init) => {
    const request =
      input instanceof Request && !init
        ? input
        : new Request(input instanceof Request ? input : new URL(input, 'http://understudy.local'), init);
    // Cut the target out of the text: parsing would resolve `..` and lose `%2F`.
    const target = /^[a-z]+:\/\/[^/?#]*([^#]*)/i.exec(request.url)?.[1] || '/';
    const { status, headers, body } = await answerer.answer({
      method: request.method,
      target,
      headers: Object.fromEntries(request.headers),
      body: new Uint8Array(await request.arrayBuffer()),
    });
    await pause(answerer);
    return new Response(body ?? null, { status, headers });
  };
}
