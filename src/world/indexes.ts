// How the rows of a table are filed: under which keys, and in which orders.

export interface Row {
  readonly id: string;
}

/** A row's place in the order of insertion; never given out twice. */
export type Position = number;

/** A row of a table and its place. */
export interface Entry<R> {
  readonly row: R;
  readonly position: Position;
}

/** What rows are sorted by; equal ones stand in the order of their insertion. */
export type SortBy<R> = (row: R) => string | number;

export interface Index<R, Order extends string = 'insertion'> {
  /** The fields that the keys are made of. */
  readonly fields: readonly (keyof R)[];
  /** The keys under which a row is filed; none leaves it out. */
  readonly keys: (row: R) => readonly string[];
  /** The first is the one that is meant when none is named. */
  readonly orders: { readonly [Name in Order]: SortBy<R> };
}

/** The order of insertion alone. */
export const insertion = (): number => 0;

/** An index with keys made of some fields; TypeScript sees to it that no other field is read. */
export function index<R>() {
  return <Field extends keyof R, Order extends string>(
    fields: readonly Field[],
    keys: (row: Pick<R, Field>) => readonly string[],
    orders: { readonly [Name in Order]: SortBy<R> },
  ): Index<R, Order> => ({ fields, keys, orders });
}

/** An index by the value of a field, in the order of insertion; null leaves a row out. */
export const by = <R>(field: keyof R): Index<R> => ({
  fields: [field],
  keys: (row) => {
    const value = row[field] as string | null;
    return value === null ? [] : [value];
  },
  orders: { insertion },
});

export const compare = <Value extends string | number>(left: Value, right: Value): number =>
  left === right ? 0 : left < right ? -1 : 1;

const byPosition = <R>(left: Entry<R>, right: Entry<R>): number => left.position - right.position;

/** By value, then by insertion. */
export const comparing = <R>(sortBy: SortBy<R>): ((left: Entry<R>, right: Entry<R>) => number) =>
  sortBy === insertion
    ? byPosition
    : (left, right) =>
        compare(sortBy(left.row), sortBy(right.row)) || left.position - right.position;
