// What is in the world: its nouns as tables, whose rows lead to one another.
import { useEffect, useMemo, useState } from 'preact/hooks';
import type { Row } from '../api.js';
import { entries } from '../journal.js';
import { Filter } from '../parts/filter.js';
import { type Column, Table } from '../parts/table.js';
import { go, linkTo, route } from '../route.js';
import { isNoun, loadTables, type Noun, nounNames, nouns, tables } from '../tables.js';
import { tell, worlds } from '../worlds.js';
import { RowDetail } from './row.js';

/** The fields that say most about a row, first. */
const telling = [
  'name',
  'title',
  'content',
  'status',
  'state',
  'access_mode',
  'space_id',
  'thread_id',
  'vector_store_id',
  'message_id',
  'user_id',
  'role',
  'kind',
  'created_by',
  'organization_id',
  'created_at',
];

export function StateView() {
  const { world, rest } = route.value;
  const noun: Noun = isNoun(rest[0]) ? rest[0] : 'spaces';
  const id = rest[1];
  const [words, setWords] = useState('');
  // Every request may have changed it, and so has whatever moved the clock.
  const last = entries.value.at(-1)?.number;
  const now = worlds.value.find(({ name }) => name === world)?.now;
  useEffect(() => {
    const timer = setTimeout(
      () =>
        void loadTables(world).catch(({ message }: Error) =>
          tell({ kind: 'refused', text: message }),
        ),
      last === undefined ? 0 : 200,
    );
    return () => clearTimeout(timer);
  }, [world, last, now]);
  const rows = tables.value[noun];
  const columns = useMemo(() => columnsOf(rows ?? []), [rows]);
  const opened = id === undefined ? undefined : rows?.find((row) => row.id === id);
  return (
    <div class={`split${id === undefined ? '' : ' has-open'}`}>
      <section class="list with-nouns" aria-label="State">
        <nav class="nouns" aria-label="Tables">
          {nounNames.map((name) => (
            <a
              key={name}
              href={linkTo({ rest: [name] })}
              aria-current={name === noun ? 'page' : undefined}
            >
              {nouns[name]} <span class="muted">{tables.value[name]?.length ?? ''}</span>
            </a>
          ))}
        </nav>
        <div class="bar">
          <Filter label={`Filter ${nouns[noun].toLowerCase()}`} value={words} onChange={setWords} />
        </div>
        {rows === undefined ? (
          <p class="muted">Asking…</p>
        ) : (
          <Table
            key={noun}
            label={nouns[noun]}
            columns={columns}
            rows={rows}
            keyOf={({ id: key }) => key}
            filter={words}
            openKey={id}
            onOpen={(row) => go({ rest: [noun, row.id] })}
            none={
              rows.length === 0
                ? `There are no ${nouns[noun].toLowerCase()} in this world. The scenario starts with some, and the API makes more.`
                : 'No row fits the filter.'
            }
          />
        )}
      </section>
      {id === undefined ? null : opened ? (
        <RowDetail key={`${world} ${id}`} world={world} noun={noun} row={opened} />
      ) : rows === undefined ? null : (
        <section class="detail empty">
          <h2>
            There is no <code>{id}</code> now
          </h2>
          <p>It is not in the table {nouns[noun].toLowerCase()} of this world.</p>
          <button type="button" onClick={() => go({ rest: [noun] })}>
            Close
          </button>
        </section>
      )}
    </div>
  );
}

function columnsOf(rows: readonly Row[]): readonly Column<Row>[] {
  const fields = new Set(rows.slice(0, 50).flatMap((row) => Object.keys(row)));
  const chosen = telling.filter((field) => fields.has(field)).slice(0, 5);
  return ['id', ...chosen].map((field, index) => ({
    id: field,
    header: field,
    value: (row) => textOf(row[field]),
    width: index === 0 ? 'minmax(9rem, 1.2fr)' : 'minmax(6rem, 1fr)',
    ...(index > 1 ? { leftOut: 'beside' as const } : {}),
  }));
}

function textOf(value: unknown): string | number {
  if (typeof value === 'string' || typeof value === 'number') return value;
  return value === null || value === undefined ? '' : JSON.stringify(value);
}
