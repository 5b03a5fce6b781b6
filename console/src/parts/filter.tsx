// A filter by words, which `/` goes to.
import { useEffect, useRef } from 'preact/hooks';
import { onKeys } from './keys.js';

interface Props {
  readonly label: string;
  readonly value: string;
  readonly onChange: (value: string) => void;
}

export function Filter({ label, value, onChange }: Props) {
  const input = useRef<HTMLInputElement>(null);
  useEffect(() => onKeys({ '/': () => input.current?.focus() }), []);
  return (
    <input
      ref={input}
      type="search"
      class="filter"
      placeholder={`${label}  /`}
      aria-label={label}
      value={value}
      onInput={({ currentTarget }) => onChange(currentTarget.value)}
      onKeyDown={(event) => {
        if (event.key !== 'Escape') return;
        onChange('');
        event.currentTarget.blur();
      }}
    />
  );
}
