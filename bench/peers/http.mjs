// The floor: node:http alone, which sends the same bodies with the headers that ours sends, and parses
// the body of a request.
import { createServer } from 'node:http';
import { answerTo, routes } from './canned.mjs';

const headers = {
  'freddy-processing-ms': '1',
  'freddy-api-version': '2025-01-01',
  'x-ratelimit-limit-requests': '100',
  'x-ratelimit-remaining-requests': '100',
  'x-ratelimit-reset-requests': '60',
  'x-ratelimit-limit': '100',
  'x-ratelimit-remaining': '100',
  'x-ratelimit-reset': '1640995200',
  'access-control-allow-origin': '*',
  'x-request-id': 'req_056ihe9sq15vg3dv',
  'aitronos-organization': 'org_xyz789',
  'x-understudy-request': '1',
  'x-understudy-basis': 'seed',
  'x-understudy-case': 'getSpace.retrieved',
};
const matchers = routes.map((route) => ({
  route,
  method: route.method.toUpperCase(),
  path: new RegExp(`^${route.path.replace(/:\w+/g, '[^/]+')}/?$`),
}));

createServer((request, response) => {
  const [path] = request.url.split('?', 1);
  const found = matchers.find((one) => one.method === request.method && one.path.test(path));
  const send = (body) => {
    const { status, body: answer } = found
      ? answerTo(found.route, { headers: request.headers, body })
      : { status: 404 };
    if (answer === undefined) return response.writeHead(status, headers).end();
    const text = JSON.stringify(answer);
    return response
      .writeHead(status, {
        ...headers,
        'content-type': 'application/json',
        'content-length': Buffer.byteLength(text),
      })
      .end(text);
  };
  if (request.headers['content-length'] === undefined) return send(undefined);
  let text = '';
  request.setEncoding('utf8').on('data', (chunk) => {
    text += chunk;
  });
  return request.on('end', () => send(JSON.parse(text)));
}).listen(Number(process.argv[2]), '127.0.0.1');
