// Sends the requests of a recording again, one after the other, and tells where the answers differ.
import type { Target } from '../client/target.js';
import { TargetError } from '../client/target-error.js';
import type { Case } from '../spec/case.js';
import type { PlainResponse } from '../spec/message.js';
import { Callers, type SentAs, type WorldCredential } from './credentials.js';
import { type Compared, compare } from './differences.js';
import { Made } from './made.js';
import { type Plan, type Planned, type PlanOptions, planReplay } from './plan.js';
import type { RecordedExchange } from './read.js';

export interface ReplayOptions extends Omit<PlanOptions, 'readOnly'> {
  readonly target: Target;
  /** Of the world. */
  readonly credentials: readonly WorldCredential[];
  /** The user for requests whose credential the world does not know. */
  readonly caller?: string | undefined;
  /** Ids of the recording, and what they are here. */
  readonly ids?: Readonly<Record<string, string>> | undefined;
  /** The documented cases of an operation, by its method and template. */
  readonly casesOf: (operation: PlanOptions['operations'][number]) => readonly Case[];
}

export interface ReplayedExchange extends Compared {
  /** Its place in the file. */
  readonly entry: number;
  readonly request: string;
  /** As it went out, where ids of here stand in it. */
  readonly sent?: string;
  readonly as: SentAs;
  /** How it is called in the journal of the world. */
  readonly number?: string;
  /** Why there is no answer. */
  readonly error?: string;
}

export interface Replay extends Omit<Plan, 'requests'> {
  readonly exchanges: readonly ReplayedExchange[];
  readonly different: number;
  /** Of these, the file has no answer. */
  readonly unanswered: number;
  /** Ids that stand for others here. */
  readonly ids: number;
}

/** Rejects with a TargetError where nobody answers at all. */
export async function replay(
  recording: readonly RecordedExchange[],
  options: ReplayOptions,
): Promise<Replay> {
  const { target, credentials, caller, ids } = options;
  const { requests, ...plan } = planReplay(recording, { ...options, readOnly: target.readOnly });
  const callers = new Callers(credentials, caller);
  const made = new Made(ids);
  const exchanges: ReplayedExchange[] = [];
  for (const planned of requests) {
    const { headers, as } = callers.of(planned);
    exchanges.push(await again({ planned, headers, as, made }, options));
  }
  const isUnanswered = ({ recorded }: ReplayedExchange): boolean => recorded.status === 0;
  return {
    ...plan,
    exchanges,
    different: exchanges.filter(({ differences }) => differences.length > 0).length,
    unanswered: exchanges.filter(isUnanswered).length,
    ids: made.size,
  };
}

interface Again {
  readonly planned: Planned;
  readonly headers: Readonly<Record<string, string>>;
  readonly as: SentAs;
  readonly made: Made;
}

async function again(
  { planned, headers, as, made }: Again,
  { target, casesOf }: ReplayOptions,
): Promise<ReplayedExchange> {
  const { recorded, request, operation } = planned;
  const { method } = request;
  const sent = made.request(request.target, recorded.body.text ?? '');
  const body = new TextEncoder().encode(sent.body);
  const told = {
    entry: recorded.index,
    request: `${method} ${request.target}`,
    ...(sent.target === request.target ? {} : { sent: `${method} ${sent.target}` }),
    as,
  };
  const answer = await answerOf(target, { method, target: sent.target, headers, body });
  const here = 'status' in answer ? answer : undefined;
  const cases = operation ? casesOf(operation) : [];
  const compared = compare({ recorded, here, cases, made });
  // What was never answered has nothing to differ from.
  const differences = recorded.response.status === 0 ? [] : compared.differences;
  const number = here?.headers['x-understudy-request'];
  return {
    ...told,
    ...compared,
    differences,
    ...(number === undefined ? {} : { number }),
    ...('error' in answer ? { error: answer.error } : {}),
  };
}

/** A fault on purpose may take an answer away; a server that is not there is no answer of anybody. */
async function answerOf(
  target: Target,
  request: Parameters<Target['send']>[0],
): Promise<PlainResponse | { readonly error: string }> {
  try {
    return await target.send(request);
  } catch (error) {
    if (!(error instanceof TargetError) || error.kind === 'unreachable') throw error;
    return { error: error.message };
  }
}
