// What a person changes in a row: its fields, within what keeps the world sound; for a thread a new
// message, for what is embedded how far it is.
import { useState } from 'preact/hooks';
import { api, dataOf, type Row } from '../api.js';
import { ask } from '../parts/dialog.js';
import { go } from '../route.js';
import { loadTables, type Noun } from '../tables.js';
import { attempt } from '../worlds.js';

interface Props {
  readonly world: string;
  readonly noun: Noun;
  readonly row: Row;
}

/** Does something to the rows, and shows them as they are then. */
const change = (world: string, work: () => Promise<string>): Promise<boolean> =>
  attempt(async () => {
    const text = await work();
    await loadTables(world);
    return text;
  });

export function RowActions({ world, noun, row }: Props) {
  const [editing, setEditing] = useState(false);
  const path = { world, noun, id: row.id };
  const remove = async () => {
    const title = `Delete ${row.id}?`;
    const text = 'It is refused where another row needs this one.';
    if ((await ask({ title, text, does: 'Delete' })) === undefined) return;
    const done = await change(world, async () => {
      await dataOf(api.DELETE('/__admin/worlds/{world}/state/{noun}/{id}', { params: { path } }));
      return `${row.id} is deleted.`;
    });
    if (done) go({ rest: [noun] });
  };
  const filter = filterOf(noun, row.id);
  return (
    <>
      <div class="actions">
        <button type="button" aria-expanded={editing} onClick={() => setEditing(!editing)}>
          Edit
        </button>
        <button type="button" onClick={() => void remove()}>
          Delete
        </button>
        {filter ? <EmbeddingActions world={world} filter={filter} /> : null}
      </div>
      {editing ? (
        <RowForm world={world} noun={noun} row={row} onDone={() => setEditing(false)} />
      ) : null}
      {noun === 'threads' ? <NewMessage world={world} thread={row.id} /> : null}
    </>
  );
}

function RowForm({ world, noun, row, onDone }: Props & { readonly onDone: () => void }) {
  const [text, setText] = useState(JSON.stringify(row, null, 2));
  const save = async () => {
    const done = await change(world, async () => {
      const patch = patchOf(row, parsed(text));
      await dataOf(
        api.PATCH('/__admin/worlds/{world}/state/{noun}/{id}', {
          params: { path: { world, noun, id: row.id } },
          body: patch as never,
        }),
      );
      return `${row.id} is changed.`;
    });
    if (done) onDone();
  };
  return (
    <form
      class="editor"
      onSubmit={(event) => {
        event.preventDefault();
        void save();
      }}
    >
      <label>
        <span class="muted">
          The row as JSON. What follows from a field changes with it, and what would not be sound is
          refused.
        </span>
        <textarea
          spellcheck={false}
          rows={Math.min(24, text.split('\n').length + 1)}
          value={text}
          onInput={({ currentTarget }) => setText(currentTarget.value)}
        />
      </label>
      <div class="actions">
        <button type="submit" class="primary">
          Save
        </button>
        <button type="button" onClick={onDone}>
          Cancel
        </button>
      </div>
    </form>
  );
}

function parsed(text: string): Record<string, unknown> {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new Error(`This is not JSON: ${(error as Error).message}`);
  }
}

/** The fields that differ; one that was taken out has no value any more. */
function patchOf(before: Row, after: Record<string, unknown>): Record<string, unknown> {
  const names = new Set([...Object.keys(before), ...Object.keys(after)]);
  const changed = [...names].filter(
    (name) => JSON.stringify(before[name]) !== JSON.stringify(after[name]),
  );
  return Object.fromEntries(changed.map((name) => [name, after[name] ?? null]));
}

function NewMessage({ world, thread }: { readonly world: string; readonly thread: string }) {
  const add = async (form: HTMLFormElement) => {
    const data = new FormData(form);
    const done = await change(world, async () => {
      const { embeddings } = await dataOf(
        api.POST('/__admin/worlds/{world}/messages', {
          params: { path: { world } },
          body: {
            thread_id: thread,
            content: String(data.get('content')),
            role: data.get('role') as 'user' | 'assistant',
          },
        }),
      );
      const count = embeddings.length;
      return count === 0
        ? 'The message is there; no space takes it in.'
        : `The message is there, and ${count} ${count === 1 ? 'space takes' : 'spaces take'} it in.`;
    });
    if (done) form.reset();
  };
  return (
    <form
      class="line"
      onSubmit={(event) => {
        event.preventDefault();
        void add(event.currentTarget);
      }}
    >
      <label>
        <span>Role</span>
        <select name="role">
          <option>assistant</option>
          <option>user</option>
        </select>
      </label>
      <label>
        <span>Message</span>
        <input name="content" required autocomplete="off" placeholder="What the model answers" />
      </label>
      <button type="submit">Add</button>
    </form>
  );
}

type Filter =
  | { readonly id: string }
  | { readonly space_id: string }
  | { readonly thread_id: string };

function filterOf(noun: Noun, id: string): Filter | undefined {
  if (noun === 'embeddings') return { id };
  if (noun === 'spaces') return { space_id: id };
  return noun === 'threads' ? { thread_id: id } : undefined;
}

const moves = [
  ['step', 'Step', 'One step further'],
  ['drain', 'Finish', 'All of them done'],
  ['fail', 'Fail', 'All of them failed'],
] as const;

function EmbeddingActions({ world, filter }: { readonly world: string; readonly filter: Filter }) {
  return (
    <fieldset class="segmented">
      <legend class="visually-hidden">Embeddings that are under way</legend>
      <span class="muted" aria-hidden="true">
        Embeddings
      </span>
      {moves.map(([move, title, says]) => (
        <button
          key={move}
          type="button"
          title={says}
          onClick={() =>
            void change(world, async () => {
              const { embeddings: moved } = await dataOf(
                api.POST(`/__admin/worlds/{world}/embeddings/${move}`, {
                  params: { path: { world } },
                  body: filter,
                }),
              );
              return `${moved.length} ${moved.length === 1 ? 'embedding has' : 'embeddings have'} moved.`;
            })
          }
        >
          {title}
        </button>
      ))}
    </fieldset>
  );
}
