// What is around every view: worlds, clock, ways to the views, and what was done last.
import { useEffect } from 'preact/hooks';
import { tokenNeeded } from './api.js';
import { loadDocument } from './document.js';
import { connection, entries, follow } from './journal.js';
import { Dialog } from './parts/dialog.js';
import { Help } from './parts/help.js';
import { onKeys } from './parts/keys.js';
import { TokenForm } from './parts/token-form.js';
import { go, linkTo, route, type View, views } from './route.js';
import { CasesView } from './views/cases.js';
import { RequestsView } from './views/requests.js';
import { StateView } from './views/state.js';
import { WorldsView } from './views/worlds.js';
import { attempt, loadWorlds, notice, worlds } from './worlds.js';

const names: Record<View, string> = {
  requests: 'Requests',
  state: 'State',
  cases: 'Cases',
  worlds: 'Worlds',
};

const shown: Record<View, () => preact.JSX.Element> = {
  requests: RequestsView,
  state: StateView,
  cases: CasesView,
  worlds: WorldsView,
};

export function App() {
  const { world, view } = route.value;
  const isLocked = tokenNeeded.value;
  useEffect(() => {
    if (isLocked) return;
    follow(world);
    void attempt(async () => undefined);
  }, [world, isLocked]);
  useEffect(() => {
    if (!isLocked) void loadDocument().catch(() => undefined);
  }, [isLocked]);
  // The clock of a world and its number of requests go on with them.
  const last = entries.value.at(-1)?.number;
  useEffect(() => {
    if (isLocked || last === undefined) return;
    const timer = setTimeout(() => void loadWorlds().catch(() => undefined), 150);
    return () => clearTimeout(timer);
  }, [last, isLocked]);
  useEffect(() => {
    document.title = `${names[view]} · ${world} · Understudy`;
  }, [view, world]);
  useEffect(
    () =>
      onKeys({
        '1': () => go({ view: 'requests', rest: [] }),
        '2': () => go({ view: 'state', rest: [] }),
        '3': () => go({ view: 'cases', rest: [] }),
        '4': () => go({ view: 'worlds', rest: [] }),
      }),
    [],
  );
  const View = shown[view];
  return (
    <>
      <header class="top">
        <a class="brand" href={linkTo({ view: 'requests', rest: [] })}>
          <img src="./console/icon.svg" alt="" width="20" height="20" />
          <span>Understudy</span>
        </a>
        <nav aria-label="Views">
          {views.map((one) => (
            <a
              key={one}
              href={linkTo({ view: one, rest: [] })}
              aria-current={one === view ? 'page' : undefined}
            >
              {names[one]}
            </a>
          ))}
        </nav>
        <div class="place">
          <WorldChoice />
          <Clock />
          <Live />
          <Help />
        </div>
      </header>
      <main>
        <h1 class="visually-hidden">{names[view]}</h1>
        {isLocked ? <TokenForm /> : connection.value === 'gone' ? <Gone /> : <View />}
      </main>
      <Dialog />
      <Notice />
    </>
  );
}

function WorldChoice() {
  const { world } = route.value;
  const names = worlds.value.map(({ name }) => name);
  return (
    <label class="choice">
      <span>World</span>
      <select
        value={world}
        onChange={({ currentTarget }) => go({ world: currentTarget.value, rest: [] })}
      >
        {(names.includes(world) ? names : [world, ...names]).map((name) => (
          <option key={name} value={name}>
            {name}
          </option>
        ))}
      </select>
    </label>
  );
}

function Clock() {
  const { world } = route.value;
  const found = worlds.value.find(({ name }) => name === world);
  if (!found) return null;
  return (
    <a class="clock" href={linkTo({ view: 'worlds', rest: [] })} title="The clock of this world">
      <time dateTime={found.now}>{found.now.replace('T', ' ').replace('Z', '')}</time>
      {found.frozen ? <span class="tag">frozen</span> : null}
    </a>
  );
}

const states = {
  connecting: 'Connecting…',
  live: 'Live',
  lost: 'No connection; trying again',
  gone: 'No such world',
};

function Live() {
  const state = connection.value;
  if (tokenNeeded.value) return null;
  return (
    <span class={`live ${state}`} role="status">
      <i aria-hidden="true" />
      {states[state]}
    </span>
  );
}

function Gone() {
  const { world } = route.value;
  return (
    <section class="empty">
      <h2>There is no world {world}</h2>
      <p>
        A world is made when a request with a known key first names it, here, or by a test. It is
        gone when it is deleted, or when the server ends.
      </p>
      <p>
        <a href={linkTo({ world: 'default', view: 'requests', rest: [] })}>
          Go to the default world
        </a>
      </p>
    </section>
  );
}

function Notice() {
  const shown = notice.value;
  return (
    <div class="notice-place" role="status" aria-live="polite">
      {shown ? (
        <div class={`notice ${shown.kind}`}>
          <p>
            {shown.text}
            {shown.fix ? <small>{shown.fix}</small> : null}
            {shown.problems?.map((problem) => (
              <code key={problem}>{problem}</code>
            ))}
          </p>
          <button
            type="button"
            class="quiet"
            aria-label="Close this message"
            onClick={() => {
              notice.value = undefined;
            }}
          >
            ×
          </button>
        </div>
      ) : null}
    </div>
  );
}
