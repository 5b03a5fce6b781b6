// The public surface for embedding.

export type { FetchHandler } from './http/fetch-shell.js';
export { type CloseOptions, ListenError, type Listening, type ListenOptions, type Timeouts } from './http/listen.js';
export { createUnderstudy, type Understudy, type UnderstudyOptions } from './http/understudy.js';
export type { SelfCheck } from './mock/answer.js';
export { UnknownDrift } from './mock/drift.js';
export type { Drift } from './mock/drift-form.js';
export type { JournalEntry } from './mock/journal.js';
export { MissingPrism } from './mock/other-document.js';
export type { NewMessage } from './rules/memory.js';
export type { Scenario } from './scenario/scenario.js';
export type { Case } from './spec/case.js';
export type { Operation, OperationId, Spec } from './spec/document.js';
export { DocumentError, type Problem, ScenarioError } from './spec/problem.js';
export type { Embedding, Message } from './world/rows.js';
export type { World, WorldSnapshot } from './world/world.js';
