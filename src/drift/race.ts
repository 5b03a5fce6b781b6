// Drifts that show only when several ask at once: what is checked before the others have written.
import type { Outcome } from '../decide/rule.js';
import type { Call } from '../rules/rule.js';
import type { OperationId } from '../spec/document.js';
import type { Json } from '../spec/message.js';
import { atPointer } from '../spec/pointer.js';
import { changeAt } from '../spec/values.js';
import type { Ask, Drift } from './form.js';

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
  race(
    'addVectorStoreToSpace',
    'races',
    'attaches a store to a space for all that ask at once',
    (ask, call) => ask(call, { without: 'already_attached' }),
  ),
  ...(Object.entries(ids) as [OperationId, string][]).flatMap(([operation, id]) => [
    race(
      operation,
      'doubled_id',
      'gives one id to all that are made at once',
      (ask, call, first) => {
        const own = ask(call);
        const doubled = first.kind === 'answer' ? atPointer(first.body as Json, id) : undefined;
        if (own.kind !== 'answer' || doubled === undefined) return own;
        return { ...own, body: changeAt(own.body as Json, id, () => doubled) };
      },
    ),
    race(
      operation,
      'same_answer',
      'gives all that ask at once the answer to the first',
      (_ask, _call, first) => first,
    ),
  ]),
];

/** `meanwhile` decides while another request for the same is under way. */
function race(
  operation: OperationId,
  what: string,
  does: string,
  meanwhile: (ask: Ask, call: Call, first: Outcome) => Outcome,
): Drift {
  return {
    name: `hand:${operation}.${what}`,
    kind: 'hand',
    operations: [operation],
    does,
    plant: () => {
      const underWay = new Map<string, Outcome>();
      return {
        // Whoever waits for each answer never meets another request.
        delay: () => ANSWERED,
        decide: (ask, call) => {
          const key = JSON.stringify(call.path);
          const first = underWay.get(key);
          if (first) return meanwhile(ask, call, first);
          const outcome = ask(call);
          if (outcome.kind === 'refusal') return outcome;
          underWay.set(key, outcome);
          setTimeout(() => underWay.delete(key), UNDER_WAY);
          return outcome;
        },
      };
    },
  };
}
