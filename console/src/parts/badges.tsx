// Small signs that mean the same everywhere: a status, a basis, a method.
export function Status({ status }: { readonly status: number }) {
  return <span class={`status s${Math.floor(status / 100)}`}>{status}</span>;
}

export function Method({ method }: { readonly method: string }) {
  return <span class="method">{method}</span>;
}

const bases: Record<string, string> = {
  seed: 'Given with the task',
  docs: 'Documented by the vendor',
  client: 'Seen in the vendor’s clients or by its testers',
  assumed: 'Our reading; a question to the vendor',
  invented: 'In no document',
  ours: 'Of this tool',
};

export function Basis({ basis }: { readonly basis: string }) {
  return (
    <span class={`basis b-${basis}`} title={bases[basis] ?? ''}>
      {basis}
    </span>
  );
}
