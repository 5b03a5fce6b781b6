// What is used of Prism's library, and what is prepared once for each operation.
import type { OneOperation } from '../../openapi/one-operation.js';
import type { Cut } from '../../openapi/schemas.js';

/** What is used of `@stoplight/prism-http`. */
export interface Library {
  getHttpOperationsFromSpec(document: object): Promise<HttpOperation[]>;
  createInstance(
    config: object,
    components: Components,
  ): { request(input: object, operations: object[], config: object): Task };
}

interface Components {
  readonly logger: object;
  /** Gives what is validated as the answer, in place of Prism's own. */
  readonly mock?: () => () => { _tag: 'Right'; right: Outcome['output'] };
}

type Task = () => Promise<{ _tag: 'Right'; right: Outcome } | { _tag: 'Left'; left: Failure }>;

export interface Outcome {
  readonly output: { statusCode: number; headers?: Record<string, unknown>; body?: unknown };
  readonly validations: { readonly output: readonly Diagnostic[] };
}

interface Diagnostic {
  readonly path?: readonly string[];
  readonly severity: number;
  readonly message: string;
}

export interface Failure extends Error {
  readonly status?: number;
  readonly detail?: string;
  readonly additional?: Record<string, unknown>;
}

export type Parameters = readonly { readonly name: string }[];

interface HttpResponse {
  readonly code: string;
  readonly contents?: readonly { readonly mediaType: string; readonly schema?: object }[];
}

export interface HttpOperation {
  readonly __bundled__?: unknown;
  readonly request?: {
    readonly query?: Parameters | undefined;
    readonly headers?: Parameters | undefined;
  };
  readonly responses: readonly HttpResponse[];
}

export interface Prepared {
  readonly one: OneOperation;
  readonly http: HttpOperation;
  /** The same without what its answers need not have; made when it is wanted. */
  readonly cut: (cut: Cut) => Promise<HttpOperation>;
  /** Small enough for the random generator. */
  readonly isSmall: boolean;
}
