// What goes wrong in a world on purpose: switches for the common faults, and all that there are.
import { useEffect } from 'preact/hooks';
import type { Fault } from '../api.js';
import { deleteFault, faults, loadFaults, putFault, type Switch, switches } from '../faults.js';
import { entries } from '../journal.js';
import { attempt } from '../worlds.js';

export function FaultsPanel({ world }: { readonly world: string }) {
  const last = entries.value.at(-1)?.number;
  useEffect(() => void loadFaults(world).catch(() => undefined), [world, last]);
  const others = faults.value.filter(({ name }) => !switches.some((one) => one.name === name));
  return (
    <section class="panel" aria-labelledby="faults-title">
      <header>
        <h3 id="faults-title">Faults of {world}</h3>
      </header>
      <ul class="switches">
        {switches.map((one) => (
          <FaultSwitch
            key={one.name}
            world={world}
            one={one}
            found={faults.value.find(({ name }) => name === one.name)}
          />
        ))}
      </ul>
      {others.length > 0 ? (
        <>
          <h4>Others</h4>
          <ul class="rows">
            {others.map((fault) => (
              <li key={fault.name}>
                <span>
                  <strong>{fault.name}</strong> <Counts fault={fault} />
                  <code class="what">{JSON.stringify({ when: fault.when, does: fault.does })}</code>
                </span>
                <span class="actions small">
                  <button
                    type="button"
                    aria-label={`Take away the fault ${fault.name}`}
                    onClick={() =>
                      void attempt(async () => {
                        await deleteFault(world, fault.name);
                        return `${fault.name} is taken away.`;
                      })
                    }
                  >
                    Take away
                  </button>
                </span>
              </li>
            ))}
          </ul>
        </>
      ) : null}
    </section>
  );
}

interface SwitchProps {
  readonly world: string;
  readonly one: Switch;
  readonly found: Fault | undefined;
}

function FaultSwitch({ world, one, found }: SwitchProps) {
  const { name, title, says, ...fault } = one;
  const turn = () =>
    attempt(async () => {
      if (found) await deleteFault(world, name);
      else await putFault(world, name, fault);
      return undefined;
    });
  return (
    <li>
      <label class="switch">
        <input
          type="checkbox"
          role="switch"
          aria-checked={found !== undefined}
          checked={found !== undefined}
          onChange={() => void turn()}
        />
        <span>
          {title} {found ? <Counts fault={found} /> : null}
          <small>{says}</small>
        </span>
      </label>
    </li>
  );
}

function Counts({ fault: { calls, hits, expired } }: { readonly fault: Fault }) {
  return (
    <span class="tag">
      {hits} of {calls} {expired ? 'and over' : 'hit'}
    </span>
  );
}
