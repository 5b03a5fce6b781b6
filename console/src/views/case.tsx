// One case: what it says, what it rests on, and which requests have met it.
import type { Case, Operation } from '../document.js';
import { forceNext } from '../faults.js';
import { Basis, Method, Status } from '../parts/badges.js';
import { Detail, Part } from '../parts/detail.js';
import { linkTo, route } from '../route.js';
import { attempt } from '../worlds.js';
import { CaseCalls } from './case-calls.js';

interface Props {
  readonly operation: Operation;
  readonly one: Case;
  /** The numbers of the requests that were answered with this case. */
  readonly met: readonly number[];
  readonly onClose: () => void;
}

export function CaseDetail({ operation, one, met, onClose }: Props) {
  const { world } = route.value;
  const head = (
    <>
      <p>
        <Status status={one.status} /> <Basis basis={one.basis} /> {one.says}.
      </p>
      <p class="muted">
        <Method method={operation.method} /> <span class="path">{operation.path}</span>
      </p>
      <p class="muted">Source: {one.source}.</p>
      {one.status >= 400 ? (
        <div class="actions">
          <button
            type="button"
            onClick={() =>
              void attempt(async () => {
                await forceNext(world, operation.id, one.name);
                return `The next ${operation.id} will get ${one.name}.`;
              })
            }
          >
            Force the next
          </button>
        </div>
      ) : null}
    </>
  );
  return (
    <Detail
      id="case-title"
      title={
        <span class="case-name">
          {operation.id}.{one.name}
        </span>
      }
      head={head}
      onClose={onClose}
    >
      <CaseCalls operation={operation.id} name={one.name} />
      <Part title="Met by">
        {met.length === 0 ? (
          <p class="muted">No request of this world has met it, as far as the journal reaches.</p>
        ) : (
          <p class="ids">
            {met.slice(-20).map((number) => (
              <a key={number} href={linkTo({ view: 'requests', rest: [String(number)] })}>
                #{number}
              </a>
            ))}
            {met.length > 20 ? <span class="muted">the last 20 of {met.length}</span> : null}
          </p>
        )}
      </Part>
    </Detail>
  );
}
