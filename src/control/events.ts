// Server-sent events of a journal: what it holds behind a number, then what comes. The journal is all
// the memory that a reader has: whoever is slower than it forgets is let go.
import type { Answerer } from '../engine/answerer.js';
import type { Delivery } from '../engine/delivery.js';
import type { Journal } from '../engine/journal.js';
import type { PlainRequest } from '../spec/message.js';
import type { Worlds } from '../worlds/worlds.js';

/** Exchanges that are sent in one piece. */
const AT_ONCE = 50;

/** All streams that are open. */
export class EventStreams {
  readonly #worlds: Worlds;
  readonly #open = new Set<() => void>();

  constructor(worlds: Worlds) {
    this.#worlds = worlds;
  }

  /** The engine decides whether there is something to send; what it is comes from here. */
  around(engine: Answerer): Answerer {
    return {
      bodyLimit: engine.bodyLimit,
      answerUnreadable: (name, about) => engine.answerUnreadable(name, about),
      answer: (request) => {
        const answer = engine.answer(request) as Delivery;
        const asked = askedFor(request);
        return asked && answer.response.status === 200 ? this.#streamed(answer, asked) : answer;
      },
    };
  }

  /** Ends every stream; their clients come back when there is somebody to come back to. */
  close(): void {
    for (const end of [...this.#open]) end();
  }

  #streamed(answer: Delivery, { world, after }: Asked): Delivery {
    const { status, headers } = answer.response;
    const body = eventsOf(this.#worlds.watched(world), after, this.#open);
    return {
      response: { status, headers: { ...headers, 'content-type': 'text/event-stream' }, body },
    };
  }
}

interface Asked {
  readonly world: string;
  /** The number of the last exchange that the client has. */
  readonly after: number;
}

function askedFor({ method, target, headers }: PlainRequest): Asked | undefined {
  const [path = '', query = ''] = target.split('?', 2);
  const world = /^\/__admin\/worlds\/([^/]+)\/events$/.exec(path)?.[1];
  if (method !== 'GET' || world === undefined) return undefined;
  const last = headers['last-event-id'] ?? '';
  const after = /^\d+$/.test(last) ? last : (new URLSearchParams(query).get('after') ?? 0);
  return { world: decodeURIComponent(world), after: Number(after) };
}

/** Reads on when its reader has taken what it was given. */
function eventsOf(
  journal: Journal,
  after: number,
  open: Set<() => void>,
): ReadableStream<Uint8Array> {
  let sent = after;
  let rewoundTo = Number.POSITIVE_INFINITY;
  let wake = (): void => {};
  let isOver = false;
  const unwatch = journal.watch(() => {
    rewoundTo = Math.min(rewoundTo, journal.next - 1);
    wake();
  });
  const end = (): void => {
    isOver = true;
    wake();
  };
  const leave = (): void => {
    unwatch();
    open.delete(end);
  };
  open.add(end);

  const next = (): Uint8Array | undefined => {
    if (rewoundTo < sent || journal.next - 1 < sent) {
      sent = Math.min(rewoundTo, journal.next - 1);
      rewoundTo = Number.POSITIVE_INFINITY;
      return eventOf('rewound', { last: sent });
    }
    rewoundTo = Number.POSITIVE_INFINITY;
    const { entries } = journal;
    const first = entries[0]?.number ?? journal.next;
    if (first > sent + 1) {
      const gap = { last: sent, first };
      isOver = sent > after;
      sent = first - 1;
      return eventOf(isOver ? 'behind' : 'lost', gap);
    }
    const found = entries.slice(Math.max(0, sent + 1 - first)).slice(0, AT_ONCE);
    if (found.length === 0) return undefined;
    sent = found.at(-1)?.number as number;
    return encoder.encode(found.map((entry) => lines('request', entry, entry.number)).join(''));
  };
  return new ReadableStream<Uint8Array>({
    // Says that the stream is open, before there is anything to send.
    start: (controller) => controller.enqueue(encoder.encode(': open\n\n')),
    pull: async (controller) => {
      let piece = next();
      while (piece === undefined && !isOver && !journal.ended) {
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
        piece = next();
      }
      if (piece !== undefined) controller.enqueue(piece);
      if (journal.ended) controller.enqueue(eventOf('gone', {}));
      if (!isOver && !journal.ended) return;
      leave();
      controller.close();
    },
    cancel: () => {
      leave();
      end();
    },
  });
}

const encoder = new TextEncoder();

const lines = (event: string, data: object, id?: number): string =>
  `event: ${event}\n${id === undefined ? '' : `id: ${id}\n`}data: ${JSON.stringify(data)}\n\n`;

const eventOf = (event: string, data: object): Uint8Array => encoder.encode(lines(event, data));
