// Every documented case of every operation: what it rests on, and which of them have been met.
import { useMemo, useState } from 'preact/hooks';
import { type Case, type Operation, operations } from '../document.js';
import { entries } from '../journal.js';
import { Basis, Method } from '../parts/badges.js';
import { Choice } from '../parts/choice.js';
import { Filter } from '../parts/filter.js';
import { go, linkTo, route } from '../route.js';
import { CaseDetail } from './case.js';

export type Met = ReadonlyMap<string, readonly number[]>;

const which = ['All', 'Met', 'Not met'] as const;

export function CasesView() {
  const { rest } = route.value;
  const [words, setWords] = useState('');
  const [shown, setShown] = useState<(typeof which)[number]>('All');
  const met = useMet();
  const all = operations.value;
  const fits = (operation: Operation, one: Case): boolean =>
    (shown === 'All' || met.has(`${operation.id}.${one.name}`) === (shown === 'Met')) &&
    `${operation.id} ${operation.method} ${operation.path} ${one.name} ${one.status} ${one.basis}`
      .toLowerCase()
      .includes(words.toLowerCase());
  const rows = all
    .map((operation) => ({
      operation,
      cases: operation.cases.filter((one) => fits(operation, one)),
    }))
    .filter(({ cases }) => cases.length > 0);
  const count = all.reduce((sum, { cases }) => sum + cases.length, 0);
  const operation = all.find(({ id }) => id === rest[0]);
  const opened = operation?.cases.find(({ name }) => name === rest[1]);
  const isUnknown = rest.length > 0 && all.length > 0 && !opened;
  return (
    <div class={`split${opened || isUnknown ? ' has-open' : ''}`}>
      <section class="list scrolling" aria-label="Cases">
        <div>
          <h2 class="view-title">Cases</h2>
          <p class="muted">
            {met.size} of {count} documented cases have been met in this world, as far as its
            journal reaches.
          </p>
        </div>
        <div class="bar">
          <Filter label="Filter cases" value={words} onChange={setWords} />
          <Choice label="Which cases" words={which} chosen={shown} onChoose={setShown} />
        </div>
        <p class="legend">
          {['seed', 'docs', 'client', 'assumed'].map((basis) => (
            <Basis key={basis} basis={basis} />
          ))}
          <span class="muted">what a case rests on; filled where it has been met</span>
        </p>
        {rows.length === 0 ? <p class="muted">No case fits.</p> : null}
        <ul class="operations">
          {rows.map((row) => (
            <OperationCases key={row.operation.id} {...row} met={met} opened={opened} />
          ))}
        </ul>
      </section>
      {operation && opened ? (
        <CaseDetail
          key={`${operation.id}.${opened.name}`}
          operation={operation}
          one={opened}
          met={met.get(`${operation.id}.${opened.name}`) ?? []}
          onClose={() => go({ rest: [] })}
        />
      ) : isUnknown ? (
        <section class="detail empty">
          <h2>
            There is no case <code>{rest.join('.')}</code>
          </h2>
          <p>The document that is served has no operation with a case of this name.</p>
          <button type="button" onClick={() => go({ rest: [] })}>
            Close
          </button>
        </section>
      ) : null}
    </div>
  );
}

interface Props {
  readonly operation: Operation;
  readonly cases: readonly Case[];
  readonly met: Met;
  readonly opened: Case | undefined;
}

function OperationCases({ operation, cases, met, opened }: Props) {
  const { id, method, path, summary } = operation;
  return (
    <li>
      <h3 title={summary}>
        <Method method={method} /> <span class="path">{path}</span>
      </h3>
      <div class="cells">
        {cases.map((one) => {
          const numbers = met.get(`${id}.${one.name}`) ?? [];
          return (
            <a
              key={one.name}
              class={`cell b-${one.basis}${numbers.length > 0 ? ' met' : ''}`}
              href={linkTo({ rest: [id, one.name] })}
              aria-current={one === opened ? 'true' : undefined}
              title={`${one.says}. ${one.basis}`}
            >
              {one.status} {one.name}
              {numbers.length > 0 ? <b>{numbers.length}</b> : null}
            </a>
          );
        })}
      </div>
    </li>
  );
}

/** The numbers of the requests that met a case, by its name; what was forced met none. */
function useMet(): Met {
  const all = entries.value;
  return useMemo(() => {
    const met = new Map<string, number[]>();
    for (const { operation, case: name, number, forced } of all) {
      if (operation === undefined || name === undefined || forced) continue;
      const key = `${operation}.${name}`;
      met.set(key, [...(met.get(key) ?? []), number]);
    }
    return met;
  }, [all]);
}
