// The pages of a list, one after the other.
import { isJsonObject, type Json } from '../../spec/message.js';

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
export function nextPage({ judged }: Page, ask: Asked): Readonly<Record<string, Json>> | undefined {
  const body = judged?.body;
  if (!isJsonObject(body)) return undefined;
  const rows = rowsOf(body);
  // In February, the list of spaces has no has_more; nothing comes after a page without rows.
  if (typeof body.next_cursor === 'string' && rows.length > 0) return { cursor: body.next_cursor };
  // Nor has the list of vector stores, nor anything else that says what comes after a page that is full.
  const { take, skip = 0 } = ask.query ?? {};
  if (body.has_more === undefined && typeof take === 'number' && rows.length > 0 && rows.length >= take)
    return { skip: Number(skip) + rows.length };
  if (body.has_more !== true) return undefined;
  if (typeof body.last_id === 'string') return { after: body.last_id };
  if (typeof body.skip !== 'number' || rows.length === 0) return undefined;
  return { skip: body.skip + rows.length };
}

/** Of a list, whatever it calls them. */
export function rowsOf(body: Json | undefined): readonly Json[] {
  const [rows = []] = isJsonObject(body) ? Object.values(body).filter((value) => Array.isArray(value)) : [];
  return rows as readonly Json[];
}
