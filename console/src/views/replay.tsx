// What came of a HAR that was replayed: where the world answers otherwise than the file.
import type { ReplayedExchange, WorldReplay } from '../api.js';
import { Status } from '../parts/badges.js';
import { FileButton } from '../parts/file-button.js';
import { Value } from '../parts/json.js';
import { type Replayed, replayed, replayFile, replayFromStart } from '../replay.js';
import { linkTo, route } from '../route.js';

export function ReplayButton({ kind }: { readonly kind?: string }) {
  const { world } = route.value;
  return (
    <FileButton
      text="Replay HAR…"
      {...(kind === undefined ? {} : { kind })}
      title="Sends the requests of a HAR file to a fork of this world, and shows where its answers are other ones"
      accept=".har,application/json"
      onFile={(file) => void replayFile(world, file)}
    />
  );
}

export function ReplayView() {
  const { world } = route.value;
  const shown = replayed.value;
  if (shown?.result.world !== world)
    return (
      <section class="empty">
        <h2>No replay to show</h2>
        <p>
          What came of a replay is kept by the page that has made it. Choose the HAR file again.
        </p>
        <div class="actions">
          <ReplayButton />
          <ToRequests />
        </div>
      </section>
    );
  return <Result shown={shown} />;
}

const ToRequests = () => (
  <a class="button" href={linkTo({ rest: [] })}>
    The requests
  </a>
);

function Result({ shown }: { readonly shown: Replayed }) {
  const { file, of, result } = shown;
  const { world, exchanges, different } = result;
  const alike = exchanges.filter(({ differences }) => differences.length === 0);
  return (
    <div class="page replay">
      <h2 class="view-title">{file}</h2>
      <p class="lead" role="status">
        {exchanges.length === 0
          ? 'The file has no request for the API, so nothing was compared.'
          : `${count(exchanges.length, 'request')} replayed in ${world}, which began as ${of} was: ${alike.length} answered alike, ${different} not.`}
      </p>
      <div class="actions">
        <button
          type="button"
          title="Resets the fork to its scenario first"
          onClick={() => void replayFromStart(shown)}
        >
          Replay from the scenario
        </button>
        <ReplayButton />
        <ToRequests />
        <a class="button" href={linkTo({ world: of, rest: [] })}>
          Back to {of}
        </a>
      </div>
      <Notes result={result} />
      {exchanges
        .filter(({ differences }) => differences.length > 0)
        .map((one) => (
          <Exchange key={one.entry} exchange={one} />
        ))}
      {alike.length > 0 ? (
        <details class="panel">
          <summary>{count(alike.length, 'request')} answered alike</summary>
          <ul class="rows">
            {alike.map((one) => (
              <li key={one.entry}>
                <Request exchange={one} />
                <Status status={one.here.status} />
              </li>
            ))}
          </ul>
        </details>
      ) : null}
    </div>
  );
}

function Exchange({ exchange }: { readonly exchange: ReplayedExchange }) {
  const { entry, sent, differences, error } = exchange;
  return (
    <section class="panel" aria-label={`Entry ${entry}`}>
      <p>
        <Request exchange={exchange} />
      </p>
      {sent === undefined ? null : (
        <p class="muted">
          Sent as <code>{sent}</code>
        </p>
      )}
      {error === undefined ? null : <p>{error}</p>}
      <div class="scroll">
        <table class="plain">
          <thead>
            <tr>
              <th scope="col">Where</th>
              <th scope="col">In the file</th>
              <th scope="col">Here</th>
            </tr>
          </thead>
          <tbody>
            {differences.map((one) => (
              <tr key={one.at}>
                <th scope="row">{one.at === '' ? 'body' : one.at}</th>
                <td>
                  <Value value={one.recorded} />
                </td>
                <td>
                  <Value value={one.here} />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}

/** It leads to why it was answered so. */
function Request({ exchange: { request, number, here } }: { readonly exchange: ReplayedExchange }) {
  const at = number?.split('~')[0];
  return (
    <span class="path">
      {at === undefined ? request : <a href={linkTo({ rest: [at] })}>{request}</a>}{' '}
      <span class="muted">{here.case ?? ''}</span>
    </span>
  );
}

const reasons: Record<string, string> = {
  other_origin: 'to other servers',
  no_operation: 'for no operation of the document',
  asset: 'for pages, scripts, images and the like',
  preflight: 'that a browser sends ahead',
  body_missing: 'whose body the file does not have, or not all of it',
};

function Notes({
  result: { exchanges, left_out, made_ids, unanswered },
}: {
  readonly result: WorldReplay;
}) {
  const others = new Map<string, number>();
  for (const { as } of exchanges) {
    if (as.user_id === null) continue;
    const words = `whose credential is ${as.credential === 'unknown' ? 'not known here' : `${as.credential} in the file`}: sent as ${as.user_id}`;
    others.set(words, (others.get(words) ?? 0) + 1);
  }
  const notes = [
    ...[...others].map(([words, number]) => `${number} ${words}`),
    ...(made_ids > 0 ? [`${count(made_ids, 'ID')} of the file stand for others here`] : []),
    ...(unanswered > 0 ? [`${unanswered} had no answer in the file`] : []),
    ...Object.entries(left_out).map(
      ([why, number]) => `left out: ${number} ${reasons[why] ?? why}`,
    ),
  ];
  if (notes.length === 0) return null;
  return (
    <ul class="notes">
      {notes.map((note) => (
        <li key={note}>{note}</li>
      ))}
    </ul>
  );
}

const count = (number: number, of: string): string => `${number} ${of}${number === 1 ? '' : 's'}`;
