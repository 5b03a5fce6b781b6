// The code under test: a client that puts vector stores into a space.
const API = 'https://api.aitronos.com';

export class Library {
  readonly #key: string;

  constructor(key: string) {
    this.#key = key;
  }

  /** Whether the space has the store now, though it may have had it before. */
  async attach(space: string, store: string): Promise<'attached' | 'was there' | 'not allowed'> {
    const response = await this.#ask('POST', `/v1/spaces/${space}/vector-stores/${store}`);
    if (response.status === 201) return 'attached';
    if (response.status === 409) return 'was there';
    if (response.status === 403) return 'not allowed';
    throw new Error(`The API answered with ${response.status}.`);
  }

  async stores(space: string): Promise<readonly string[]> {
    const response = await this.#ask('GET', `/v1/spaces/${space}/vector-stores`);
    const { vector_stores } = (await response.json()) as {
      vector_stores: { vector_store_id: string }[];
    };
    return vector_stores.map(({ vector_store_id }) => vector_store_id);
  }

  #ask(method: string, path: string): Promise<Response> {
    return fetch(`${API}${path}`, { method, headers: { 'X-API-Key': this.#key } });
  }
}
