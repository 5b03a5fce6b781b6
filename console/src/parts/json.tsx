// A body as text, and values as one reads them. Nothing of it is ever markup.
export function Body({ text, bytes = 0 }: { readonly text?: string; readonly bytes?: number }) {
  if (text === undefined || text === '')
    return <p class="muted">{bytes > 0 ? `${bytes} bytes that are not kept` : 'No body'}</p>;
  const length = new TextEncoder().encode(text).length;
  return (
    <>
      <pre tabIndex={0}>{pretty(text)}</pre>
      {bytes > length ? (
        <p class="muted">
          The first {length} of {bytes} bytes; the option <code>journalBodyLimit</code> keeps more.
        </p>
      ) : null}
    </>
  );
}

function pretty(text: string): string {
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}

export function Value({ value }: { readonly value: unknown }) {
  if (typeof value === 'object' && value !== null) {
    const text = JSON.stringify(value);
    return text.length < 60 ? (
      <code>{text}</code>
    ) : (
      <details>
        <summary>
          <code>{titleOf(value)}</code>
        </summary>
        <pre tabIndex={0}>{JSON.stringify(value, null, 2)}</pre>
      </details>
    );
  }
  return <code>{value === undefined ? 'not there' : JSON.stringify(value)}</code>;
}

function titleOf(value: object): string {
  if (Array.isArray(value)) return `${value.length} items`;
  const { id } = value as { id?: unknown };
  return typeof id === 'string' ? id : `${Object.keys(value).length} fields`;
}
