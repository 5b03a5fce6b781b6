// All worlds, and what can be done with each.
import { useEffect, useState } from 'preact/hooks';
import { api, dataOf, type World } from '../api.js';
import { ask } from '../parts/dialog.js';
import { go, linkTo, route } from '../route.js';
import { attempt, worlds } from '../worlds.js';

const NAME = '[A-Za-z0-9][A-Za-z0-9_.\\-]*';

export function WorldList() {
  const current = route.value.world;
  return (
    <section class="panel" aria-labelledby="all-worlds">
      <header>
        <h3 id="all-worlds">All worlds</h3>
        <NewWorld />
      </header>
      <div class="scroll" tabIndex={0} role="region" aria-label="The list of worlds">
        <table class="plain world-list">
          <thead>
            <tr>
              <th scope="col">Name</th>
              <th scope="col">Scenario</th>
              <th scope="col">Time</th>
              <th scope="col" class="number">
                Requests
              </th>
              <th scope="col">
                <span class="visually-hidden">What to do with it</span>
              </th>
            </tr>
          </thead>
          <tbody>
            {worlds.value.map((world) => (
              <tr key={world.name} class={world.name === current ? 'current' : ''}>
                <td>
                  <a href={linkTo({ world: world.name, rest: [] })}>{world.name}</a>
                </td>
                <td>{world.scenario}</td>
                <td>
                  <time dateTime={world.now}>{world.now.replace('T', ' ').replace('Z', '')}</time>
                  {world.frozen ? <span class="tag">frozen</span> : null}
                </td>
                <td class="number">{world.requests}</td>
                <td>
                  <WorldActions world={world} />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}

function WorldActions({ world: { name } }: { readonly world: World }) {
  const path = { world: name };
  const fork = async () => {
    const to = await ask({
      title: `Fork ${name}`,
      text: 'The new world starts where this one is now.',
      does: 'Fork',
      field: { label: 'Name of the new world', value: `${name}-2`, pattern: NAME },
    });
    if (to === undefined) return;
    const done = await attempt(async () => {
      await dataOf(
        api.POST('/__admin/worlds/{world}/fork', { params: { path }, body: { name: to } }),
      );
      return `${to} starts where ${name} is now.`;
    });
    if (done) go({ world: to, view: 'worlds', rest: [] });
  };
  const reset = async () => {
    const title = `Reset ${name}?`;
    const text = 'Its state goes back to the scenario, and its journal is emptied.';
    if ((await ask({ title, text, does: 'Reset' })) === undefined) return;
    await attempt(async () => {
      await dataOf(api.POST('/__admin/worlds/{world}/reset', { params: { path } }));
      return `${name} is as its scenario has it.`;
    });
  };
  const remove = async () => {
    const title = `Delete ${name}?`;
    const text = 'Its state, its journal and its snapshots are gone then.';
    if ((await ask({ title, text, does: 'Delete' })) === undefined) return;
    const done = await attempt(async () => {
      await dataOf(api.DELETE('/__admin/worlds/{world}', { params: { path } }));
      return `${name} is deleted.`;
    });
    if (done && route.value.world === name) go({ world: 'default', view: 'worlds', rest: [] });
  };
  const others = worlds.value.filter((one) => one.name !== name);
  return (
    <div class="actions small">
      <button type="button" aria-label={`Fork ${name}`} onClick={() => void fork()}>
        Fork
      </button>
      <button type="button" aria-label={`Reset ${name}`} onClick={() => void reset()}>
        Reset
      </button>
      {others.length > 0 ? (
        <a
          class="button"
          aria-label={`Compare ${name} with another world`}
          href={linkTo({ world: name, view: 'worlds', rest: ['compare'] })}
        >
          Compare
        </a>
      ) : null}
      {name === 'default' ? null : (
        <button type="button" aria-label={`Delete ${name}`} onClick={() => void remove()}>
          Delete
        </button>
      )}
    </div>
  );
}

interface Scenario {
  readonly name: string;
  readonly description: string;
}

function NewWorld() {
  const [scenarios, setScenarios] = useState<readonly Scenario[]>([]);
  useEffect(() => {
    void dataOf(api.GET('/__admin/scenarios')).then(
      (data) => setScenarios(data.scenarios),
      () => undefined,
    );
  }, []);
  const create = async (form: HTMLFormElement) => {
    const data = new FormData(form);
    const name = String(data.get('name'));
    const scenario = String(data.get('scenario'));
    const done = await attempt(async () => {
      await dataOf(api.POST('/__admin/worlds', { body: { name, scenario } }));
      return `${name} is there.`;
    });
    if (!done) return;
    form.reset();
    go({ world: name, view: 'worlds', rest: [] });
  };
  return (
    <form
      class="line"
      onSubmit={(event) => {
        event.preventDefault();
        void create(event.currentTarget);
      }}
    >
      <label>
        <span>New world</span>
        <input name="name" required pattern={NAME} autocomplete="off" placeholder="checkout" />
      </label>
      <label>
        <span>Scenario</span>
        <select name="scenario">
          {scenarios.map(({ name, description }) => (
            <option key={name} value={name} title={description} selected={name === 'default'}>
              {name}
            </option>
          ))}
        </select>
      </label>
      <button type="submit">Create</button>
    </form>
  );
}
