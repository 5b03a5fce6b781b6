// The console, a page at `/__admin/`: files that were built ahead, the same for everyone. What it
// shows it asks for, as any other client of the control plane.
import { type PlainRequest, type PlainResponse, pathOf } from '../spec/message.js';

export interface ConsoleFile {
  readonly mediaType: string;
  readonly text: string;
}

/** Whether a request is for a file of the console. */
export const isConsole = (target: string): boolean => nameOf(target) !== undefined;

/** Nothing in it comes from elsewhere or stands in the page itself. */
const policy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self'",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

export function consolePage(
  read: ((name: string) => ConsoleFile | undefined) | undefined,
  { method, target }: PlainRequest,
): PlainResponse | undefined {
  const name = nameOf(target);
  if (name === undefined || !read || (method !== 'GET' && method !== 'HEAD')) return undefined;
  // Its links are relative to the folder.
  if (name === '') return { status: 308, headers: { location: '__admin/' } };
  const file = read(name);
  return (
    file && {
      status: 200,
      headers: {
        'content-type': `${file.mediaType}; charset=utf-8`,
        'content-security-policy': policy,
        'x-content-type-options': 'nosniff',
        'referrer-policy': 'no-referrer',
      },
      body: file.text,
    }
  );
}

/** Empty where the slash at the end is missing. */
function nameOf(target: string): string | undefined {
  const path = pathOf({ target });
  if (path === '/__admin') return '';
  if (path === '/__admin/') return 'index.html';
  return /^\/__admin\/console\/([\w.-]+)$/.exec(path)?.[1];
}
