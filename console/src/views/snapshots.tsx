// The snapshots of a world.
import { useCallback, useEffect, useState } from 'preact/hooks';
import { api, dataOf, type Snapshot } from '../api.js';
import { attempt } from '../worlds.js';

export function SnapshotsPanel({ world }: { readonly world: string }) {
  const [snapshots, setSnapshots] = useState<readonly Snapshot[]>([]);
  const load = useCallback(async () => {
    const path = { world };
    setSnapshots(
      (await dataOf(api.GET('/__admin/worlds/{world}/snapshots', { params: { path } }))).snapshots,
    );
  }, [world]);
  useEffect(() => void load().catch(() => undefined), [load]);
  const at = (name: string) => ({ params: { path: { world, name } } });
  const after = (text: string, work: () => Promise<unknown>) =>
    attempt(async () => {
      await work();
      await load();
      return text;
    });
  return (
    <section class="panel" aria-labelledby="snapshots-title">
      <header>
        <h3 id="snapshots-title">Snapshots of {world}</h3>
      </header>
      {snapshots.length === 0 ? (
        <p class="muted">
          A snapshot keeps the world as it is now. Restore it as often as you like; the journal
          stays.
        </p>
      ) : (
        <ul class="rows">
          {snapshots.map(({ name, now }) => (
            <li key={name}>
              <span>
                <strong>{name}</strong>{' '}
                <time class="muted">{now.replace('T', ' ').replace('Z', '')}</time>
              </span>
              <span class="actions small">
                <button
                  type="button"
                  aria-label={`Restore ${name}`}
                  onClick={() =>
                    void after(`${world} is as it was in ${name}.`, () =>
                      dataOf(
                        api.POST('/__admin/worlds/{world}/snapshots/{name}/restore', at(name)),
                      ),
                    )
                  }
                >
                  Restore
                </button>
                <button
                  type="button"
                  aria-label={`Delete the snapshot ${name}`}
                  onClick={() =>
                    void after(`The snapshot ${name} is deleted.`, () =>
                      dataOf(api.DELETE('/__admin/worlds/{world}/snapshots/{name}', at(name))),
                    )
                  }
                >
                  Delete
                </button>
              </span>
            </li>
          ))}
        </ul>
      )}
      <form
        class="line"
        onSubmit={(event) => {
          event.preventDefault();
          const form = event.currentTarget;
          const name = String(new FormData(form).get('name'));
          void after(`${name} keeps ${world} as it is now.`, () =>
            dataOf(api.PUT('/__admin/worlds/{world}/snapshots/{name}', at(name))),
          ).then((done) => done && form.reset());
        }}
      >
        <label>
          <span>Name</span>
          <input name="name" required autocomplete="off" placeholder="before-checkout" />
        </label>
        <button type="submit">Take a snapshot</button>
      </form>
    </section>
  );
}
