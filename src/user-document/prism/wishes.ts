// What a request asks of Prism itself, in `Prefer` or in the query.

interface Wishes {
  readonly mock: Readonly<Record<string, unknown>>;
  readonly applied: string;
}

/**
 * `Prefer: code=404, example=gone, dynamic=true, seed=7`, or the same as `__code=404` in the query,
 * as Prism's users know it.
 */
export function readWishes(
  header: string | undefined,
  query: URLSearchParams,
): Wishes | { readonly refused: string } {
  const given = new Map<string, string>();
  for (const part of header?.split(/[,;]/) ?? []) {
    const [key = '', value = ''] = part
      .split('=')
      .map((text) => text.trim().replace(/^"(.*)"$/, '$1'));
    given.set(key.toLowerCase(), value);
  }
  if (header === undefined)
    for (const key of ['code', 'example', 'dynamic', 'seed']) {
      const value = query.get(`__${key}`);
      if (value !== null) given.set(key, value);
    }
  const [code, example, dynamic, seed] = ['code', 'example', 'dynamic', 'seed'].map((key) =>
    given.get(key),
  );
  if (code !== undefined && !/^[2-5]\d\d$/.test(code))
    return { refused: `code must be a status from 200 to 599, not ${code}` };
  if (dynamic !== undefined && !/^(true|false)$/.test(dynamic))
    return { refused: `dynamic must be true or false, not ${dynamic}` };
  const mock = {
    ...(code === undefined ? {} : { code: Number(code) }),
    ...(example === undefined ? {} : { exampleKey: example }),
    ...(dynamic === undefined ? {} : { dynamic: dynamic === 'true' }),
    ...(seed === undefined ? {} : { seed }),
  };
  const applied = ['code', 'example', 'dynamic', 'seed']
    .filter((key) => given.has(key))
    .map((key) => `${key}=${given.get(key)}`);
  return { mock, applied: applied.join(', ') };
}
