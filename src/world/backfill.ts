// How the embedding of a message moves on: at once, with the clock of its world, with the reads of
// lists that show it, or by hand.
import { secondsOf } from './duration.js';

/** `immediate`, `manual`, `after 2s` (any duration) or `after 3 reads`. */
export type Backfill = 'immediate' | 'manual' | `after ${string}`;

export type EmbeddingStatus = 'queued' | 'running' | 'done' | 'failed';

export const BACKFILLS =
  'immediate, manual, a time such as after 2s, or reads such as after 3 reads';

type Pace =
  | { readonly by: 'itself' | 'hand' }
  | { readonly by: 'time' | 'reads'; readonly count: number };

/** Undefined for what is no way to move. */
function readBackfill(text: string): Pace | undefined {
  if (text === 'immediate') return { by: 'itself' };
  if (text === 'manual') return { by: 'hand' };
  const [, reads] = /^after (\d{1,9}) reads?$/.exec(text) ?? [];
  const [, time = ''] = /^after (\S+)$/.exec(text) ?? [];
  const count = reads === undefined ? secondsOf(time) : Number(reads);
  return count ? { by: reads === undefined ? 'time' : 'reads', count } : undefined;
}

export const isBackfill = (text: unknown): text is Backfill =>
  typeof text === 'string' && readBackfill(text) !== undefined;

/** What an embedding is moved by, and how far it is as far as that was written down. */
export interface Moving {
  readonly backfill: Backfill;
  readonly status: EmbeddingStatus;
  readonly queued_at: string;
  readonly reads: number;
}

export const isOpen = ({ status }: Pick<Moving, 'status'>): boolean =>
  status === 'queued' || status === 'running';

/** How far it is at a time. In the second half of its time it is running. */
export function statusAt(row: Moving, now: string): EmbeddingStatus {
  const pace = readBackfill(row.backfill);
  if (!isOpen(row) || pace?.by !== 'time') return row.status;
  const seconds = (Date.parse(now) - Date.parse(row.queued_at)) / 1000;
  if (seconds >= pace.count) return 'done';
  return seconds * 2 >= pace.count ? 'running' : row.status;
}

/** After one more read of a list that shows it; undefined where reads do not move it. */
export function afterRead(row: Moving): Pick<Moving, 'reads' | 'status'> | undefined {
  const pace = readBackfill(row.backfill);
  if (!isOpen(row) || pace?.by !== 'reads') return undefined;
  const reads = row.reads + 1;
  return { reads, status: reads >= pace.count ? 'done' : 'running' };
}
