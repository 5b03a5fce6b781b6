// Drifts made by hand: what goes wrong on real servers and follows from no single sentence of the
// document.
import type { Outcome } from '../decide/rule.js';
import { type Caller, identify } from '../rules/callers.js';
import type { Call } from '../rules/rule.js';
import { rules } from '../rules/rules.js';
import { vouchesFor } from '../spec/case.js';
import type { Operation, OperationId, Spec } from '../spec/document.js';
import { type Field, fieldsOf } from '../spec/fields.js';
import { isJsonObject, type Json, type PlainResponse } from '../spec/message.js';
import { atPointer } from '../spec/pointer.js';
import { changeAt } from '../spec/values.js';
import type { World } from '../world/world.js';
import { type Ask, type Drift, type Honest, successOf, type Wrapper, withBody } from './form.js';
import { tried } from './state.js';
import { changeObjects, changeTexts, isTime, shifted } from './values.js';

export function handDrifts(spec: Spec): readonly Drift[] {
  const operations = [...spec.operations.values()];
  return [
    ...operations.flatMap((operation) => [
      ...(operation.method === 'GET' ? readDrifts(spec, operation) : writeDrifts(operation)),
      flaky(operation),
      page(operation),
      ...(successFields(spec, operation).length > 0 ? [cutShort(operation)] : []),
    ]),
    ...particular(),
    ...everywhere(operations.map(({ id }) => id)),
  ];
}

/** The body of the first success. */
function successFields(spec: Spec, operation: Operation): readonly Field[] {
  const schema = operation.responses.get(successOf(operation).status)?.schema;
  return schema === undefined ? [] : fieldsOf(spec, schema);
}

function hand(
  operations: readonly OperationId[],
  what: string,
  does: string,
  plant: Drift['plant'],
): Drift {
  const name = operations.length === 1 ? `hand:${operations[0]}.${what}` : `hand:${what}`;
  return { name, kind: 'hand', operations, does, plant };
}

const onBody = (change: (body: Json, honest: Honest) => Json): Drift['plant'] =>
  always((honest) => withBody(honest.response, (body) => change(body, honest)));
const always =
  (rewrite: (honest: Honest) => PlainResponse): Drift['plant'] =>
  () => ({ rewrite });
const isSuccess = ({ documented }: Honest): boolean => documented.status < 400;
const onSuccess = (change: (body: Json, honest: Honest) => Json): Drift['plant'] =>
  always((honest) =>
    isSuccess(honest) ? withBody(honest.response, (body) => change(body, honest)) : honest.response,
  );

// Reads

