// The pages that no document has, in the order in which they are looked for.
import type { PlainRequest, PlainResponse } from '../spec/message.js';
import { documentPage } from './document-page.js';
import { homePage } from './home-page.js';
import type { Shown } from './shown.js';

/** Shows a document at its paths, and at `/` what there is to know about this server. */
export const pagesOf =
  (shown: Shown) =>
  (request: PlainRequest): PlainResponse | undefined => {
    const page = documentPage(shown, request) ?? homePage(shown, request);
    return (
      page && {
        status: 200,
        headers: { 'content-type': page.mediaType, ...page.headers },
        body: page.text,
      }
    );
  };
