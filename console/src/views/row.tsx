// One row: its fields, what it leads to and what leads to it; for a space, a picture.
import type { Row } from '../api.js';
import { Detail, Part } from '../parts/detail.js';
import { Value } from '../parts/json.js';
import { go, linkTo } from '../route.js';
import { type Noun, nounNames, nouns, placeOf, tables } from '../tables.js';
import { RowActions } from './row-edit.js';
import { SpacePicture } from './space-picture.js';

interface Props {
  readonly world: string;
  readonly noun: Noun;
  readonly row: Row;
}

export function RowDetail({ world, noun, row }: Props) {
  const named = [row.name, row.title].find((one) => typeof one === 'string');
  const title = (
    <>
      <code>{row.id}</code> {named ? <span>{named as string}</span> : null}
    </>
  );
  return (
    <Detail
      id="row-title"
      title={title}
      head={<RowActions world={world} noun={noun} row={row} />}
      onClose={() => go({ rest: [noun] })}
    >
      {noun === 'spaces' ? <SpacePicture space={row} /> : null}
      <Part title="Fields">
        <dl class="facts">
          {Object.entries(row).map(([field, value]) => (
            <div key={field}>
              <dt>{field}</dt>
              <dd>
                <Linked value={value} own={row.id} />
              </dd>
            </div>
          ))}
        </dl>
      </Part>
      <References id={row.id} />
    </Detail>
  );
}

/** An ID of another row leads there. */
function Linked({ value, own }: { readonly value: unknown; readonly own: string }) {
  const ids = (Array.isArray(value) ? value : [value]).filter(
    (one): one is string => typeof one === 'string' && placeOf.value.has(one) && one !== own,
  );
  if (ids.length === 0) return <Value value={value} />;
  return (
    <span class="ids">
      {ids.map((id) => (
        <RowLink key={id} id={id} />
      ))}
    </span>
  );
}

function RowLink({ id }: { readonly id: string }) {
  const noun = placeOf.value.get(id);
  return noun === undefined ? (
    <code>{id}</code>
  ) : (
    <a href={linkTo({ view: 'state', rest: [noun, id] })}>
      <code>{id}</code>
    </a>
  );
}

/** Rows of other tables that name this one. */
function References({ id }: { readonly id: string }) {
  const found = nounNames.flatMap((noun) => {
    const rows = (tables.value[noun] ?? []).filter((row) => row.id !== id && names(row, id));
    return rows.length > 0 ? [{ noun, rows }] : [];
  });
  return (
    <Part title="Named by">
      {found.length === 0 ? <p class="muted">No other row names it.</p> : null}
      <dl class="facts">
        {found.map(({ noun, rows }) => (
          <div key={noun}>
            <dt>{nouns[noun]}</dt>
            <dd class="ids">
              {rows.slice(0, 20).map((row) => (
                <RowLink key={row.id} id={row.id} />
              ))}
              {rows.length > 20 ? <span class="muted">and {rows.length - 20} more</span> : null}
            </dd>
          </div>
        ))}
      </dl>
    </Part>
  );
}

const names = (row: Row, id: string): boolean =>
  Object.values(row).some((value) => value === id || (Array.isArray(value) && value.includes(id)));
