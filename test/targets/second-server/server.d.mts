// The types of the one thing that the tests use.
import type { Server } from 'node:http';

export interface SecondServer {
  readonly server: Server;
  /** Its tables; those that the tests look at. */
  readonly state: Readonly<
    Record<'spaces' | 'stores' | 'slices' | 'threads', ReadonlyMap<string, { status?: string }>> &
      Record<'messages' | 'storeLinks' | 'threadLinks', readonly object[]>
  >;
  readonly profile: {
    readonly base_url: string;
    readonly edition: string;
    readonly callers: Record<
      string,
      { api_key?: string; bearer?: string; user_id?: string; organization_id?: string }
    >;
    readonly known: Record<string, string>;
  };
  listen(port: number): Promise<unknown>;
  close(): Promise<void>;
}
export function createServer(): SecondServer;
