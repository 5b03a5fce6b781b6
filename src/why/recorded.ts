// A request of the journal, as it can be asked again: in the world as it was before, by the same user.
import type { Api } from '../engine/api.js';
import type { JournalEntry } from '../engine/journal.js';
import { type Caller, callerOf } from '../rules/callers.js';
import type { Operation } from '../spec/document.js';
import { matcherOf } from '../spec/match.js';
import { type PlainRequest, pathOf } from '../spec/message.js';
import { checkRequest } from '../validation/check-request.js';
import type { World } from '../world/world.js';
import type { Said } from './slots.js';

export interface RecordedRequest extends Said {
  readonly operation: Operation<string>;
  readonly request: PlainRequest;
  /** Absent where the credential was refused. */
  readonly caller: Caller | undefined;
  /** The journal has all of the body. */
  readonly isWhole: boolean;
}

/** Undefined where the request has reached no operation that is known here. */
export function readRecorded(
  { spec, validators }: Api<World, Caller>,
  entry: JournalEntry,
  world: World,
): RecordedRequest | undefined {
  const matched = matcherOf(spec)(entry.method, pathOf(entry));
  if (matched.kind !== 'operation' || matched.operation.id !== entry.operation) return undefined;
  const { operation, path } = matched;
  const body = new TextEncoder().encode(entry.request.body ?? '');
  const request = {
    method: entry.method,
    target: entry.target,
    headers: entry.request.headers,
    body,
  };
  const checked = checkRequest(operation, validators, request);
  return {
    operation,
    request,
    path,
    query: checked.query,
    body: checked.body,
    caller: entry.user_id === undefined ? undefined : callerOf(world, entry.user_id),
    isWhole: body.length === (entry.request.bytes ?? 0),
  };
}
