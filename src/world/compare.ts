// What is different between two worlds, or between two moments of one.
import { same, show } from '../spec/json.js';
import type { Json } from '../spec/message.js';
import { nouns } from './nouns.js';
import type { TableName, WorldSnapshot } from './world.js';

/** A row that only one has, or that they have with other values. */
export interface RowDifference {
  readonly table: TableName;
  readonly id: string;
  /** Absent where the first world has no such row. */
  readonly before?: object;
  /** Absent where the second has none. */
  readonly after?: object;
  /** The fields with other values, where both have the row. */
  readonly fields?: Readonly<Record<string, readonly [before: unknown, after: unknown]>>;
}

export interface WorldDifference {
  /** The times of the two, where they are not the same. */
  readonly now?: readonly [before: string, after: string];
  /** By table; in a table, those of the first world in their order, then those of the second. */
  readonly rows: readonly RowDifference[];
}

type Row = Readonly<Record<string, unknown>> & { readonly id: string };

export function compareWorlds(before: WorldSnapshot, after: WorldSnapshot): WorldDifference {
  const tables = Object.keys(nouns) as TableName[];
  const rows = tables.flatMap((table) =>
    compareTables(table, before[table] as readonly Row[], after[table] as readonly Row[]),
  );
  return { ...(before.now === after.now ? {} : { now: [before.now, after.now] }), rows };
}

function compareTables(
  table: TableName,
  before: readonly Row[],
  after: readonly Row[],
): readonly RowDifference[] {
  const later = new Map(after.map((row) => [row.id, row]));
  const earlier = new Set(before.map(({ id }) => id));
  const of = (row: Row): readonly RowDifference[] => {
    const other = later.get(row.id);
    if (!other) return [{ table, id: row.id, before: row }];
    // Rows are never changed, so that most of two worlds is the same object.
    if (other === row || isAlike(row, other)) return [];
    const fields = fieldsOf(row, other);
    return Object.keys(fields).length === 0
      ? []
      : [{ table, id: row.id, before: row, after: other, fields }];
  };
  return [
    ...before.flatMap(of),
    ...after
      .filter(({ id }) => !earlier.has(id))
      .map((row): RowDifference => ({ table, id: row.id, after: row })),
  ];
}

/** Most rows that are made anew hold the very same values; a no may be wrong. */
function isAlike(before: Row, after: Row): boolean {
  for (const name in before) if (before[name] !== after[name]) return false;
  return Object.keys(before).length === Object.keys(after).length;
}

function fieldsOf(before: Row, after: Row): Record<string, readonly [unknown, unknown]> {
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])];
  return Object.fromEntries(
    names
      .filter((name) => !same(before[name] as Json, after[name] as Json))
      .map((name) => [name, [before[name], after[name]] as const]),
  );
}

/** In lines: `+` for a row of the second world alone, `-` of the first, `~` for each other value. */
export function describeDifference({ now, rows }: WorldDifference): string {
  const lines = rows.flatMap(({ table, id, before, after, fields }) => {
    if (!before) return [`+ ${table} ${id} ${nameOf(after)}`.trimEnd()];
    if (!after) return [`- ${table} ${id} ${nameOf(before)}`.trimEnd()];
    return Object.entries(fields ?? {}).map(
      ([field, [was, is]]) => `~ ${table} ${id} ${field}: ${whole(was)} → ${whole(is)}`,
    );
  });
  const time = now ? [`~ time: ${now[0]} → ${now[1]}`] : [];
  return [...time, ...lines].map((line) => `${line}\n`).join('') || 'no difference\n';
}

const whole = (value: unknown): string => show(value, { longest: Number.POSITIVE_INFINITY });

const nameOf = (row: object | undefined): string => {
  const { name, title } = (row ?? {}) as { name?: unknown; title?: unknown };
  const text = name ?? title;
  return typeof text === 'string' ? JSON.stringify(text) : '';
};
