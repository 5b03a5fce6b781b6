// Bare Express 5, the unit of every ratio: the same routes, canned answers of about the same bytes,
// no state, no checks.
import express from 'express';
import { attached, created, forbidden, refused, space, spaces, store } from './canned.mjs';

const app = express();
app.use(express.json());
app.get('/v1/spaces', (_request, response) => response.json(spaces));
app.get('/v1/spaces/:space_id', (request, response) =>
  request.headers['x-api-key'] === 'ak_member'
    ? response.status(403).json(forbidden)
    : response.json(space),
);
app.post('/v1/spaces/:space_id/vector-stores/:vector_store_id', (_request, response) =>
  response.status(201).json(attached),
);
app.delete('/v1/spaces/:space_id/vector-stores/:vector_store_id', (_request, response) =>
  response.status(204).end(),
);
app.post('/v1/organizations/:organization_id/vector-stores', (_request, response) =>
  response.status(201).json(created),
);
app.post(
  '/v1/organizations/:organization_id/knowledge/slices/:slice_id/stores',
  (request, response) =>
    request.body.name === ''
      ? response.status(422).json(refused)
      : response.status(201).json(store),
);
app.listen(Number(process.argv[2]), '127.0.0.1');
