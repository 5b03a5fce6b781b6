// Harmless variations: what a server may do without breaking a promise. Whoever objects to one has
// raised a false alarm.

import type { Rule } from '../decide/rule.js';
import { decide, type Outcome } from '../decide/rule.js';
import { mayAccess } from '../rules/access.js';
import type { Caller } from '../rules/callers.js';
import type { Call } from '../rules/rule.js';
import { rules } from '../rules/rules.js';
import { vouchesFor } from '../spec/case.js';
import type { OperationId, Spec } from '../spec/document.js';
import { type Field, fieldsOf } from '../spec/fields.js';
import { isJsonObject, type Json, type JsonObject, type PlainResponse } from '../spec/message.js';
import { changeAt } from '../spec/values.js';
import type { Space } from '../world/nouns/spaces.js';
import type { World } from '../world/world.js';
import { type Ask, type Drift, type Honest, type Wrapper, withBody } from './form.js';
import { tried } from './state.js';
import { changeObjects, changeTexts, isTime, otherValue } from './values.js';

export function variations(spec: Spec): readonly Drift[] {
  const all = [...spec.operations.keys()];
  return [...wordings(all), ...transports(all), ...optional(all), ...leftOpen(spec, all)];
}

function vary(
  operations: readonly OperationId[],
  what: string,
  does: string,
  plant: Drift['plant'],
): Drift {
  return { name: `vary:${what}`, kind: 'vary', operations, does, plant };
}

const always =
  (rewrite: (honest: Honest) => PlainResponse): Drift['plant'] =>
  () => ({ rewrite });
const onBody = (change: (body: Json, honest: Honest) => Json): Drift['plant'] =>
  always((honest) => withBody(honest.response, (body) => change(body, honest)));
const onTimes = (change: (time: string) => string): Drift['plant'] =>
  onBody((body) => changeTexts(body, (text) => (isTime(text) ? change(text) : text)));
const deciding =
  (decideOtherwise: NonNullable<Wrapper['decide']>): Drift['plant'] =>
  () => ({ decide: decideOtherwise });

const bodyFields = ({ spec, operation, documented }: Honest): readonly Field[] => {
  const schema = operation.responses.get(documented.status)?.schema;
  return schema === undefined ? [] : fieldsOf(spec, schema);
};

// The same said otherwise

function wordings(all: readonly OperationId[]): readonly Drift[] {
  const reversed = (object: JsonObject): Json =>
    Object.fromEntries(Object.entries(object).reverse());
  const texts = ['/message', '/error/message', '/error/system_message', '/error/details/message'];
  return [
    vary(
      all,
      'key_order',
      'the keys of every object in another order',
      onBody((body) => changeObjects(body, reversed)),
    ),
    vary(
      all,
      'other_wording',
      'other words for people to read',
      onBody((body) =>
        texts.reduce(
          (changed, pointer) => changeAt(changed, pointer, () => 'Said in other words'),
          body,
        ),
      ),
    ),
    vary(
      all,
      'offset_times',
      'times end in +00:00, not Z',
      onTimes((time) => time.replace(/Z$/, '+00:00')),
    ),
    vary(
      all,
      'fractional_seconds',
      'times with parts of a second',
      onTimes((time) => time.replace(/Z$/, '.250Z')),
    ),
  ];
}

// The same sent otherwise

