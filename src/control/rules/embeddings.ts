// The messages that the spaces of a world take in: how far each is, and moving them on.
import type { Verdict } from '../../decide/rule.js';
import { nearest } from '../../files/nearest.js';
import { addMessage, type NewMessage } from '../../rules/memory.js';
import type { Embedding } from '../../world/nouns/embeddings.js';
import { pair, type World } from '../../world/world.js';
import type { EmbeddingFilter, EmbeddingQueue } from '../../worlds/embeddings.js';
import { type ControlRules, pageOf, type Request, rule, unknown_world } from './form.js';

/** The fields of a filter that name a row, by its table. */
const named = {
  id: 'embeddings',
  space_id: 'spaces',
  thread_id: 'threads',
  message_id: 'messages',
} as const;
type NamedField = keyof typeof named;

const isNamed = (field: string): field is NamedField => Object.hasOwn(named, field);

const filterIn = (given: Request['query']): EmbeddingFilter =>
  Object.fromEntries(
    Object.entries(given).filter(([field]) => isNamed(field) || field === 'status'),
  );

/** An ID that is not there would move nothing, and say nothing of it. */
function idsAreThere(world: World, given: Request['query']): Verdict {
  for (const [field, id] of Object.entries(given)) {
    if (!isNamed(field) || world[named[field]].has(id as string)) continue;
    const ids = world[named[field]].all().map((row) => row.id);
    const close = nearest(id as string, ids);
    return {
      details: { field, id, ids: close === undefined ? ids.slice(-10) : [close] },
    };
  }
  return true;
}

const stateOf = ({ world, path }: Request): World => world.worlds.get(path.world);

/** How far the messages of each thread in each space are, the first that was queued first. */
function byThread(rows: readonly Embedding[]) {
  const threads = new Map<string, Embedding[]>();
  for (const row of rows) {
    const key = pair(row.space_id, row.thread_id);
    const known = threads.get(key);
    if (known) known.push(row);
    else threads.set(key, [row]);
  }
  return [...threads.values()].map((some) => {
    const { space_id, thread_id } = some[0] as Embedding;
    return { space_id, thread_id, ...counted(some) };
  });
}

function counted(rows: readonly Embedding[]) {
  const counts = { queued: 0, running: 0, done: 0, failed: 0 };
  for (const { status } of rows) counts[status] += 1;
  return counts;
}

type Move = (
  queue: EmbeddingQueue,
  filter: EmbeddingFilter,
  error?: string,
) => readonly Embedding[];

const moving = (name: string, move: Move) =>
  rule({
    guards: {
      unknown_world,
      unknown_id: (request: Request) => idsAreThere(stateOf(request), request.body),
    },
    accept: ({ world: { worlds }, path, body }) => {
      const queue = worlds.embeddings(path.world);
      const moved = worlds.change(path.world, () =>
        move(queue, filterIn(body), body.error as string | undefined),
      );
      return [name, { embeddings: moved, progress: queue.progress() }];
    },
  });

export const embeddingRules: ControlRules = {
  listEmbeddings: rule({
    guards: {
      unknown_world,
      unknown_id: (request: Request) => idsAreThere(stateOf(request), request.query),
    },
    accept: ({ world: { worlds }, path, query }) => {
      const rows = worlds.embeddings(path.world).list(filterIn(query));
      const offset = query.offset as number;
      const { page, more } = pageOf(rows.slice(offset), query.limit);
      return [
        'listed',
        {
          embeddings: page,
          total: rows.length,
          next_offset: more ? offset + page.length : null,
          progress: counted(rows),
          threads: byThread(rows),
        },
      ];
    },
  }),

  stepEmbeddings: moving('stepped', (queue, filter) => queue.step(filter)),
  drainEmbeddings: moving('drained', (queue, filter) => queue.drain(filter)),
  failEmbeddings: moving('failed', (queue, filter, error) => queue.fail(filter, error)),

  addMessage: rule({
    guards: {
      unknown_world,
      unknown_id: (request: Request) => {
        const { thread_id = '' } = request.body as { thread_id?: string };
        const { threads } = stateOf(request);
        const thread = threads.get(thread_id);
        if (thread && thread.deleted_at === null) return true;
        const ids = threads.all().flatMap((one) => (one.deleted_at === null ? [one.id] : []));
        return { details: { field: 'thread_id', id: thread_id, ids: ids.slice(-10) } };
      },
    },
    accept: ({ world: { worlds }, path, body }) => {
      const message = worlds.change(path.world, (world) =>
        addMessage(world, body as unknown as NewMessage),
      );
      const embeddings = worlds.embeddings(path.world).list({ message_id: message.id });
      return ['added', { message, embeddings }];
    },
  }),
};
