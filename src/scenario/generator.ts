// The form of a generator, which stands where a scenario may have a list of rows.
import type { Scenario } from './scenario.js';

/** Stands where a scenario may have a list of rows. */
export interface Generator<Item = Row> {
  readonly count: number;
  /** The same seed makes the same rows. Default 1. */
  readonly seed?: number;
  /** What every row has. */
  readonly each?: Partial<Item>;
}

export type Row = { readonly [key: string]: unknown };

export type List = readonly Row[] | Generator | undefined;

export const isGenerator = (list: unknown): list is Generator =>
  typeof list === 'object' && list !== null && !Array.isArray(list);

export const nested: Readonly<Record<string, readonly string[]>> = {
  organizations: ['departments', 'users'],
  threads: ['messages'],
  spaces: ['attached', 'threads'],
};

const sections = ['organizations', 'slices', 'vector_stores', 'threads', 'spaces'];

export const hasGenerator = (scenario: object): boolean =>
  sections.some((section) => {
    const list = (scenario as Row)[section];
    const parts = nested[section] ?? [];
    if (isGenerator(list)) return true;
    return rowsOf(list).some((row) => parts.some((part) => isGenerator(row[part])));
  });

export const rowsOf = (list: unknown): readonly Row[] =>
  Array.isArray(list) ? list.filter((row) => typeof row === 'object' && row !== null) : [];

/** A scenario as a file may have it: each list of rows may be a generator. */
export type ScenarioSource = WithGenerators<Scenario>;

type WithGenerators<T> = T extends readonly (infer Item extends object)[]
  ? readonly WithGenerators<Item>[] | Generator<WithGenerators<Item>>
  : T extends object
    ? { readonly [Key in keyof T]: WithGenerators<T[Key]> }
    : T;