function readDrifts(spec: Spec, operation: Operation): readonly Drift[] {
  const only = [operation.id];
  const fields = successFields(spec, operation);
  const list = listIn(fields);
  return [
    hand(
      only,
      'leaks_foreign',
      'shows what only another organization may see',
      leak(list, (caller, other) => caller.organization_id !== other.organization_id),
    ),
    hand(
      only,
      'leaks_private',
      'shows what only others of the organization may see',
      leak(list, (caller, other) => caller.organization_id === other.organization_id),
    ),
    hand(only, 'stale', 'repeats its first answer to a caller for ever', remembers),
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

const remembers: Drift['plant'] = () => {
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
    hand(
      only,
      'row_lost',
      'leaves out the last of several rows',
      rows((all) => (all.length > 1 ? all.slice(0, -1) : all)),
    ),
    ...(ordered.includes(operation.id)
      ? [
          hand(
            only,
            'reversed',
            'lists in the wrong order',
            rows((all) => all.toReversed()),
          ),
        ]
      : []),
    ...(operation.parameters.some(({ name }) => name === 'skip')
      ? [hand(only, 'pages_overlap', 'begins each further page one row too early', overlaps)]
      : []),
    ...(tells('/has_more')
      ? [
          hand(
            only,
            'has_more_wrong',
            'has_more says the opposite',
            onSuccess((body) => changeAt(body, '/has_more', (more) => !more)),
          ),
        ]
      : []),
    ...(tells('/total')
      ? [
          hand(
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

// Writes

function writeDrifts(operation: Operation): readonly Drift[] {
  // What is not there cannot be written all the same.
  const feasible = Object.keys(rules[operation.id].guards).some(
    (guard) => !guard.endsWith('_not_found'),
  );
  return feasible
    ? [
        hand(
          [operation.id],
          'refused_but_done',
          'refuses, and does it all the same',
          refusedButDone,
        ),
      ]
    : [];
}

const refusedButDone: Drift['plant'] = () => ({
  decide: (ask, call) => {
    const outcome = ask(call);
    if (outcome.kind === 'refusal') {
      const attempt = (attempted: Call): Outcome => ask(attempted, { without: outcome.case });
      if (tried(attempt, call)) attempt(call);
    }
    return outcome;
  },
});

// Any operation

/** A server with one broken instance among three. */
function flaky(operation: Operation): Drift {
  return hand([operation.id], 'flaky', 'answers every third request with a 500', () => {
    let count = 0;
    return {
      rewrite: ({ response }) => {
        count += 1;
        return count % 3 === 0
          ? {
              ...response,
              status: 500,
              headers: { 'content-type': 'text/plain' },
              body: 'Internal Server Error',
            }
          : response;
      },
    };
  });
}

/** A proxy that has pages of its own for errors. */
function page(operation: Operation): Drift {
  return hand(
    [operation.id],
    'html',
    'refuses with an HTML page',
    always((honest) => {
      const { response } = honest;
      if (isSuccess(honest)) return response;
      const body = `<html><body><h1>${response.status}</h1></body></html>`;
      return { ...response, headers: { ...response.headers, 'content-type': 'text/html' }, body };
    }),
  );
}

function cutShort(operation: Operation): Drift {
  return hand(
    [operation.id],
    'cut_short',
    'sends half of the body',
    always((honest) => {
      const { response } = honest;
      return isSuccess(honest) && response.body !== undefined
        ? { ...response, body: response.body.slice(0, response.body.length / 2) }
        : response;
    }),
  );
}

// One operation

const particular = (): readonly Drift[] => [
  hand(
    ['getSpace'],
    'stores_unknown',
    'never lists attached stores',
    onSuccess((body) => changeAt(body, '/additional_vector_store_ids', () => [])),
  ),
  hand(
    ['getThread'],
    'spaces_unknown',
    'never lists the spaces of a thread',
    onSuccess((body) => changeAt(body, '/space_ids', () => [])),
  ),
  hand(
    ['getThread'],
    'no_messages',
    'counts no messages',
    onSuccess((body) => changeAt(body, '/message_count', () => 0)),
  ),
  hand(
    ['getSlice'],
    'no_stores',
    'counts no stores',
    onSuccess((body) => changeAt(body, '/store_count', () => 0)),
  ),
  hand(
    ['listThreads'],
    'pins_not_first',
    'lists pinned threads among the others',
    onSuccess((body) => changeAt(body, '/data', byActivity)),
  ),
  ...(['updateSpace', 'updateSlice', 'updateThread'] as const).map((id) =>
    hand(
      [id],
      'time_stands_still',
      'leaves updated_at as it was when created',
      onSuccess(withoutUpdate),
    ),
  ),
  ...(
    [
      'createSpace',
      'createThread',
      'createSlice',
      'createComposite',
      'createStoreInSlice',
      'createVectorStore',
    ] as const
  ).map((id) => hand([id], 'same_id', 'gives every new row the same id', sameId)),
];

const fieldIn = (value: Json, name: string): string =>
  isJsonObject(value) ? String(value[name]) : '';

function byActivity(rows: Json): Json {
  return [...(rows as readonly Json[])].sort((a, b) =>
    fieldIn(b, 'last_message_at').localeCompare(fieldIn(a, 'last_message_at')),
  );
}

function withoutUpdate(body: Json): Json {
  return changeAt(body, '/updated_at', () =>
    isJsonObject(body) ? (body.created_at ?? null) : null,
  );
}

const sameId: Drift['plant'] = () => {
  let first: Json | undefined;
  const forgetful = (body: Json): Json => {
    const pointer = atPointer(body, '/data/id') === undefined ? '/id' : '/data/id';
    return changeAt(body, pointer, (id) => {
      first ??= id;
      return first;
    });
  };
  return {
    rewrite: (honest) =>
      isSuccess(honest) ? withBody(honest.response, forgetful) : honest.response,
  };
};

// All operations

function everywhere(all: readonly OperationId[]): readonly Drift[] {
  const spelled = (key: string): string =>
    key.replace(/_(\w)/g, (_, letter: string) => letter.toUpperCase());
  const renamed = (body: Json): Json =>
    changeObjects(body, (object) =>
      Object.fromEntries(Object.entries(object).map(([key, value]) => [spelled(key), value])),
    );
  const withTimes = (change: (time: string) => Json): Drift['plant'] =>
    onBody((body) => changeTexts(body, (text) => (isTime(text) ? change(text) : text)));
  return [
    hand(all, 'camel_case', 'spells its fields like the pages of 2025', onBody(renamed)),
    hand(
      all,
      'unix_times',
      'writes times as numbers, like the pages of 2025',
      withTimes((time) => Date.parse(time) / 1000),
    ),
    hand(
      all,
      'local_times',
      'writes times without a zone',
      withTimes((time) => time.replace(/Z$/, '')),
    ),
    hand(
      all,
      'days_only',
      'writes days for times',
      withTimes((time) => time.slice(0, 10)),
    ),
    hand(
      all,
      'clock_runs_back',
      'writes later times as earlier ones',
      onBody((body) =>
        changeAt(body, '/updated_at', (time) =>
          typeof time === 'string' ? shifted(time, -86_400 * 3650) : time,
        ),
      ),
    ),
    hand(
      all,
      'nulls_left_out',
      'leaves out what is null',
      onBody((body) =>
        changeObjects(body, (object) =>
          Object.fromEntries(Object.entries(object).filter(([, value]) => value !== null)),
        ),
      ),
    ),
    hand(
      all,
      'empty_lists_null',
      'writes null for an empty list',
      onBody((body) =>
        changeObjects(body, (object) =>
          Object.fromEntries(
            Object.entries(object).map(([key, value]) => [
              key,
              Array.isArray(value) && value.length === 0 ? null : value,
            ]),
          ),
        ),
      ),
    ),
    hand(
      all,
      'details_lost',
      'refuses without details',
      onBody((body) => changeAt(body, '/error/details', () => ({}))),
    ),
    hand(
      all,
      'bare_errors',
      'refuses without the envelope',
      always((honest) =>
        isSuccess(honest)
          ? honest.response
          : withBody(honest.response, (body) => atPointer(body, '/error') ?? null),
      ),
    ),
    hand(
      all,
      'success_unmarked',
      'says success on a refusal',
      onBody((body) => changeAt(body, '/success', () => true)),
    ),
    hand(
      all,
      'ok_always',
      'refuses with 200 and the error in the body',
      always(({ response }) => ({
        ...response,
        status: response.status >= 400 ? 200 : response.status,
      })),
    ),
    hand(
      all,
      'no_media_type',
      'does not say that it is JSON',
      always(({ response }) => ({
        ...response,
        headers: Object.fromEntries(
          Object.entries(response.headers).filter(([name]) => name !== 'content-type'),
        ),
      })),
    ),
    hand(all, 'methods_taken', 'takes methods that no path has', () => ({
      refuseMethod: (refusal) => ({ ...refusal, status: 200, body: '{}' }),
    })),
    hand(all, 'allow_missing', 'refuses such a method without Allow', () => ({
      refuseMethod: ({ headers: { allow: _, ...headers }, ...refusal }) => ({
        ...refusal,
        headers,
      }),
    })),
    hand(all, 'allow_wrong', 'allows OPTIONS alone', () => ({
      refuseMethod: (refusal) => ({
        ...refusal,
        headers: { ...refusal.headers, allow: 'OPTIONS' },
      }),
    })),
    hand(
      all,
      'wrapped',
      'wraps every body in data',
      onSuccess((body) => ({ data: body })),
    ),
  ];
}
