// Headers that no document has: each begins with `X-Understudy-`, and all of them can be left out.
import type { Answerer } from './answerer.js';
import type { Delivery } from './delivery.js';

const OWN = 'x-understudy-';
const isOwn = (name: string): boolean => name.toLowerCase().startsWith(OWN);

/**
 * What such an answerer sends tells nobody that it is a mock server; the journal has the headers
 * still.
 */
export const withoutOwnHeaders = (answerer: Answerer): Answerer => ({
  bodyLimit: answerer.bodyLimit,
  answer: async (request) => stripped(await answerer.answer(request)),
  answerUnreadable: (name, about) => stripped(answerer.answerUnreadable(name, about)),
});

function stripped(delivery: Delivery): Delivery {
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(delivery.response.headers)) {
    if (isOwn(name)) continue;
    // Those that tell a browser which headers there are name ours too.
    headers[name] = name.startsWith('access-control-')
      ? value
          .split(', ')
          .filter((one) => !isOwn(one))
          .join(', ')
      : value;
  }
  return { ...delivery, response: { ...delivery.response, headers } };
}
