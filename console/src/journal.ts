// The journal of the world that is looked at, live.
import { signal } from '@preact/signals';
import { type JournalEvent, readEvents } from '../../src/control/event-stream.js';
import { base, credentials, type Entry, tokenNeeded } from './api.js';

/** How many are kept, as the server does. */
const CAPACITY = 1000;
/** Milliseconds in which events are gathered before they are shown. */
const GATHER = 60;

export type Connection = 'connecting' | 'live' | 'lost' | 'gone';

export const connection = signal<Connection>('connecting');
/** Oldest first. */
export const entries = signal<readonly Entry[]>([]);

let current: AbortController | undefined;

/** Follows one world, and no longer the one before. */
export function follow(world: string): void {
  current?.abort();
  current = new AbortController();
  entries.value = [];
  connection.value = 'connecting';
  void keepFollowing(world, current.signal);
}

async function keepFollowing(world: string, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    try {
      await followOnce(world, signal);
    } catch {
      // The server has gone, or is restarting.
    }
    if (signal.aborted || connection.value === 'gone') return;
    connection.value = 'lost';
    await new Promise((resolve) => setTimeout(resolve, 1000));
  }
}

async function followOnce(world: string, signal: AbortSignal): Promise<void> {
  const last = entries.value.at(-1)?.number ?? 0;
  const url = `${base}/__admin/worlds/${encodeURIComponent(world)}/events?after=${last}`;
  const response = await fetch(url, { headers: credentials(), signal });
  if (response.status === 401) tokenNeeded.value = true;
  if (response.status === 404) connection.value = 'gone';
  if (!response.ok || !response.body) return;
  connection.value = 'live';
  const gathered = gatherer(signal);
  for await (const event of readEvents(response.body)) gathered(event);
}

/** A burst of events is one change of what is shown. */
function gatherer(signal: AbortSignal): (event: JournalEvent) => void {
  let waiting: Entry[] = [];
  let timer: ReturnType<typeof setTimeout> | undefined;
  const flush = (): void => {
    clearTimeout(timer);
    timer = undefined;
    if (!signal.aborted && waiting.length > 0)
      entries.value = [...entries.value, ...waiting].slice(-CAPACITY);
    waiting = [];
  };
  return ({ event, data }) => {
    if (signal.aborted) return;
    if (event === 'request') {
      waiting.push(data as unknown as Entry);
      timer ??= setTimeout(flush, GATHER);
      return;
    }
    flush();
    if (event === 'rewound')
      entries.value = entries.value.filter(({ number }) => number <= data.last);
    if (event === 'gone') connection.value = 'gone';
  };
}
