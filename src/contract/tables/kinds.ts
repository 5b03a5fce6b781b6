// Which kinds of looks the rows of a table take, and which it should: what a server can do wrong
// without any single answer of it being wrong shows in one of them.
import type { Operation, Spec } from '../../spec/document.js';
import { fieldsOf } from '../../spec/fields.js';
import { END_OF_LIST } from '../dialect.js';
import type { Look, Row, Table } from './table.js';

export const lookKinds = {
  value: 'a value is read again, or stands in the list',
  order: 'rows stand in their order',
  pages: 'a list is read page by page, and nothing stands there twice',
  end: 'the last page says that it is the last',
  moving: 'a list changes between two pages',
  alike: 'two that look alike are two',
  refusal: 'a refusal moves nothing',
  later: 'a time moves forward',
  gone: 'what is taken away is gone, and nothing else',
} as const;

export type LookKind = keyof typeof lookKinds;

interface About {
  readonly operation: Operation;
  readonly rows: readonly Row[];
  readonly table: Table;
}

const looksIn = (rows: readonly Row[]): readonly Look[] => rows.flatMap(({ then = [] }) => then);
const anyLook = ({ rows }: About, has: (look: Look) => boolean): boolean => looksIn(rows).some(has);

/** How a row shows that it takes a look of the kind. */
const takes: Readonly<Record<LookKind, (about: About) => boolean>> = {
  value: (about) =>
    about.rows.some(({ answer }) => answer !== undefined) ||
    anyLook(about, ({ equals, answer, includes, count }) =>
      Boolean(equals ?? answer ?? includes ?? count),
    ),
  order: (about) =>
    anyLook(about, ({ order, equals }) => Boolean(order) || /\/\d+\//.test(equals?.[0] ?? '')),
  pages: (about) => anyLook(about, ({ unique, excludes }) => Boolean(unique ?? excludes)),
  end: (about) =>
    anyLook(
      about,
      ({ equals, answer = {}, unique, fits }) =>
        Boolean(unique ?? fits) ||
        [equals?.[0] ?? '', ...Object.keys(answer)].some((at) => END_OF_LIST.test(at)),
    ),
  moving: ({ rows, operation }) =>
    rows.some(({ then = [] }) => {
      const at = then.findIndex(({ call }) =>
        /^(delete|remove|archive|update|unpin|pin)/.test(call),
      );
      return at >= 0 && then.slice(at).some(({ call }) => call === operation.id);
    }),
  alike: ({ rows }) => rows.some(({ given = {} }) => 'twin' in given),
  refusal: ({ table, rows, operation }) =>
    table.observe !== undefined ||
    rows.some(({ expect, then }) => {
      const [first = ''] = [expect].flat();
      return then !== undefined && (operation.cases.get(first)?.status ?? 0) >= 400;
    }),
  later: (about) => anyLook(about, ({ later }) => later !== undefined),
  gone: (about) => anyLook(about, ({ excludes, expect }) => Boolean(excludes ?? expect)),
};

/** What can be seen of an operation, by its method and its answer. */
function wantedFor(spec: Spec, { method, responses }: Operation): readonly LookKind[] {
  const [success] = [...responses.values()].filter(({ status }) => status < 300);
  const fields = success?.schema === undefined ? [] : fieldsOf(spec, success.schema);
  const has = (pattern: RegExp): boolean => fields.some(({ pointer }) => pattern.test(pointer));
  if (method === 'GET') {
    const list: readonly LookKind[] = has(END_OF_LIST) ? ['order', 'pages', 'end', 'moving'] : [];
    return ['value', ...list];
  }
  if (method === 'DELETE') return ['gone', 'refusal'];
  const made: readonly LookKind[] =
    method === 'POST' && success?.status === 201 && has(/\/created_at$/) ? ['alike'] : [];
  const changed: readonly LookKind[] = method === 'PATCH' && has(/\/updated_at$/) ? ['later'] : [];
  return ['value', 'refusal', ...made, ...changed];
}

export interface Sight {
  readonly operation: string;
  readonly covered: readonly LookKind[];
  /** Kinds that no row takes, and why not, where the table says so. */
  readonly holes: readonly { readonly kind: LookKind; readonly why?: string }[];
}

/** Of each table, what its rows look at and what they do not. */
export const sightOf = (spec: Spec, tables: readonly Table[]): readonly Sight[] =>
  tables.map((table) => {
    const operation = spec.operations.get(table.operation) as Operation;
    const about = { operation, rows: table.rows, table };
    const wanted = wantedFor(spec, operation);
    const covered = wanted.filter((kind) => takes[kind](about));
    const holes = wanted
      .filter((kind) => !covered.includes(kind))
      .map((kind) => {
        const why = table.unseen?.[kind];
        return why === undefined ? { kind } : { kind, why };
      });
    return { operation: table.operation, covered, holes };
  });
