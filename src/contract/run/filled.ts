// A request of a play, once its values are known.
import type { Operation, OperationId } from '../../spec/document.js';
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

/** A value that no server has as an id. */
export const NOTHING = 'understudy-none';

/** A request of an operation, without a body, whose path names what nobody has. */
export const ofNothing = ({ id, pathNames }: Operation, caller: CallerName): Filled => ({
  call: id,
  caller,
  path: Object.fromEntries(pathNames.map((name) => [name, NOTHING])),
  query: {},
});
