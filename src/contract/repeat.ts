// A finding as a shell chain that runs as it is: ids captured between the steps, secrets as environment references.
import type { Exchanged } from './session.js';

/** The variable that holds a caller's credential. */
const variableOf = (caller: string): string => `${caller.toUpperCase()}_CREDENTIAL`;

/** A script for bash with curl and grep; `TARGET` is the base URL, each caller's credential stands in a variable of its own. */
export function repeatChain(calls: readonly Exchanged[]): string {
  const captured = new Map<string, string>();
  const lines = ['set -e'];
  const credentials = new Set(calls.filter((call) => isSecret(call)).map((call) => variableOf(call.caller)));
  lines.push(`: "\${TARGET:?the base URL of the server}"${[...credentials].map((name) => ` "\${${name}:?}"`).join('')}`);
  for (const [i, call] of calls.entries()) {
    const put = (text: string): string => {
      let filled = text;
      for (const [id, name] of captured) filled = filled.replaceAll(id, `$${name}`);
      return filled;
    };
    const { method, target, headers, body } = call.request;
    const shown = Object.entries(headers).map(([name, value]) => `-H "${name}: ${secretOr(call, name, value)}"`);
    const text = new TextDecoder().decode(body);
    const data = body.length > 0 ? [`--data-binary "${quoted(put(text))}"`] : [];
    const last = i === calls.length - 1;
    const curl = [`curl -sS${last ? 'i' : ''} -X ${method}`, ...shown, ...data, `"$TARGET${put(target)}"`].join(' ');
    const ids = last ? [] : newIds(call, calls.slice(i + 1), captured);
    if (ids.length === 0) lines.push(last ? curl : `${curl} > /dev/null`);
    else {
      lines.push(`answer=$(${curl})`);
      for (const { id, key } of ids) {
        const name = `ID${captured.size + 1}`;
        captured.set(id, name);
        lines.push(`${name}=$(printf %s "$answer" | grep -o '"${key}": *"[^"]*"' | head -n 1 | cut -d '"' -f 4)`);
      }
    }
  }
  return `${lines.join('\n')}\n`;
}

const isSecret = ({ request }: Exchanged): boolean =>
  request.headers['x-api-key'] !== undefined || request.headers.authorization !== undefined;

function secretOr(call: Exchanged, name: string, value: string): string {
  if (name === 'x-api-key') return `$${variableOf(call.caller)}`;
  if (name === 'authorization') return `Bearer $${variableOf(call.caller)}`;
  return value;
}

/** Ids of this answer that later calls send. */
function newIds(
  call: Exchanged,
  later: readonly Exchanged[],
  captured: ReadonlyMap<string, string>,
): { id: string; key: string }[] {
  const found = [...(call.response?.body ?? '').matchAll(/"(\w*id)"\s*:\s*"([^"]+)"/g)];
  const sent = later.map(({ request }) => request.target + new TextDecoder().decode(request.body)).join('\n');
  const ids = new Map<string, string>();
  for (const [, key, id] of found) if (id && key && !captured.has(id) && !ids.has(id) && sent.includes(id)) ids.set(id, key);
  return [...ids].map(([id, key]) => ({ id, key }));
}

/** Inside double quotes of a shell; the captured variables stay references. */
const quoted = (text: string): string => text.replace(/(["\\`])/g, '\\$1').replace(/\$(?!ID\d)/g, '\\$');
