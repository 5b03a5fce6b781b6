// The public surface for embedding.

export type { FetchHandler } from './http/fetch-shell.js';
export { ListenError, type Listening, type ListenOptions } from './http/listen.js';
export { createUnderstudy, type Understudy, type UnderstudyOptions } from './http/understudy.js';
export type { SelfCheck } from './mock/answer.js';
export type { JournalEntry } from './mock/journal.js';
export type { NewMessage } from './rules/memory.js';
export { type Problem, ScenarioError } from './scenario/problem.js';
export type { Scenario } from './scenario/scenario.js';
export type { Case } from './spec/case.js';
export type { Operation, OperationId, Spec } from './spec/document.js';
export type { Embedding, Message } from './world/rows.js';
export type { World, WorldSnapshot } from './world/world.js';
