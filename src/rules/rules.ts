// Every rule, by operation. An operation without a rule does not compile; the start-up check looks
// the other way too.
import type { OperationId } from '../spec/cases.gen.js';
import * as capabilities from './capabilities.js';
import * as composites from './composites.js';
import * as departments from './departments.js';
import * as messages from './messages.js';
import type { Rule } from './rule.js';
import * as slices from './slices.js';
import * as spaceThreads from './space-threads.js';
import * as spaceVectorStores from './space-vector-stores.js';
import * as spaces from './spaces.js';
import * as stores from './stores.js';
import * as threads from './threads.js';
import * as vectorStores from './vector-stores.js';

// biome-ignore lint/suspicious/noExplicitAny: each rule has facts of its own.
type Rules = { readonly [Op in OperationId]: Rule<Op, any> };

// Whole modules are spread, so that a new rule in an existing file needs no line here; their
// helpers come along unused.
export const rules: Rules = {
  ...spaces,
  ...spaceVectorStores,
  ...spaceThreads,
  ...threads,
  ...messages,
  ...slices,
  ...composites,
  ...stores,
  ...vectorStores,
  ...capabilities,
  ...departments,
};
