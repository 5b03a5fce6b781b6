// Where nothing is documented, any value and any order will do. decisions.ts has which answer is
// given.
import { vouchesFor } from '../../spec/case.js';
import type { OperationId, Spec } from '../../spec/document.js';
import type { Field } from '../../spec/fields.js';
import type { Json, JsonObject, PlainResponse } from '../../spec/message.js';
import { changeAt } from '../../spec/values.js';
import { type Drift, type Honest, withBody } from '../form.js';
import { always, onBody } from '../rewrite.js';
import { changeObjects, otherValue } from '../values.js';
import {
  addsAnew,
  alwaysDeciding,
  deleteNeedsOwner,
  hidesForeignSpace,
  listsComposites,
  otherReason,
  refusesForeign,
  withForeignIds,
} from './decisions.js';
import { bodyFields, vary } from './form.js';

export function undocumentedVariations(spec: Spec, all: readonly OperationId[]): readonly Drift[] {
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
      'no metadata is null, not an empty object',
      threads((thread) =>
        JSON.stringify(thread.metadata) === '{}' ? { ...thread, metadata: null } : thread,
      ),
    ),
    vary(
      all,
      'activity_untold',
      'a space never says when it was last active',
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
      alwaysDeciding(hidesForeignSpace),
    ),
    vary(
      ['deleteSpace'],
      'delete_needs_owner',
      'only its owner may delete a space',
      alwaysDeciding(deleteNeedsOwner),
    ),
    vary(
      withForeignIds(spec),
      'foreign_refused',
      "another organization's slice or store is refused, not hidden",
      alwaysDeciding(refusesForeign),
    ),
    vary(
      ['listSlices'],
      'composites_listed',
      'composites stand among the slices',
      alwaysDeciding(listsComposites),
    ),
    vary(
      ['addThreadToSpace'],
      'added_anew',
      'adding a thread again gives it a new time',
      alwaysDeciding(addsAnew),
    ),
    vary(
      // A store that nobody has is in no organization either: one reason, not two.
      all.filter((id) => id !== 'createSpace'),
      'checks_reordered',
      'of two reasons to refuse, the other one is given',
      alwaysDeciding(otherReason),
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
