// Whether a value is a HAR.
import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';

// The fields that HAR 1.2 asks for; nobody keeps a package of its schema any more.
const text = { type: 'string' };
const object = (properties: object, optional: object = {}) => ({
  type: 'object',
  required: Object.keys(properties),
  properties: { ...properties, comment: text, ...optional },
  additionalProperties: false,
});
const list = (items: object) => ({ type: 'array', items });
const pair = object({ name: text, value: text });
const size = { type: 'integer', minimum: -1 };
const time = { type: 'number', minimum: 0 };
const message = {
  httpVersion: text,
  cookies: list(pair),
  headers: list(pair),
  headersSize: size,
  bodySize: size,
};
export const isHar = addFormats.default(new Ajv2020()).compile(
  object({
    log: object({
      version: { const: '1.2' },
      creator: object({ name: text, version: text }),
      entries: list(
        object(
          {
            startedDateTime: { type: 'string', format: 'date-time' },
            time,
            request: object(
              {
                method: text,
                url: { type: 'string', format: 'uri' },
                queryString: list(pair),
                ...message,
              },
              { postData: object({ mimeType: text, text }) },
            ),
            response: object({
              status: { type: 'integer' },
              statusText: text,
              content: object({ size, mimeType: text }, { text }),
              redirectURL: text,
              ...message,
            }),
            cache: object({}),
            timings: object({ send: time, wait: time, receive: time }),
          },
          { _understudy: { type: 'object' } },
        ),
      ),
    }),
  }),
);
