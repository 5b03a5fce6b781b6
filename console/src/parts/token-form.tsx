// Asks for the token, where other machines reach the server.
import { credentials, giveToken } from '../api.js';

export function TokenForm() {
  return (
    <section class="empty">
      <h2>This server wants its token</h2>
      <p>
        Other machines can reach it, so its control plane takes only requests with the token that it
        printed when it started, or that <code>--admin-token</code> gave it.
      </p>
      {credentials().authorization ? <p role="alert">It is another one than you gave.</p> : null}
      <form
        class="line"
        onSubmit={(event) => {
          event.preventDefault();
          const token = new FormData(event.currentTarget).get('token');
          giveToken(String(token).trim());
        }}
      >
        <label>
          <span>Token</span>
          <input name="token" type="password" required autocomplete="off" />
        </label>
        <button type="submit" class="primary">
          Use it
        </button>
      </form>
    </section>
  );
}
