// What is open beside a list: its title, a way to close it, and its parts.
import type { ComponentChildren } from 'preact';
import { useEffect } from 'preact/hooks';
import { onKeys } from './keys.js';

interface DetailProps {
  /** Of the title. */
  readonly id: string;
  readonly title: ComponentChildren;
  /** What stands with the title: facts, and what can be done. */
  readonly head?: ComponentChildren;
  readonly onClose: () => void;
  readonly children: ComponentChildren;
}

export function Detail({ id, title, head, onClose, children }: DetailProps) {
  useEffect(() => onKeys({ Escape: onClose }), [onClose]);
  return (
    <section class="detail" aria-labelledby={id}>
      <header>
        <div class="title">
          <h2 id={id}>{title}</h2>
          <button
            type="button"
            class="quiet"
            aria-label="Close"
            title="Close (Esc)"
            onClick={onClose}
          >
            ×
          </button>
        </div>
        {head}
      </header>
      {children}
    </section>
  );
}

interface PartProps {
  readonly title: string;
  readonly children: ComponentChildren;
}

export function Part({ title, children }: PartProps) {
  return (
    <section class="part">
      <h3>{title}</h3>
      {children}
    </section>
  );
}
