// The pages that no document has, in the order in which they are looked for.
import type { PlainRequest, PlainResponse } from '../spec/message.js';
import type { World } from '../world/world.js';
import { documentPage, isPage } from './document-page.js';
import { homePage } from './home-page.js';
import type { Shown } from './shown.js';

/**
 * Shows a document at its paths, and at `/` what there is to know about this server;
 * `servesWorlds` is false where nothing in the document is ours.
 */
export const pagesOf =
  ({ servesWorlds, ...parts }: Omit<Shown, 'world'> & { readonly servesWorlds: boolean }) =>
  (request: PlainRequest, world: World): PlainResponse | undefined => {
    if (!isPage(request.target)) return undefined;
    const shown = { ...parts, world: servesWorlds ? world : undefined };
    const page = documentPage(shown, request) ?? homePage(shown, request);
    return (
      page && {
        status: 200,
        headers: { 'content-type': page.mediaType, ...page.headers },
        body: page.text,
      }
    );
  };
