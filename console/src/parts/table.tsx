// A table of any length: sorted and filtered by TanStack Table, drawn as far as it is in sight, and
// used by keys alone if one likes.
import {
  columnFilteringFeature,
  createFilteredRowModel,
  createSortedRowModel,
  filterFn_includesString,
  globalFilteringFeature,
  rowSortingFeature,
  sortFn_alphanumeric,
  sortFn_text,
  tableFeatures,
  useTable,
} from '@tanstack/preact-table';
import type { ComponentChildren } from 'preact';
import { useCallback, useEffect, useMemo, useRef, useState } from 'preact/hooks';
import { onKeys } from './keys.js';
import { useVirtualRows } from './virtual.js';

const features = tableFeatures({
  columnFilteringFeature,
  globalFilteringFeature,
  rowSortingFeature,
  filteredRowModel: createFilteredRowModel(),
  sortedRowModel: createSortedRowModel(),
  filterFns: { includesString: filterFn_includesString },
  sortFns: { alphanumeric: sortFn_alphanumeric, text: sortFn_text },
});

export interface Column<Data> {
  readonly id: string;
  readonly header: string;
  /** What is sorted and filtered. */
  readonly value: (row: Data) => string | number;
  /** What is shown, if not that. */
  readonly cell?: (row: Data) => ComponentChildren;
  /** Its part of the width, as CSS grids have it. */
  readonly width: string;
  /** Left out where the page is narrow, or already where something is open beside the table. */
  readonly leftOut?: 'narrow' | 'beside';
}

interface Props<Data> {
  readonly label: string;
  readonly columns: readonly Column<Data>[];
  readonly rows: readonly Data[];
  readonly keyOf: (row: Data) => string | number;
  readonly filter: string;
  readonly openKey: string | undefined;
  readonly onOpen: (row: Data) => void;
  /** Shown where no row is left. */
  readonly none: ComponentChildren;
  /** Is given what reads the rows that the filter leaves. */
  readonly left?: { current: () => readonly Data[] };
}

const HEIGHT = 34;

