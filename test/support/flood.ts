// Requests of every size in great number, and what the journal weighs after half of them and all.
import { expect } from 'vitest';
import { createUnderstudy, type Understudy } from '../../src/index.js';
import { megabytesInUse } from './raw-http.js';
import { attachStore, getSpace, owner, type Sent } from './requests.js';

const sizes = [0, 10, 300, 2_000, 4_096, 5_000, 16_000];
const filler = (i: number, size: number): string => `${i}${'ü'.repeat(size / 2)}`;
/** Each keeps something else of a request alive: its body, rows, facts, path, query or headers. */
const kinds: readonly ((text: string) => Sent)[] = [
  (text) => owner.patch('/v1/threads/thrd_def456', { metadata: { note: text } }),
  (text) => owner.post('/v1/spaces/', { organization_id: 'org_xyz789', name: text }),
  (text) => owner.patch('/v1/spaces/space_abc123', { name: 'Same', editable_by_users: [text] }),
  () => attachStore,
  (text) => owner.get(`/v1/threads?search=${encodeURIComponent(text)}`),
  (text) => owner.get(`/v1/nowhere/${encodeURIComponent(text)}`),
  (text) => ({ ...getSpace, headers: { ...getSpace.headers, 'x-note': encodeURI(text) } }),
  (text) => ({ ...getSpace, headers: { 'x-api-key': encodeURI(text) } }),
];

/** Sends so many, and reads no answer; every thousandth is as large as a body may be. */
async function flood(understudy: Understudy, from: number, count: number): Promise<void> {
  for (let i = from; i < from + count; i += 1) {
    const size = i % 1000 === 0 ? 900_000 : (sizes[i % sizes.length] as number);
    const make = kinds[(i + Math.floor(i / 1000)) % kinds.length] as (text: string) => Sent;
    const { target, ...sent } = make(filler(i, size));
    await understudy.fetch(target, sent as RequestInit);
  }
}

interface Weighed {
  /** As JSON. */
  readonly characters: number;
  /** Of all that the process has. */
  readonly megabytes: number;
}

/** What the journal weighs after half of so many, and after all. */
export async function journalOver(count: number): Promise<readonly [half: Weighed, all: Weighed]> {
  const understudy = createUnderstudy({ keepDeleted: 10 });
  const after = async (from: number): Promise<Weighed> => {
    await flood(understudy, from, count / 2);
    const characters = JSON.stringify(understudy.journal).length;
    return { characters, megabytes: await megabytesInUse() };
  };
  const weighed = [await after(0), await after(count / 2)] as const;
  expect(understudy.journal.at(-1)?.number).toBe(count);
  expect(understudy.journal.length).toBeGreaterThan(500);
  return weighed;
}
