// How an answer leaves: the response, and what goes wrong with it on the way. Plain data; the
// shells carry it out.
import type { PlainRequest, PlainResponse } from '../spec/message.js';

export type DeliveryBody = string | Uint8Array | ReadableStream<Uint8Array>;

export interface Delivery {
  readonly response: PlainResponse<DeliveryBody>;
  /** Milliseconds to wait before anything is sent. */
  readonly delayMs?: number;
  /** How it ends, if not as it should. */
  readonly end?: DeliveryEnd;
}

export type DeliveryEnd =
  /** The connection is reset, and nothing is sent. */
  | 'reset'
  /** Nothing is sent, and the connection stays open until the client leaves. */
  | 'hang'
  /** The connection is closed after so many bytes of the body. */
  | { readonly cutAt: number }
  /** The body comes whole, but in pieces of so many bytes. */
  | { readonly drip: number; readonly everyMs: number };

/** HEAD is answered like GET, without the body. */
export function forMethod(request: PlainRequest, delivery: Delivery): Delivery {
  const { status, headers, body } = delivery.response;
  if (request.method !== 'HEAD' || body === undefined) return delivery;
  const length = byteLength(body);
  if (body instanceof ReadableStream) body.cancel().catch(() => {});
  const sized = length === undefined ? headers : { ...headers, 'content-length': String(length) };
  return { ...delivery, response: { status, headers: sized } };
}

const encoder = new TextEncoder();
/** Asked of every answer: to write into the same bytes again costs a quarter of making new ones. */
const room = new Uint8Array(256 * 1024);

/** The journal and the shell ask of the same text, one after the other. */
let measured = { text: '', bytes: 0 };

/** Undefined for a stream, whose length nobody knows. */
export function byteLength(body: DeliveryBody): number | undefined {
  if (typeof body !== 'string') return body instanceof Uint8Array ? body.length : undefined;
  // Three bytes at most for each unit of the text. A larger one, such as an export, is not kept alive.
  if (body.length * 3 > room.length) return encoder.encode(body).length;
  if (body !== measured.text)
    measured = { text: body, bytes: encoder.encodeInto(body, room).written };
  return measured.bytes;
}
