// Reads the server-sent events of the control plane: each has a name, and one line of JSON.
import type { JournalEntry } from '../engine/journal.js';

/** What has happened to a journal. */
export type JournalEvent =
  | { readonly event: 'request'; readonly data: JournalEntry }
  /** What came after this number has never been. */
  | { readonly event: 'rewound'; readonly data: { readonly last: number } }
  /** The journal begins later than the reader asked for, and goes on from there. */
  | { readonly event: 'lost'; readonly data: { readonly last: number; readonly first: number } }
  /** The reader was too slow: the journal begins later than it has read. */
  | { readonly event: 'behind'; readonly data: { readonly last: number; readonly first: number } }
  /** The world has been deleted. */
  | { readonly event: 'gone'; readonly data: object };

/** Ends with the stream. */
export async function* readEvents(body: ReadableStream<Uint8Array>): AsyncGenerator<JournalEvent> {
  const reader = body.pipeThrough(new TextDecoderStream() as never) as ReadableStream<string>;
  const texts = reader.getReader();
  let rest = '';
  try {
    for (let next = await texts.read(); !next.done; next = await texts.read()) {
      const whole = (rest + next.value).split('\n\n');
      rest = whole.pop() as string;
      for (const one of whole) {
        const event = /^event: (.*)$/m.exec(one)?.[1];
        const data = /^data: (.*)$/m.exec(one)?.[1];
        if (event !== undefined && data !== undefined)
          yield { event, data: JSON.parse(data) } as JournalEvent;
      }
    }
  } finally {
    texts.cancel().catch(() => {});
  }
}
