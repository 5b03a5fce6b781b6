// A world for one test, whatever runs it: its credentials, its clock, and what a report says of it
// when the test fails.
import { fixOf } from '../files/nearest.js';
import type { Fetch, JournalEntry, Understudy, World } from '../index.js';
import type { EmbeddingQueue } from '../worlds/embeddings.js';
import type { ClockMove } from '../worlds/time.js';

type Headers = Readonly<Record<string, string>>;

/** A world of its own, which is gone after the test. */
export interface TestWorld {
  readonly name: string;
  /** Answers in this world, whatever key of the scenario a client sends. */
  readonly fetch: Fetch;
  /** Of the first caller of the scenario, in this world. */
  readonly headers: Headers;
  /** Of another caller, by the key or token. */
  as(credential: string): Headers;
  /** A key or token as it names this world: `ak_owner~NAME`. */
  credential(credential: string): string;
  /** The live state; its tables are read freely and written at your own risk. */
  readonly state: World;
  readonly journal: readonly JournalEntry[];
  readonly embeddings: EmbeddingQueue;
  /** Moves its clock on by a duration such as `2h`, and tells what came of it. */
  advance(duration: string): ClockMove;
}

let made = 0;

/** Starts as the scenario has it. */
export function createTestWorld({ worlds, fetch }: Understudy, test: string): TestWorld {
  made += 1;
  const words = test.replace(/[^A-Za-z0-9]+/g, '-').replace(/^-|-$/g, '');
  const name = `${words.slice(0, 40)}${words === '' ? '' : '-'}${made}`;
  const state = worlds.create(name);
  const find = (credential: string) => {
    const found = state.credentials.get(credential);
    if (found) return found;
    const ids = state.credentials.all().map(({ id }) => id);
    throw new Error(
      `No caller of the scenario has the credential ${credential}.\n  fix: ${fixOf(credential, ids)}`,
    );
  };
  const as = (credential: string): Headers => {
    const { id, kind } = find(credential);
    return kind === 'token'
      ? { Authorization: `Bearer ${id}~${name}` }
      : { 'X-API-Key': `${id}~${name}` };
  };
  return {
    name,
    fetch: (input, init) => {
      const request = new Request(
        input instanceof Request ? input : new URL(input, 'http://understudy.local'),
        init,
      );
      request.headers.set('X-Understudy-World', name);
      return fetch(request);
    },
    get headers() {
      const first = state.credentials.all().find((one) => one.state === 'active');
      return first ? as(first.id) : {};
    },
    as,
    credential: (credential) => `${find(credential).id}~${name}`,
    state,
    journal: worlds.journal(name),
    embeddings: worlds.embeddings(name),
    advance: (duration) => worlds.advance(name, duration),
  };
}

/** Exchanges that a report shows, the last ones. */
const SHOWN = 20;

/** What was asked and answered, in lines; nothing where nobody has asked. */
export function describeJournal({ name, journal }: TestWorld): string {
  if (journal.length === 0) return '';
  const left = journal.length - SHOWN;
  return [
    `Requests of this test (world ${name}):`,
    ...(left > 0 ? [`  … ${left} earlier`] : []),
    ...journal.slice(-SHOWN).map(describeEntry),
  ].join('\n');
}

function describeEntry(entry: JournalEntry): string {
  const { number, method, target, status, operation, user_id, changes = [], nearest } = entry;
  const name = operation === undefined ? entry.case : `${operation}.${entry.case ?? ''}`;
  const notes = [
    ...(name === undefined ? [] : [name]),
    ...(user_id === undefined ? [] : [`as ${user_id}`]),
    ...(nearest === undefined ? [] : [`did you mean ${nearest}?`]),
    ...(changes.length === 0 ? [] : [`wrote ${tablesOf(changes)}`]),
  ];
  return `  ${number}  ${method} ${target} → ${status} ${notes.join(', ')}`.trimEnd();
}

const tablesOf = (changes: readonly { readonly table: string }[]): string =>
  [...new Set(changes.map(({ table }) => table))].join(' and ');
