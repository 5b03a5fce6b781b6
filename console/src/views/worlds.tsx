// Worlds: the one that is looked at with its clock and snapshots, and all of them.
import { linkTo, route } from '../route.js';
import { worlds } from '../worlds.js';
import { ClockPanel } from './clock.js';
import { ComparePanel } from './compare.js';
import { FaultsPanel } from './faults.js';
import { SnapshotsPanel } from './snapshots.js';
import { WorldList } from './world-list.js';

export function WorldsView() {
  const { world, rest } = route.value;
  const [what, other] = rest;
  const found = worlds.value.find(({ name }) => name === world);
  if (!found) return <p class="muted pad">Asking…</p>;
  return (
    <div class="page">
      <h2 class="view-title">Worlds</h2>
      <p class="lead">
        Each world has its own state, clock and journal. A request names its world by its key,{' '}
        <code>ak_owner~{world === 'default' ? 'my-test' : world}</code>, by the header{' '}
        <code>X-Understudy-World</code>, or by a path below <code>/w/</code>.
      </p>
      <WorldList />
      {what === 'compare' ? <ComparePanel before={world} after={other} /> : null}
      <div class="panels">
        <ClockPanel key={world} world={found} />
        <SnapshotsPanel key={`snapshots ${world}`} world={world} />
      </div>
      <FaultsPanel key={`faults ${world}`} world={world} />
      <p class="muted">
        <a href={linkTo({ view: 'requests', rest: [] })}>The requests of {world}</a>
      </p>
    </div>
  );
}
