// What follows from objects that nobody changes, worked out once for each of them.

interface Node<Value> {
  readonly next: WeakMap<object, Node<Value>>;
  made?: { readonly value: Value };
}

/** The same function, which is called once for the same objects. What it throws is not kept. */
export function oncePer<Keys extends readonly object[], Value>(
  make: (...keys: Keys) => Value,
): (...keys: Keys) => Value {
  const root: Node<Value> = { next: new WeakMap() };
  return (...keys) => {
    let node = root;
    for (const key of keys) {
      const next = node.next.get(key) ?? { next: new WeakMap() };
      node.next.set(key, next);
      node = next;
    }
    node.made ??= { value: make(...keys) };
    return node.made.value;
  };
}
