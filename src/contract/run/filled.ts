// A request of a play, once its values are known.
import type { OperationId } from '../../spec/document.js';
import type { Json } from '../../spec/message.js';
import type { CallerName } from '../tables/caller.js';

/** A request with all its values, before it is written as HTTP. */
export interface Filled {
  readonly call: OperationId;
  /** Who sends it in truth: callers may have changed places. */
  readonly caller: CallerName;
  readonly path: Readonly<Record<string, Json>>;
  readonly query: Readonly<Record<string, Json>>;
  readonly body?: Json;
}
