// Every request as it comes, and one of them opened.
import { useCallback, useMemo, useRef, useState } from 'preact/hooks';
import { base, type Entry } from '../api.js';
import { caseOf } from '../document.js';
import { downloadHar } from '../har.js';
import { entries } from '../journal.js';
import { Basis, Method, Status } from '../parts/badges.js';
import { Choice } from '../parts/choice.js';
import { copy } from '../parts/copy.js';
import { Filter } from '../parts/filter.js';
import { type Column, Table } from '../parts/table.js';
import { go, route } from '../route.js';
import { attempt, tell } from '../worlds.js';
import { ReplayButton, ReplayView } from './replay.js';
import { RequestDetail } from './request.js';

const columns: readonly Column<Entry>[] = [
  { id: 'number', header: '#', value: ({ number }) => number, width: '3.5rem' },
  {
    id: 'request',
    header: 'Request',
    value: ({ method, target }) => `${method} ${target}`,
    cell: ({ method, target }) => (
      <>
        <Method method={method} /> <span class="path">{target}</span>
      </>
    ),
    width: 'minmax(10rem, 3fr)',
  },
  {
    id: 'status',
    header: 'Status',
    value: ({ status }) => status,
    cell: ({ status }) => <Status status={status} />,
    width: '4.5rem',
  },
  {
    id: 'case',
    header: 'Case',
    value: ({ operation, case: name }) => [operation, name].filter(Boolean).join(' '),
    cell: (entry) => <CaseName entry={entry} />,
    width: 'minmax(8rem, 2fr)',
    leftOut: 'narrow',
  },
  {
    id: 'caller',
    header: 'Caller',
    value: ({ user_id }) => user_id ?? '',
    width: '7.5rem',
    leftOut: 'beside',
  },
  {
    id: 'changes',
    header: 'Changed',
    value: ({ changes }) => changes?.length ?? 0,
    cell: ({ changes }) =>
      changes ? `${changes.length} ${changes.length === 1 ? 'row' : 'rows'}` : '',
    width: '5.5rem',
    leftOut: 'beside',
  },
  {
    id: 'took',
    header: 'ms',
    value: ({ duration_ms }) => duration_ms,
    cell: ({ duration_ms }) => duration_ms.toFixed(1),
    width: '4rem',
    leftOut: 'beside',
  },
];

const kinds: readonly (readonly [name: string, fits: (entry: Entry) => boolean])[] = [
  ['All', () => true],
  ['2xx', ({ status }) => status < 300],
  ['4xx', ({ status }) => status >= 400 && status < 500],
  ['5xx', ({ status }) => status >= 500],
  ['Changes', ({ changes }) => changes !== undefined],
];

function CaseName({ entry }: { readonly entry: Entry }) {
  const basis = caseOf(entry.operation, entry.case)?.basis ?? entry.basis;
  return (
    <>
      <span class="case-name">{entry.case ?? ''}</span>{' '}
      {basis === undefined ? null : <Basis basis={basis} />}
    </>
  );
}

const keyOf = ({ number }: Entry): number => number;
const open = ({ number }: Entry): void => go({ rest: [String(number)] });

const kindNames = kinds.map(([name]) => name);

export function RequestsView() {
  const { rest, world } = route.value;
  const left = useRef<() => readonly Entry[]>(() => []);
  const [words, setWords] = useState('');
  const [kind, setKind] = useState('All');
  const all = entries.value;
  const rows = useMemo(() => {
    const fits = kinds.find(([name]) => name === kind)?.[1] ?? (() => true);
    return all.filter(fits).reverse();
  }, [all, kind]);
  const onOpen = useCallback(open, []);
  const [number] = rest;
  const opened =
    number === undefined ? undefined : all.find((one) => String(one.number) === number);
  if (number === 'replay') return <ReplayView />;
  if (all.length === 0) return <NoRequests />;
  return (
    <div class={`split${number === undefined ? '' : ' has-open'}`}>
      <section class="list" aria-label="Requests">
        <div class="bar">
          <Filter label="Filter requests" value={words} onChange={setWords} />
          <Choice label="Which requests" words={kindNames} chosen={kind} onChoose={setKind} />
          <button
            type="button"
            title="The requests of the list, for developer tools and `understudy har replay`"
            onClick={() =>
              void attempt(() => downloadHar(world, new Set(left.current().map(keyOf))))
            }
          >
            Save HAR
          </button>
          <ReplayButton kind="out-open" />
        </div>
        <Table
          label="Requests"
          columns={columns}
          rows={rows}
          keyOf={keyOf}
          filter={words}
          openKey={number}
          onOpen={onOpen}
          none="No request fits the filter."
          left={left}
        />
      </section>
      {number === undefined ? null : opened ? (
        <RequestDetail key={number} entry={opened} />
      ) : (
        <section class="detail empty">
          <h2>There is no request {number}</h2>
          <p>The journal keeps the last of them, and a rewind or reset takes them away.</p>
          <button type="button" onClick={() => go({ rest: [] })}>
            Close
          </button>
        </section>
      )}
    </div>
  );
}

function NoRequests() {
  const { world } = route.value;
  const named = world === 'default' ? '' : `~${world}`;
  const curl = `curl -H 'X-API-Key: ak_owner${named}' ${base}/v1/spaces/space_abc123`;
  return (
    <section class="empty">
      <h2>No request yet</h2>
      <p>
        Point your app or test at <code>{base}</code>, or send one from here. Each request shows up
        in this list as it comes, with the case that answered it and why.
      </p>
      <pre tabIndex={0}>{curl}</pre>
      <div class="actions">
        <button
          type="button"
          class="primary"
          onClick={() =>
            void fetch(`${base}/v1/spaces/space_abc123`, {
              headers: { 'x-api-key': 'ak_owner', 'x-understudy-world': world },
            })
          }
        >
          Send it
        </button>
        <button
          type="button"
          onClick={() => void copy(curl).then(() => tell({ kind: 'done', text: 'Copied.' }))}
        >
          Copy
        </button>
        <ReplayButton />
      </div>
    </section>
  );
}
