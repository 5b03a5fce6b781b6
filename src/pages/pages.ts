// The pages that no document has, in the order in which they are looked for.
import type { PlainRequest, PlainResponse } from '../spec/message.js';
import type { World } from '../world/world.js';
import { documentPage } from './document-page.js';
import { homePage } from './home-page.js';

/** Shows a document at its paths, and at `/` what there is to know about this server; `world` only where it is served. */
export function pagesOf(document: () => string, world?: World): (request: PlainRequest) => PlainResponse | undefined {
  return (request) => {
    const page = documentPage(document(), request) ?? homePage(document(), world, request);
    if (!page) return undefined;
    return { status: 200, headers: { 'content-type': page.mediaType, ...page.headers }, body: page.text };
  };
}
