// The keys, in a window that `?` opens.
import { useEffect, useRef } from 'preact/hooks';
import { onKeys } from './keys.js';

const keys: readonly (readonly [keys: readonly string[], does: string])[] = [
  [['1', '2', '3', '4'], 'Requests, State, Cases, Worlds'],
  [['/'], 'Write a filter'],
  [['↑', '↓', 'Home', 'End'], 'Move in a table'],
  [['Enter'], 'Open the row'],
  [['j', 'k'], 'The next request, the one before'],
  [['Esc'], 'Close what is open'],
  [['?'], 'This list'],
];

export function Help() {
  const dialog = useRef<HTMLDialogElement>(null);
  const open = () => dialog.current?.showModal();
  useEffect(() => onKeys({ '?': open }), []);
  return (
    <>
      <button type="button" class="quiet" aria-label="Keys" title="Keys (?)" onClick={open}>
        ?
      </button>
      <dialog ref={dialog} aria-labelledby="help-title">
        <h2 id="help-title">Keys</h2>
        <dl class="keys">
          {keys.map(([names, does]) => (
            <div key={does}>
              <dt>
                {names.map((name) => (
                  <kbd key={name}>{name}</kbd>
                ))}
              </dt>
              <dd>{does}</dd>
            </div>
          ))}
        </dl>
        <form method="dialog">
          <button type="submit">Close</button>
        </form>
      </dialog>
    </>
  );
}