function transports(all: readonly OperationId[]): readonly Drift[] {
  const withHeaders = (
    change: (headers: PlainResponse['headers']) => PlainResponse['headers'],
  ): Drift['plant'] =>
    always(({ response }) => ({ ...response, headers: change(response.headers) }));
  const withText = (change: (body: string) => string): Drift['plant'] =>
    always(({ response }) =>
      response.body === undefined ? response : { ...response, body: change(response.body) },
    );
  const escaped = (text: string): string =>
    text
      .replaceAll('/', '\\/')
      .replace(
        /[\u0080-\uffff]/g,
        (letter) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, '0')}`,
      );
  const needed = ['content-type', 'retry-after'];
  return [
    vary(
      all,
      'pretty_json',
      'bodies with line breaks and indents',
      withText((body) => `${JSON.stringify(JSON.parse(body), null, 2)}\n`),
    ),
    vary(all, 'escaped_text', 'letters beyond ASCII, and slashes, as escapes', withText(escaped)),
    vary(
      all,
      'charset',
      'the media type names a charset',
      withHeaders((headers) =>
        'content-type' in headers
          ? { ...headers, 'content-type': 'application/json; charset=utf-8' }
          : headers,
      ),
    ),
    vary(
      all,
      'more_headers',
      'headers of a proxy',
      withHeaders((headers) => ({
        ...headers,
        server: 'proxy',
        via: '1.1 proxy',
        'x-cache': 'MISS',
      })),
    ),
    vary(
      all,
      'fewer_headers',
      'no header beyond those that are needed',
      withHeaders((headers) =>
        Object.fromEntries(Object.entries(headers).filter(([name]) => needed.includes(name))),
      ),
    ),
    vary(all, 'slow', 'every hundredth answer takes half a second', () => {
      let count = 0;
      return {
        delay: () => {
          count += 1;
          return count % 100 === 0 ? 500 : 0;
        },
      };
    }),
    vary(
      all,
      'one_429',
      'each operation refuses its first request with 429 and Retry-After',
      () => {
        const met = new Set<OperationId>();
        return {
          decide: (ask, call, operation) => {
            if (met.has(operation)) return ask(call);
            met.add(operation);
            return { kind: 'refusal', case: 'rate_limit_exceeded' };
          },
        };
      },
    ),
  ];
}

// More or less than is needed

function optional(all: readonly OperationId[]): readonly Drift[] {
  const parents = (honest: Honest): readonly string[] => [
    ...new Set(bodyFields(honest).map(({ pointer }) => pointer.slice(0, pointer.lastIndexOf('/')))),
  ];
  const more = (value: Json): Json =>
    isJsonObject(value) ? { ...value, added_lately: 'new' } : value;
  const tied = ({ operation, documented }: Honest): string =>
    JSON.stringify(operation.responses.get(documented.status)?.relations ?? []);
  const untied = (honest: Honest): readonly Field[] =>
    bodyFields(honest).filter(
      ({ required, pointer }) =>
        !required && !pointer.startsWith('/error') && !tied(honest).includes(`#${pointer}"`),
    );
  return [
    vary(
      all,
      'extra_fields',
      'every object has a field more',
      onBody((body, honest) =>
        parents(honest).reduce((grown, pointer) => changeAt(grown, pointer, more), body),
      ),
    ),
    vary(
      all,
      'optional_nulls_absent',
      'optional fields that are null are left out',
      onBody((body, honest) =>
        untied(honest).reduce(
          (left, { pointer }) => changeAt(left, pointer, (value) => value ?? undefined),
          body,
        ),
      ),
    ),
    vary(
      ['listSpaces'],
      'has_more_absent',
      'the list of spaces has no has_more, as in February',
      onBody((body) => changeAt(body, '/has_more', () => undefined)),
    ),
  ];
}

// What nobody documented

function leftOpen(spec: Spec, all: readonly OperationId[]): readonly Drift[] {
  /** Changes a place in the answers of those cases that do not vouch for it. */
  const open = (pointer: string, change: (value: Json) => Json): Drift['plant'] =>
    onBody((body, { documented }) =>
      vouchesFor(documented, pointer) ? body : changeAt(body, pointer, change),
    );
  const openFields = (change: (value: Json, field: Field) => Json | undefined): Drift['plant'] =>
    onBody((body, honest) =>
      honest.documented.status >= 400
        ? body
        : bodyFields(honest)
            .filter(({ pointer }) => !vouchesFor(honest.documented, pointer))
            .reduce(
              (changed, field) => changeAt(changed, field.pointer, (value) => change(value, field)),
              body,
            ),
    );
  const threads = (change: (thread: JsonObject) => Json): Drift['plant'] =>
    onBody((body) =>
      changeObjects(body, (object) => (object.object === 'thread' ? change(object) : object)),
    );
  return [
    vary(
      all,
      'open_status',
      'another status of the same class where none is documented',
      always(withOpenStatus),
    ),
    vary(
      all,
      'open_codes',
      'another error code where none is documented',
      open('/error/code', () => 'SOMETHING_ELSE'),
    ),
    vary(
      all,
      'open_types',
      'another error type where none is documented',
      open('/error/type', () => 'request_error'),
    ),
    vary(
      all,
      'open_details',
      'other error details where none are documented',
      open('/error/details', () => ({ reference: 'abc' })),
    ),
    vary(
      all,
      'open_fields_absent',
      'no field that only one sample shows',
      openFields(() => undefined),
    ),
    vary(
      all,
      'open_fields_other',
      'another value in each field that is not documented for the answer',
      // Of what an empty list may hold, nothing is known.
      openFields((value, field) =>
        Array.isArray(value) && value.length === 0 ? value : otherValue(value, field),
      ),
    ),
    vary(
      unordered(spec),
      'open_order',
      'lists in another order where none is documented',
      always(inOtherOrder),
    ),
    vary(
      all,
      'thread_status',
      'threads are active, not inactive',
      threads((thread) => ({ ...thread, status: 'active' })),
    ),
    vary(
      ['listSpaceThreads'],
      'null_metadata',
      'no metadata is null, not an empty object (S10)',
      threads((thread) =>
        JSON.stringify(thread.metadata) === '{}' ? { ...thread, metadata: null } : thread,
      ),
    ),
    vary(
      all,
      'activity_untold',
      'a space never says when it was last active (4.1)',
      onBody((body) =>
        changeObjects(body, (object) =>
          'last_activity_at' in object ? { ...object, last_activity_at: null } : object,
        ),
      ),
    ),
    vary(
      ['getSpace'],
      'foreign_space_hidden',
      "another organization's space is not there, not refused",
      deciding(hidesForeignSpace),
    ),
    vary(
      ['deleteSpace'],
      'delete_needs_owner',
      'only its owner may delete a space',
      deciding(deleteNeedsOwner),
    ),
    vary(
      withForeignIds(spec),
      'foreign_refused',
      "another organization's slice or store is refused, not hidden",
      deciding(refusesForeign),
    ),
    vary(
      ['listSlices'],
      'composites_listed',
      'composites stand among the slices',
      deciding(listsComposites),
    ),
    vary(
      ['addThreadToSpace'],
      'added_anew',
      'adding a thread again gives it a new time',
      deciding(addsAnew),
    ),
    vary(
      // A store that nobody has is in no organization either: one reason, not two.
      all.filter((id) => id !== 'createSpace'),
      'checks_reordered',
      'of two reasons to refuse, the other one is given',
      deciding(otherReason),
    ),
  ];
}

