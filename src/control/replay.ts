// A HAR replayed in a world, inside this process. Whether its file can be read, the engine decides;
// the requests go out one after the other, and Prism takes a while for each.
import type { Target } from '../client/target.js';
import { TargetError } from '../client/target-error.js';
import type { Answerer } from '../engine/answerer.js';
import type { Delivery } from '../engine/delivery.js';
import { FileError } from '../files/problem.js';
import type { WorldCredential } from '../har/credentials.js';
import { exchangesIn, type RecordedExchange } from '../har/read.js';
import { replay } from '../har/replay.js';
import type { Case } from '../spec/case.js';
import type { Spec } from '../spec/document.js';
import type { Routable } from '../spec/match.js';
import type { Json, JsonObject, PlainRequest } from '../spec/message.js';
import type { Worlds } from '../worlds/worlds.js';
import type { WorldReplay } from './client-types.js';

type Recording = readonly RecordedExchange[];

/** What was recorded, or all that is wrong with the file. */
export function recordingIn(
  har: Json,
): { readonly recording: Recording } | { readonly problems: readonly JsonObject[] } {
  try {
    return { recording: exchangesIn(har, 'the HAR') };
  } catch (error) {
    if (!(error instanceof FileError)) throw error;
    return {
      problems: error.problems.map(({ pointer = '', what, fix }) => ({ pointer, what, fix })),
    };
  }
}

/** Before a request of the file was sent. */
export const notReplayed = (world: string): WorldReplay => ({
  world,
  exchanges: [],
  different: 0,
  unanswered: 0,
  made_ids: 0,
  origins: [],
  left_out: {},
  other_origins: [],
  without_body: [],
});

export interface ReplayParts {
  readonly worlds: Worlds;
  readonly product: Spec<string>;
  readonly served: Pick<Spec<string>, 'operations'>;
}

export interface Asked {
  readonly request: PlainRequest;
  readonly product: Answerer;
  readonly parts: ReplayParts;
}

/** Where the engine has taken a file, what came of it is in its answer. */
export function replayedAfter(
  answer: Delivery | Promise<Delivery>,
  { request, product, parts }: Asked,
): Delivery | Promise<Delivery> {
  const world = worldIn(request);
  if (world === undefined || 'then' in answer || answer.response.status !== 200) return answer;
  const { status, headers } = answer.response;
  const found = recordingIn(JSON.parse(new TextDecoder().decode(request.body)));
  const recording = 'recording' in found ? found.recording : [];
  return replayed(recording, { world, product, parts }).then((data) => {
    const { 'content-length': _, ...kept } = headers;
    return { response: { status, headers: kept, body: JSON.stringify({ data }) } };
  });
}

function worldIn({ method, target }: PlainRequest): string | undefined {
  const world = /^\/__admin\/worlds\/([^/?]+)\/har(?:\?|$)/.exec(target)?.[1];
  return method === 'POST' && world !== undefined ? decodeURIComponent(world) : undefined;
}

interface Where {
  readonly world: string;
  readonly product: Answerer;
  readonly parts: ReplayParts;
}

async function replayed(
  recording: Recording,
  { world, product, parts }: Where,
): Promise<WorldReplay> {
  const { worlds, served } = parts;
  const { leftOut, otherOrigins, withoutBody, ids, ...told } = await replay(recording, {
    target: targetOf(product, world),
    operations: [...served.operations.values()],
    credentials: worlds.get(world).credentials.all() as readonly WorldCredential[],
    casesOf: casesOf(parts.product),
  });
  return {
    world,
    ...told,
    made_ids: ids,
    left_out: leftOut,
    other_origins: otherOrigins,
    without_body: withoutBody,
  };
}

/** Those of our document; another one has none. */
const casesOf =
  ({ operations, unrouted }: Spec<string>) =>
  ({ method, template }: Routable): readonly Case[] => {
    const operation = [...operations.values()].find(
      (one) => one.method === method && one.template === template,
    );
    return operation ? [...operation.cases.values(), ...unrouted.values()] : [];
  };

/** The header goes before whatever named the world in the recording. No answer waits. */
const targetOf = (product: Answerer, world: string): Target => ({
  name: `the world ${world}`,
  send: async (request) => {
    const headers = { ...request.headers, 'x-understudy-world': world };
    const { response, end } = await product.answer({ ...request, headers });
    if (end === 'reset' || end === 'hang')
      throw new TargetError('broken', 'The answer did not come: a fault has taken it away.');
    const { body, ...head } = response;
    if (body === undefined) return head;
    const text = await new Response(body as string).text();
    return {
      ...head,
      body: typeof end === 'object' && 'cutAt' in end ? text.slice(0, end.cutAt) : text,
    };
  },
});
