// Asks before something is done that cannot be undone, or for a name.
import { signal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';

export interface Question {
  readonly title: string;
  readonly text?: string;
  /** On the button. */
  readonly does: string;
  /** What is asked for; a question without it is answered by yes or no. */
  readonly field?: { readonly label: string; readonly value?: string; readonly pattern?: string };
}

interface Asked extends Question {
  readonly answer: (value: string | undefined) => void;
}

const asked = signal<Asked | undefined>(undefined);

/** The text, empty where none was asked for; undefined where it is not to be done. */
export const ask = (question: Question): Promise<string | undefined> =>
  new Promise((answer) => {
    asked.value = { ...question, answer };
  });

export function Dialog() {
  const dialog = useRef<HTMLDialogElement>(null);
  const question = asked.value;
  useEffect(() => {
    if (question) dialog.current?.showModal();
  }, [question]);
  if (!question) return null;
  const { title, text, does, field, answer } = question;
  const end = (value: string | undefined): void => {
    asked.value = undefined;
    answer(value);
  };
  return (
    <dialog ref={dialog} aria-labelledby="ask-title" onCancel={() => end(undefined)}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          end(String(new FormData(event.currentTarget).get('value') ?? ''));
        }}
      >
        <h2 id="ask-title">{title}</h2>
        {text ? <p>{text}</p> : null}
        {field ? (
          <label>
            <span>{field.label}</span>
            <input
              name="value"
              required
              autocomplete="off"
              defaultValue={field.value}
              pattern={field.pattern}
            />
          </label>
        ) : null}
        <div class="actions">
          <button type="submit" class="primary">
            {does}
          </button>
          <button type="button" onClick={() => end(undefined)}>
            Cancel
          </button>
        </div>
      </form>
    </dialog>
  );
}
