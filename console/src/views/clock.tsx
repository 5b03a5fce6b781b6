// The clock of a world: stopped, moved on, and what has moved with it.
import { useState } from 'preact/hooks';
import { api, type ClockMove, dataOf, type World } from '../api.js';
import { linkTo } from '../route.js';
import { attempt } from '../worlds.js';

const steps = ['1m', '1h', '1d', '30d'] as const;

type Move = { readonly advance: string } | { readonly to: string } | { readonly frozen: boolean };

export function ClockPanel({ world: { name, now, frozen } }: { readonly world: World }) {
  const [move, setMove] = useState<ClockMove | undefined>();
  const change = (how: Move) =>
    attempt(async () => {
      setMove(
        await dataOf(
          api.POST('/__admin/worlds/{world}/clock', {
            params: { path: { world: name } },
            body: how as never,
          }),
        ),
      );
      return undefined;
    });
  return (
    <section class="panel" aria-labelledby="clock-title">
      <header>
        <h3 id="clock-title">Clock of {name}</h3>
      </header>
      <p class="big">
        <time dateTime={now}>{now.replace('T', ' ').replace('Z', ' UTC')}</time>
        {frozen ? <span class="tag">frozen</span> : null}
      </p>
      <div class="actions">
        <button type="button" onClick={() => void change({ frozen: !frozen })}>
          {frozen ? 'Let it go on' : 'Freeze'}
        </button>
        {steps.map((step) => (
          <button key={step} type="button" onClick={() => void change({ advance: step })}>
            +{step}
          </button>
        ))}
      </div>
      <form
        class="line"
        onSubmit={(event) => {
          event.preventDefault();
          const text = String(new FormData(event.currentTarget).get('time')).trim();
          void change(/^\d{4}-/.test(text) ? { to: text } : { advance: text });
        }}
      >
        <label>
          <span>By, or to</span>
          <input
            name="time"
            required
            autocomplete="off"
            placeholder="90s, or 2026-03-01T09:00:00Z"
            size={27}
          />
        </label>
        <button type="submit">Move</button>
      </form>
      {move ? <Moved world={name} move={move} /> : null}
    </section>
  );
}

function Moved({ world, move }: { readonly world: string; readonly move: ClockMove }) {
  const embeddings = move.embeddings as unknown as readonly { id: string; status: string }[];
  const { before, now, expired } = move;
  const nothing = embeddings.length === 0 && expired.length === 0;
  return (
    <div class="moved" role="status">
      <p>{before === now ? `It stands at ${now}.` : `From ${before} to ${now}.`}</p>
      {nothing ? <p class="muted">Nothing else has moved.</p> : null}
      <ul>
        {embeddings.map(({ id, status }) => (
          <li key={id}>
            <a href={linkTo({ world, view: 'state', rest: ['embeddings', id] })}>
              <code>{id}</code>
            </a>{' '}
            is {status}
          </li>
        ))}
        {expired.map((id) => (
          <li key={id}>
            <code>{id}</code> has expired
          </li>
        ))}
      </ul>
    </div>
  );
}
