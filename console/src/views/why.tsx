// Why a request was answered as it was: the guards in their order with what they looked at, and who
// or what would have passed.

import type { ComponentChildren } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { api, dataOf, type Entry, type Explanation } from '../api.js';
import { Part } from '../parts/detail.js';
import { Value } from '../parts/json.js';
import { sendAgain } from '../resend.js';
import { attempt } from '../worlds.js';
import { WayOut } from './ways-out.js';

type Passing = NonNullable<Explanation['would_pass']>;

export function Why({ entry }: { readonly entry: Entry }) {
  const { world, number } = entry;
  const [found, setFound] = useState<Explanation | Error | undefined>();
  useEffect(() => {
    const path = { world, request: String(number) };
    void dataOf(
      api.GET('/__admin/worlds/{world}/requests/{request}/why', { params: { path } }),
    ).then(setFound, setFound);
  }, [world, number]);
  return (
    <Part title="Why">
      {found === undefined ? (
        <p class="muted">Asking…</p>
      ) : found instanceof Error ? (
        <p>{found.message}</p>
      ) : (
        <>
          <p>
            <Marked text={found.because} />
          </p>
          {found.would_pass ? <WouldPass entry={entry} passing={found.would_pass} /> : null}
          {found.verdict === 'refused' ? <WayOut entry={entry} /> : null}
          <Guards guards={found.guards} />
        </>
      )}
    </Part>
  );
}

/** Names stand between backticks. */
function Marked({ text }: { readonly text: string }) {
  return (
    <>
      {text
        .split('`')
        .map((part, at): ComponentChildren => (at % 2 === 1 ? <code key={at}>{part}</code> : part))}
    </>
  );
}

function WouldPass({ entry, passing }: { readonly entry: Entry; readonly passing: Passing }) {
  const { needs, callers, ways, values, credentials } = passing;
  return (
    <div class="passing">
      <p>
        Would pass: <Marked text={needs} />.
      </p>
      <ul>
        {callers.map(({ user_id, by, stopped_by }) => (
          <li key={user_id}>
            <code>{user_id}</code> <span class="muted">{by.join(', ')}</span>
            {stopped_by === undefined ? (
              <SendAs entry={entry} user={user_id} />
            ) : (
              <span class="muted">
                , but <code>{stopped_by}</code> refuses
              </span>
            )}
          </li>
        ))}
        {values.map(({ in: place, name, values: some }) => (
          <li key={`${place} ${name}`}>
            with <code>{name}</code> in the {place}: <code>{some.slice(0, 5).join(', ')}</code>
            {some.length > 5 ? <span class="muted"> and {some.length - 5} more</span> : null}
          </li>
        ))}
        {ways.map(({ grant, to, ids, field }) =>
          // Users are named above.
          to === 'user' ? null : (
            <li key={`${grant} ${to} ${field}`}>
              {holders[to]} <code>{ids.join(', ')}</code>
              {field === undefined ? null : <span class="muted"> by {field}</span>}
            </li>
          ),
        )}
        {credentials.map(({ header, user_id }) => (
          <li key={`${header} ${user_id}`}>
            a credential of <code>{user_id}</code> in <code>{header}</code>
          </li>
        ))}
      </ul>
    </div>
  );
}

const holders = {
  role: 'whoever has the role',
  department: 'members of the department',
  capability: 'whoever has the capability',
  member: 'members of the organization',
};

function SendAs({ entry, user }: { readonly entry: Entry; readonly user: string }) {
  return (
    <button
      type="button"
      class="link"
      onClick={() =>
        void attempt(async () => `Sent as ${user}: ${await sendAgain(entry, { as: user })}.`)
      }
    >
      Send as {user}
    </button>
  );
}

const verdicts = {
  passed: ['✓', 'passed'],
  refused: ['✕', 'refused'],
  not_asked: ['·', 'not asked'],
} as const;

function Guards({ guards }: Pick<Explanation, 'guards'>) {
  return (
    <ol class="guards">
      {guards.map(({ guard, kind, verdict, facts }) => {
        const [mark, says] = verdicts[verdict];
        return (
          <li key={guard} class={verdict}>
            <span class="mark" aria-hidden="true">
              {mark}
            </span>
            <details open={verdict === 'refused'}>
              <summary class={facts.length === 0 ? 'bare' : ''}>
                <span class="case-name">{guard}</span>{' '}
                <span class="muted">
                  {kind}, {says}
                </span>
              </summary>
              <dl class="facts">
                {facts.map(({ fact, of, value }) => (
                  <div key={`${fact} ${of}`}>
                    <dt>
                      {fact}
                      {of === undefined ? '' : ` of ${of}`}
                    </dt>
                    <dd>
                      <Value value={value} />
                    </dd>
                  </div>
                ))}
              </dl>
            </details>
          </li>
        );
      })}
    </ol>
  );
}
