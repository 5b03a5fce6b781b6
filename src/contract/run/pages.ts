// The pages of a list, one after the other.
import type { Json } from '../../spec/message.js';
import { pageAfter } from '../dialect.js';

interface Page {
  readonly judged?: { readonly body: Json | undefined };
}

/** What a page was asked with. */
interface Asked {
  readonly query?: Readonly<Record<string, Json>>;
}

/** Of a list without end. */
const MAX_PAGES = 100;

/** An answer, and then each later page as it is asked for. */
export async function* pagesFrom<P extends Page, A extends Asked>(
  first: P,
  ask: A,
  send: (ask: A) => Promise<P>,
  most = MAX_PAGES,
): AsyncGenerator<P, void, void> {
  yield first;
  for (let page = 1, asked = ask, next = nextPage(first, ask); next && page < most; page++) {
    asked = { ...asked, query: { ...asked.query, ...next } };
    const seen = await send(asked);
    yield seen;
    next = nextPage(seen, asked);
  }
}

/** What asks for the page after this one, where the answer says that there is one. */
export const nextPage = ({ judged }: Page, { query }: Asked): Asked['query'] =>
  pageAfter(judged?.body, query);
