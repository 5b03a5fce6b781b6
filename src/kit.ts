// The contract kit, for use in other programs. It works without Express and knows none of the stand-in's rules.
export { type HttpTargetOptions, handlerTarget, httpTarget, type Target, TargetError } from './client/target.js';
export { withEdges } from './contract/edges.js';
export type { Finding } from './contract/finding.js';
export { ContractError, loadContracts } from './contract/load.js';
export type { Played } from './contract/play.js';
export { type Profile, ProfileError, parseProfile, readProfile } from './contract/profile.js';
export { exitCode, type FailOn, redact, toJunit, toResults, toText } from './contract/report.js';
export { type Report, type RunOptions, runContracts } from './contract/run.js';
export type { Contracts, Row, Table } from './contract/table.js';
export { loadSpec } from './spec/document.js';
