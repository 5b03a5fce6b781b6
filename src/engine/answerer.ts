// What answers requests, as the shells see it: the engine, or something around it.
import type { JsonObject, PlainRequest } from '../spec/message.js';
import type { Delivery } from './delivery.js';

/** Bytes of request line and headers that are taken; more is refused. */
export const HEADER_LIMIT = 16 * 1024;

/** What arrived could not be read as a request. */
export type Unreadable =
  | 'bad_http'
  | 'headers_too_large'
  | 'request_timeout'
  | 'unsupported_encoding'
  | 'broken_encoding';

/** What is known of a request that could not be read. */
export interface UnreadableRequest {
  readonly request?: PlainRequest;
  readonly details?: JsonObject;
  readonly headers?: Record<string, string>;
}

export interface Answerer {
  /** Decided at once by our rules; what Prism answers takes a while. */
  answer(request: PlainRequest): Delivery | Promise<Delivery>;
  /** The answer to bytes that did not become a request. */
  answerUnreadable(name: Unreadable, about?: UnreadableRequest): Delivery;
  /** Bytes of a request body that are taken, inflated; more is refused. */
  readonly bodyLimit: number;
}

/** What the answer to unreadable bytes says beside its name. */
export const unreadableDetails = (name: Unreadable, details: JsonObject): JsonObject =>
  name === 'headers_too_large' ? { limit: HEADER_LIMIT, ...details } : details;

/** Stands for a request of which nothing is known. */
export const nothing: PlainRequest = {
  method: '-',
  target: '-',
  headers: {},
  body: new Uint8Array(),
};
