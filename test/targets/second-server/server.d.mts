// The types of the one thing that the tests use.
export interface SecondServer {
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
