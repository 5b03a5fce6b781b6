// What one can do with a request that has been.
import { api, dataOf, type Entry, rowsOf } from '../api.js';
import { type Case, operationOf } from '../document.js';
import { forceNext } from '../faults.js';
import { entries } from '../journal.js';
import { copy } from '../parts/copy.js';
import { ask } from '../parts/dialog.js';
import { asCurl, asTest, sendAgain, sendableOf } from '../resend.js';
import { go } from '../route.js';
import { attempt, worlds } from '../worlds.js';

/** What the next request of the operation gets, whoever sends it. */
function ForceNext({
  world,
  operation,
}: {
  readonly world: string;
  readonly operation: string | undefined;
}) {
  const refusals = (operationOf(operation)?.cases ?? []).filter(({ status }) => status >= 400);
  if (operation === undefined || refusals.length === 0) return null;
  return (
    <Choice
      label="Force a case for the next request"
      first="Force the next…"
      cases={refusals}
      onChoose={(wanted) =>
        void attempt(async () => {
          await forceNext(world, operation, wanted);
          return `The next ${operation} will get ${wanted}.`;
        })
      }
    />
  );
}

interface ChoiceProps {
  readonly label: string;
  readonly first: string;
  readonly cases: readonly Case[];
  readonly onChoose: (name: string) => void;
}

/** Does something with the case that is chosen. */
function Choice({ label, first, cases, onChoose }: ChoiceProps) {
  return (
    <select
      aria-label={label}
      value=""
      onChange={({ currentTarget }) => {
        const wanted = currentTarget.value;
        currentTarget.value = '';
        if (wanted !== '') onChoose(wanted);
      }}
    >
      <option value="">{first}</option>
      {cases.map(({ name, status }) => (
        <option key={name} value={name}>
          {status} {name}
        </option>
      ))}
    </select>
  );
}

export function RequestActions({ entry }: { readonly entry: Entry }) {
  const { world, number, operation } = entry;
  const cases = operationOf(operation)?.cases ?? [];
  const again = (wanted?: string) =>
    attempt(async () => {
      const status = await sendAgain(entry, { wanted });
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
        <Choice
          label="Send again, and force a case"
          first="Send again as…"
          cases={cases}
          onChoose={(wanted) => void again(wanted)}
        />
      ) : null}
      <ForceNext world={world} operation={operation} />
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
