// One exchange of a run, as findings and their repeat chains keep it.
import type { Answer, TargetError } from '../../client/target.js';
import type { OperationId } from '../../spec/document.js';
import type { PlainRequest } from '../../spec/message.js';
import type { Judged } from '../judge/judge.js';
import type { CallerName } from '../tables/caller.js';

export interface Exchanged {
  readonly operation: OperationId;
  readonly caller: CallerName;
  readonly request: PlainRequest;
  readonly response?: Answer;
  readonly judged?: Judged;
  /** Why there is no response. */
  readonly error?: TargetError;
  /** Why the same was sent again: a rate limit was waited out. */
  readonly sentAgain?: string;
}

export const isSuccess = ({ response }: Exchanged): boolean =>
  response !== undefined && response.status >= 200 && response.status < 300;

/** What was to be deleted is there no more. Gone already is gone: the row itself may have deleted it. */
export const isGone = (exchanged: Exchanged): boolean =>
  isSuccess(exchanged) || exchanged.response?.status === 404;

/** Characters of an answer that are kept while others are asked for. */
const KEPT = 32_768;

/**
 * A run keeps every exchange of a row, and those of every finding; a server may send megabytes each
 * time.
 */
export function thin(exchanged: Exchanged): Exchanged {
  const { response, judged } = exchanged;
  if (response?.body === undefined || response.body.length <= KEPT) return exchanged;
  // A slice of a text keeps the whole in memory; a copy does not.
  const body = Buffer.from(response.body.slice(0, KEPT)).toString();
  return {
    ...exchanged,
    response: { ...response, body },
    ...(judged ? { judged: { ...judged, body: undefined } } : {}),
  };
}

/** Without what was judged: of a tool, nothing is expected but that it answers. */
export const asTool = ({ judged: _, ...exchanged }: Exchanged): Exchanged => exchanged;
