// One of a few words, of which one is always chosen.
interface Props<Word extends string> {
  readonly label: string;
  readonly words: readonly Word[];
  readonly chosen: Word;
  readonly onChoose: (word: Word) => void;
}

export function Choice<Word extends string>({ label, words, chosen, onChoose }: Props<Word>) {
  return (
    <fieldset class="segmented">
      <legend class="visually-hidden">{label}</legend>
      {words.map((word) => (
        <button
          key={word}
          type="button"
          aria-pressed={word === chosen}
          onClick={() => onChoose(word)}
        >
          {word}
        </button>
      ))}
    </fieldset>
  );
}
