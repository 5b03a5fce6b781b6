// Drifts that show only when several ask at once: what is checked before the others have written.
import type { Outcome } from '../decide/rule.js';
import type { Caller } from '../rules/callers.js';
import type { Call } from '../rules/rule.js';
import type { OperationId } from '../spec/document.js';
import type { Json } from '../spec/message.js';
import { atPointer } from '../spec/pointer.js';
import { changeAt } from '../spec/values.js';
import { pair } from '../world/world.js';
import type { Ask, Drift } from './form.js';
import { handDrift } from './hand/form.js';

/** Milliseconds during which a request is under way, and until its answer goes out. */
const UNDER_WAY = 10;
const ANSWERED = 25;

/** By the operations that make something, where the answer has its id. */
const ids: Readonly<Partial<Record<OperationId, string>>> = {
  createSpace: '/id',
  createThread: '/id',
  createVectorStore: '/data/id',
};

export const raceDrifts = (): readonly Drift[] => [
  race('addVectorStoreToSpace', 'races', 'attaches a store to a space for all that ask at once', {
    meanwhile: (ask, call) => ask(call, { without: 'already_attached' }),
  }),
  race(
    'addVectorStoreToSpace',
    'lost_at_once',
    'loses the first of the stores that are attached to a space at once',
    { meanwhile: withoutFirst, keyOf: ({ space_id }) => space_id },
  ),
  race('updateThread', 'lost_at_once', 'forgets the metadata that others set at once', {
    meanwhile: withOwnMetadata,
  }),
  ...(Object.entries(ids) as [OperationId, string][]).flatMap(([operation, id]) => [
    race(operation, 'doubled_id', 'gives one id to all that are made at once', {
      meanwhile: (ask, call, { outcome }) => {
        const own = ask(call);
        const doubled = outcome.kind === 'answer' ? atPointer(outcome.body as Json, id) : undefined;
        if (own.kind !== 'answer' || doubled === undefined) return own;
        return { ...own, body: changeAt(own.body as Json, id, () => doubled) };
      },
    }),
    race(operation, 'same_answer', 'gives all that ask at once the answer to the first', {
      meanwhile: (_ask, _call, { outcome }) => outcome,
    }),
    race(operation, 'others_name', 'takes the first who asks for all who ask at once', {
      meanwhile: (ask, call, { caller }) => ask({ ...call, caller }),
    }),
  ]),
];

function withoutFirst(ask: Ask, call: Call, { outcome }: UnderWay): Outcome {
  const own = ask(call);
  if (own.kind !== 'answer' || outcome.kind !== 'answer') return own;
  const { space_id, vector_store_id } = outcome.body as Record<string, string>;
  const { spaceVectorStores: links } = call.world;
  const link = links.one('pair', pair(space_id ?? '', vector_store_id ?? ''));
  if (link) links.delete(link.id);
  return own;
}

function withOwnMetadata(ask: Ask, call: Call): Outcome {
  const { path, world, body } = call as unknown as Call<'updateThread'>;
  const own = ask(call);
  if (own.kind !== 'answer' || !body.metadata) return own;
  world.threads.update(path.thread_id, { metadata: body.metadata });
  return { ...own, body: { ...(own.body as object), metadata: body.metadata } };
}

/** Who asked first, and the answer that is not out yet. */
interface UnderWay {
  readonly outcome: Outcome;
  readonly caller: Caller;
}

interface Race {
  /** Decides while another request for the same is under way. */
  readonly meanwhile: (ask: Ask, call: Call, first: UnderWay) => Outcome;
  /** What is the same; all of the path, where nothing is said. */
  readonly keyOf?: (path: Readonly<Record<string, string>>) => unknown;
}

function race(
  operation: OperationId,
  what: string,
  does: string,
  { meanwhile, keyOf }: Race,
): Drift {
  const plant: Drift['plant'] = () => {
    const underWay = new Map<string, UnderWay>();
    return {
      // Whoever waits for each answer never meets another request.
      delay: () => ANSWERED,
      decide: (ask, call) => {
        const key = JSON.stringify(keyOf ? keyOf(call.path) : call.path);
        const first = underWay.get(key);
        if (first) return meanwhile(ask, call, first);
        const outcome = ask(call);
        if (outcome.kind === 'refusal') return outcome;
        underWay.set(key, { outcome, caller: call.caller });
        setTimeout(() => underWay.delete(key), UNDER_WAY);
        return outcome;
      },
    };
  };
  return handDrift([operation], what, does, plant);
}
