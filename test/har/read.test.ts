// What is wrong with a HAR: all of it at once, and where.
import { describe, expect, it } from 'vitest';
import { FileError } from '../../src/files/problem.js';
import { readHar } from '../../src/har/read.js';

function problemsOf(text: string): readonly string[] {
  let error: unknown;
  try {
    readHar(text, 'a.har');
  } catch (thrown) {
    error = thrown;
  }
  expect(error).toBeInstanceOf(FileError);
  for (const { fix } of (error as FileError).problems) expect(fix).not.toBe('');
  return (error as FileError).message.split('\n').filter((line) => !line.startsWith('  fix: '));
}
const withEntries = (...entries: readonly unknown[]) => JSON.stringify({ log: { entries } });

describe('a broken HAR', () => {
  it.each([
    ['{"log": {\n  "entries": [', /^a\.har:2:\d+ {2}this is no JSON/],
    ['<html>', /^a\.har:1:1 {2}this is no JSON/],
    ['', /^a\.har:1:1 {2}this is no JSON/],
    ['{"log":{"entries":[]}}\n{}', /^a\.har:2:1 {2}this is no JSON/],
    ['{"log": {\n  "entries": [\n    {},\n  ]}}', /^a\.har:4:3 {2}this is no JSON/],
    ['{"log": {\n  "entries": [\n    {} {}]}}', /^a\.har:3:8 {2}this is no JSON/],
  ])('says the line where it breaks: %j', async (text, words) => {
    expect(problemsOf(text)[0]).toMatch(words);
  });

  it.each([
    ['[]', ['a.har at the top  the file must be an object, not []']],
    ['{}', ['a.har at /log  log is missing']],
    ['{"log":{}}', ['a.har at /log/entries  entries must be a list, not absent']],
  ])('says what it has to be: %s', async (text, lines) => {
    expect(problemsOf(text)).toEqual(lines);
  });

  it('says all that is wrong with its entries', () => {
    const request = { method: 'GET', url: 'https://a.test/', headers: [] };
    const response = { status: 200, headers: [], content: {} };
    const lines = problemsOf(
      withEntries(
        7,
        { request },
        { request: { ...request, method: 'G T', url: '/v1/spaces' }, response },
        { request, response: { ...response, status: 'ok' } },
        { request: { ...request, headers: [{ name: 'a' }] }, response },
        { request: { ...request, postData: 'x' }, response },
        { request, response: { ...response, content: { text: '%%%', encoding: 'base64' } } },
        { request, response: { ...response, content: { text: {} } } },
      ),
    );
    expect(lines.map((line) => line.replace(/^a\.har at \/log\/entries/, ''))).toEqual([
      '/0  0 must be an object, not 7',
      '/1/response  response is missing',
      '/2/request/method  method must be a method, not "G T"',
      '/2/request/url  url must be a URL, not "/v1/spaces"',
      '/3/response/status  status must be a status, not "ok"',
      '/4/request/headers  headers must be a list of headers, each with a name and a value',
      '/5/request/postData  postData must be an object, not "x"',
      '/6/response/content/text  text is no base64, though `encoding` says so',
      '/7/response/content/text  text must be a text, not {}',
    ]);
  });

  it('is none with what programs leave out or write besides', () => {
    const [one] = readHar(
      withEntries({
        request: { method: 'get', url: 'https://a.test/x', headers: null },
        response: { status: -1 },
        _initiator: {},
      }),
      'a.har',
    );
    expect(one).toMatchObject({ method: 'GET', headers: {}, response: { status: 0 } });
  });

  it('takes bodies from files beside it', () => {
    const entries = withEntries({
      request: {
        method: 'POST',
        url: 'https://a.test/x',
        postData: { mimeType: 'a/b', _file: 'b.txt' },
      },
      response: { status: 200, content: { size: 2, _file: 'none.txt' } },
    });
    const [one] = readHar(entries, 'a.har', {
      attached: (name) => (name === 'b.txt' ? 'hello' : undefined),
    });
    expect([one?.body, one?.response.body]).toEqual([
      { text: 'hello', isMissing: false },
      { isMissing: true },
    ]);
  });
});
