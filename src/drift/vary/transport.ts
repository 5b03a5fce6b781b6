// The same answer, sent in another way: its text, its headers, its delay, or a 429 before it.
import type { OperationId } from '../../spec/document.js';
import type { PlainResponse } from '../../spec/message.js';
import type { Drift } from '../form.js';
import { always } from '../rewrite.js';
import { vary } from './form.js';

export function transportVariations(all: readonly OperationId[]): readonly Drift[] {
  const withHeaders = (
    change: (headers: PlainResponse['headers']) => PlainResponse['headers'],
  ): Drift['plant'] =>
    always(({ response }) => ({ ...response, headers: change(response.headers) }));
  const withText = (change: (body: string) => string): Drift['plant'] =>
    always(({ response }) =>
      response.body === undefined ? response : { ...response, body: change(response.body) },
    );
  const escaped = (text: string): string =>
    text
      .replaceAll('/', '\\/')
      .replace(
        /[\u0080-\uffff]/g,
        (letter) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, '0')}`,
      );
  const needed = ['content-type', 'retry-after'];
  return [
    vary(
      all,
      'pretty_json',
      'bodies with line breaks and indents',
      withText((body) => `${JSON.stringify(JSON.parse(body), null, 2)}\n`),
    ),
    vary(all, 'escaped_text', 'letters beyond ASCII, and slashes, as escapes', withText(escaped)),
    vary(
      all,
      'charset',
      'the media type names a charset',
      withHeaders((headers) =>
        'content-type' in headers
          ? { ...headers, 'content-type': 'application/json; charset=utf-8' }
          : headers,
      ),
    ),
    vary(
      all,
      'more_headers',
      'headers of a proxy',
      withHeaders((headers) => ({
        ...headers,
        server: 'proxy',
        via: '1.1 proxy',
        'x-cache': 'MISS',
      })),
    ),
    vary(
      all,
      'fewer_headers',
      'no header beyond those that are needed',
      withHeaders((headers) =>
        Object.fromEntries(Object.entries(headers).filter(([name]) => needed.includes(name))),
      ),
    ),
    vary(all, 'slow', 'every hundredth answer takes half a second', () => {
      let count = 0;
      return {
        delay: () => {
          count += 1;
          return count % 100 === 0 ? 500 : 0;
        },
      };
    }),
    vary(
      all,
      'one_429',
      'each operation refuses its first request with 429 and Retry-After',
      () => {
        const met = new Set<OperationId>();
        return {
          decide: (ask, call, operation) => {
            if (met.has(operation)) return ask(call);
            met.add(operation);
            return { kind: 'refusal', case: 'rate_limit_exceeded' };
          },
        };
      },
    ),
  ];
}
