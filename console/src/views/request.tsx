// One request: what was answered and why, what it changed, and what one can do with it.
import type { ComponentChildren } from 'preact';
import type { Entry, Row } from '../api.js';
import { caseOf } from '../document.js';
import { Basis, Method, Status } from '../parts/badges.js';
import { Detail, Part } from '../parts/detail.js';
import { Diff } from '../parts/diff.js';
import { Body } from '../parts/json.js';
import { go, linkTo } from '../route.js';
import { RequestActions } from './request-actions.js';
import { Why } from './why.js';

type Message = Entry['request'];

export function RequestDetail({ entry }: { readonly entry: Entry }) {
  const { number, method, target, status, answer } = entry;
  const title = (
    <>
      <Method method={method} /> <span class="path">{target}</span>
    </>
  );
  const head = (
    <>
      <p class="facts-line">
        <Status status={status} />
        {answer.status !== undefined && answer.status !== status ? (
          <span>
            sent as <Status status={answer.status} />
          </span>
        ) : null}
        <span>#{number}</span>
        <span>{entry.time.replace('T', ' ').replace('Z', '')}</span>
        <span>{entry.user_id ?? 'nobody known'}</span>
        <span>{entry.duration_ms.toFixed(1)} ms</span>
      </p>
      <RequestActions entry={entry} />
    </>
  );
  return (
    <Detail id="request-title" title={title} head={head} onClose={() => go({ rest: [] })}>
      <Answered entry={entry} />
      <Why entry={entry} />
      <Changes entry={entry} />
      <Exchange title="Request" message={entry.request} />
      <Exchange title="Answer" message={answer} />
    </Detail>
  );
}

/** The case, and whatever is odd about the answer. */
function Answered({ entry }: { readonly entry: Entry }) {
  const { operation, case: name, nearest, ignored, breaches, problem } = entry;
  const found = caseOf(operation, name);
  const basis = found?.basis ?? entry.basis;
  const hands = [entry.fault, entry.limit, entry.drift].filter((one) => one !== undefined);
  const notes: readonly (readonly [boolean, ComponentChildren])[] = [
    [entry.forced === true, 'The request asked for this answer by Prefer; no rule decided.'],
    [hands.length > 0, `${hands.join(', ')} had a hand in the answer.`],
    [
      nearest !== undefined,
      <>
        The documented path that is closest: <code>{nearest}</code>
      </>,
    ],
    [
      ignored !== undefined,
      <>
        Sent, and read by nobody: <code>{ignored?.join(', ')}</code>
      </>,
    ],
    [breaches !== undefined, <>The answer breaks the document: {breaches?.join('; ')}</>],
    [problem !== undefined, <pre tabIndex={0}>{problem}</pre>],
  ];
  return (
    <Part title="Case">
      <p>
        {operation && name !== undefined ? (
          <a class="case-name" href={linkTo({ view: 'cases', rest: [operation, name] })}>
            {operation}.{name}
          </a>
        ) : (
          <span class="case-name">
            {name ?? (operation ? `${operation}, in no document` : 'No operation was reached.')}
          </span>
        )}{' '}
        {basis === undefined ? null : <Basis basis={basis} />}
      </p>
      {found ? (
        <p class="muted">
          {found.says}. Source: {found.source}.
        </p>
      ) : null}
      <ul class="notes">
        {notes.map(([holds, text], at) => (holds ? <li key={at}>{text}</li> : null))}
      </ul>
    </Part>
  );
}

function Changes({ entry }: { readonly entry: Entry }) {
  const { changes } = entry;
  if (!changes)
    return (
      <Part title="Change">
        <p class="muted">Nothing in the world has changed.</p>
      </Part>
    );
  return (
    <Part title="Change">
      {changes.map(({ table, id, before, after }) => (
        <div key={`${table} ${id}`} class="change">
          <p>
            <a href={linkTo({ view: 'state', rest: [table, id] })}>
              <code>{id}</code>
            </a>{' '}
            <span class="muted">
              {table}, {before ? (after ? 'changed' : 'deleted') : 'made'}
            </span>
          </p>
          <Diff before={before as Row | undefined} after={after as Row | undefined} />
        </div>
      ))}
    </Part>
  );
}

/** Headers that say nothing about the exchange. */
const dull = /^(?:access-control-|connection$|host$|sec-|accept-encoding$|accept-language$)/;

function Exchange({ title, message }: { readonly title: string; readonly message: Message }) {
  const headers = Object.entries(message.headers);
  const shown = headers.filter(([name]) => !dull.test(name));
  return (
    <Part title={title}>
      <details>
        <summary>
          {headers.length} {headers.length === 1 ? 'header' : 'headers'}
        </summary>
        <dl class="headers">
          {[...shown, ...headers.filter(([name]) => dull.test(name))].map(([name, value]) => (
            <div key={name}>
              <dt>{name}</dt>
              <dd>{value}</dd>
            </div>
          ))}
        </dl>
      </details>
      <Body text={message.body} bytes={message.bytes} />
    </Part>
  );
}
