// The rows of the contracts in the order in which they are played, each with a sentence for a name.
import type { OperationId, Spec } from '../spec/document.js';
import type { Contracts, Row, Table } from './table.js';

/** One row on its way to a target. */
export interface PlannedRow {
  readonly table: Table;
  readonly row: Row;
  readonly expected: readonly string[];
  /** A sentence. */
  readonly title: string;
}

/** The rows in the order of the tables, the general ones after each table's own; a table's own row for a case replaces the general one. */
export function planRows(
  spec: Spec,
  contracts: Contracts,
  include: (operation: OperationId) => boolean = () => true,
): readonly PlannedRow[] {
  return contracts.tables
    .filter((table) => include(table.operation))
    .flatMap((table) => {
      const cases = spec.operations.get(table.operation)?.cases;
      const own = new Set(table.rows.map((row) => [row.expect].flat()[0]));
      const general = contracts.everywhere.filter((row) =>
        [row.expect].flat().every((name, i) => cases?.has(name) && !(i === 0 && own.has(name))),
      );
      return [...table.rows, ...general].map((row) => {
        const expected = [row.expect].flat();
        return { table, row, expected, title: titleOf(table, row, expected) };
      });
    });
}

function titleOf(table: Table, row: Row, expected: readonly string[]): string {
  const given = Object.values({ ...table.given, ...row.given }).map((recipe) => recipe.replaceAll('_', ' '));
  const states = given.length > 0 ? ` with ${given.join(' and ')}` : '';
  const edge = row.edge === undefined ? '' : `, where ${row.edge},`;
  return `${table.operation} by ${row.caller}${states}${edge} answers ${expected.join(' or ')}`;
}
