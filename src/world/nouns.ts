// Which nouns there are, by the name of their table. A world is filled, and a dump written, in this
// order.
import { credentials } from './nouns/credentials.js';
import { deletedRows } from './nouns/deleted-rows.js';
import { departments } from './nouns/departments.js';
import { embeddings } from './nouns/embeddings.js';
import { messages } from './nouns/messages.js';
import { organizations } from './nouns/organizations.js';
import { roles } from './nouns/roles.js';
import { slices } from './nouns/slices.js';
import { spaceThreads } from './nouns/space-threads.js';
import { spaceVectorStores } from './nouns/space-vector-stores.js';
import { spaces } from './nouns/spaces.js';
import { threads } from './nouns/threads.js';
import { users } from './nouns/users.js';
import { vectorStores } from './nouns/vector-stores.js';

export const nouns = {
  organizations,
  roles,
  departments,
  users,
  credentials,
  slices,
  vectorStores,
  spaces,
  spaceVectorStores,
  threads,
  spaceThreads,
  messages,
  embeddings,
  deletedRows,
};

export type Nouns = typeof nouns;
