// One row: its fields, what it leads to and what leads to it; for a space, a picture.
import { useEffect } from 'preact/hooks';
import type { Row } from '../api.js';
import { Value } from '../parts/json.js';
import { onKeys } from '../parts/keys.js';
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
  const close = () => go({ rest: [noun] });
  useEffect(() => onKeys({ Escape: close }), [noun]);
  const title = [row.name, row.title].find((one) => typeof one === 'string');
  return (
    <section class="detail" aria-labelledby="row-title">
      <header>
        <div class="title">
          <h2 id="row-title">
            <code>{row.id}</code> {title ? <span>{title as string}</span> : null}
          </h2>
          <button
            type="button"
            class="quiet"
            aria-label="Close"
            title="Close (Esc)"
            onClick={close}
          >
            ×
          </button>
        </div>
        <RowActions world={world} noun={noun} row={row} />
      </header>
      {noun === 'spaces' ? <SpacePicture space={row} /> : null}
      <section class="part">
        <h3>Fields</h3>
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
      </section>
      <References id={row.id} />
    </section>
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
    <section class="part">
      <h3>Named by</h3>
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
    </section>
  );
}

const names = (row: Row, id: string): boolean =>
  Object.values(row).some((value) => value === id || (Array.isArray(value) && value.includes(id)));
