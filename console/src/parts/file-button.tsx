// A button that asks for a file.
import { useRef } from 'preact/hooks';

interface Props {
  readonly text: string;
  readonly title?: string;
  /** A class of what is around it. */
  readonly kind?: string;
  /** As `accept` of an input has it. */
  readonly accept: string;
  readonly onFile: (file: File) => void;
}

export function FileButton({ text, title, kind, accept, onFile }: Props) {
  const input = useRef<HTMLInputElement>(null);
  return (
    <span class={kind}>
      <button type="button" title={title} onClick={() => input.current?.click()}>
        {text}
      </button>
      <input
        ref={input}
        type="file"
        accept={accept}
        hidden
        onChange={({ currentTarget }) => {
          const file = currentTarget.files?.[0];
          // The same file may be chosen again.
          currentTarget.value = '';
          if (file) onFile(file);
        }}
      />
    </span>
  );
}
