// What one can do with a request that has been.
import { api, dataOf, type Entry, rowsOf } from '../api.js';
import { operationOf } from '../document.js';
import { entries } from '../journal.js';
import { copy } from '../parts/copy.js';
import { ask } from '../parts/dialog.js';
import { asCurl, asTest, sendAgain, sendableOf } from '../resend.js';
import { go } from '../route.js';
import { attempt, worlds } from '../worlds.js';

export function RequestActions({ entry }: { readonly entry: Entry }) {
  const { world, number, operation } = entry;
  const cases = operationOf(operation)?.cases ?? [];
  const again = (wanted?: string) =>
    attempt(async () => {
      const status = await sendAgain(entry, wanted);
      return `Sent again: ${status}.`;
    });
  const rewind = async () => {
    const last = entries.value.at(-1)?.number ?? number;
    const question = {
      title: `Rewind to before request ${number}?`,
      text:
        last === number
          ? 'The world will be as if this request had never been.'
          : `The world will be as if requests ${number} to ${last} had never been.`,
      does: 'Rewind',
    };
    if ((await ask(question)) === undefined) return;
    const done = await attempt(async () => {
      await dataOf(
        api.POST('/__admin/worlds/{world}/rewind', {
          params: { path: { world } },
          body: { request: number },
        }),
      );
      return `${world} is as it was before request ${number}.`;
    });
    if (done) go({ rest: [] });
  };
  const copyTest = async () => {
    const credentials = await rowsOf(world, 'credentials');
    const scenario = worlds.value.find(({ name }) => name === world)?.scenario ?? 'default';
    await copy(asTest(entry, { scenario, earlier: entries.value }, credentials));
    return 'Copied as a test.';
  };
  return (
    <div class="actions">
      <button type="button" class="primary" onClick={() => void again()}>
        Send again
      </button>
      {cases.length > 0 ? (
        <label class="choice">
          <span class="for-readers">Send again, and force a case</span>
          <select
            value=""
            onChange={({ currentTarget }) => {
              const wanted = currentTarget.value;
              currentTarget.value = '';
              if (wanted !== '') void again(wanted);
            }}
          >
            <option value="">Send again as…</option>
            {cases.map(({ name, status }) => (
              <option key={name} value={name}>
                {status} {name}
              </option>
            ))}
          </select>
        </label>
      ) : null}
      <button type="button" onClick={() => void rewind()}>
        Rewind to here
      </button>
      <button
        type="button"
        onClick={() =>
          void attempt(async () => {
            await copy(asCurl(await sendableOf(entry), world));
            return 'Copied as curl.';
          })
        }
      >
        Copy as curl
      </button>
      <button type="button" onClick={() => void attempt(copyTest)}>
        Copy as test
      </button>
    </div>
  );
}