export function Table<Data extends object>(props: Props<Data>) {
  const { label, columns, rows, keyOf, filter, openKey, onOpen, none, left } = props;
  const place = useRef<HTMLDivElement>(null);
  const [activeKey, setActiveKey] = useState<string | undefined>();
  const table = useTable({
    features,
    data: rows as Data[],
    columns: useMemo(
      () => columns.map(({ id, header, value }) => ({ id, header, accessorFn: value })),
      [columns],
    ),
    getRowId: (row: Data) => String(keyOf(row)),
    state: { globalFilter: filter },
    globalFilterFn: 'includesString' as const,
    getColumnCanGlobalFilter: () => true,
  });
  const found = table.getRowModel().rows;
  if (left) left.current = () => found.map(({ original }) => original);
  const virtual = useVirtualRows(place, {
    count: found.length,
    height: HEIGHT,
    keyOf: (index) => found[index]?.id ?? index,
  });
  const tracks = columns.map(({ width }) => width).join(' ');
  const beside = columns.flatMap(({ leftOut, width }) => (leftOut === 'beside' ? [] : [width]));
  const narrow = columns.flatMap(({ leftOut, width }) => (leftOut ? [] : [width]));
  const active = found.findIndex(({ id }) => id === (activeKey ?? openKey));

  const moveTo = (index: number): void => {
    const row = found[Math.max(0, Math.min(found.length - 1, index))];
    if (!row) return;
    setActiveKey(row.id);
    virtual.scrollToIndex(found.indexOf(row));
  };
  useEffect(() => {
    const step = (by: number) => () => {
      const at = found.findIndex(({ id }) => id === openKey);
      const row = found[at < 0 ? 0 : at + by];
      if (!row) return;
      setActiveKey(row.id);
      virtual.scrollToIndex(found.indexOf(row));
      onOpen(row.original);
    };
    return onKeys({ j: step(1), k: step(-1) });
  }, [found, openKey, onOpen]);

  const onKeyDown = (event: KeyboardEvent): void => {
    const page = Math.floor((place.current?.clientHeight ?? 0) / HEIGHT) - 1;
    const to: Record<string, number> = {
      ArrowDown: active + 1,
      ArrowUp: active < 0 ? 0 : active - 1,
      PageDown: active + page,
      PageUp: active - page,
      Home: 0,
      End: found.length - 1,
    };
    if (event.key === 'Enter' || event.key === ' ') {
      const row = found[active];
      if (row) onOpen(row.original);
    } else if (event.key in to) moveTo(to[event.key] as number);
    else return;
    event.preventDefault();
  };

  const open = useCallback(
    (row: Data): void => {
      setActiveKey(String(keyOf(row)));
      onOpen(row);
    },
    [onOpen],
  );
  const idOf = (id: string): string => `${label}-${id}`.replace(/\W+/g, '-');
  return (
    <div
      class="table"
      role="grid"
      aria-label={label}
      aria-rowcount={found.length + 1}
      aria-activedescendant={active < 0 ? undefined : idOf(found[active]?.id ?? '')}
      tabIndex={0}
      ref={place}
      style={{
        '--tracks': tracks,
        '--beside-tracks': beside.join(' '),
        '--narrow-tracks': narrow.join(' '),
      }}
      onKeyDown={onKeyDown}
    >
      <div class="table-head" role="row" aria-rowindex={1}>
        {columns.map(({ id, header, leftOut }) => {
          const sorted = table.getColumn(id)?.getIsSorted() || 'none';
          return (
            <div
              key={id}
              role="columnheader"
              class={leftOut ? `out-${leftOut}` : ''}
              aria-sort={sorted === 'none' ? 'none' : `${sorted}ending`}
            >
              <button
                type="button"
                tabIndex={-1}
                onClick={() => table.getColumn(id)?.toggleSorting()}
              >
                {header}
                <span aria-hidden="true">{{ none: '', asc: ' ↑', desc: ' ↓' }[sorted]}</span>
              </button>
            </div>
          );
        })}
      </div>
      {found.length === 0 ? (
        <div role="row" class="none">
          <div role="gridcell">{none}</div>
        </div>
      ) : (
        <div class="table-body" role="rowgroup" style={{ height: `${virtual.getTotalSize()}px` }}>
          {virtual.getVirtualItems().map(({ index, start }) => {
            const row = found[index];
            if (!row) return null;
            return (
              <TableRow
                key={row.id}
                id={idOf(row.id)}
                row={row.original}
                columns={columns}
                index={index}
                start={start}
                isOpen={row.id === openKey}
                isActive={index === active}
                onOpen={open}
              />
            );
          })}
        </div>
      )}
    </div>
  );
}

interface RowProps<Data> {
  readonly id: string;
  readonly row: Data;
  readonly columns: readonly Column<Data>[];
  readonly index: number;
  readonly start: number;
  readonly isOpen: boolean;
  readonly isActive: boolean;
  readonly onOpen: (row: Data) => void;
}

/** Drawn again only where it has changed: scrolling goes past many. */
function TableRow<Data>({
  id,
  row,
  columns,
  index,
  start,
  isOpen,
  isActive,
  onOpen,
}: RowProps<Data>) {
  return useMemo(
    () => (
      <div
        id={id}
        role="row"
        aria-rowindex={index + 2}
        aria-selected={isOpen}
        class={`table-row${isActive ? ' active' : ''}`}
        style={{ transform: `translateY(${start}px)` }}
        onClick={() => onOpen(row)}
      >
        {columns.map(({ id: column, value, cell, leftOut }) => (
          <div key={column} role="gridcell" class={leftOut ? `out-${leftOut}` : ''}>
            {cell ? cell(row) : value(row)}
          </div>
        ))}
      </div>
    ),
    [id, row, columns, index, start, isOpen, isActive, onOpen],
  );
}
