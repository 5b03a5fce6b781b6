// Runs of the contracts against the mock server, of whose answers something is changed on the way.
import { handlerTarget } from '../../src/client/target.js';
import type { Report, RunOptions } from '../../src/contract/run/options.js';
import { runContracts } from '../../src/contract/run/run.js';
import { createUnderstudy, type OperationId } from '../../src/index.js';
import type { PlainResponse } from '../../src/spec/message.js';
import { profile, spec, withoutEdges } from './drifted-run.js';

type Change = (response: PlainResponse) => Partial<PlainResponse>;

/** The rows of these operations, without edges. */
export function alteredRun(
  operations: readonly OperationId[],
  change: Change,
  more: Partial<RunOptions> = {},
): Promise<Report> {
  const inner = handlerTarget('the altered mock server', createUnderstudy().fetch);
  const send: typeof inner.send = async (...request) => {
    const response = await inner.send(...request);
    return { ...response, ...change(response) };
  };
  return runContracts({
    spec,
    contracts: withoutEdges(operations),
    profile,
    target: { ...inner, send },
    concurrency: 1,
    // The clock of the mock server moves by itself.
    wait: async () => {},
    ...more,
  });
}

/** A change of the body alone, where there is one. */
export const inBody =
  (change: (body: string) => string): Change =>
  ({ body }) =>
    body === undefined ? {} : { body: change(body) };