const siblings: Readonly<Record<number, number>> = { 200: 201, 201: 200, 403: 404, 422: 400 };

function withOpenStatus({ documented, response }: Honest): PlainResponse {
  const status = siblings[documented.status];
  if (status === undefined || vouchesFor(documented, 'status')) return response;
  return { ...withBody(response, (body) => changeAt(body, '/error/status', () => status)), status };
}

/** Lists without a word about their order, in a relation or on a page of the vendor. */
function unordered(spec: Spec): readonly OperationId[] {
  const lists: readonly OperationId[] = ['listSlices', 'listComposites', 'listStoresInSlice'];
  return lists.filter((id) => spec.operations.has(id));
}

function inOtherOrder({ response }: Honest): PlainResponse {
  const reversed = (rows: Json): Json => (Array.isArray(rows) ? rows.toReversed() : rows);
  return withBody(response, (body) =>
    changeAt(changeAt(body, '/items', reversed), '/data', reversed),
  );
}

function hidesForeignSpace(ask: Ask, call: Call): Outcome {
  const outcome = ask(call);
  const foreign = spaceOf(call)?.organization_id !== call.caller.organization_id;
  return outcome.case === 'view_access_required' && foreign
    ? { kind: 'refusal', case: 'space_not_found' }
    : outcome;
}

function deleteNeedsOwner(ask: Ask, call: Call): Outcome {
  const space = spaceOf(call);
  return space && !space.deleted_at && !mayAccess(call.caller, 'owner', space)
    ? { kind: 'refusal', case: 'edit_access_required' }
    : ask(call);
}

const spaceOf = ({ world, path }: Call): Space | undefined =>
  world.spaces.get((path as { readonly space_id: string }).space_id);

/** Operations with an organization and an id in their path, and a 403 to answer with. */
function withForeignIds(spec: Spec): readonly OperationId[] {
  return [...spec.operations.values()]
    .filter(
      ({ template }) =>
        template.includes('{organization_id}') &&
        /\{(slice|store|vector_store)_id\}/.test(template),
    )
    .map(({ id }) => id);
}

function refusesForeign(ask: Ask, call: Call): Outcome {
  const outcome = ask(call);
  const path = call.path as Readonly<Record<string, string>>;
  const id = path.slice_id ?? path.store_id ?? path.vector_store_id ?? '';
  const entity = call.world.slices.get(id) ?? call.world.vectorStores.get(id);
  if (
    !entity ||
    entity.organization_id === path.organization_id ||
    !outcome.case.endsWith('_not_found')
  )
    return outcome;
  return { kind: 'refusal', case: 'organization_access_denied' };
}

/** One composite on the last page, where there is room for it. */
function listsComposites(ask: Ask, call: Call): Outcome {
  const outcome = ask(call);
  const composites = decide(rules.listComposites as Rule<World, Caller>, call).outcome;
  if (outcome.kind === 'refusal' || composites.kind === 'refusal') return outcome;
  const page = outcome.body as { items: Json[]; total: number; limit: number; has_more: boolean };
  const [composite] = (composites.body as { items: JsonObject[] }).items;
  if (
    !composite ||
    page.has_more ||
    page.items.length >= page.limit ||
    composite.status !== (call.query as { status?: string }).status
  )
    return outcome;
  return {
    ...outcome,
    body: { ...page, items: [...page.items, composite], total: page.total + 1 },
  };
}

function addsAnew(ask: Ask, call: Call): Outcome {
  const outcome = ask(call);
  return outcome.kind === 'answer' && outcome.case === 'already_added'
    ? { ...outcome, body: { ...(outcome.body as JsonObject), added_at: call.now } }
    : outcome;
}

/**
 * Nobody documented the order of the checks: where two of them refuse, the later one may come
 * first.
 */
function otherReason(ask: Ask, call: Call): Outcome {
  const outcome = ask(call);
  if (outcome.kind === 'answer') return outcome;
  const other = tried((attempted) => ask(attempted, { without: outcome.case }), call);
  return other?.kind === 'refusal' ? other : outcome;
}
