// Fields that may be there or not.
import type { OperationId } from '../../spec/document.js';
import type { Field } from '../../spec/fields.js';
import { isJsonObject, type Json } from '../../spec/message.js';
import { changeAt } from '../../spec/values.js';
import type { Drift, Honest } from '../form.js';
import { onBody } from '../rewrite.js';
import { bodyFields, vary } from './form.js';

export function optionalFieldVariations(all: readonly OperationId[]): readonly Drift[] {
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
