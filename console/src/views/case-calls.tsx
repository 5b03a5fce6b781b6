// The calls that bring a case about: to be copied, or made in a world of their own.

import { useEffect, useState } from 'preact/hooks';
import type { components } from '../../control.gen.js';
import { api, dataOf } from '../api.js';
import { Method } from '../parts/badges.js';
import { copy } from '../parts/copy.js';
import { Part } from '../parts/detail.js';
import { carryOut, type Step } from '../resend.js';
import { go } from '../route.js';
import { attempt, freeName } from '../worlds.js';

type Atlas = components['schemas']['CaseAnswer']['data'];

const languages = ['curl', 'fetch', 'python'] as const;

export function CaseCalls({
  operation,
  name,
}: {
  readonly operation: string;
  readonly name: string;
}) {
  const [found, setFound] = useState<Atlas | Error | undefined>();
  useEffect(() => {
    const path = { operation, case: name };
    void dataOf(api.GET('/__admin/cases/{operation}/{case}', { params: { path } })).then(
      setFound,
      setFound,
    );
  }, [operation, name]);
  return (
    <Part title="Calls that bring it about">
      {found === undefined ? (
        <p class="muted">Asking…</p>
      ) : found instanceof Error ? (
        <p>{found.message}</p>
      ) : (
        <Calls atlas={found} />
      )}
    </Part>
  );
}

function Calls({ atlas }: { readonly atlas: Atlas }) {
  const { calls, scripts, scenario } = atlas;
  if (calls.length === 0)
    return <p class="muted">No calls lead to it from the scenario {scenario}; it can be forced.</p>;
  return (
    <>
      <ol class="calls">
        {calls.map(({ method, target, body }, at) => (
          <li key={at}>
            <Method method={method} /> <span class="path">{target}</span>
            {body ? <pre tabIndex={0}>{body}</pre> : null}
          </li>
        ))}
      </ol>
      <div class="actions">
        <button type="button" class="primary" onClick={() => void bringAbout(atlas)}>
          Bring it about in a fresh world
        </button>
        {scripts
          ? languages.map((language) => (
              <button
                key={language}
                type="button"
                onClick={() =>
                  void attempt(async () => {
                    await copy(scripts[language]);
                    return `Copied as ${language}.`;
                  })
                }
              >
                Copy as {language === 'python' ? 'Python' : language}
              </button>
            ))
          : null}
      </div>
    </>
  );
}

/** And shows the request that met it. */
async function bringAbout({ case: name, scenario, calls }: Atlas): Promise<void> {
  const world = freeName(name);
  const done = await attempt(async () => {
    await dataOf(api.POST('/__admin/worlds', { body: { name: world, scenario } }));
    const status = await carryOut(world, calls.map(asStep));
    return `${name} in the world ${world}: ${status}.`;
  });
  if (!done) return;
  const path = { world };
  const { requests } = await dataOf(api.GET('/__admin/worlds/{world}', { params: { path } }));
  go({ world, view: 'requests', rest: [String(requests)] });
}

function asStep({ method, target, headers, body, hex, made }: Atlas['calls'][number]): Step {
  const bytes = hex === undefined ? undefined : bytesOf(hex);
  return { method, target, made, headers: headers as Step['headers'], body: bytes ?? body };
}

const bytesOf = (hex: string): Uint8Array<ArrayBuffer> =>
  Uint8Array.from(hex.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
