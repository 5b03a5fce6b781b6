// The control plane, as its document has it: every call is checked against it when the console is
// built. And the API that is stood in for, on the same origin.
import { signal } from '@preact/signals';
import createClient from 'openapi-fetch';
import type { components, paths } from '../control.gen.js';

type Schemas = components['schemas'];
export type World = Schemas['World'];
export type Entry = Schemas['JournalEntry'];
export type Snapshot = Schemas['Snapshot'];
export type Comparison = Schemas['ComparisonAnswer']['data'];
export type ClockMove = Schemas['ClockAnswer']['data'];
export type Explanation = Schemas['Explanation'];
export type WaysOut = Schemas['WaysOutAnswer']['data'];
export type Fault = Schemas['Fault'];
export type WorldReplay = Schemas['WorldReplay'];
export type ReplayedExchange = Schemas['ReplayedExchange'];
export type Row = Record<string, unknown> & { readonly id: string };

/** Where the mock server is: `/`, or the path that it is mounted under. */
export const base = (import.meta.env.DEV ? location.origin : new URL('..', document.baseURI).href)
  .replace(/[#?].*$/, '')
  .replace(/\/$/, '');

const TOKEN = 'understudy-admin-token';

/** The server wants a token that it has not been given. */
export const tokenNeeded = signal(false);

export const giveToken = (token: string): void => {
  sessionStorage.setItem(TOKEN, token);
  tokenNeeded.value = false;
};

export function credentials(): Record<string, string> {
  const token = sessionStorage.getItem(TOKEN);
  return token ? { authorization: `Bearer ${token}` } : {};
}

export const api = createClient<paths>({ baseUrl: base });
api.use({
  onRequest: ({ request }) => {
    for (const [name, value] of Object.entries(credentials())) request.headers.set(name, value);
  },
  onResponse: ({ response }) => {
    if (response.status === 401) tokenNeeded.value = true;
  },
});

/** What was refused, in the words of the server. */
export class Refused extends Error {
  readonly fix: string;
  /** Each with the place where it is, where there are several. */
  readonly problems: readonly string[];

  constructor({ message, fix, details = {} }: { message: string; fix: string; details?: Details }) {
    const why = details.message;
    super(typeof why === 'string' && !details.problems ? `${message} ${why}` : message);
    this.fix = fix;
    this.problems = (details.problems ?? []).map(({ id, field, pointer, what }) =>
      [[id, field ?? pointer].filter(Boolean).join(' '), what].filter(Boolean).join(': '),
    );
  }
}

interface Details {
  readonly message?: unknown;
  readonly problems?: readonly {
    readonly id?: string;
    readonly field?: string;
    readonly pointer?: string;
    readonly what: string;
  }[];
}

/** The data of an answer. Throws what was refused. */
export async function dataOf<Data>(
  answer: Promise<{ readonly data?: { readonly data: Data }; readonly error?: unknown }>,
): Promise<Data> {
  const { data, error } = await answer;
  if (data) return data.data;
  const refusal = (error as { error?: { message: string; fix: string } } | undefined)?.error;
  throw new Refused(
    refusal ?? {
      message: 'The server gave no answer that the console understands.',
      fix: 'See whether it still runs.',
    },
  );
}

type Page = { readonly rows: readonly object[]; readonly next_offset: number | null };

/** All rows of a table, page by page. */
export async function rowsOf(world: string, noun: string): Promise<readonly Row[]> {
  const rows: Row[] = [];
  let offset: number | null = 0;
  while (offset !== null && rows.length < MOST_ROWS) {
    const page: Page = await pageOf(world, noun, offset);
    rows.push(...(page.rows as Row[]));
    offset = page.next_offset;
  }
  return rows;
}

const MOST_ROWS = 5000;

/** How far an embedding is depends on the time, and only its own list knows. */
async function pageOf(world: string, noun: string, offset: number): Promise<Page> {
  const query = { limit: 1000, offset };
  if (noun !== 'embeddings')
    return dataOf(
      api.GET('/__admin/worlds/{world}/state/{noun}', {
        params: { path: { world, noun }, query },
      }),
    );
  const { embeddings, next_offset } = await dataOf(
    api.GET('/__admin/worlds/{world}/embeddings', { params: { path: { world }, query } }),
  );
  return { rows: embeddings, next_offset };
}
