// The public surface for embedding.

export { UnknownDrift } from './drift/drifts.js';
export type { Drift } from './drift/form.js';
export type { SelfCheck } from './engine/engine.js';
export type { JournalEntry } from './engine/journal.js';
export type { FetchHandler } from './http/fetch-shell.js';
export { type CloseOptions, ListenError, type Listening, type ListenOptions, type Timeouts } from './http/listen.js';
export { createUnderstudy, type Understudy, type UnderstudyOptions } from './http/understudy.js';
export type { NewMessage } from './rules/memory.js';
export type { Scenario } from './scenario/scenario.js';
export type { Case } from './spec/case.js';
export type { Operation, OperationId, Spec } from './spec/document.js';
export { DocumentError, type Problem, ScenarioError } from './spec/problem.js';
export { MissingPrism } from './user-document/user-document.js';
export type { Embedding, Message } from './world/rows.js';
export type { World, WorldSnapshot } from './world/world.js';
