// Bare Express with express-openapi-validator, which checks requests and responses against our
// document. The port, the folder that it is installed in, and the document come as arguments.
import { createRequire } from 'node:module';
import { join } from 'node:path';
import express from 'express';
import { answerTo, routes } from './canned.mjs';

const [, , port, folder, document] = process.argv;
const { middleware } = createRequire(join(folder, 'index.js'))('express-openapi-validator');

const app = express();
app.use(express.json());
app.use(
  middleware({
    apiSpec: document,
    validateRequests: true,
    validateResponses: true,
    validateSecurity: { handlers: { ApiKeyAuth: () => true, BearerAuth: () => true } },
  }),
);
for (const route of routes)
  app[route.method](route.path, (request, response) => {
    const { status, body } = answerTo(route, request);
    if (body === undefined) response.status(status).end();
    else response.status(status).json(body);
  });
// What it refuses comes here, with a status of its own; ours for a body is 422.
app.use((error, _request, response, _next) => {
  const { body } = routes.at(-1).refused;
  response.status(error.status === 400 ? 422 : (error.status ?? 500)).json(body);
});
app.listen(Number(port), '127.0.0.1');
