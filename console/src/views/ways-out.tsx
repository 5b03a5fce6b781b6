// The shortest calls that make a refused request pass, found by the server in a copy of the world, and
// carried out in this one by a click.
import { useState } from 'preact/hooks';
import { api, dataOf, type Entry, rowsOf, type WaysOut } from '../api.js';
import { Method } from '../parts/badges.js';
import { copy } from '../parts/copy.js';
import { carryOut, type Step } from '../resend.js';
import { attempt } from '../worlds.js';

type Way = NonNullable<WaysOut['way']>;
type Call = Way['request'];

export function WayOut({ entry }: { readonly entry: Entry }) {
  const { world, number } = entry;
  const [found, setFound] = useState<WaysOut | undefined>();
  const [searching, setSearching] = useState(false);
  const search = async () => {
    setSearching(true);
    await attempt(async () => {
      const path = { world, request: String(number) };
      setFound(
        await dataOf(
          api.GET('/__admin/worlds/{world}/requests/{request}/ways-out', { params: { path } }),
        ),
      );
      return undefined;
    });
    setSearching(false);
  };
  if (!found)
    return (
      <div class="actions">
        <button type="button" disabled={searching} onClick={() => void search()}>
          {searching ? 'Searching…' : 'Find a way out'}
        </button>
      </div>
    );
  const { way, reason, scripts } = found;
  if (!way) return <p class="muted">No way out: {reason}</p>;
  return (
    <div class="passing">
      <p>Makes it pass, as a copy of the world has shown:</p>
      <ol>
        {[...way.calls, way.request].map((call, at) => (
          <li key={at}>
            <Method method={call.method} /> <span class="path">{call.target}</span>{' '}
            <span class="muted">
              as {call.user_id}: {call.status} {call.case}
            </span>
            {call.body === null || call.body === undefined ? null : (
              <pre tabIndex={0}>{JSON.stringify(call.body, null, 2)}</pre>
            )}
          </li>
        ))}
      </ol>
      <div class="actions">
        <button
          type="button"
          class="primary"
          onClick={() =>
            void attempt(
              async () => `Done: ${await carryOut(world, await stepsOf(world, way))} in the end.`,
            )
          }
        >
          Do it here
        </button>
        {scripts ? (
          <button
            type="button"
            onClick={() =>
              void attempt(async () => {
                await copy(scripts.curl);
                return 'Copied as curl.';
              })
            }
          >
            Copy the way as curl
          </button>
        ) : null}
      </div>
    </div>
  );
}

/** With the keys of their callers. */
async function stepsOf(world: string, { calls, request }: Way): Promise<readonly Step[]> {
  const credentials = await rowsOf(world, 'credentials');
  return [...calls, request].map(({ method, target, body, user_id, made }: Call) => {
    const key = credentials.find(
      (one) => one.user_id === user_id && one.kind === 'api_key' && one.state === 'active',
    );
    const hasBody = body !== null && body !== undefined;
    return {
      method,
      target,
      made,
      headers: {
        ...(key ? { 'x-api-key': key.id } : {}),
        ...(hasBody ? { 'content-type': 'application/json' } : {}),
      },
      ...(hasBody ? { body: JSON.stringify(body) } : {}),
    };
  });
}
