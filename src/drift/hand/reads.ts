// Reads that show too much, too little, or what was true before.
import type { Outcome } from '../../decide/rule.js';
import { type Caller, identify } from '../../rules/callers.js';
import type { Call } from '../../rules/rule.js';
import { vouchesFor } from '../../spec/case.js';
import type { Operation, OperationId, Spec } from '../../spec/document.js';
import type { Field } from '../../spec/fields.js';
import type { Json, PlainResponse } from '../../spec/message.js';
import { atPointer } from '../../spec/pointer.js';
import { changeAt } from '../../spec/values.js';
import type { World } from '../../world/world.js';
import { type Ask, type Drift, successOf, type Wrapper } from '../form.js';
import { tried } from '../state.js';
import { handDrift, onSuccess, successFields } from './form.js';

export function readDrifts(spec: Spec, operation: Operation): readonly Drift[] {
  const only = [operation.id];
  const fields = successFields(spec, operation);
  const list = listIn(fields);
  return [
    handDrift(
      only,
      'leaks_foreign',
      'shows what only another organization may see',
      leak(list, (caller, other) => caller.organization_id !== other.organization_id),
    ),
    handDrift(
      only,
      'leaks_private',
      'shows what only others of the organization may see',
      leak(list, (caller, other) => caller.organization_id === other.organization_id),
    ),
    handDrift(only, 'stale', 'repeats its first answer to a caller for ever', repeatsFirstAnswer),
    ...(list === undefined ? [] : listDrifts(operation, fields, list)),
  ];
}

/** Where the rows of a list answer stand. */
function listIn(fields: readonly Field[]): string | undefined {
  const row = fields.find(({ pointer }) => pointer.includes('/*/'));
  return row?.pointer.slice(0, row.pointer.indexOf('/*/'));
}

const rowsAt = (body: Json | undefined, pointer: string): readonly Json[] => {
  const rows = atPointer(body, pointer);
  return Array.isArray(rows) ? rows : [];
};

/** Everybody who may sign in. */
function callersOf(world: World): readonly Caller[] {
  return world.credentials.all().flatMap(({ id, kind }) => {
    const identity = identify(
      world,
      kind === 'token' ? { authorization: `Bearer ${id}` } : { 'x-api-key': id },
    );
    return 'caller' in identity ? [identity.caller] : [];
  });
}

/** Where the caller is refused, or sees a list: what another caller would see there. */
function leak(
  list: string | undefined,
  isOther: (caller: Caller, other: Caller) => boolean,
): Drift['plant'] {
  const asOther = (ask: Ask, call: Call, caller: Caller): Outcome | undefined => {
    const moved = (values: object): object =>
      'organization_id' in values ? { ...values, organization_id: caller.organization_id } : values;
    const theirs = { ...call, caller, path: moved(call.path), query: moved(call.query) } as Call;
    return tried(ask, theirs);
  };
  const decideLeaking: Wrapper['decide'] = (ask, call) => {
    const own = ask(call);
    for (const caller of callersOf(call.world).filter((other) => isOther(call.caller, other))) {
      const other = asOther(ask, call, caller);
      if (other?.kind !== 'answer') continue;
      if (own.kind === 'refusal') return other;
      const seen = new Set(rowsAt(own.body as Json, list ?? '').map((row) => JSON.stringify(row)));
      const foreign = rowsAt(other.body as Json, list ?? '').find(
        (row) => !seen.has(JSON.stringify(row)),
      );
      if (list === undefined || foreign === undefined) continue;
      return {
        ...own,
        body: changeAt(own.body as Json, list, (rows) => [...(rows as readonly Json[]), foreign]),
      };
    }
    return own;
  };
  return () => ({ decide: decideLeaking });
}

const repeatsFirstAnswer: Drift['plant'] = () => {
  const first = new Map<string, PlainResponse>();
  return {
    rewrite: ({ response, request, userId }) => {
      const key = JSON.stringify([request.path, request.query, userId]);
      const earlier = first.get(key);
      if (!earlier) first.set(key, response);
      return earlier ?? response;
    },
  };
};

function listDrifts(
  operation: Operation,
  fields: readonly Field[],
  list: string,
): readonly Drift[] {
  const only = [operation.id];
  const success = successOf(operation);
  const related = JSON.stringify(operation.responses.get(success.status)?.relations ?? []);
  const tells = (pointer: string): boolean =>
    fields.some((field) => field.pointer === pointer) &&
    vouchesFor(success, pointer) &&
    !related.includes(`#${pointer}"`);
  const rows = (change: (rows: readonly Json[]) => readonly Json[]): Drift['plant'] =>
    onSuccess((body) => changeAt(body, list, (value) => change(value as readonly Json[])));
  return [
    handDrift(
      only,
      'row_lost',
      'leaves out the last of several rows',
      rows((all) => (all.length > 1 ? all.slice(0, -1) : all)),
    ),
    ...(ordered.includes(operation.id)
      ? [
          handDrift(
            only,
            'reversed',
            'lists in the wrong order',
            rows((all) => all.toReversed()),
          ),
        ]
      : []),
    ...(operation.parameters.some(({ name }) => name === 'skip')
      ? [handDrift(only, 'pages_overlap', 'begins each further page one row too early', overlaps)]
      : []),
    ...(tells('/has_more')
      ? [
          handDrift(
            only,
            'has_more_wrong',
            'has_more says the opposite',
            onSuccess((body) => changeAt(body, '/has_more', (more) => !more)),
          ),
        ]
      : []),
    ...(tells('/total')
      ? [
          handDrift(
            only,
            'total_wrong',
            'the total counts one row too many',
            onSuccess((body) =>
              changeAt(body, '/total', (total) => (typeof total === 'number' ? total + 1 : total)),
            ),
          ),
        ]
      : []),
  ];
}

/** Lists whose order the vendor's pages describe and no relation does. */
const ordered: readonly OperationId[] = ['listThreads', 'listVectorStores'];

const overlaps: Drift['plant'] = () => ({
  decide: (ask, call) => {
    const { skip } = call.query as { readonly skip: number };
    if (skip === 0) return ask(call);
    const outcome = ask({ ...call, query: { ...call.query, skip: skip - 1 } } as Call);
    return outcome.kind === 'answer'
      ? { ...outcome, body: changeAt(outcome.body as Json, '/skip', () => skip) }
      : outcome;
  },
});
