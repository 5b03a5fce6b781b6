// The stores of a space, and a form that attaches one more.
import { useCallback, useEffect, useState } from 'react';

const API = 'https://api.aitronos.com';
const headers = { 'X-API-Key': 'ak_owner' };

export function Stores({ space }: { readonly space: string }) {
  const [stores, setStores] = useState<readonly string[]>([]);
  const [store, setStore] = useState('');
  const [told, setTold] = useState('');
  const url = `${API}/v1/spaces/${space}/vector-stores`;

  const load = useCallback(async () => {
    const response = await fetch(url, { headers });
    const body = (await response.json()) as { vector_stores: { vector_store_id: string }[] };
    setStores(body.vector_stores.map(({ vector_store_id }) => vector_store_id));
  }, [url]);
  useEffect(() => {
    void load();
  }, [load]);

  const attach = async () => {
    const response = await fetch(`${url}/${store}`, { method: 'POST', headers });
    const body = (await response.json()) as { message?: string; error?: { message: string } };
    setTold(body.error?.message ?? body.message ?? '');
    await load();
  };

  return (
    <form action={attach}>
      <ul>
        {stores.map((id) => (
          <li key={id}>{id}</li>
        ))}
      </ul>
      <label>
        Store <input value={store} onChange={({ target }) => setStore(target.value)} />
      </label>
      <button type="submit">Attach</button>
      <p role="status">{told}</p>
    </form>
  );
}
