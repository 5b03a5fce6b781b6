// Two worlds side by side: what is different, row by row.
import { useEffect, useState } from 'preact/hooks';
import { api, type Comparison, dataOf } from '../api.js';
import { entries } from '../journal.js';
import { Diff } from '../parts/diff.js';
import { go, linkTo } from '../route.js';
import { worlds } from '../worlds.js';

interface Props {
  readonly before: string;
  readonly after: string | undefined;
}

export function ComparePanel({ before, after }: Props) {
  const others = worlds.value.map(({ name }) => name).filter((name) => name !== before);
  const other = after ?? others[0];
  const [found, setFound] = useState<Comparison | string | undefined>();
  const last = entries.value.at(-1)?.number;
  useEffect(() => {
    if (other === undefined) return;
    const path = { world: before, other };
    void dataOf(api.GET('/__admin/worlds/{world}/compare/{other}', { params: { path } })).then(
      setFound,
      (error: Error) => setFound(error.message),
    );
  }, [before, other, last]);
  return (
    <section class="panel" aria-labelledby="compare-title">
      <header>
        <h3 id="compare-title">
          {before} and {other ?? 'another world'}
        </h3>
        <div class="line">
          <label>
            <span>Compared with</span>
            <select
              value={other}
              onChange={({ currentTarget }) => go({ rest: ['compare', currentTarget.value] })}
            >
              {others.map((name) => (
                <option key={name}>{name}</option>
              ))}
            </select>
          </label>
          <a class="button" href={linkTo({ rest: [] })}>
            Close
          </a>
        </div>
      </header>
      {other === undefined ? (
        <p class="muted">There is only one world. Fork it, change the fork, and compare the two.</p>
      ) : typeof found === 'string' ? (
        <p>{found}</p>
      ) : found ? (
        <Differences before={before} after={other} found={found} />
      ) : null}
    </section>
  );
}

function Differences({
  before,
  after,
  found: { now, rows },
}: {
  readonly before: string;
  readonly after: string;
  readonly found: Comparison;
}) {
  if (rows.length === 0 && !now) return <p>The two worlds are the same.</p>;
  return (
    <>
      {now ? (
        <p>
          Their clocks: <code>{now[0]}</code> and <code>{now[1]}</code>.
        </p>
      ) : null}
      <p class="muted">
        <span class="swatch del" /> only in {before} <span class="swatch ins" /> only in {after}
      </p>
      {rows.map(({ table, id, fields, ...sides }) => (
        <div key={`${table} ${id}`} class="change">
          <p>
            <code>{id}</code> <span class="muted">{table}</span>
          </p>
          <Diff
            before={fields ? sideOf(fields, 0) : sides.before}
            after={fields ? sideOf(fields, 1) : sides.after}
          />
        </div>
      ))}
    </>
  );
}

const sideOf = (fields: Readonly<Record<string, unknown[]>>, side: number): object =>
  Object.fromEntries(Object.entries(fields).map(([name, values]) => [name, values[side]]));
